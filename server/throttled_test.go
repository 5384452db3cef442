package server

import (
	"testing"
	"time"
)

// A proof is believed for a moment only, and not after a change of users or keys.
func TestProofsAreBelievedForAMoment(t *testing.T) {
	p, now := newProven(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key, other := p.key("books", "2", "192.0.2.1", "admin"), p.key("books", "2", "192.0.2.9", "admin")
	p.remember(key, 2, 7, now)
	for _, c := range []struct {
		what       string
		key        [32]byte
		generation uint64
		after      time.Duration
		want       int64
		known      bool
	}{
		{"at once", key, 7, 0, 2, true},
		{"just in time", key, 7, believedFor - time.Nanosecond, 2, true},
		{"a moment later", key, 7, believedFor, 0, true},
		{"after a change of users", key, 8, 0, 0, true},
		{"from another address", other, 7, 0, 0, false},
		{"before it was checked, by a clock turned back", key, 7, -time.Second, 0, false},
		{"a while later", key, 7, provenFor, 0, false},
	} {
		at := now.Add(c.after)
		if got, known := p.believes(c.key, c.generation, at), p.knows(c.key, at); got != c.want || known != c.known {
			t.Errorf("%s: believes %d and knows %v, not %d and %v", c.what, got, known, c.want, c.known)
		}
	}
	p.forget(key)
	if p.believes(key, 7, now) != 0 || p.knows(key, now) {
		t.Error("a forgotten proof is believed")
	}
}
