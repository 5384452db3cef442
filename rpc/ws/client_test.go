package ws_test

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// client is a socket. A goroutine takes what the server sends, one message
// ahead of the test, so that a test can wait for messages and pongs alike.
type client struct {
	t     *testing.T
	ws    *websocket.Conn
	came  chan received
	early [][]byte // came while the test waited for a pong
}

// received is a message, a pong, or why nothing comes any more.
type received struct {
	text []byte
	pong bool
	err  error
}

func dial(t *testing.T, url string, header http.Header) *client {
	t.Helper()
	conn, _ := upgrade(t, websocket.DefaultDialer, url, header)
	return attend(t, conn)
}

// dialFull is dial for what the server answers.
func dialFull(t *testing.T, url string, header http.Header) *http.Response {
	t.Helper()
	_, response := upgrade(t, websocket.DefaultDialer, url, header)
	return response
}

// dialSlowly is dial for a client of which the network keeps little, so that it
// is soon behind when it does not read.
func dialSlowly(t *testing.T, url string) *client {
	t.Helper()
	dialer := &websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(smallBuffer)
		}
		return conn, err
	}}
	conn, _ := upgrade(t, dialer, url, nil)
	return attend(t, conn)
}

func upgrade(t *testing.T, dialer *websocket.Dialer, url string, header http.Header) (*websocket.Conn, *http.Response) {
	t.Helper()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Origin") == "" {
		header.Set("Origin", "http://here.example")
	}
	conn, response, err := dialer.Dial(url, header)
	if err != nil {
		t.Fatalf("%v %v", err, response)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, response
}

// attend begins to take what comes.
func attend(t *testing.T, conn *websocket.Conn) *client {
	c := &client{t: t, ws: conn, came: make(chan received)}
	over := make(chan struct{})
	pass := func(r received) {
		select {
		case c.came <- r:
		case <-over:
		}
	}
	conn.SetPongHandler(func(string) error { pass(received{pong: true}); return nil })
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, text, err := conn.ReadMessage()
			pass(received{text: text, err: err})
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		close(over)
		conn.Close()
		<-done
	})
	return c
}

// receive waits for what the server sends next.
func (c *client) receive() received {
	c.t.Helper()
	return c.receiveWithin(patience)
}

func (c *client) receiveWithin(limit time.Duration) received {
	c.t.Helper()
	select {
	case r := <-c.came:
		return r
	case <-time.After(limit):
		c.t.Fatal("in vain waited for the server")
		return received{}
	}
}

func (c *client) write(text string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) subscribe(last int64, channels ...string) {
	c.t.Helper()
	err := c.ws.WriteJSON(map[string]any{"event_name": "subscribe", "data": map[string]any{"channels": channels, "last": last}})
	if err != nil {
		c.t.Fatal(err)
	}
}

// settle returns when the server has obeyed all that the client sent: it takes
// frames in their order, and answers a ping in its turn.
func (c *client) settle() {
	c.t.Helper()
	if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience)); err != nil {
		c.t.Fatal(err)
	}
	for {
		switch r := c.receive(); {
		case r.err != nil:
			c.t.Fatal(r.err)
		case r.pong:
			return
		default:
			c.early = append(c.early, r.text)
		}
	}
}

// text returns the next message.
func (c *client) text() []byte {
	c.t.Helper()
	if len(c.early) > 0 {
		text := c.early[0]
		c.early = c.early[1:]
		return text
	}
	r := c.receive()
	if r.err != nil {
		c.t.Fatal(r.err)
	}
	return r.text
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
	text := c.text()
	var list []notification
	if err := json.Unmarshal(text, &list); err != nil {
		c.t.Fatalf("%v in %s", err, text)
	}
	return list
}

// upTo reads frames until a message comes, and returns the ids of all, in their order.
func (c *client) upTo(id int64) (ids []int64) {
	c.t.Helper()
	for len(ids) == 0 || ids[len(ids)-1] < id {
		for _, n := range c.next() {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// closed reads until the server closes and returns the code and reason.
func (c *client) closed() (int, string) {
	c.t.Helper()
	return c.closedWithin(patience)
}

func (c *client) closedWithin(limit time.Duration) (int, string) {
	c.t.Helper()
	for {
		if r := c.receiveWithin(limit); r.err != nil {
			if e, ok := r.err.(*websocket.CloseError); ok {
				return e.Code, e.Text
			}
			c.t.Fatal(r.err)
		}
	}
}
