package ws_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/rpc/ws"
)

// bus is a database's bus in memory; it is open to everyone but for the
// channel "private".
type bus struct {
	mu     sync.Mutex
	rows   []ws.Message
	at     []time.Time
	oldest int64 // rows below are gone
	ended  map[string]bool
	server *ws.Server
	cookie *http.Cookie // renewed in handshakes
}

func (b *bus) Identify(r *http.Request) (ws.Identity, error) {
	c, err := r.Cookie("session_id")
	if err != nil {
		return ws.Identity{Database: "db"}, nil
	}
	return ws.Identity{Database: "db", UID: 2, Token: c.Value, Cookie: b.cookie}, nil
}

func (b *bus) Channels(_ context.Context, who ws.Identity, asked []string) ([]string, error) {
	allowed := []string{"broadcast"}
	for _, channel := range asked {
		if channel != "private" || who.UID != 0 {
			allowed = append(allowed, channel)
		}
	}
	return allowed, nil
}

func (b *bus) Since(_ context.Context, _ string, last int64, limit int) ([]ws.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []ws.Message
	for _, m := range b.rows {
		if m.ID > last && m.ID >= b.oldest && len(list) < limit {
			list = append(list, m)
		}
	}
	return list, nil
}

func (b *bus) Recent(_ context.Context, _ string, since time.Time, limit int) ([]ws.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []ws.Message
	for i, m := range b.rows {
		if !b.at[i].Before(since) && len(list) < limit {
			list = append(list, m)
		}
	}
	return list, nil
}

func (b *bus) Edges(context.Context, string) (oldest, newest int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rows) == 0 {
		return 0, 0, nil
	}
	return max(b.oldest, b.rows[0].ID), b.rows[len(b.rows)-1].ID, nil
}

func (b *bus) Alive(_ context.Context, who ws.Identity) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.ended[who.Token]
}

// say puts a message on a channel, as old as age, and returns its id.
func (b *bus) say(channel string, age time.Duration) int64 {
	b.mu.Lock()
	id := int64(len(b.rows) + 1)
	b.rows = append(b.rows, ws.Message{ID: id, Channel: channel, Body: json.RawMessage(fmt.Sprintf(`{"type":"t","payload":{"id":%d}}`, id))})
	b.at = append(b.at, time.Now().Add(-age))
	b.mu.Unlock()
	b.server.Wake("db")
	return id
}

// open starts a server over a bus; change alters its options.
func open(t testing.TB, change ...func(*ws.Options)) (*bus, string) {
	t.Helper()
	b := &bus{ended: map[string]bool{}}
	options := ws.Options{Backend: b, Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: "18.0-3",
		Origins: func(_ *http.Request, origin string) bool { return origin != "http://evil.example" }}
	for _, f := range change {
		f(&options)
	}
	b.server = ws.New(options)
	httpServer := httptest.NewServer(b.server)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := b.server.Close(ctx); err != nil {
			t.Error(err)
		}
		httpServer.Close()
	})
	return b, "ws" + strings.TrimPrefix(httpServer.URL, "http") + "/websocket?version=18.0-3"
}

// client is a socket and the ids that it has got.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func dial(t *testing.T, url string, header http.Header) *client {
	t.Helper()
	conn, _ := upgrade(t, url, header)
	return &client{t, conn}
}

// dialFull is dial for what the server answers.
func dialFull(t *testing.T, url string, header http.Header) *http.Response {
	t.Helper()
	_, response := upgrade(t, url, header)
	return response
}

func upgrade(t *testing.T, url string, header http.Header) (*websocket.Conn, *http.Response) {
	t.Helper()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Origin") == "" {
		header.Set("Origin", "http://here.example")
	}
	conn, response, err := websocket.DefaultDialer.Dial(url, header)
	if err != nil {
		t.Fatalf("%v %v", err, response)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, response
}

func (c *client) subscribe(last int64, channels ...string) {
	c.t.Helper()
	err := c.ws.WriteJSON(map[string]any{"event_name": "subscribe", "data": map[string]any{"channels": channels, "last": last}})
	if err != nil {
		c.t.Fatal(err)
	}
}

type notification struct {
	ID      int64
	Message struct {
		Type    string
		Payload struct{ ID int64 }
	}
}

// next reads one frame.
func (c *client) next() []notification {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	var list []notification
	if err := c.ws.ReadJSON(&list); err != nil {
		c.t.Fatal(err)
	}
	return list
}

// silent checks that nothing comes for a while. The socket cannot be read after.
func (c *client) silent() {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
	if _, data, err := c.ws.ReadMessage(); err == nil {
		c.t.Errorf("unexpected frame %s", data)
	}
}

// closed reads until the server closes and returns the code and reason.
func (c *client) closed() (int, string) {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		if _, _, err := c.ws.ReadMessage(); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				return e.Code, e.Text
			}
			c.t.Fatal(err)
		}
	}
}
