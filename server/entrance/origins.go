package entrance

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Origins are the pages that may use a host, and the names that it has.
type Origins struct {
	Any       bool     // as lax as Odoo
	Allowed   []string // besides the host's own: "https://erp.example"
	PublicURL string   // of the host
	Listen    string   // host:port
}

// Allow says whether a page of an origin may use this host: one of the host's
// own pages, or of an origin that is configured. The configuration can make it as
// lax as Odoo.
func (o Origins) Allow(r *http.Request, origin string) bool {
	if o.Any || slices.Contains(o.Allowed, origin) {
		return true
	}
	from, ok := siteOf(origin)
	if !ok {
		return false
	}
	if public, ok := siteOf(o.PublicURL); ok && from == public {
		return true
	}
	if from.host != r.Host && !bothThisMachine(from.host, r.Host) {
		return false
	}
	// TLS may end at a proxy that does not say so; it never begins there.
	return from.scheme == "https" || !overTLS(r)
}

// Known says whether a request that came to this machine itself names a host
// that is one: this machine, a number, the public address, or one of the origins
// that are configured. Another site's name that was made to lead here is none.
func (o Origins) Known(r *http.Request) bool {
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil {
		return true
	}
	for _, known := range append([]string{o.PublicURL, "http://" + o.Listen}, o.Allowed...) {
		if u, err := url.Parse(known); err == nil && strings.EqualFold(u.Hostname(), name) {
			return true
		}
	}
	return false
}

// Secure reports whether a client speaks TLS, to this host or to a proxy.
func (o Origins) Secure(r *http.Request) bool {
	return overTLS(r) || strings.HasPrefix(o.PublicURL, "https://")
}

// overTLS reports whether a request came over TLS, here or, as it says in its
// URL, at a proxy that is trusted.
func overTLS(r *http.Request) bool { return r.TLS != nil || r.URL.Scheme == "https" }

// site is where a page comes from: scheme, and host with port.
type site struct{ scheme, host string }

// siteOf reads an origin, or the beginning of a web address; nothing else stands
// in an origin than scheme, host and port.
func siteOf(text string) (site, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return site{}, false
	}
	host := strings.ToLower(u.Host)
	port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return site{u.Scheme, strings.TrimSuffix(host, port)}, true
}

// bothThisMachine: localhost, 127.0.0.1 and [::1] with the same port are the
// same host by other names.
func bothThisMachine(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	return errA == nil && errB == nil && portA == portB && loopback(hostA) && loopback(hostB)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
