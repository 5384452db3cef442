package rpc_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
)

// expired checks that a request came too late, as Odoo tells it.
func expired(t *testing.T, what string, got said) {
	t.Helper()
	if got.Error == nil || got.Error.Code != 100 || got.name() != "odoo.http.SessionExpiredException" || string(got.ID) != "null" {
		t.Errorf("%s: got %s, want code 100 and id null", what, got.body)
	}
}

// protected are the routes that want a session, and params for each.
var protected = map[string]string{
	"/web/session/get_session_info": `{}`,
	"/web/session/check":            `{}`,
	"/web/session/modules":          `{}`,
	"/web/session/destroy":          `{}`,
	"/web/dataset/call_kw":          `{"model":"res.users","method":"search","args":[[]],"kwargs":{}}`,
}

func TestSessionLives(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	if got := h.post(t, "/web/session/check", token, `{}`); got.Error != nil || got.Result != nil {
		t.Errorf("check: %s, want neither result nor error", got.body)
	}
	if got := h.post(t, "/web/session/modules", token, `{}`); string(got.Result) != `["base","web"]` {
		t.Errorf("modules: %s", got.body)
	}
	got := h.post(t, "/web/session/get_session_info", token, `{}`)
	var info map[string]any
	if err := json.Unmarshal(got.Result, &info); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	told := map[string]any{}
	for _, name := range []string{"uid", "username", "db", "server_version", "user_companies", "currencies", "user_context",
		"display_switch_company_menu"} {
		told[name] = info[name]
	}
	want := map[string]any{"uid": 2.0, "username": "admin", "db": "main", "server_version": "18.0",
		"user_context": map[string]any{"lang": "en_US", "tz": "UTC", "uid": 2.0}, "display_switch_company_menu": true,
		"currencies": map[string]any{"1": map[string]any{"symbol": "€", "position": "after", "digits": []any{69.0, 2.0}}},
		"user_companies": map[string]any{"current_company": 1.0, "disallowed_ancestor_companies": map[string]any{},
			"allowed_companies": map[string]any{
				"1": map[string]any{"id": 1.0, "name": "One", "sequence": 0.0, "child_ids": []any{}, "parent_id": false},
				"2": map[string]any{"id": 2.0, "name": "Two", "sequence": 0.0, "child_ids": []any{}, "parent_id": 1.0},
			}}}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("session info (-want +got):\n%s", diff)
	}
	if got.cookie == nil || got.cookie.Value != token {
		t.Errorf("session info sets cookie %v, want the same token again", got.cookie)
	}
}

func TestNoSessionNoAnswer(t *testing.T) {
	h := open(t, nil)
	old := h.login(t, "")
	h.clock.advance(time.Hour)
	ended := h.login(t, "")
	if got := h.post(t, "/web/session/destroy", ended, `{}`); got.Error != nil || got.cookie == nil || got.cookie.MaxAge >= 0 {
		t.Fatalf("destroy: %s, cookie %v", got.body, got.cookie)
	}
	for path, params := range protected {
		expired(t, path+" without cookie", h.post(t, path, "", params))
		expired(t, path+" with a made-up token", h.post(t, path, session.NewToken(), params))
		expired(t, path+" with the key of a session", h.post(t, path, session.Key(old), params))
		expired(t, path+" an hour later", h.post(t, path, old, params))
		expired(t, path+" after destroy", h.post(t, path, ended, params))
	}
}

func TestSessionOfADroppedDatabaseIsOver(t *testing.T) {
	h := open(t, nil)
	token := session.NewToken()
	err := h.sessions.Save(t.Context(), session.Session{Token: token, Database: "dropped", UID: 2, Expires: h.clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for path, params := range protected {
		expired(t, path, h.post(t, path, token, params))
	}
}

func TestEachLogInHasANewToken(t *testing.T) {
	h := open(t, nil)
	first := h.login(t, "")
	second := h.login(t, first)
	if first == second {
		t.Fatal("the second log-in has the token of the first")
	}
	expired(t, "the first session", h.post(t, "/web/session/check", first, `{}`))
	// A token that somebody else chose never becomes a session.
	chosen := session.NewToken()
	third := h.login(t, chosen)
	if third == chosen {
		t.Error("a log-in took the token that the client brought")
	}
	expired(t, "a chosen token", h.post(t, "/web/session/check", chosen, `{}`))
	if got := h.post(t, "/web/session/check", third, `{}`); got.Error != nil {
		t.Errorf("the third session: %s", got.body)
	}
	if n := len(h.sessions.tokens()); n != 2 {
		t.Errorf("%d sessions are kept, want 2", n)
	}
}

func TestCookieFlags(t *testing.T) {
	for public, secure := range map[string]bool{"http://books.example": false, "https://books.example": true} {
		t.Run(public, func(t *testing.T) {
			h := open(t, func(o *rpc.Options) { o.PublicURL = public })
			in := h.post(t, "/web/session/authenticate", "", `{"db":"main","login":"admin","password":"admin"}`)
			if in.cookie == nil {
				t.Fatalf("no cookie: %s", in.body)
			}
			out := h.post(t, "/web/session/destroy", in.cookie.Value, `{}`)
			for what, c := range map[string]*http.Cookie{"log-in": in.cookie, "destroy": out.cookie} {
				if c == nil {
					t.Errorf("%s sets no cookie", what)
					continue
				}
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure != secure || c.Domain != "" {
					t.Errorf("%s: cookie %s, want Secure %t", what, c, secure)
				}
			}
			if in.cookie.MaxAge != 3600 {
				t.Errorf("the cookie lives %d s, want an hour", in.cookie.MaxAge)
			}
		})
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	h := open(t, nil)
	const denied = "odoo.exceptions.AccessDenied"
	for _, c := range []struct{ name, params, exception, message string }{
		{"wrong password", `{"db":"main","login":"admin","password":"wrong"}`, denied, "Access Denied"},
		{"unknown login", `{"db":"main","login":"nobody","password":"admin"}`, denied, "Access Denied"},
		{"empty password", `{"db":"main","login":"admin","password":""}`, denied, "Access Denied"},
		{"an API key", `{"db":"main","login":"admin","password":"` + h.key + `"}`, denied, "Access Denied"},
		{"unknown database", `{"db":"other","login":"admin","password":"admin"}`, "psycopg2.OperationalError",
			"FATAL:  database \"other\" does not exist\n"},
		{"no password", `{"db":"main","login":"admin"}`, "builtins.TypeError",
			"Session.authenticate() missing 1 required positional argument: 'password'"},
		{"nothing", `{}`, "builtins.TypeError",
			"Session.authenticate() missing 3 required positional arguments: 'db', 'login', and 'password'"},
		{"a number for a password", `{"db":"main","login":"admin","password":1.5}`, "builtins.TypeError",
			"password must be a str, not float"},
		{"a list for a database", `{"db":[],"login":"admin","password":"admin"}`, "builtins.TypeError", "db must be a str, not list"},
		{"null for a login", `{"db":"main","login":null,"password":"admin"}`, "builtins.TypeError", "login must be a str, not NoneType"},
		{"params null", `null`, "builtins.TypeError", "'NoneType' object is not iterable"},
		{"params a list", `[1]`, "builtins.TypeError", "cannot convert dictionary update sequence element #0 to a sequence"},
		{"params an empty list", `[]`, "builtins.TypeError",
			"Session.authenticate() missing 3 required positional arguments: 'db', 'login', and 'password'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.post(t, "/web/session/authenticate", "", c.params)
			if got.Error == nil {
				t.Fatalf("no error: %s", got.body)
			}
			if diff := cmp.Diff([]string{c.exception, c.message}, []string{got.name(), got.Error.Data.Message}); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got.cookie != nil {
				t.Errorf("a refusal sets cookie %s", got.cookie)
			}
		})
	}
	if kept := h.sessions.tokens(); len(kept) != 0 {
		t.Errorf("refused log-ins left %d sessions", len(kept))
	}
}
