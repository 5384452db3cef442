package ws_test

import (
	"slices"
	"testing"

	"github.com/gorilla/websocket"
)

func TestTheRecentPastIsCompleteWhateverItsSize(t *testing.T) {
	b, url := open(t)
	keep := dial(t, url, nil)
	keep.subscribe(0, "other")
	keep.settle()
	var want []int64
	for range 1500 {
		want = append(want, b.say("a", 0))
	}
	keep.upTo(b.say("other", 0)) // the hub has handed out what was said
	c := dial(t, url, nil)
	c.subscribe(0, "a")
	c.settle()
	want = append(want, b.say("a", 0))
	if ids := c.upTo(want[1500]); !slices.Equal(ids, want) {
		t.Errorf("got %d of 1501 recent messages: %v", len(ids), ids)
	}
}

func TestADatabaseMadeAnewBeginsAnew(t *testing.T) {
	b, url := open(t)
	c := dial(t, url, nil)
	c.subscribe(0, "a")
	c.settle()
	for range 19 {
		b.say("a", 0)
	}
	c.upTo(b.say("a", 0))
	b.server.Drop("db")
	until(t, "the dropped database's sockets are gone", func() bool { return b.server.Count() == 0 })
	b.mu.Lock()
	b.rows, b.at = nil, nil
	b.mu.Unlock()
	c = dial(t, url, nil)
	c.subscribe(0, "a")
	c.settle()
	id := b.say("a", 0)
	if ids := c.upTo(id); !slices.Equal(ids, []int64{id}) {
		t.Errorf("after the database was made anew: got %v, want message %d alone", ids, id)
	}
}

func TestAConnectionKeepsTheClientsLastID(t *testing.T) {
	b, url := open(t)
	for range 3 {
		b.say("a", 0)
	}
	c := dial(t, url, nil)
	c.subscribe(3, "a") // has everything
	for range 2 {
		c.settle()
		id := b.say("a", 0)
		if ids := c.upTo(id); !slices.Equal(ids, []int64{id}) {
			t.Errorf("got %v, want message %d alone: the others were heard before", ids, id)
		}
		c.subscribe(0, "a", "b")
	}
}

// What is said while a subscription is made comes once, after what was missed.
func TestNothingIsMissedDuringASubscription(t *testing.T) {
	for _, pause := range []string{"Edges", "Recent"} { // the server asks both in their turn
		t.Run(pause, func(t *testing.T) {
			b, url := open(t)
			missed := b.say("a", 0)
			witness := dial(t, url, nil)
			witness.subscribe(0, "a")
			witness.upTo(missed)
			asks, goOn := make(chan bool), make(chan bool)
			b.ask(func(question string) {
				if question == pause {
					asks <- true
					<-goOn
				}
			})
			c := dial(t, url, nil)
			c.subscribe(0, "a")
			want := []int64{missed}
			for range 2 { // before and after the answer
				<-asks
				live := b.say("a", 0)
				witness.upTo(live) // so it was handed out
				want = append(want, live)
				goOn <- true
			}
			if ids := c.upTo(want[2]); !slices.Equal(ids, want) {
				t.Errorf("got %v, want %v", ids, want)
			}
		})
	}
}

func TestInvalidUTF8ClosesTheSocket(t *testing.T) {
	_, url := open(t)
	c := dial(t, url, nil)
	_ = c.ws.WriteMessage(websocket.TextMessage, []byte("{\"a\":\"\xff\xfe\"}"))
	if code, _ := c.closed(); code != 1007 {
		t.Errorf("closed %d, want 1007", code)
	}
}
