package ws_test

import (
	"slices"
	"sync"
	"testing"
)

// A client that does not read for a while gets afterwards all that was said, in
// order, while its network takes only parts of frames.
func TestAClientThatFallsBehindCatchesUp(t *testing.T) {
	b, url := open(t)
	slow, quick := dialSlowly(t, url), dial(t, url, nil)
	for _, c := range []*client{slow, quick} {
		c.subscribe(0, "a")
		c.settle()
	}
	var said []int64
	for range 4 {
		said = append(said, b.sayMuch("a"))
		quick.text() // it was handed out
	}
	if got := slow.upTo(said[len(said)-1]); !slices.Equal(got, said) {
		t.Errorf("got %v, want %v", got, said)
	}
	if n := b.server.Count(); n != 2 {
		t.Errorf("%d sockets are open, want 2", n)
	}
}

// More sockets than one goroutine serves hear each their own channels, in order.
func TestEachOfManyHearsItsChannelsInOrder(t *testing.T) {
	b, url := open(t)
	channels := [][]string{{"a"}, {"b"}, {"a", "b"}}
	clients := make([]*client, 300)
	for i := range clients {
		clients[i] = dial(t, url, nil)
		clients[i].subscribe(0, channels[i%len(channels)]...)
	}
	for _, c := range clients {
		c.settle()
	}
	want := make([][]int64, len(channels))
	for i := range 200 {
		channel := i % 2
		id := b.say(channels[channel][0], 0)
		want[channel], want[2] = append(want[channel], id), append(want[2], id)
	}
	var reading sync.WaitGroup
	for i, c := range clients {
		reading.Go(func() {
			expected := want[i%len(want)]
			if got := c.upTo(expected[len(expected)-1]); !slices.Equal(got, expected) {
				t.Errorf("socket %d got %v, want %v", i, got, expected)
			}
		})
	}
	reading.Wait()
}
