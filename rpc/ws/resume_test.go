package ws_test

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// collect reads ids until nothing comes for a while. The socket cannot be read after.
func (c *client) collect(wait time.Duration) (ids []int64) {
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(wait))
		var list []notification
		if c.ws.ReadJSON(&list) != nil {
			return ids
		}
		for _, n := range list {
			ids = append(ids, n.ID)
		}
	}
}

func TestTheRecentPastIsCompleteWhateverItsSize(t *testing.T) {
	b, url := open(t)
	keep := dial(t, url, nil)
	keep.subscribe(0, "other")
	time.Sleep(50 * time.Millisecond)
	for range 1500 {
		b.say("a", 0)
	}
	time.Sleep(100 * time.Millisecond)
	c := dial(t, url, nil)
	c.subscribe(0, "a")
	time.Sleep(50 * time.Millisecond)
	b.say("a", 0)
	if ids := c.collect(300 * time.Millisecond); len(ids) != 1501 {
		t.Errorf("got %d of 1501 recent messages", len(ids))
	}
}

func TestADatabaseMadeAnewBeginsAnew(t *testing.T) {
	b, url := open(t)
	c := dial(t, url, nil)
	c.subscribe(0, "a")
	time.Sleep(50 * time.Millisecond)
	for range 20 {
		b.say("a", 0)
	}
	c.collect(150 * time.Millisecond)
	b.server.Drop("db")
	time.Sleep(50 * time.Millisecond)
	b.mu.Lock()
	b.rows, b.at = nil, nil
	b.mu.Unlock()
	c = dial(t, url, nil)
	c.subscribe(0, "a")
	time.Sleep(50 * time.Millisecond)
	b.say("a", 0)
	if ids := c.collect(300 * time.Millisecond); len(ids) != 1 {
		t.Errorf("after the database was made anew: got %v, want one message", ids)
	}
}

func TestAConnectionKeepsTheClientsLastID(t *testing.T) {
	b, url := open(t)
	for range 3 {
		b.say("a", 0)
	}
	c := dial(t, url, nil)
	c.subscribe(3, "a") // has everything
	time.Sleep(50 * time.Millisecond)
	c.subscribe(0, "a", "b")
	if ids := c.collect(200 * time.Millisecond); len(ids) != 0 {
		t.Errorf("got %v again", ids)
	}
}

func TestInvalidUTF8ClosesTheSocket(t *testing.T) {
	_, url := open(t)
	c := dial(t, url, nil)
	_ = c.ws.WriteMessage(websocket.TextMessage, []byte("{\"a\":\"\xff\xfe\"}"))
	_ = c.ws.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, _, err := c.ws.ReadMessage()
	if !websocket.IsCloseError(err, 1007) {
		t.Errorf("got %v, want 1007", err)
	}
}
