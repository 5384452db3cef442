package entrance_test

import (
	"net/http/httptest"
	"testing"

	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/server/entrance"
)

func TestOwnPagesOnly(t *testing.T) {
	origins := entrance.Origins{PublicURL: "https://books.example", Allowed: []string{"https://erp.example"}}
	tests := []struct {
		host, origin, cookie string
		want                 bool
	}{
		{"127.0.0.1:8069", "http://127.0.0.1:8069", "token", true},
		{"127.0.0.1:8069", "http://localhost:8069", "token", true},
		{"127.0.0.1:8069", "http://localhost:9999", "token", false},
		{"10.0.0.5:8069", "https://books.example", "token", true}, // behind a proxy
		{"books.example", "https://erp.example", "token", true},
		{"books.example", "https://evil.example", "token", false},
		{"books.example", "https://books.example.evil.example", "token", false},
		{"books.example", "null", "token", false},
		{"books.example", "%", "token", false},
		{"books.example", "https://evil.example", "", false}, // nobody's socket
		{"books.example", "https://books.example", "token", true},
		{"books.example", "https://BOOKS.example:443", "token", true},
		{"books.example", "http://books.example", "token", false}, // the public address is over TLS
		{"10.0.0.5:8069", "https://10.0.0.5:8069", "token", true}, // TLS may end before
		{"books.example", "https://me@books.example", "token", false},
		{"books.example", "https://books.example?x", "token", false},
		{"books.example", "ftp://books.example", "token", false},
		{"127.0.0.1:8069", "http://evil@127.0.0.1:8069", "token", false},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/websocket", nil)
		r.Host = test.host
		if test.host == "books.example" {
			r.URL.Scheme = "https" // as a trusted proxy says
		}
		if test.cookie != "" {
			r.Header.Set("Cookie", session.CookieName+"="+test.cookie)
		}
		if got := origins.Allow(r, test.origin); got != test.want {
			t.Errorf("%s from %s with cookie %q: %v, want %v", test.host, test.origin, test.cookie, got, test.want)
		}
	}
	origins.Any = true
	r := httptest.NewRequest("GET", "/websocket", nil)
	r.Header.Set("Cookie", session.CookieName+"=token")
	if !origins.Allow(r, "https://evil.example") {
		t.Error("any origin: refused")
	}
}
