package guide_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// news is a message of the bus as clients get it.
type news struct {
	ID      int64 `json:"id"`
	Message struct {
		Type    string `json:"type"`
		Payload object `json:"payload"`
	} `json:"message"`
}

// listener is a dashboard that listens to the bus.
type listener struct {
	o     *office
	heard chan []byte // a batch of messages, as it came
	over  chan struct{}
}

// listen logs in as browsers do and subscribes. When it returns, the host has done
// so: it answers a ping after what was sent before it.
func (o *office) listen(channels ...string) *listener {
	o.t.Helper()
	header := http.Header{"Origin": {o.url}, "Cookie": {o.session()}}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(o.url, "http")+"/websocket?version=18.0-3", header)
	if err != nil {
		o.t.Fatal(err)
	}
	l := &listener{o: o, heard: make(chan []byte, 10_000), over: make(chan struct{})}
	o.t.Cleanup(func() {
		_ = conn.Close()
		<-l.over
	})
	subscribed := make(chan struct{})
	conn.SetPongHandler(func(string) error { close(subscribed); return nil })
	err = conn.WriteJSON(object{"event_name": "subscribe", "data": object{"channels": channels, "last": 0}})
	if err == nil {
		err = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience))
	}
	go func() {
		defer close(l.over)
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				return // closed by the test
			}
			l.heard <- text
		}
	}()
	if err != nil {
		o.t.Fatal(err)
	}
	select {
	case <-subscribed:
	case <-l.over:
		o.t.Fatal("the socket closed before it was subscribed")
	case <-time.After(patience):
		o.t.Fatal("the host answers no ping")
	}
	return l
}

// session is the cookie of a new session.
func (o *office) session() string {
	o.t.Helper()
	body, err := json.Marshal(object{"params": object{"db": "books", "login": o.login, "password": o.login}})
	if err != nil {
		o.t.Fatal(err)
	}
	response, err := http.Post(o.url+"/web/session/authenticate", "application/json", bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	for _, cookie := range response.Cookies() {
		if cookie.Name == "session_id" {
			return fmt.Sprintf("%s=%s", cookie.Name, cookie.Value)
		}
	}
	o.t.Fatalf("no session: status %d", response.StatusCode)
	return ""
}

// until collects what is told, up to the first message that meets a condition; raw
// is the same as it came.
func (l *listener) until(what string, last func(news) bool) (all []news, raw []byte) {
	l.o.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case text := <-l.heard:
			raw = append(raw, text...)
			var batch []news
			if err := json.Unmarshal(text, &batch); err != nil {
				l.o.t.Fatal(err)
			}
			for _, m := range batch {
				all = append(all, m)
				if last(m) {
					return all, raw
				}
			}
		case <-timeout:
			l.o.t.Fatalf("the bus never told: %s; it told %v", what, all)
		case <-l.over:
			l.o.t.Fatalf("the socket closed before: %s; it told %v", what, all)
		}
	}
}

// ended is the end of a synchronisation.
func ended(run any) func(news) bool {
	return func(m news) bool {
		return m.Message.Type == "account.online.run/finished" && m.Message.Payload["id"] == run
	}
}
