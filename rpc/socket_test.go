package rpc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

// backend tells sessions; its bus is silent.
type backend struct {
	ws.Backend
	h *house
}

func (b backend) Identify(r *http.Request) (ws.Identity, error) {
	known, err := b.h.sessions.Find(r.Context(), session.TokenOf(r))
	return ws.Identity{Database: "main", UID: known.UID, Token: known.Token}, err
}

func (b backend) Alive(ctx context.Context, who ws.Identity) bool {
	known, err := b.h.sessions.Find(ctx, who.Token)
	return err == nil && known.UID == who.UID
}

// line is a connection to /rpc.
type line struct{ ws *websocket.Conn }

// socket opens one, over the models of a house.
func (h *house) socket(t *testing.T, header http.Header) line {
	t.Helper()
	server := ws.New(ws.Options{Backend: backend{h: h}, Origins: func(*http.Request, string) bool { return true },
		Log: slog.New(slog.DiscardHandler), Now: time.Now})
	web := httptest.NewServer(server.Calls(h.server.Caller(), ws.CallLimits{Message: 1 << 20, Depth: 20, Calls: 4}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http"), header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return line{conn}
}

func (l line) ask(t *testing.T, method, params string) (got said) {
	t.Helper()
	if err := l.ws.WriteMessage(websocket.TextMessage,
		[]byte(`{"jsonrpc":"2.0","id":7,"method":"`+method+`","params":`+params+`}`)); err != nil {
		t.Fatal(err)
	}
	_ = l.ws.SetReadDeadline(time.Now().Add(time.Minute))
	_, text, err := l.ws.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	got.body = string(text)
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return got
}

func TestModelsOverASocket(t *testing.T) {
	h := open(t, nil)
	l := h.socket(t, nil)
	for _, c := range []exchange{
		{"not logged in", "", "call", `["res.users","search",[[]]]`, "", "odoo.http.SessionExpiredException", "Session expired"},
		{"wrong password", "", "login", `{"db":"main","login":"admin","password":"wrong"}`, "", denied, "Access Denied"},
		{"wrong key", "", "login", `{"db":"main","key":"gs_nobodys"}`, "", denied, "Access Denied"},
		{"unknown database", "", "login", `{"db":"other","login":"admin","password":"admin"}`, "", noBase, noBase2},
		{"a key", "", "login", `{"key":"` + h.key + `"}`, `{"db":"main","uid":2,"user_context":{"lang":"en_US","tz":"UTC","uid":2}}`, "",
			""},
		{"search", "", "call", `["res.users","search",[[["login","=","admin"]]]]`, `[2]`, "", ""},
		{"read", "", "call", `{"model":"res.users","method":"read","args":[[2]],"kwargs":{"fields":["login"]}}`,
			`[{"id":2,"login":"admin"}]`, "", ""},
		{"None", "", "call", `["x.trouble","none"]`, `null`, "", ""},
		{"unknown model", "", "call", `["no.model","search",[[]]]`, "", "odoo.exceptions.UserError", "Object no.model doesn't exist"},
		{"missing", "", "call", `["x.trouble","fail_missing"]`, "", "odoo.exceptions.MissingError", "about missing"},
		{"a password", "", "login", `{"db":"main","login":"admin","password":"admin"}`,
			`{"db":"main","uid":2,"user_context":{"lang":"en_US","tz":"UTC","uid":2}}`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, l.ask(t, c.method, c.args)) })
	}
	if got := l.ask(t, "version", "{}"); !strings.Contains(string(got.Result), `"server_version":"18.0"`) {
		t.Errorf("version: %s", got.body)
	}
	for _, method := range []string{"fail_internal", "plain", "panic"} {
		got := l.ask(t, "call", `["x.trouble","`+method+`"]`)
		if got.Error == nil || got.Error.Code != 200 || !reference.MatchString(got.body) || secrets.MatchString(got.body) {
			t.Errorf("%s: %s", method, got.body)
		}
	}
	if n := len(h.sessions.tokens()); n != 1 {
		t.Errorf("%d sessions are open, want the one of the last log-in", n)
	}
	if got := l.ask(t, "logout", "{}"); string(got.Result) != "true" || len(h.sessions.tokens()) != 0 {
		t.Errorf("log-out: %s, %d sessions", got.body, len(h.sessions.tokens()))
	}
}

// A page's session is the socket's, and is the page's to end.
func TestASocketOfAPagesSession(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	l := h.socket(t, http.Header{"Cookie": {session.CookieName + "=" + token}})
	if got := l.ask(t, "call", `["res.users","search_count",[[["id","=",2]]]]`); string(got.Result) != "1" {
		t.Errorf("got %s", got.body)
	}
	l.ask(t, "logout", "{}")
	if len(h.sessions.tokens()) != 1 {
		t.Error("leaving the socket ended the page's session")
	}
	if got := l.ask(t, "call", `["res.users","search_count",[[]]]`); got.name() != "odoo.http.SessionExpiredException" {
		t.Errorf("after leaving: %s", got.body)
	}
}
