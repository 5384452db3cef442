package httpd

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded makes a request what it was when it reached the first proxy that is
// trusted: its client's address, TLS or not (told by the URL's scheme), and host.
// What others put into those headers is not believed.
func forwarded(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && among(trusted, peer.Addr()) {
			r = believe(trusted, r)
			r = r.WithContext(context.WithValue(r.Context(), proxied{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

// proxied marks a request that a trusted proxy passed on.
type proxied struct{}

func among(networks []netip.Prefix, address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(address) })
}

// believe is a request as a trusted proxy tells it.
func believe(trusted []netip.Prefix, r *http.Request) *http.Request {
	told := r.WithContext(r.Context()) // a copy
	if client, ok := firstForeign(trusted, r.Header.Values("X-Forwarded-For")); ok {
		told.RemoteAddr = net.JoinHostPort(client.String(), "0")
	}
	if last(r.Header.Values("X-Forwarded-Proto")) == "https" {
		secured := *r.URL
		secured.Scheme = "https"
		told.URL = &secured
	}
	if host := last(r.Header.Values("X-Forwarded-Host")); host != "" {
		told.Host = host
	}
	return told
}

// firstForeign walks back from the nearest proxy to the first address that is
// none of ours: what stands before it may be made up.
func firstForeign(trusted []netip.Prefix, headers []string) (client netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(hop), "[]"))
		if err != nil {
			return client, ok
		}
		if client, ok = address.Unmap(), true; !among(trusted, client) {
			return client, true
		}
	}
	return client, ok
}

// last is the value that the nearest proxy set.
func last(headers []string) string {
	all := strings.Split(strings.Join(headers, ","), ",")
	return strings.ToLower(strings.TrimSpace(all[len(all)-1]))
}
