package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// everyDoor is each way into a host, with a request that it takes.
var everyDoor = []struct {
	method, path, kind, body string
	calls                    bool // whether it calls something, by POST alone
}{
	{"POST", "/jsonrpc", "application/json", `{"params":{"service":"common","method":"version","args":[]}}`, true},
	{"POST", "/web/session/authenticate", "application/json", `{"params":{"db":"books","login":"admin","password":"admin"}}`, true},
	{"POST", "/web/dataset/call_kw", "application/json", `{"params":{}}`, true},
	{"POST", "/web/webclient/version_info", "application/json", `{"params":{}}`, true},
	{"POST", "/websocket/peek_notifications", "application/json", `{"params":{"channels":[],"last":0,"is_first_poll":true}}`, true},
	{"POST", "/xmlrpc/2/common", "text/xml", `<methodCall><methodName>version</methodName></methodCall>`, true},
	{"POST", "/xmlrpc/common", "text/xml", `<methodCall><methodName>version</methodName></methodCall>`, true},
	{"POST", "/json/2/res.partner/search", "application/json", `{"domain":[]}`, true},
	{"GET", "/websocket", "", "", false},
	{"GET", "/rpc", "", "", false},
	{"GET", "/institutions", "", "", false},
	{"GET", "/report/statement/1", "", "", false},
	{"GET", "/connect/callback?state=x", "", "", false},
	{"GET", "/metrics", "", "", false},
	{"GET", "/", "", "", false},
}

// TestPagesOfOtherSitesUseNoDoor, whether a session is in what they send or not.
func TestPagesOfOtherSitesUseNoDoor(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, _ *orm.Database) {
		here := httptest.NewServer(host.Handler())
		defer here.Close()
		ask := func(method, path, kind, body string, headers ...string) (int, http.Header) {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), method, here.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			for i := 0; i+1 < len(headers); i += 2 {
				if headers[i] == "Host" {
					r.Host = headers[i+1]
					continue
				}
				r.Header.Set(headers[i], headers[i+1])
			}
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			return answer.StatusCode, answer.Header
		}
		_, port, _ := strings.Cut(strings.TrimPrefix(here.URL, "http://"), ":")
		for _, d := range everyDoor {
			usual, header := ask(d.method, d.path, d.kind, d.body)
			if usual == http.StatusForbidden || usual == http.StatusUnsupportedMediaType || usual == http.StatusMisdirectedRequest {
				t.Errorf("%s %s: %d for a program", d.method, d.path, usual)
			}
			if kept := header.Get("Cache-Control"); d.calls && kept != "no-store" {
				t.Errorf("%s may be kept: %q", d.path, kept)
			}
			if got, _ := ask(d.method, d.path, d.kind, d.body, "Origin", here.URL); got != usual {
				t.Errorf("%s %s: %d for an own page, %d for a program", d.method, d.path, got, usual)
			}
			if got, _ := ask(d.method, d.path, d.kind, d.body, "Host", "localhost:"+port); got != usual {
				t.Errorf("%s %s: %d at localhost, %d for a program", d.method, d.path, got, usual)
			}
			for _, origin := range []string{"https://evil.example", "null", "http://evil@" + strings.TrimPrefix(here.URL, "http://"),
				"file://"} {
				if got, _ := ask(d.method, d.path, d.kind, d.body, "Origin", origin); got != http.StatusForbidden {
					t.Errorf("%s %s: %d for a page of %s", d.method, d.path, got, origin)
				}
			}
			if got, _ := ask(d.method, d.path, d.kind, d.body, "Host", "evil.example:"+port); got != http.StatusMisdirectedRequest {
				t.Errorf("%s %s: %d under another name", d.method, d.path, got)
			}
			if !d.calls {
				continue
			}
			for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""} {
				got, _ := ask(d.method, d.path, kind, d.body)
				if got != http.StatusUnsupportedMediaType && !(strings.HasPrefix(d.path, "/json/2") && got == http.StatusUnauthorized) &&
					!(d.path == "/jsonrpc" && got == http.StatusBadRequest) {
					t.Errorf("%s %s: %d for %q", d.method, d.path, got, kind)
				}
			}
			for _, method := range []string{"GET", "HEAD"} { // a page needs leave for all others
				got, _ := ask(method, d.path, d.kind, d.body)
				if got != http.StatusMethodNotAllowed && got != http.StatusNotFound && got != http.StatusBadRequest {
					t.Errorf("%s %s: %s", method, d.path, fmt.Sprint(got))
				}
			}
		}
	})
}
