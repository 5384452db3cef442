package rpc

import (
	"sync"

	"github.com/girosync/girosync/addon/fault"
)

// busy counts the calls that each client has under way.
type busy struct {
	most int
	mu   sync.Mutex
	now  map[string]int
}

func newBusy(most int) *busy { return &busy{most: most, now: map[string]int{}} }

// enter admits one more call of a client, or refuses it. Leave it afterwards.
func (b *busy) enter(client string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.most > 0 && b.now[client] >= b.most {
		return fault.Say(fault.User, "limit.calls", fault.Args{"limit": b.most})
	}
	b.now[client]++
	return nil
}

func (b *busy) leave(client string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now[client]--; b.now[client] <= 0 {
		delete(b.now, client)
	}
}
