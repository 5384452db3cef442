package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/girosync/girosync/plugins/sdk"
)

// maxRedirects is how often one request is sent on within the host.
const maxRedirects = 5

// otherHost: the service sent on to another host.
type otherHost struct{ host string }

// Error names the host.
func (e otherHost) Error() string { return "sent on to " + e.host }

// redirected lets a request be sent on within its host, when it only reads.
func (c *Client) redirected(next *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case !sameHost(next.URL, c.base):
		return otherHost{next.URL.Host}
	case len(via) > maxRedirects, first.Method != http.MethodGet && first.Method != http.MethodHead:
		return http.ErrUseLastResponse
	}
	return nil
}

// lost is what became of an attempt without a whole answer. attempt is the
// context of the attempt alone.
func (c *Client) lost(attempt context.Context, answer Answer, err error) outcome {
	o := outcome{answer: answer}
	var (
		dial  *net.OpError
		other otherHost
		shut  proxyRefused
		text  = textBroken
	)
	switch {
	case errors.As(err, &other):
		o.err = c.failure(sdk.Internal, textElsewhere, err, "other", Text(other.host, 100))
		return o
	case errors.Is(err, errTooLarge):
		o.err = c.failure(sdk.Internal, textTooLarge, err)
		return o
	case errors.As(err, &dial) && dial.Op == "proxyconnect", errors.As(err, &shut):
		text, o.unsent = textProxy, true
	case errors.As(err, &dial) && dial.Op == "dial":
		return c.undialled(err)
	case errors.Is(attempt.Err(), context.DeadlineExceeded):
		text = textSlow
	default:
		if e := c.untrusted(err); e != nil {
			o.err = e
			return o
		}
	}
	o.err, o.again = c.failure(sdk.BankUnavailable, text, err), true
	return o
}

// undialled is an attempt that found nobody to speak to: by name, or by address.
func (c *Client) undialled(err error) outcome {
	var (
		name    *net.DNSError
		text    = textSilent
		timeout net.Error
	)
	again := true
	values := []string{}
	switch {
	case errors.As(err, &name):
		text, values, again = textNoNames, []string{"name", name.Name}, !name.IsNotFound
		if name.IsNotFound {
			text = textUnknownName
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		text = textClosed
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		text = textNoWay
	case errors.As(err, &timeout) && timeout.Timeout():
		again = false // it took its time already
	}
	return outcome{err: c.failure(sdk.BankUnavailable, text, err, values...), unsent: true, again: again}
}

// untrusted is an attempt that ended with TLS: no further one goes better, and
// somebody has to act. nil when it ended otherwise.
func (c *Client) untrusted(err error) *sdk.Error {
	var (
		stranger x509.UnknownAuthorityError
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		plain    tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		text     text
	)
	switch {
	case errors.As(err, &stranger):
		text = textStranger
	case errors.As(err, &name):
		text = textOtherName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		text = textOutdated
	case errors.As(err, &invalid), errors.As(err, &verify):
		text = textStranger
	case strings.Contains(err.Error(), alerted):
		text = textNoTLS
		if _, why, _ := strings.Cut(err.Error(), alerted); strings.Contains(why, "certificate") || strings.Contains(why, "access denied") {
			text = textNotShown
		}
	case errors.As(err, &plain), strings.Contains(err.Error(), plainHTTP):
		text = textNoTLS
	default:
		return nil
	}
	return c.failure(sdk.Internal, text, err)
}

// What errors say that have no type of their own: the server broke TLS off, with
// its reason behind, or answered in the clear.
const (
	alerted   = "remote error: tls: "
	plainHTTP = "server gave HTTP response to HTTPS client"
)

// proxyRefused: the proxy did not let through, and answered with this status.
type proxyRefused struct{ status string }

// Error says what the proxy answered.
func (e proxyRefused) Error() string { return "the proxy answers " + e.status }

// throughProxy looks at a proxy's answer to being asked through.
func throughProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return proxyRefused{answer.Status}
	}
	return nil
}
