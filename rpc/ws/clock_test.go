package ws_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/girosync/girosync/rpc/ws"
)

// hall is a network in memory. Nothing in it waits for the operating system, so
// that in a bubble of testing/synctest the clock runs ahead whenever all wait.
type hall struct {
	comers chan net.Conn
	shut   chan struct{}
	once   sync.Once
}

func (h *hall) Accept() (net.Conn, error) {
	select {
	case conn := <-h.comers:
		return conn, nil
	case <-h.shut:
		return nil, net.ErrClosed
	}
}

func (h *hall) Close() error {
	h.once.Do(func() { close(h.shut) })
	return nil
}

func (h *hall) Addr() net.Addr { return &net.UnixAddr{Name: "hall"} }

func (h *hall) enter() net.Conn {
	here, there := net.Pipe()
	h.comers <- there
	return here
}

// openInHall starts a server over a bus; enter connects to it.
func openInHall(t *testing.T, change ...func(*ws.Options)) (b *bus, h *hall) {
	t.Helper()
	b = newBus(t, change...)
	h = &hall{comers: make(chan net.Conn), shut: make(chan struct{})}
	server := &http.Server{Handler: b.server}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(h) }) // ends when it is closed
	t.Cleanup(func() {
		server.Close()
		serving.Wait()
	})
	return b, h
}

// dial opens a socket that is logged in.
func (h *hall) dial(t *testing.T) *client {
	t.Helper()
	dialer := &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return h.enter(), nil }}
	conn, _ := upgrade(t, dialer, "ws://hall"+path, http.Header{"Cookie": {"session_id=token"}})
	return attend(t, conn)
}

func TestSilentSocketsArePinged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ping = 45 * time.Second
		b, h := openInHall(t)
		began := time.Now()
		w := greet(t, h.enter(), "hall")
		for range 3 { // one that answers lives on
			first, payload, err := w.frame()
			if err != nil || first != 0x89 || payload != "" {
				t.Fatalf("got %x %q %v, want an empty ping", first, payload, err)
			}
			if took := time.Since(began); took != ping {
				t.Errorf("pinged after %s, want %s", took, ping)
			}
			began = time.Now()
			w.send(masked(0x8A, ""))
		}
		w.send(masked(0x81, `{"event_name":"subscribe","data":{"channels":["a"],"last":0}}`))
		time.Sleep(ping / 2)
		b.say("a", 0)
		if first, _, err := w.frame(); err != nil || first != 0x81 {
			t.Fatalf("got %x %v, want a message", first, err)
		}
		began = time.Now()
		if first, _, err := w.frame(); err != nil || first != 0x89 {
			t.Fatalf("got %x %v, want a ping", first, err)
		}
		if took := time.Since(began); took != ping {
			t.Errorf("pinged %s after a message, want %s", took, ping)
		}
		began = time.Now()
		w.send(masked(0x81, "{}")) // is no answer to it
		if first, payload, err := w.frame(); err == nil {
			t.Errorf("got %x %q, want the end without a word", first, payload)
		}
		if took := time.Since(began); took != ping {
			t.Errorf("given up after %s, want %s", took, ping)
		}
	})
}

// A socket lives an hour or a little longer; then its client opens another.
func TestOldSocketsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h := openInHall(t)
		began := time.Now()
		c := h.dial(t)
		time.Sleep(59 * time.Minute)
		c.settle() // lives
		if code, reason := c.closedWithin(32 * time.Minute); code != 4002 || reason != "" {
			t.Errorf("closed %d %q, want 4002", code, reason)
		}
		if took := time.Since(began); took < time.Hour || took > 91*time.Minute {
			t.Errorf("closed after %s, want an hour to an hour and a half", took)
		}
	})
}

func TestASessionThatEndsElsewhereEndsItsSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h := openInHall(t)
		c := h.dial(t)
		c.settle()
		b.mu.Lock()
		b.ended["token"] = true
		b.mu.Unlock()
		began := time.Now()
		if code, _ := c.closed(); code != 4001 {
			t.Errorf("closed %d, want 4001", code)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("closed after %s, want within 30 s", took)
		}
	})
}

// A socket that takes no goodbye keeps nobody else from hearing what is said.
func TestAGoodbyeThatNobodyTakesDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h := openInHall(t)
		dialer := &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return h.enter(), nil }}
		deaf, _ := upgrade(t, dialer, "ws://hall"+path, http.Header{"Cookie": {"session_id=deaf"}})
		if err := deaf.WriteMessage(websocket.TextMessage, []byte(`{"event_name":"subscribe","data":{"channels":["a"],"last":0}}`)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		c := h.dial(t)
		c.subscribe(0, "a")
		c.settle()
		b.server.EndSession("deaf")
		synctest.Wait() // its goodbye is on the way
		began := time.Now()
		b.say("a", 0)
		c.next()
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("heard after %s", took)
		}
	})
}
