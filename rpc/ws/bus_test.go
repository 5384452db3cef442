package ws_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

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
	cookie *http.Cookie          // renewed in handshakes
	asked  func(question string) // see ask; nil for nothing
}

// patience is how long a test waits for what must come: longer than any machine takes.
const patience = time.Minute

// ask calls tell before and after each question of the server.
func (b *bus) ask(tell func(question string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = tell
}

// inquire says that the server asks something; what it returns, that it is answered.
func (b *bus) inquire(question string) (answered func()) {
	b.mu.Lock()
	tell := b.asked
	b.mu.Unlock()
	if tell == nil {
		return func() {}
	}
	tell(question)
	return func() { tell(question) }
}

func (b *bus) Identify(r *http.Request) (ws.Identity, error) {
	c, err := r.Cookie("session_id")
	if err != nil {
		return ws.Identity{Database: "db"}, nil
	}
	return ws.Identity{Database: "db", UID: 2, Token: c.Value, Cookie: b.cookie}, nil
}

func (b *bus) Channels(_ context.Context, who ws.Identity, asked []string) ([]string, error) {
	defer b.inquire("Channels")()
	allowed := []string{"broadcast"}
	for _, channel := range asked {
		if channel != "private" || who.UID != 0 {
			allowed = append(allowed, channel)
		}
	}
	return allowed, nil
}

func (b *bus) Since(_ context.Context, _ string, last int64, limit int) ([]ws.Message, error) {
	defer b.inquire("Since")()
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
	defer b.inquire("Recent")()
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
	defer b.inquire("Edges")()
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
	return b.put(channel, age, func(id int64) string { return fmt.Sprintf(`{"id":%d}`, id) })
}

// sayMuch puts a message of 32 KiB on a channel and returns its id.
func (b *bus) sayMuch(channel string) int64 {
	return b.put(channel, 0, func(id int64) string { return fmt.Sprintf(`{"id":%d,"more":"%s"}`, id, strings.Repeat("x", 32<<10)) })
}

func (b *bus) put(channel string, age time.Duration, payload func(id int64) string) int64 {
	b.mu.Lock()
	id := int64(len(b.rows) + 1)
	b.rows = append(b.rows, ws.Message{ID: id, Channel: channel, Body: json.RawMessage(`{"type":"t","payload":` + payload(id) + `}`)})
	b.at = append(b.at, time.Now().Add(-age))
	b.mu.Unlock()
	b.server.Wake("db")
	return id
}

// said is how many messages there are.
func (b *bus) said() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rows)
}

// open starts a server over a bus; change alters its options.
func open(t testing.TB, change ...func(*ws.Options)) (*bus, string) {
	t.Helper()
	b := newBus(t, change...)
	server := httptest.NewUnstartedServer(b.server)
	server.Config.ConnContext = keepLittle
	server.Start()
	t.Cleanup(server.Close)
	return b, "ws" + strings.TrimPrefix(server.URL, "http") + path
}

// path is where the bus is, as a client names its version.
const path = "/websocket?version=18.0-3"

// smallBuffer is what the network keeps of a socket that nobody reads.
const smallBuffer = 4 << 10

func keepLittle(ctx context.Context, conn net.Conn) context.Context {
	_ = conn.(*net.TCPConn).SetWriteBuffer(smallBuffer) // else the slow clients' tests take longer
	return ctx
}

// newBus makes a bus and its server, which is closed at the test's end.
func newBus(t testing.TB, change ...func(*ws.Options)) *bus {
	t.Helper()
	b := &bus{ended: map[string]bool{}}
	options := ws.Options{Backend: b, Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: "18.0-3",
		Origins: func(_ *http.Request, origin string) bool { return origin != "http://evil.example" }}
	for _, f := range change {
		f(&options)
	}
	b.server = ws.New(options)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}
