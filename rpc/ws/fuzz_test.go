package ws_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/rpc/jsonrpc"
	"github.com/girosync/girosync/rpc/ws"
)

// FuzzCalls sends a message to /rpc, before and after the log-in: whatever it is,
// the next one is answered, and of all that come back each is JSON-RPC 2.0. What
// is a request by the standard is answered once, under its id.
func FuzzCalls(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"version"}`, `{"jsonrpc":"2.0","method":"version"}`,
		`{"id":"a","method":"session","params":null}`,
		`{"id":2,"method":"login","params":{"db":"db","login":"admin","password":"right"}}`, `{"id":2,"method":"login","params":{"key":5}}`,
		`{"id":3,"method":"call","params":["res.partner","read",[[1]],{"fields":["name"]}]}`,
		`{"id":3,"method":"call","params":{"model":"m","method":"fail"}}`,
		`{"id":4,"method":"call","params":[]}`, `{"id":4,"method":"call","params":["m","none",null,null]}`, `{"id":5,"method":"logout"}`,
		`{"id":6,"method":"subscribe","params":{"channels":["a","private"],"last":0}}`,
		`{"id":6,"method":"subscribe","params":{"channels":[5],"last":"x"}}`,
		`{"id":7,"method":"unsubscribe"}`, `{"id":8,"method":"cancel","params":{"id":3}}`, `{"id":8,"method":"cancel","params":{"id":{}}}`,
		`{"id":9,"method":"nope"}`, `{"id":null,"method":"version"}`, `{"id":1.5,"method":"version"}`, `{"id":-1,"method":"version"}`,
		`{"id":18446744073709551615,"method":"version"}`, `{"id":1,"result":5}`, `{"id":1,"error":{"code":1,"message":"x"}}`,
		`{"id":1,"method":"version","result":5}`,
		`{"ID":1,"Method":"version"}`, `{"id":1,"METHOD":5,"method":"version"}`, `[]`, `[{"id":1,"method":"version"}]`, `null`,
		`5`, ``, `{`,
		`{"id":1,"method":"version","params":"x"}`, `{"id":1,"method":"call","params":[[[[[[[[[[]]]]]]]]]]}`, "\xff",
		`{"id":"\ud800","method":"version"}`,
		`{"id":1,"id":2,"method":"version"}`, `{"id":1,"method":"version","meta":null,"x":[1e999]}`,
		`{"id":1,"method":"login","params":[1]}`,
	} {
		f.Add(true, []byte(seed))
		f.Add(false, []byte(seed))
	}
	const depth = 8
	b, d, _ := calls(f)
	server := httptest.NewServer(b.server.Calls(d, ws.CallLimits{Message: 1 << 20, Depth: depth, Calls: 2}))
	f.Cleanup(server.Close)
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	f.Fuzz(func(t *testing.T, known bool, text []byte) {
		if len(text) > 32<<10 || bytes.Contains(text, []byte("wait")) { // the desk's call that waits for its end
			return
		}
		conn, _, err := websocket.DefaultDialer.Dial(url, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if tcp, ok := conn.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a closed port is free at once: there are many
		}
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		const login, end = `{"id":"fuzz: log-in","method":"login","params":{"login":"admin","password":"right"}}`,
			`{"id":"fuzz: the end","method":"version"}`
		messages := [][]byte{text, []byte(end)}
		if known {
			messages = [][]byte{[]byte(login), text, []byte(end)}
		}
		for _, m := range messages {
			if err := conn.WriteMessage(websocket.TextMessage, m); err != nil {
				t.Fatal(err)
			}
		}
		answers, err := untilAnswered(conn, `"fuzz: the end"`)
		if !utf8.Valid(text) {
			if !websocket.IsCloseError(err, websocket.CloseInvalidFramePayloadData) {
				t.Fatalf("%q is no text; the socket ended with %v", text, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		deep := (jsonrpc.Bounds{Depth: depth}).Check(text) != nil // refused before anything is read of it
		if id := askedUnder(text); id != "" && !deep && answers[id] != 1 {
			t.Errorf("%q: %d answers to %s: %v", text, answers[id], id, answers)
		}
		if len(answers) > len(messages) {
			t.Errorf("%q: answers %v", text, answers)
		}
	})
}

// untilAnswered reads until a request is answered, then what other calls under
// way have to say, and counts the answers by their ids.
func untilAnswered(conn *websocket.Conn, last string) (map[string]int, error) {
	const later = `"fuzz: later"`
	answers := map[string]int{}
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return answers, err
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(text, &m); err != nil {
			return answers, fmt.Errorf("%w in %s", err, text)
		}
		_, result := m["result"]
		_, failed := m["error"]
		switch {
		case string(m["jsonrpc"]) != `"2.0"` || len(m["method"]) == 0 && (len(m["id"]) == 0 || result == failed):
			return answers, fmt.Errorf("no JSON-RPC: %s", text)
		case len(m["method"]) > 0:
			continue
		}
		switch id := string(m["id"]); id {
		case later:
			return answers, nil
		case last: // calls run beside other requests
			if err := conn.WriteMessage(websocket.TextMessage,
				[]byte(`{"id":`+later+`,"method":"call","params":["m","none"]}`)); err != nil {
				return answers, err
			}
			fallthrough
		default:
			answers[id]++
		}
	}
}

// askedUnder is the id of what is a request by the standard, "" of what is not.
func askedUnder(text []byte) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(text, &m) != nil {
		return ""
	}
	var method, id string
	var number uint32
	if json.Unmarshal(m["method"], &method) != nil || method == "" || method == "call" {
		return "" // calls may be answered after the end
	}
	if json.Unmarshal(m["id"], &id) == nil && id != "" && string(m["id"]) != "null" {
		again, _ := json.Marshal(id)
		return string(again)
	}
	if json.Unmarshal(m["id"], &number) == nil && string(m["id"]) != "null" {
		return fmt.Sprint(number)
	}
	return ""
}
