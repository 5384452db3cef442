package rpc_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/girosync/girosync/rpc/session"
)

const (
	peekPath     = "/websocket/peek_notifications"
	presencePath = "/websocket/update_bus_presence"
	away         = `{"inactivity_period":5,"im_status_ids_by_model":{}}`
)

func TestPollingForMessages(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for _, params := range []string{`{"channels":["a"],"last":3}`, `{"channels":["a"],"last":3,"is_first_poll":false}`} {
		if got := h.post(t, peekPath, token, params); got.name() != "odoo.http.SessionExpiredException" || got.Error.Code != 100 ||
			string(got.ID) != "null" {
			t.Errorf("before the first poll: %s", got.body)
		}
	}
	if got := h.post(t, presencePath, token, away); got.name() != "odoo.http.SessionExpiredException" {
		t.Errorf("presence before the first poll: %s", got.body)
	}
	const channels, notifications = `"channels":[["main","broadcast"],["main","a"]]`,
		`"notifications":[{"id":4,"message":{"type":"t","payload":"\u00e9"}}]`
	for _, params := range []string{`{"channels":["a"],"last":3,"is_first_poll":true}`, `{"channels":["a"],"last":3}`} {
		got := h.post(t, peekPath, token, params) // in either order
		if result := string(got.Result); !strings.Contains(result, channels) || !strings.Contains(result, notifications) {
			t.Errorf("%s: got %s, want %s and %s", params, got.body, channels, notifications)
		}
	}
	if got := h.post(t, presencePath, token, away); string(got.Result) != `{}` {
		t.Errorf("presence: %s", got.body)
	}
	for params, exception := range map[string]string{
		`{"channels":["a"]}`:            typeErr,
		`{"last":3}`:                    typeErr,
		`{"channels":[1],"last":3}`:     "builtins.ValueError",
		`{"channels":"a","last":3}`:     "builtins.ValueError",
		`{"channels":["a"],"last":"x"}`: "builtins.ValueError",
		`{"channels":[],"last":3}`:      "",
	} {
		if got := h.post(t, peekPath, token, params); got.name() != exception {
			t.Errorf("%s: got %s, want %q", params, got.body, exception)
		}
	}
	if got := h.post(t, presencePath, token, `{}`); got.name() != typeErr {
		t.Errorf("presence of nothing: %s", got.body)
	}
}

// Who is not logged in gets a mark with the first poll, and is known by it.
func TestPollingByNobody(t *testing.T) {
	h := open(t, nil)
	first := h.post(t, peekPath, "", `{"channels":[],"last":0,"is_first_poll":true}`)
	if first.Error != nil || first.cookie == nil {
		t.Fatalf("got %s, cookie %v", first.body, first.cookie)
	}
	if got := h.post(t, peekPath, first.cookie.Value, `{"channels":[],"last":0}`); got.Error != nil {
		t.Errorf("the second poll: %s", got.body)
	}
	if got := h.post(t, peekPath, "", `{"channels":[],"last":0}`); got.name() != "odoo.http.SessionExpiredException" {
		t.Errorf("without the cookie: %s", got.body)
	}
	// at another host, which never saw the first poll, the client's own mark counts
	other := open(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, other.url+peekPath,
		strings.NewReader(`{"params":{"channels":[],"last":0}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: session.CookieName, Value: first.cookie.Value})
	r.AddCookie(&http.Cookie{Name: "bus_poll", Value: session.Key(first.cookie.Value)[:32]})
	if got := other.do(t, r); got.Error != nil {
		t.Errorf("at another host: %s", got.body)
	}
	if got := h.post(t, peekPath, "broken", `{"channels":[],"last":0,"is_first_poll":true}`); got.name() != "builtins.Exception" ||
		secrets.MatchString(got.body) {
		t.Errorf("a bus in trouble: %s", got.body)
	}
}
