package e2e

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// soakLeast is how many kills a soak is made of at least.
const soakLeast = 500

// soak is how long to go on killing.
type soak struct {
	rounds int       // of random kills, of each sort on each database
	until  time.Time // zero: until all is done
}

// TestSoakKills kills hosts and plugins hundreds of times, at each hit of each
// failpoint and at random moments: while a bank changes what it told, during
// imports of statement files, and during first synchronisations. Nothing may be
// lost, nothing be there twice, and the databases stay intact. At the end it
// prints where it killed how often. GIROSYNC_SOAK_ROUNDS says how many rounds of
// random kills, 16 if unset; GIROSYNC_SOAK_TIME ("50m") when to begin no more.
func TestSoakKills(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	s := soak{rounds: 16}
	if rounds, err := strconv.Atoi(os.Getenv("GIROSYNC_SOAK_ROUNDS")); err == nil {
		s.rounds = rounds
	}
	if most, err := time.ParseDuration(os.Getenv("GIROSYNC_SOAK_TIME")); err == nil {
		s.until = time.Now().Add(most)
	}
	t.Run("all", func(t *testing.T) {
		for _, kill := range []func(*testing.T, database){s.changes, s.files, s.first} {
			onBoth(t, kill)
		}
	})
	t.Log(&tally)
	if total := tally.total(); s.rounds >= 16 && s.until.IsZero() && total < soakLeast {
		t.Errorf("only %d kills, not %d", total, soakLeast)
	}
}

// part runs a part of the soak beside others, while there is time.
func (s soak) part(t *testing.T, name string, do func(t *testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		if !s.until.IsZero() && time.Now().After(s.until) {
			t.Skip("out of time")
		}
		do(t)
	})
}

// changes kills while changes of what was told before come in.
func (s soak) changes(t *testing.T, on database) {
	calm := newChanging(t, on)
	passed := passedIn(t, calm.host, calm.passed, func() {
		calm.turn(t)
		calm.settled(t)
	})
	s.victims(t, "changes", passed, func(t *testing.T) victim { return newChanging(t, on) })
}

// files kills programs that import statement files.
func (s soak) files(t *testing.T, on database) {
	calm := newFiling(t, on)
	calm.imports(t)
	passed := passedIn(t, calm.host, calm.passed, func() { calm.imports(t) })
	s.victims(t, "files", passed, func(t *testing.T) victim { return newFiling(t, on) })
}

// passedIn counts how often each failpoint is passed in work that is not killed.
func passedIn(t *testing.T, h *host, log string, work func()) map[string]int {
	then := h.allHits(t, log)
	work()
	hits := h.allHits(t, log)
	for name, n := range then {
		if hits[name] -= n; hits[name] == 0 {
			delete(hits, name)
		}
	}
	return hits
}

// victim works, is killed, and works on, until it is told to end in peace and
// looks at what came of it.
type victim interface {
	killAt(t *testing.T, name string, hit int)
	killAnywhere(t *testing.T, times int, seed uint64)
	end(t testing.TB)
}

// victims kills one victim per failpoint at each of its hits, and others at
// random moments.
func (s soak) victims(t *testing.T, sort string, passed map[string]int, of func(*testing.T) victim) {
	for _, name := range slices.Sorted(maps.Keys(passed)) {
		s.part(t, sort+"/"+name, func(t *testing.T) {
			v := of(t)
			for n := range passed[name] {
				v.killAt(t, name, n+1)
			}
			v.end(t)
		})
	}
	for range s.rounds {
		s.part(t, sort+"/random", func(t *testing.T) {
			v := of(t)
			v.killAnywhere(t, 6, rand.Uint64())
			v.end(t)
		})
	}
}

// first kills during connection and first synchronisation.
func (s soak) first(t *testing.T, on database) {
	const size = 5000
	calm := newCrash(t, on, size)
	calm.serve(t)
	for name, total := range calm.undisturbed(t) {
		for n := range total {
			s.part(t, "first/"+name+":"+strconv.Itoa(n+1), func(t *testing.T) { killAt(t, on, size, name, n+1) })
		}
	}
	for range s.rounds {
		s.part(t, "first/random", func(t *testing.T) { killAnywhere(t, on, size, 6, rand.Uint64()) })
	}
}
