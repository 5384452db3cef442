package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
)

// message is a bus message as Odoo's clients get it.
type message struct {
	ID      int64 `json:"id"`
	Message struct {
		Type    string `json:"type"`
		Payload object `json:"payload"`
	} `json:"message"`
}

// socket listens to the bus.
type socket struct {
	h     *host
	conn  *websocket.Conn
	heard chan message
	over  chan struct{}
}

// listen opens a socket with the client's cookie and subscribes. When it returns,
// the host has done so: it answers a ping after what was sent before it.
func (c *client) listen(t testing.TB, last int64, channels ...string) *socket {
	t.Helper()
	base, err := url.Parse(c.h.url)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Origin": {c.h.url}}
	for _, cookie := range c.http.Jar.Cookies(base) {
		header.Add("Cookie", cookie.String())
	}
	conn, response, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.h.url, "http")+"/websocket?version=18.0-3", header)
	if err != nil {
		status := 0
		if response != nil {
			status = response.StatusCode
		}
		t.Fatalf("socket: %v (%d)", err, status)
	}
	s := &socket{h: c.h, conn: conn, heard: make(chan message, 10_000), over: make(chan struct{})}
	err = conn.WriteJSON(object{"event_name": "subscribe", "data": object{"channels": channels, "last": last}})
	subscribed := make(chan struct{})
	conn.SetPongHandler(func(string) error { close(subscribed); return nil })
	if err == nil {
		err = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.over)
		for {
			var batch []message
			if conn.ReadJSON(&batch) != nil {
				return // closed, by us or the host
			}
			for _, m := range batch {
				s.heard <- m
			}
		}
	}()
	t.Cleanup(s.close)
	select {
	case <-subscribed:
	case <-s.over:
		t.Fatal("the socket closed before it was subscribed")
	case <-time.After(patience):
		t.Fatal("the host answers no ping")
	}
	return s
}

func (s *socket) close() {
	_ = s.conn.Close() // a second time does nothing
	<-s.over
}

// until collects messages until one meets a condition.
func (s *socket) until(t testing.TB, what string, last func(message) bool) (all []message) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case m := <-s.heard:
			all = append(all, m)
			if last(m) {
				return all
			}
		case <-timeout:
			t.Fatalf("the bus never told: %s; it told %d messages\n%s", what, len(all), s.h.tail())
		case <-s.over:
			t.Fatalf("the socket closed before: %s; it told %v\n%s", what, all, s.h.tail())
		}
	}
}

// finished is a run's end.
func finished(m message) bool { return m.Message.Type == "account.online.run/finished" }

// TestBus watches a first synchronisation, and one from which the client was away.
func TestBus(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		h := furnishedHost(t, on)
		h.serve(t)
		c := h.client().login(t)

		channel := "res.company/1"
		watch := c.listen(t, 0, channel)
		c.connect(t, "demo-big-5000", nil)
		told := watch.until(t, "the end of the run", finished)
		count := map[string]int{}
		created := 0.0
		for i, m := range told {
			count[m.Message.Type]++
			if i > 0 && m.ID <= told[i-1].ID {
				t.Errorf("id %d follows %d", m.ID, told[i-1].ID)
			}
			if m.Message.Payload["id"] == nil {
				t.Errorf("%s tells no id: %v", m.Message.Type, m.Message.Payload)
			}
			if m.Message.Type == "account.bank.statement.line/created" {
				created += m.Message.Payload["count"].(float64)
			}
		}
		for _, kind := range []string{"account.online.run/progress", "account.bank.statement.line/created", "account.online.run/finished",
			"account.online.link/changed"} {
			if count[kind] == 0 {
				t.Errorf("no message %s among %v", kind, count)
			}
		}
		end := told[len(told)-1].Message.Payload
		if created != end["created"] || end["outcome"] != "ok" || created < 5000 {
			t.Errorf("line messages tell of %v lines, the run's end: %v", created, end)
		}

		// A second client hears what the first one hears; the first is cut off.
		witness := c.listen(t, told[len(told)-1].ID, channel)
		watch.close()
		c.connect(t, "demo-big-2500", nil)
		missed := witness.until(t, "the end of the second run", finished)
		again := c.listen(t, told[len(told)-1].ID, channel)
		got := again.until(t, "the end of the second run, after coming back",
			func(m message) bool { return m.ID >= missed[len(missed)-1].ID })
		// what came before the first end but was not read counts as missed by both
		if diff := cmp.Diff(after(missed, told[len(told)-1].ID), got); diff != "" {
			t.Errorf("what the client missed (-told while away +told on return)\n%s", diff)
		}
	})
}

func after(list []message, id int64) (newer []message) {
	for _, m := range list {
		if m.ID > id {
			newer = append(newer, m)
		}
	}
	return newer
}
