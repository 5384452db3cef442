package entrance

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/girosync/girosync/rpc/session"
)

// Origins are the pages that may speak to a host with a session's cookie.
type Origins struct {
	Any       bool     // as lax as Odoo
	Allowed   []string // besides the host's own: "https://erp.example"
	PublicURL string   // of the host
}

// Allow says whether a page of an origin may open a socket: one of the
// host's own pages, or of an origin that is configured. A request without a
// session's cookie may claim any, for there is nothing to abuse: it hears only
// what everyone may.
func (o Origins) Allow(r *http.Request, origin string) bool {
	if o.Any || session.TokenOf(r) == "" || slices.Contains(o.Allowed, origin) {
		return true
	}
	from, err := url.Parse(origin)
	if err != nil || from.Host == "" {
		return false
	}
	if from.Host == r.Host || bothThisMachine(from.Host, r.Host) {
		return true
	}
	public, err := url.Parse(o.PublicURL)
	return err == nil && from.Host == public.Host
}

// Secure reports whether a client speaks TLS, to this host or to a proxy.
func (o Origins) Secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(o.PublicURL, "https://")
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
