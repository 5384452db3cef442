package server_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// TestASocketEndsWithItsKey: a session of /rpc that began with a key is over with
// the next call once the key, or its user, is gone.
func TestASocketEndsWithItsKey(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		web := httptest.NewServer(host.Handler())
		t.Cleanup(web.Close)
		v := visit(t, host, "192.0.2.1")
		v.login("books", "admin", "admin").must(t, nil)
		for name, c := range map[string]struct {
			end func(env *orm.Env, user, key int64) error
			by  string // how the key is given
		}{
			"revoked": {func(env *orm.Env, _, key int64) error { return env.Unlink("res.users.apikeys", []int64{key}) },
				"key"},
			"revoked, as password": {func(env *orm.Env, _, key int64) error { return env.Unlink("res.users.apikeys", []int64{key}) },
				"password"},
			"expired": {func(env *orm.Env, _, key int64) error {
				return env.Write("res.users.apikeys", []int64{key}, orm.Values{"expiration_date": env.Now().Add(-time.Second)})
			}, "key"},
			"archived": {func(env *orm.Env, user, _ int64) error {
				return env.Write("res.users", []int64{user}, orm.Values{"active": false})
			}, "key"},
			"deleted": {func(env *orm.Env, user, _ int64) error { return env.Unlink("res.users", []int64{user}) }, "key"},
		} {
			t.Run(name, func(t *testing.T) {
				login := strings.ReplaceAll(name, " ", "")
				var user int64
				v.call("res.users", "create", object{"name": name, "login": login, "password": "first words"}).must(t, &user)
				var key string
				var keys []int64
				asSystem(t, books, func(env *orm.Env) (err error) {
					if key, err = base.NewAPIKey(env, user, name); err != nil {
						return err
					}
					keys, err = env.Search("res.users.apikeys", nil, orm.SearchOptions{Order: "id desc", Limit: 1})
					return err
				})
				conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http")+"/rpc", nil)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				_ = conn.SetReadDeadline(time.Now().Add(patience))
				ask := func(method string, params any) (got heard) {
					t.Helper()
					if err := conn.WriteJSON(object{"jsonrpc": "2.0", "id": 1, "method": method, "params": params}); err != nil {
						t.Fatal(err)
					}
					_, text, err := conn.ReadMessage()
					if err != nil {
						t.Fatal(err)
					}
					if err := json.Unmarshal(text, &got); err != nil {
						t.Fatal(err)
					}
					got.status, got.body = 200, string(text)
					return got
				}
				proof := object{"key": key}
				if c.by == "password" {
					proof = object{"login": login, "password": key}
				}
				ask("login", proof).must(t, nil)
				for range 2 {
					ask("call", list("res.users", "search_count", list([]any{}))).must(t, nil)
				}
				asSystem(t, books, func(env *orm.Env) error { return c.end(env, user, keys[0]) })
				over := &websocket.CloseError{}
				err = conn.WriteJSON(object{"jsonrpc": "2.0", "id": 1, "method": "call",
					"params": list("res.users", "search_count", list([]any{}))})
				for err == nil {
					var text []byte
					if _, text, err = conn.ReadMessage(); err == nil && !strings.Contains(string(text), "SessionExpired") {
						t.Errorf("a call with the key gone: %s", text)
					}
				}
				if !errors.As(err, &over) || over.Code != 4001 {
					t.Errorf("the socket ended with %v, want code 4001", err)
				}
			})
		}
	})
}
