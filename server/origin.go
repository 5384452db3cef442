package server

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/girosync/girosync/rpc/session"
)

// allowedOrigin says whether a page of an origin may open a socket: one of the
// host's own pages, or of an origin that is configured. A request without a
// session's cookie may claim any, for there is nothing to abuse: it hears only
// what everyone may. The configuration can make it as lax as Odoo.
func (h *Host) allowedOrigin(r *http.Request, origin string) bool {
	if h.Config.Server.AnyOrigin || session.TokenOf(r) == "" || slices.Contains(h.Config.Server.AllowedOrigins, origin) {
		return true
	}
	from, err := url.Parse(origin)
	if err != nil || from.Host == "" {
		return false
	}
	if from.Host == r.Host || bothThisMachine(from.Host, r.Host) {
		return true
	}
	public, err := url.Parse(h.publicURL())
	return err == nil && from.Host == public.Host
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

// secure reports whether a client speaks TLS, to this host or to a proxy.
func (h *Host) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(h.publicURL(), "https://")
}
