package ws_test

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/rpc/ws"
)

func TestHandshakesAreRefusedInOdoosWords(t *testing.T) {
	_, url := open(t)
	url = "http" + strings.TrimPrefix(url, "ws")
	good := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "http://here.example"}
	tests := []struct {
		name, header, value string
		status              int
		want                string
	}{
		{"no origin", "Origin", "", 400, "Empty or missing header(s): origin"},
		{"no key", "Sec-WebSocket-Key", "", 400, "sec-websocket-key"},
		{"a key that is not base64", "Sec-WebSocket-Key", "***", 400, "should be b64 encoded"},
		{"a short key", "Sec-WebSocket-Key", "c2hvcnQ=", 400, "length 16"},
		{"another upgrade", "Upgrade", "h2c", 400, "upgrade"},
		{"no upgrade in connection", "Connection", "keep-alive", 400, "connection"},
		{"another version", "Sec-WebSocket-Version", "8", 500, "Internal Server Error"},
		{"an origin that is not allowed", "Origin", "http://evil.example", 403, "Forbidden"},
		{"a good one", "", "", 101, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range good {
				r.Header.Set(name, value)
			}
			if test.header != "" {
				r.Header.Set(test.header, test.value)
				if test.value == "" {
					r.Header.Del(test.header)
				}
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if test.status == http.StatusSwitchingProtocols {
				return
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(body), test.want) {
				t.Errorf("%s %v, want … %s …", body, err, test.want)
			}
		})
	}
}

func TestMessagesComeLiveAndOnlyOnTheClientsChannels(t *testing.T) {
	b, url := open(t)
	one, two := dial(t, url, nil), dial(t, url, nil)
	old := b.say("a", time.Hour)
	fresh := b.say("a", 0)
	one.subscribe(0, "a")
	if got := one.next(); len(got) != 1 || got[0].ID != fresh {
		t.Fatalf("got %v: without a last id only the recent past comes, not message %d", got, old)
	}
	two.subscribe(0, "b", "private")
	b.say("private", 0)
	id := b.say("b", 0)
	if got := two.next(); got[len(got)-1].ID != id || len(got) != 1 {
		t.Errorf("got %v, want message %d alone: nobody is logged in", got, id)
	}
	id = b.say("broadcast", 0)
	for _, c := range []*client{one, two} {
		if got := c.next(); len(got) != 1 || got[0].ID != id || got[0].Message.Payload.ID != id {
			t.Errorf("broadcast: %v", got)
		}
	}
	one.subscribe(0, "c")
	one.settle()
	b.say("a", 0)
	id = b.say("c", 0)
	if got := one.next(); len(got) != 1 || got[0].ID != id {
		t.Errorf("got %v, want message %d alone: it has left the other channel", got, id)
	}
}

func TestAClientResumesWhereItWas(t *testing.T) {
	b, url := open(t)
	for range 5 {
		b.say("a", time.Hour)
	}
	c := dial(t, url, nil)
	c.subscribe(2, "a")
	if got := c.next(); len(got) != 3 || got[0].ID != 3 || got[2].ID != 5 {
		t.Errorf("after 2: %v", got)
	}
	b.mu.Lock()
	b.oldest = 4
	b.mu.Unlock()
	late := dial(t, url, nil)
	late.subscribe(2, "a")
	if got := late.next(); len(got) != 1 || got[0].Message.Type != "girosync/reload" || got[0].ID != 5 {
		t.Errorf("what is gone: %v, want a reload at 5", got)
	}
	above := dial(t, url, nil)
	above.subscribe(99, "a")
	id := b.say("a", 0)
	if got := above.next(); len(got) != 1 || got[0].ID != id {
		t.Errorf("a last id above the newest counts as 0: %v", got)
	}
}

// Random clients that come and go see exactly their channels' messages, in
// order, each once: whenever the server asks the bus, something may be said just
// before or after.
func TestNothingIsMissedAndNothingRepeated(t *testing.T) {
	const enough = 600
	b, url := open(t)
	b.say("a", time.Hour) // so that a last id of 1 resumes
	b.ask(func(string) {
		for range rand.IntN(4) {
			if b.said() < enough {
				b.say([]string{"a", "b", "c"}[rand.IntN(3)], 0)
			}
		}
	})
	got := []int64{}
	last, final := int64(1), int64(0)
	for final == 0 || last < final {
		c := dial(t, url, nil)
		c.subscribe(last, "a", "b")
		for frames := 1 + rand.IntN(4); frames > 0 && (final == 0 || last < final); frames-- {
			if id := b.say("a", 0); final == 0 && id > enough { // there is always a frame to come
				final = id
			}
			for _, n := range c.next() {
				got = append(got, n.ID)
				last = n.ID
			}
		}
		c.ws.Close()
	}
	want, _ := b.Since(t.Context(), "db", 1, math.MaxInt)
	want = slices.DeleteFunc(want, func(m ws.Message) bool { return m.Channel == "c" || m.ID > last })
	ids := make([]int64, len(want))
	for i, m := range want {
		ids[i] = m.ID
	}
	if !slices.Equal(got, ids) {
		t.Errorf("got %d messages, want %d:\n%v\n%v", len(got), len(want), got, ids)
	}
}

func TestWhatIsNoEventIsIgnored(t *testing.T) {
	b, url := open(t)
	c := dial(t, url, nil)
	for _, text := range []string{"", "{", "42", `{"event_name":1}`, `{"event_name":"other"}`, `{"event_name":"subscribe"}`,
		`{"event_name":"subscribe","data":{"channels":[1]}}`} {
		if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte{1}); err != nil {
		t.Fatal(err)
	}
	c.subscribe(0, "a")
	c.settle()
	id := b.say("a", 0)
	if got := c.next(); len(got) != 1 || got[0].ID != id {
		t.Errorf("after all that: %v", got)
	}
}

func TestSocketsCloseWithTheProtocolsCodes(t *testing.T) {
	tests := []struct {
		name   string
		do     func(b *bus, c *client)
		code   int
		reason string
	}{
		{"a frame above 1 MiB", func(_ *bus, c *client) {
			_ = c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20+1))
		}, 1009, ""},
		{"too many frames", func(_ *bus, c *client) {
			for range 12 {
				_ = c.ws.WriteMessage(websocket.TextMessage, []byte("{}"))
			}
		}, 1013, ""},
		{"a session that ends", func(b *bus, c *client) { b.server.EndSession("token") }, 4001, ""},
		{"a session found ended at the next frame", func(b *bus, c *client) {
			b.mu.Lock()
			b.ended["token"] = true
			b.mu.Unlock()
			_ = c.ws.WriteMessage(websocket.TextMessage, []byte("no event")) // any frame will do
		}, 4001, ""},
		{"a host that stops", func(b *bus, _ *client) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			_ = b.server.Close(ctx)
		}, 1001, ""},
		{"a client that leaves", func(_ *bus, c *client) {
			_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"), time.Now().Add(time.Second))
		}, 1000, "bye"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, url := open(t)
			c := dial(t, url, http.Header{"Cookie": {"session_id=token"}})
			c.settle() // the client has its answer a moment before the server counts it
			test.do(b, c)
			if code, reason := c.closed(); code != test.code || reason != test.reason {
				t.Errorf("closed %d %q, want %d %q", code, reason, test.code, test.reason)
			}
		})
	}
}

func TestAnOldPageIsToldToReload(t *testing.T) {
	b, url := open(t)
	for _, version := range []string{"version=17.0-1", "", "version="} {
		c := dial(t, strings.Replace(url, "version=18.0-3", version, 1), http.Header{"User-Agent": {"Browser"}})
		if code, reason := c.closed(); code != 1000 || reason != "OUTDATED_VERSION" {
			t.Errorf("%q: closed %d %q", version, code, reason)
		}
	}
	c := dial(t, strings.Replace(url, "version=18.0-3", "", 1), http.Header{"User-Agent": {""}}) // no browser
	c.subscribe(0, "a")
	c.settle()
	b.say("a", 0)
	c.next()
}

func TestASlowClientIsDroppedAndHarmsNoOther(t *testing.T) {
	b, url := open(t)
	slow, quick := dialSlowly(t, url), dial(t, url, nil)
	for _, c := range []*client{slow, quick} {
		c.subscribe(0, "a")
		c.settle()
	}
	const messages = 400
	for i := range messages {
		b.sayMuch("a")
		quick.text()
		if b.server.Count() == 1 {
			t.Logf("dropped after %d messages", i+1)
			return
		}
	}
	t.Errorf("%d sockets are open after %d messages that one did not read", b.server.Count(), messages)
}
