package entrance

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// proven remembers for a short time which proofs were right, from where, so that
// a client which sends its password with every call is not counted each time. A
// proof is believed for a moment, unless this host changed any user or key since
// then; after that it is checked anew.
type proven struct {
	secret []byte
	mu     sync.Mutex
	right  map[[sha256.Size]byte]right
	turns  map[[sha256.Size]byte]*turn
}

// right is a proof that was right.
type right struct {
	uid        int64
	generation uint64 // of the database's users, before it was checked
	checked    time.Time
}

// turn lets one of those in who bring the same proof.
type turn struct {
	free  chan struct{}
	users int
}

// What is remembered, and for how long. What another process revokes, or what
// expires, is believed a moment too long.
const (
	provenFor   = 5 * time.Minute
	believedFor = 2 * time.Second
	provenMost  = 10_000
)

func newProven() *proven {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	return &proven{secret: key, right: map[[sha256.Size]byte]right{}, turns: map[[sha256.Size]byte]*turn{}}
}

// enter waits until nobody else attempts with the same proof. Attempts count as
// wrong until they are over: without turns, a client that calls from many
// workers at once would be locked out with the right password.
func (p *proven) enter(ctx context.Context, key [sha256.Size]byte) (leave func(), err error) {
	p.mu.Lock()
	t := p.turns[key]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		p.turns[key] = t
	}
	t.users++
	p.mu.Unlock()
	gone := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(p.turns, key)
		}
	}
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}

func (p *proven) key(parts ...string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	mac.Sum(sum[:0])
	return sum
}

// knows is whether a proof was right a short time ago.
func (p *proven) knows(key [sha256.Size]byte, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.right[key].within(provenFor, now)
}

// believes returns whom a proof belongs to that needs no check; 0 if it needs one.
func (p *proven) believes(key [sha256.Size]byte, generation uint64, now time.Time) (uid int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.right[key]; r.generation == generation && r.within(believedFor, now) {
		return r.uid
	}
	return 0
}

// within is whether the check was not longer ago; a clock that was turned back
// makes it unknown when it was.
func (r right) within(age time.Duration, now time.Time) bool {
	ago := now.Sub(r.checked)
	return ago >= 0 && ago < age
}

func (p *proven) remember(key [sha256.Size]byte, uid int64, generation uint64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.right[key]; !known && len(p.right) >= provenMost {
		clear(p.right)
	}
	p.right[key] = right{uid: uid, generation: generation, checked: now}
}

func (p *proven) forget(key [sha256.Size]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.right, key)
}
