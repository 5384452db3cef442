package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// line is a connection to /rpc. Only one goroutine uses it.
type line struct {
	t    testing.TB
	conn *websocket.Conn
	// told are the notifications that came while an answer was awaited.
	told []message
	id   int
}

// line opens /rpc, with the session's cookie if the client has one.
func (c *client) line(t testing.TB) *line {
	t.Helper()
	header := http.Header{}
	request, err := http.NewRequest(http.MethodGet, c.h.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.http.Jar.Cookies(request.URL) {
		header.Add("Cookie", cookie.String())
	}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.h.url, "http")+"/rpc", header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &line{t: t, conn: conn}
}

// read takes the next message: an answer, or notifications, which are kept.
func (l *line) read() (id *int, result json.RawMessage, failed *rpcError) {
	l.t.Helper()
	_ = l.conn.SetReadDeadline(time.Now().Add(patience))
	var m struct {
		ID     *int
		Method string
		Params []message
		Result json.RawMessage
		Error  *rpcError
	}
	if err := l.conn.ReadJSON(&m); err != nil {
		l.t.Fatal(err)
	}
	if m.Method == "notifications" {
		l.told = append(l.told, m.Params...)
	}
	return m.ID, m.Result, m.Error
}

func (l *line) ask(result any, method string, params any) *rpcError {
	l.t.Helper()
	l.id++
	if err := l.conn.WriteJSON(object{"jsonrpc": "2.0", "id": l.id, "method": method, "params": params}); err != nil {
		l.t.Fatal(err)
	}
	for {
		id, text, failed := l.read()
		if id == nil {
			continue
		}
		if *id != l.id {
			l.t.Fatalf("an answer to %d, not %d", *id, l.id)
		}
		if failed == nil && result != nil {
			if err := json.Unmarshal(text, result); err != nil {
				l.t.Fatal(err)
			}
		}
		return failed
	}
}

// TestOneSocketForCallsAndNews does on one connection what a front end does: log
// in, read, subscribe, synchronise, hear of it, and come back after a break.
func TestOneSocketForCallsAndNews(t *testing.T) {
	onDemo(t, func(t *testing.T, h *host) {
		l := h.client().line(t)
		if failed := l.ask(nil, "call", list{"account.journal", "search", list{list{}}}); failed == nil || failed.Code != 100 {
			t.Errorf("not logged in: %v", failed)
		}
		if failed := l.ask(nil, "login", object{"db": h.db, "login": "admin", "password": "wrong"}); failed == nil ||
			failed.Data.Name != "odoo.exceptions.AccessDenied" {
			t.Errorf("a wrong password: %v", failed)
		}
		var me struct{ UID int64 }
		if failed := l.ask(&me, "login", object{"db": h.db, "login": "admin", "password": "admin"}); failed != nil || me.UID == 0 {
			t.Fatalf("log-in: %v %v", me, failed)
		}
		var journals []struct{ ID int64 }
		failed := l.ask(&journals, "call", object{"model": "account.journal", "method": "search_read",
			"args":   list{list{leaf("bank_statements_source", "=", "online_sync")}},
			"kwargs": object{"fields": list{"name"}, "order": "id"}})
		if failed != nil || len(journals) == 0 {
			t.Fatalf("journals: %v %v", journals, failed)
		}
		var heard struct {
			Channels []string
			Last     int64
		}
		if failed := l.ask(&heard, "subscribe", object{"channels": list{"res.company/1", "account.journal/999999"}}); failed != nil ||
			!slices.Contains(heard.Channels, "res.company/1") || slices.Contains(heard.Channels, "account.journal/999999") {
			t.Fatalf("subscribe: %v %v", heard, failed)
		}
		var runs []int64
		if failed := l.ask(&runs, "call", list{"account.journal", "manual_sync", list{list{journals[0].ID}}}); failed != nil ||
			len(runs) == 0 {
			t.Fatalf("manual_sync: %v %v", runs, failed)
		}
		ended := func(m message) bool {
			return m.ID > heard.Last && finished(m) && m.Message.Payload["id"] == float64(runs[0])
		}
		for !slices.ContainsFunc(l.told, ended) {
			l.read()
		}
		again := h.client().line(t)
		again.ask(nil, "login", object{"db": h.db, "login": "admin", "password": "admin"})
		if failed := again.ask(nil, "subscribe", object{"channels": list{"res.company/1"}, "last": heard.Last}); failed != nil {
			t.Fatal(failed)
		}
		for !slices.ContainsFunc(again.told, ended) { // what came while it was away
			again.read()
		}
	})
}
