package e2e

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// soakLeast is how many kills a soak is made of at least.
const soakLeast = 500

// TestSoakKills kills hosts and plugins hundreds of times, at each hit of each
// failpoint and at random moments: during first synchronisations, while a bank
// changes what it told, and during imports of statement files. Nothing may be
// lost, nothing be there twice, and the databases stay intact. At the end it
// prints where it killed how often. GIROSYNC_SOAK_ROUNDS says how many rounds of
// random kills of each sort, on each database; 16 if unset.
func TestSoakKills(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	rounds, err := strconv.Atoi(os.Getenv("GIROSYNC_SOAK_ROUNDS"))
	enough := err != nil
	if enough {
		rounds = 16
	}
	t.Cleanup(func() {
		t.Log(&tally)
		if total := tally.total(); enough && total < soakLeast {
			t.Errorf("only %d kills, not %d", total, soakLeast)
		}
	})
	t.Run("all", func(t *testing.T) {
		for _, on := range []database{onSQLite, onPostgres} {
			soakFirst(t, on, rounds)
			soakChanges(t, on, rounds)
			soakFiles(t, on, rounds)
		}
	})
}

// soakFirst kills during connection and first synchronisation.
func soakFirst(t *testing.T, on database, rounds int) {
	const size = 5000
	t.Run(string(on)+" first", func(t *testing.T) {
		calm := newCrash(t, on, size)
		calm.serve(t)
		for name, total := range calm.undisturbed(t) {
			for n := range total {
				t.Run(name+":"+strconv.Itoa(n+1), func(t *testing.T) {
					t.Parallel()
					killAt(t, on, size, name, n+1)
				})
			}
		}
		for range rounds {
			t.Run("random", func(t *testing.T) {
				t.Parallel()
				killAnywhere(t, on, size, 5, rand.Uint64())
			})
		}
	})
}

// soakChanges kills while changes of what was told before come in.
func soakChanges(t *testing.T, on database, rounds int) {
	t.Run(string(on)+" changes", func(t *testing.T) {
		calm := newChanging(t, on)
		before := hitsIn(t, calm.passed)
		calm.turn(t)
		calm.settled(t)
		passed := hitsIn(t, calm.passed)
		for _, name := range slices.Sorted(maps.Keys(passed)) {
			total := passed[name] - before[name]
			if total == 0 {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := newChanging(t, on)
				for n := range total {
					c.killAt(t, name, n+1)
				}
				c.intact(t)
				tally.add(hitsIn(t, c.passed))
			})
		}
		for range rounds {
			t.Run("random", func(t *testing.T) {
				t.Parallel()
				c := newChanging(t, on)
				c.killAnywhere(t, 5, rand.Uint64())
				c.intact(t)
				tally.add(hitsIn(t, c.passed))
			})
		}
	})
}

// soakFiles kills programs that import statement files.
func soakFiles(t *testing.T, on database, rounds int) {
	t.Run(string(on)+" files", func(t *testing.T) {
		calm := newFiling(t, on)
		calm.imports(t)
		for name, total := range hitsIn(t, calm.passed) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				f := newFiling(t, on)
				for n := range total {
					f.killAt(t, name, n+1)
				}
				f.intact(t)
				tally.add(hitsIn(t, f.passed))
			})
		}
		for range rounds {
			t.Run("random", func(t *testing.T) {
				t.Parallel()
				f := newFiling(t, on)
				f.killAnywhere(t, 5, rand.Uint64())
				f.intact(t)
				tally.add(hitsIn(t, f.passed))
			})
		}
	})
}
