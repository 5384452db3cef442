package rest

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Access is where a client speaks to, and as whom.
type Access struct {
	// BaseURL is below which all requests go: https, or http on this machine's
	// own loopback addresses. It has no user, query or fragment.
	BaseURL string
	// Authorise adds to a request what shows who asks; see Bearer, Basic and
	// Keeper. It is called at each attempt, when everything else is in place, so
	// that it can sign. nil adds nothing. Its error is the call's.
	Authorise func(*http.Request) error
	// Renew is called once with a request that was answered with status 401, and
	// the request is made again if it returns nil; its error is the call's. It comes
	// after Options.Judge, and whatever that says of the 401: only the answer to the
	// second request counts. nil does neither. See Keeper.
	Renew func(ctx context.Context, refused *http.Request) error
	// Secrets are values that must not show anywhere. What Authorise adds need not
	// be among them.
	Secrets []string
	// Certificate and Key are shown to the server (mutual TLS), as PEM; the
	// certificate may be followed by its chain. Both or neither.
	Certificate, Key string
	// CA are certificates, as PEM, that are trusted besides the system's and the
	// host's (plugins.ca_file).
	CA string
}

// Client speaks to a service for one call of the provider. It may be used from
// several goroutines.
type Client struct {
	service *Service
	base    *url.URL
	access  Access
	http    *http.Client
	secrets *Secrets
	call    sdk.Call
	began   time.Time
}

// Client makes a client for a call. The error is an *sdk.Error of kind Internal:
// what was given can come from the configuration.
func (s *Service) Client(call sdk.Call, access Access) (*Client, error) {
	c := &Client{service: s, access: access, secrets: &Secrets{}, call: call, began: time.Now()}
	c.secrets.Add(access.Secrets...)
	c.secrets.Add(proxySecrets()...)
	base, err := url.Parse(access.BaseURL)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || !Reachable(base) {
		return nil, c.failure(sdk.Internal, textBadBase, nil)
	}
	c.base = base
	transport := s.o.Transport
	if transport == nil {
		if transport, err = s.transport.of(access); err != nil {
			return nil, c.failure(sdk.Internal, textBadCertificate, err)
		}
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: c.redirected}
	return c, nil
}

// Reachable reports whether an address may be spoken to: by https, or by http
// when its host is a loopback address or localhost.
func Reachable(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && Loopback(u)
}

// Loopback reports whether an address is one of this machine's own.
func Loopback(u *url.URL) bool {
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// now is the host's clock, as far as it went on since the client was made.
func (c *Client) now() time.Time { return c.call.Now.Add(time.Since(c.began)) }

// host is who is spoken to, as host:port.
func (c *Client) host() string {
	if c.base == nil {
		return ""
	}
	port := c.base.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[c.base.Scheme]
	}
	return net.JoinHostPort(c.base.Hostname(), port)
}

// Bearer is an Access.Authorise with a token.
func Bearer(token string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}

// Basic is an Access.Authorise with a user and a password.
func Basic(user, password string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.SetBasicAuth(user, password)
		return nil
	}
}
