package server_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// TestWhoHearsOfACompany: on a company's channel everything about its books is
// told, so that it is open to those alone who may read them.
func TestWhoHearsOfACompany(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, books *orm.Database) {
		web := httptest.NewServer(host.Handler())
		t.Cleanup(web.Close)
		w := makeCompanies(t, books)
		for group, hears := range map[string]bool{base.GroupUser: false, account.GroupReadonly: true, account.GroupManager: true} {
			t.Run(group, func(t *testing.T) {
				var key string
				user := w.user("hears of "+group, group)
				asSystem(t, books, func(env *orm.Env) (err error) {
					key, err = base.NewAPIKey(env, user, group)
					return err
				})
				if got := slices.Contains(heardChannels(t, web.URL, key, "res.company/1"), "res.company/1"); got != hears {
					t.Errorf("hears the company: %v", got)
				}
			})
		}
	})
}

// heardChannels subscribes to channels and returns those that were opened.
func heardChannels(t *testing.T, url, key string, channels ...string) []string {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/rpc", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	var reply struct {
		Result struct {
			Channels []string `json:"channels"`
		} `json:"result"`
		Error json.RawMessage `json:"error"`
	}
	for i, call := range []object{
		{"method": "login", "params": object{"db": "books", "key": key}}, {"method": "subscribe", "params": object{"channels": channels}},
	} {
		call["jsonrpc"], call["id"] = "2.0", i+1
		if err := conn.WriteJSON(call); err != nil {
			t.Fatal(err)
		}
		if err := conn.ReadJSON(&reply); err != nil || reply.Error != nil {
			t.Fatalf("%v %s", err, reply.Error)
		}
	}
	return reply.Result.Channels
}
