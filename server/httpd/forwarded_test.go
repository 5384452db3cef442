package httpd_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/server/httpd"
)

func TestProxiesAreBelievedIfTrusted(t *testing.T) {
	var got string
	seen := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = fmt.Sprint(r.RemoteAddr, " ", r.URL.Scheme, " ", r.Host)
	})
	routes := httpd.Routes(httpd.Doors{RPC: seen, Bus: seen, Calls: seen, Dashboard: seen, Metrics: seen,
		Ready:   func(context.Context) string { return "" },
		Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}})
	for _, c := range []struct {
		name, peer        string
		addresses         []string
		proto, host, want string
	}{
		{"no proxy", "203.0.113.9:5", nil, "", "", "203.0.113.9:5  books.example"},
		{"who claims to be one", "203.0.113.9:5", []string{"198.51.100.1"}, "https", "evil.example", "203.0.113.9:5  books.example"},
		{"one proxy", "10.0.0.1:5", []string{"198.51.100.1"}, "https", "public.example", "198.51.100.1:0 https public.example"},
		{"two proxies", "10.0.0.1:5", []string{"198.51.100.1, 10.0.0.2"}, "http", "", "198.51.100.1:0  books.example"},
		{"a made-up beginning", "10.0.0.1:5", []string{"1.2.3.4, 198.51.100.1, 10.0.0.2"}, "", "", "198.51.100.1:0  books.example"},
		{"two headers", "10.0.0.1:5", []string{"1.2.3.4", "198.51.100.1"}, "", "", "198.51.100.1:0  books.example"},
		{"rubbish", "10.0.0.1:5", []string{"198.51.100.1, <script>"}, "", "", "10.0.0.1:5  books.example"},
		{"from inside", "10.0.0.1:5", []string{"10.9.9.9"}, "", "", "10.9.9.9:0  books.example"},
		{"IPv6", "[fd00::1]:5", []string{"2001:db8::7"}, "HTTPS", "", "[2001:db8::7]:0 https books.example"},
		{"mapped", "[::ffff:10.0.0.1]:5", []string{"198.51.100.1"}, "", "", "198.51.100.1:0  books.example"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/jsonrpc", nil)
		r.RemoteAddr, r.Host = c.peer, "books.example"
		for _, address := range c.addresses {
			r.Header.Add("X-Forwarded-For", address)
		}
		for name, value := range map[string]string{"X-Forwarded-Proto": c.proto, "X-Forwarded-Host": c.host} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		routes.ServeHTTP(httptest.NewRecorder(), r)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
