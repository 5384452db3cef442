package httpd_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/server/httpd"
)

// named is a door that says its name.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" "+r.URL.Path) })
}

// doors makes routes whose doors say their names; change sets what a test needs.
func doors(change ...func(*httpd.Doors)) http.Handler {
	d := httpd.Doors{
		RPC: named("rpc"), Bus: named("bus"), Calls: named("calls"), Dashboard: named("dashboard"), Metrics: named("metrics"),
		Ready:        func(context.Context) string { return "" },
		Institutions: func(context.Context, httpd.Search) (httpd.Institutions, error) { return httpd.Institutions{}, nil },
		Callback: func(*http.Request, map[string]string, bool) (httpd.Return, error) {
			return httpd.Return{Next: "/"}, nil
		},
		Webhook: func(_ context.Context, n httpd.Notification) (int, []byte, error) {
			if n.Path != "" {
				return 0, nil, fault.New(fault.Missing, "nobody")
			}
			return 200, []byte("heard"), nil
		},
		Statement: func(*http.Request, int64) (httpd.Statement, error) { return httpd.Statement{}, nil },
		Origins:   []string{"https://books.example"},
		Log:       slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&d)
	}
	return httpd.Routes(d)
}

// ask sends a request; headers come as key, value, …
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryRouteAnswers(t *testing.T) {
	h := doors()
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"POST", "/jsonrpc", 200, "rpc /jsonrpc"},
		{"POST", "/jsonrpc/2", 200, "rpc /jsonrpc/2"},
		{"POST", "/web/session/authenticate", 200, "rpc /web/session/authenticate"},
		{"POST", "/web/database/list", 200, "rpc /web/database/list"},
		{"POST", "/web/webclient/version_info", 200, "rpc /web/webclient/version_info"},
		{"POST", "/web/dataset/call_kw/res.partner/read", 200, "rpc /web/dataset/call_kw/res.partner/read"},
		{"GET", "/websocket", 200, "bus /websocket"},
		{"GET", "/websocket/health", 200, "rpc /websocket/health"},
		{"POST", "/json/2/res.partner/read", 200, "rpc /json/2/res.partner/read"},
		{"GET", "/json/2", 200, "rpc /json/2"},
		{"POST", "/xmlrpc/2/common", 200, "rpc /xmlrpc/2/common"},
		{"POST", "/xmlrpc/object", 200, "rpc /xmlrpc/object"},
		{"GET", "/rpc", 200, "calls /rpc"},
		{"POST", "/webhook/demo", 200, "heard"},
		{"POST", "/webhook/demo/further", 404, "nobody takes notifications here"},
		{"GET", "/webhook/demo", 405, "are posted"},
		{"POST", "/webhook/", 405, "are posted"},
		{"GET", "/institutions", 200, `"institutions":[]`},
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/readyz", 200, "ready"},
		{"GET", "/metrics", 200, "metrics /metrics"},
		{"GET", "/", 200, "dashboard /"},
		{"GET", "/assets/app.js", 200, "dashboard /assets/app.js"},
	} {
		w := ask(h, c.method, c.path)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s %s: %d %q, want %d with %q", c.method, c.path, w.Code, w.Body, c.status, c.body)
		}
		for key, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN"} {
			if got := w.Header().Get(key); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, key, got, want)
			}
		}
	}
}

func TestReadiness(t *testing.T) {
	why := "loading the demo"
	h := doors(func(d *httpd.Doors) { d.Ready = func(context.Context) string { return why } })
	if w := ask(h, "GET", "/readyz"); w.Code != 503 || w.Body.String() != "loading the demo\n" ||
		w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("not ready: %d %q %v", w.Code, w.Body, w.Header())
	}
	if w := ask(h, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("a host that is not ready lives nevertheless: %d", w.Code)
	}
	why = ""
	if w := ask(h, "GET", "/readyz"); w.Code != 200 {
		t.Errorf("ready: %d %q", w.Code, w.Body)
	}
}

func TestOrigins(t *testing.T) {
	h := doors()
	for _, c := range []struct {
		name, method, origin string
		allowed, preflight   bool
	}{
		{"no browser", "POST", "", false, false},
		{"listed", "POST", "https://books.example", true, false},
		{"listed, asking first", "OPTIONS", "https://books.example", true, true},
		{"another", "POST", "https://evil.example", false, false},
		{"another, asking first", "OPTIONS", "https://evil.example", false, false},
		{"looks alike", "POST", "https://books.example.evil.example", false, false},
		{"other scheme", "POST", "http://books.example", false, false},
		{"other case", "POST", "https://BOOKS.example", false, false},
		{"opaque", "POST", "null", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{}
			if c.origin != "" {
				headers = []string{"Origin", c.origin}
			}
			w := ask(h, c.method, "/jsonrpc", headers...)
			origin, methods := "", ""
			if c.allowed {
				origin = c.origin
			}
			if c.preflight {
				methods = "GET, POST"
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != origin {
				t.Errorf("allowed origin %q, want %q", got, origin)
			}
			if got := w.Header().Get("Access-Control-Allow-Methods"); got != methods {
				t.Errorf("allowed methods %q, want %q", got, methods)
			}
			if got := w.Header().Get("Access-Control-Allow-Credentials"); (got == "true") != c.allowed {
				t.Errorf("credentials %q", got)
			}
			if got := strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Origin"); got != c.allowed {
				t.Errorf("Vary %v", w.Header().Values("Vary"))
			}
			if reached := w.Body.Len() > 0; reached == c.preflight {
				t.Errorf("the door was reached: %v", reached)
			}
		})
	}
}

func TestCallback(t *testing.T) {
	var got map[string]string
	h := doors(func(d *httpd.Doors) {
		d.Callback = func(_ *http.Request, query map[string]string, agreed bool) (httpd.Return, error) {
			got = query
			switch {
			case query["state"] == "foreign":
				return httpd.Return{}, fault.Say(fault.Denied, "fault.denied", nil)
			case query["state"] != "known":
				return httpd.Return{}, errors.New("no flow of state " + query["state"])
			case query["code"] == "<asked>" && !agreed:
				return httpd.Return{Bank: "Bank <b>", User: "Eva", Company: "Books"}, nil
			}
			return httpd.Return{Next: "/#/connect/flow/7"}, nil
		}
	})
	w := ask(h, "GET", "/connect/callback?state=known&code=c0de&code=second")
	if w.Code != 303 || w.Header().Get("Location") != "/#/connect/flow/7" || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("good: %d %v", w.Code, w.Header())
	}
	if got["code"] != "c0de" {
		t.Errorf("the query reached the flow as %v", got)
	}
	if strings.Contains(w.Body.String(), "c0de") {
		t.Errorf("the answer repeats the code: %s", w.Body)
	}
	for _, query := range []string{"", "?state=<b>strange</b>&code=c0de", "?code=%zz&state=strange"} {
		w := ask(h, "GET", "/connect/callback"+query)
		body := w.Body.String()
		if w.Code != 400 || !strings.Contains(body, "start again") {
			t.Errorf("%q: %d %s", query, w.Code, body)
		}
		if strings.Contains(body, "strange") || strings.Contains(body, "c0de") {
			t.Errorf("%q: the answer repeats the query: %s", query, body)
		}
	}
	if w := ask(h, "POST", "/connect/callback?state=known"); w.Code == 303 {
		t.Errorf("POST was taken for a return")
	}
	if w := ask(h, "GET", "/connect/callback?state=foreign"); w.Code != 403 || w.Header().Get("Location") != "" {
		t.Errorf("another user's: %d %v", w.Code, w.Header())
	}
	asked := ask(h, "GET", "/connect/callback?state=known&code=%3Casked%3E")
	for _, part := range []string{"Bank &lt;b&gt;", "Eva", "Books", `name="code" value="&lt;asked&gt;"`, `method="post"`} {
		if !strings.Contains(asked.Body.String(), part) {
			t.Errorf("who is asked does not read %s: %s", part, asked.Body)
		}
	}
	if h := asked.Header(); asked.Code != 200 || h.Get("X-Frame-Options") != "DENY" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("who is asked: %d %v", asked.Code, h)
	}
	form := httptest.NewRequest("POST", "/connect/callback/confirm", strings.NewReader("state=known&code=%3Casked%3E"))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	agreed := httptest.NewRecorder()
	if h.ServeHTTP(agreed, form); agreed.Code != 303 || agreed.Header().Get("Location") != "/#/connect/flow/7" {
		t.Errorf("who agreed: %d %v", agreed.Code, agreed.Header())
	}
}
