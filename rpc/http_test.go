package rpc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
)

const version = `{"jsonrpc":"2.0","id":7,"params":{"service":"db","method":"server_version","args":[]}}`

func TestContentTypes(t *testing.T) {
	h := open(t, nil)
	right := []string{"application/json", "application/json; charset=utf-8", "Application/JSON", "application/json-rpc"}
	other := []string{"text/plain", "", "application/x-www-form-urlencoded", "application/jsonx", "application/json;;="}
	for path, wrong := range map[string]int{"/jsonrpc": 400, "/web/session/authenticate": 415} { // as Odoo 18, as Odoo 19
		for i, contentType := range append(right, other...) {
			status, kind := 200, "application/json; charset=utf-8"
			if i >= len(right) {
				status, kind = wrong, "text/html; charset=utf-8"
			}
			got := h.send(t, path, contentType, "", version)
			if got.status != status || got.header.Get("Content-Type") != kind {
				t.Errorf("%s %q: %d %s, want %d %s", path, contentType, got.status, got.header.Get("Content-Type"), status, kind)
			}
			if status == 200 && got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s %q: the answer may be sniffed", path, contentType)
			}
		}
	}
}

// By GET nothing is called, whatever the body; PUT counts as POST, as on Odoo.
func TestMethodsOfJSONRoutes(t *testing.T) {
	h := open(t, nil)
	for _, c := range []struct {
		method, contentType string
		status              int
		has                 string
	}{
		{"GET", "application/json", 400, "Invalid JSON data"},
		{"HEAD", "application/json", 400, ""},
		{"GET", "", 415, "Unsupported Media Type"},
		{"PUT", "application/json", 200, `"result":"18.0"`},
		{"PUT", "", 400, "Bad Request"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, h.url+"/jsonrpc", strings.NewReader(version))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c.contentType)
		if got := h.do(t, r); got.status != c.status || !strings.Contains(got.body, c.has) {
			t.Errorf("%s %q: %d %s, want %d with %q", c.method, c.contentType, got.status, got.body, c.status, c.has)
		}
	}
}

func TestBodiesThatAreNoRequest(t *testing.T) {
	h := open(t, func(o *rpc.Options) { o.Limits.Body, o.Limits.Depth = 1000, 5 })
	padded := func(n int) string { return version + strings.Repeat(" ", n-len(version)) }
	for _, c := range []struct {
		name, body string
		status     int
		want       string // in the answer
	}{
		{"malformed", `{"id":1`, 400, "Invalid JSON data"},
		{"empty", ``, 400, "Invalid JSON data"},
		{"batch", `[` + version + `]`, 400, "Invalid JSON-RPC data"},
		{"as deep as may be", `{"id":7,"params":{"service":"db","method":"db_exist","args":[[[1]]]}}`, 200, `"result":false`},
		{"too deep", `{"id":7,"params":{"service":"db","method":"db_exist","args":[[[[1]]]]}}`, 400, "nested deeper than 5 levels"},
		{"as large as may be", padded(1000), 200, `"result":"18.0"`},
		{"too large", padded(1001), 413, "larger than 1000 bytes (limits.body_size)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.send(t, "/jsonrpc", "application/json", "", c.body)
			if got.status != c.status || !strings.Contains(got.body, c.want) {
				t.Errorf("got %d %s, want %d and %q", got.status, got.body, c.status, c.want)
			}
		})
	}
}

func TestIDsAreEchoed(t *testing.T) {
	h := open(t, nil)
	for _, id := range []string{`123456789012345678901234567890`, `1.50`, `"<&>"`, `{"b":1, "a":[2]}`, `null`, `false`} {
		for params, rest := range map[string]string{
			`{"service":"db","method":"server_version","args":[]}`: `,"result":"18.0"}`,
			`null`: `,"error":`,
		} {
			got := h.send(t, "/jsonrpc", "application/json", "", `{"params":`+params+`,"id":`+id+`}`)
			want := `{"jsonrpc":"2.0","id":` + id + rest
			if !strings.HasPrefix(got.body, want) {
				t.Errorf("got %s, want %s", got.body, want)
			}
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	h := open(t, nil)
	for _, path := range []string{"/", "/json", "/jsonrpc/more", "/web", "/web/session/steal", "/web/session/check/x", "/web/dataset",
		"/web/health/x"} {
		got := h.send(t, path, "application/json", "", version)
		if got.status != http.StatusNotFound || got.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: got %d %s, want 404 and a page", path, got.status, got.body)
		}
	}
}

func TestOpenRoutes(t *testing.T) {
	h := open(t, nil)
	for path, want := range map[string]string{
		"/web/database/list":         `["main"]`,
		"/web/session/get_lang_list": `[["en_US","English (US)"],["nl_NL","Dutch / Nederlands"]]`,
		"/web/database/list/":        `["main"]`,
	} {
		if got := h.post(t, path, "", `{}`); string(got.Result) != want {
			t.Errorf("%s: got %s, want %s", path, got.body, want)
		}
	}
	for _, path := range []string{"/web/health", "/websocket/health"} {
		got := h.send(t, path, "text/plain", "", "")
		if diff := cmp.Diff([]string{`{"status": "pass"}`, "no-store"}, []string{got.body, got.header.Get("Cache-Control")}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	for _, needle := range []string{`"server_version":"18.0"`, `"server_version_info":[18,0,0,"final",0,""]`, `"server_serie":"18.0"`,
		`"protocol_version":1`} {
		if got := h.post(t, "/web/webclient/version_info", "", `{}`); !strings.Contains(string(got.Result), needle) {
			t.Errorf("version_info lacks %s: %s", needle, got.body)
		}
		if got := h.service(t, "common", "version", `[]`); !strings.Contains(string(got.Result), needle) {
			t.Errorf("common.version lacks %s: %s", needle, got.body)
		}
	}
}

func TestACallHasItsTime(t *testing.T) {
	const limit = 2 * time.Second // the password is checked within
	h := open(t, func(o *rpc.Options) { o.Limits.Time = limit })
	began := time.Now()
	got := h.trip(t, "wait")
	if took := time.Since(began); took < limit || took > time.Minute {
		t.Errorf("the call ended after %s", took)
	}
	if got.name() != "odoo.exceptions.UserError" || string(got.ID) != "7" {
		t.Errorf("got %s", got.body)
	}
	if !strings.Contains(h.log.String(), "deadline exceeded") || strings.Contains(got.body, "deadline") {
		t.Errorf("the cause belongs in the log alone: %s\n%s", got.body, h.log)
	}
}

// Each session has its own bound; calls that carry a password share their user's.
func TestCallsAtTheSameTimeAreBounded(t *testing.T) {
	h := open(t, func(o *rpc.Options) { o.Limits.Concurrent = 2 })
	const refused = "Too many calls at the same time (limit 2). Wait for some of them to finish."
	desk, phone := h.login(t, ""), h.login(t, "")
	page := func(token, method string) said {
		return h.post(t, "/web/dataset/call_kw", token, `{"model":"x.trouble","method":"`+method+`","args":[],"kwargs":{}}`)
	}
	l := h.socket(t, http.Header{"Cookie": {session.CookieName + "=" + desk}}) // belongs to the page's session
	other := h.socket(t, nil)
	other.ask(t, "login", `{"key":"`+h.key+`"}`)

	done := make(chan said)
	for range 2 {
		go func() { done <- h.trip(t, "wait") }()
		<-h.entered
	}
	if got := h.trip(t, "none"); got.Error == nil || got.Error.Data.Message != refused {
		t.Errorf("/jsonrpc, a third call: got %s, want %q", got.body, refused)
	}
	for range 2 {
		go func() { done <- page(desk, "wait") }()
		<-h.entered
	}
	for what, got := range map[string]said{"/web": page(desk, "none"), "/rpc": l.ask(t, "call", `["x.trouble","none"]`)} {
		if got.Error == nil || got.Error.Data.Message != refused {
			t.Errorf("%s, a third call of the session: got %s, want %q", what, got.body, refused)
		}
	}
	for what, got := range map[string]said{"/web": page(phone, "none"), "/rpc": other.ask(t, "call", `["x.trouble","none"]`)} {
		if got.Error != nil {
			t.Errorf("%s, the first call of another session of the user: %s", what, got.body)
		}
	}
	close(h.release)
	for range 4 {
		if got := <-done; string(got.Result) != `"released"` {
			t.Errorf("a call within the limit: %s", got.body)
		}
	}
	for _, method := range []string{"panic", "plain", "none", "panic", "panic"} { // each leaves its place
		for _, got := range []said{h.trip(t, method), page(desk, method)} {
			if got.Error != nil && got.Error.Data.Message == refused {
				t.Errorf("%s, when all is quiet: %s", method, got.body)
			}
		}
	}
	if got := h.trip(t, "none"); got.Error != nil {
		t.Errorf("after the others: %s", got.body)
	}
}

func TestErrorsSpeakTheClientsLanguage(t *testing.T) {
	h := open(t, nil)
	for language, want := range map[string]string{"nl-NL,nl;q=0.9": "Er ging iets mis", "en-GB": "Something went wrong"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/jsonrpc", strings.NewReader(
			`{"id":7,"params":{"service":"object","method":"execute","args":["main",2,"admin","x.trouble","plain"]}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", language)
		if got := h.do(t, r); got.Error == nil || !strings.HasPrefix(got.Error.Data.Message, want) {
			t.Errorf("%s: got %s, want %q", language, got.body, want)
		}
	}
}

// The older doors say that they are deprecated, in every answer, only where the
// host is asked to.
func TestDeprecation(t *testing.T) {
	since := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	old, plain := open(t, func(o *rpc.Options) { o.Deprecated = since }), open(t, nil)
	const call = "<methodCall><methodName>version</methodName></methodCall>"
	for _, c := range []struct{ path, contentType, body, want string }{
		{"/jsonrpc", "application/json", version, "@1798675200"},
		{"/jsonrpc/", "application/json", version, "@1798675200"},
		{"/jsonrpc", "application/json", `{`, "@1798675200"},
		{"/jsonrpc", "text/plain", version, "@1798675200"},
		{"/xmlrpc/2/common", "text/xml", call, "@1798675200"},
		{"/xmlrpc/common", "text/xml", call, "@1798675200"},
		{"/web/session/check", "application/json", `{}`, ""},
		{"/json/2/res.users/search", "application/json", `{}`, ""},
	} {
		if got := old.send(t, c.path, c.contentType, "", c.body).header.Get("Deprecation"); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.path, c.contentType, got, c.want)
		}
		if got := plain.send(t, c.path, c.contentType, "", c.body).header.Values("Deprecation"); len(got) > 0 {
			t.Errorf("%s: %q without being asked to", c.path, got)
		}
	}
}
