package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// silence is how long a plugin may give no sign in these tests: hundreds of times
// of what one needs that works.
const silence = 8 * time.Second

// TestChaos synchronises through five providers, four of which are killed, stopped,
// replaced, or go wild on their way. TestSoakChaos does so 200 times on each
// database. GIROSYNC_CHAOS_SEED repeats what a seed brought.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	chaosOn(t, onSQLite, 10)
}

func TestSoakChaos(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	onBoth(t, func(t *testing.T, on database) { chaosOn(t, on, 40) })
}

// chaos is a host with five providers.
type chaos struct {
	*host
	temp   string // the folder of temporary files of this host alone
	seed   uint64
	actors []*actor
	trust  sync.Mutex    // held by who replaces a program
	begun  chan struct{} // one for each synchronisation of an actor with acts
}

// chaosOn lets each of five providers synchronise a number of times; the one that
// nobody touches does so whenever another has begun.
func chaosOn(t *testing.T, on database, times int) {
	c := newChaos(t, on)
	for _, a := range c.actors {
		a.begin(t)
	}
	before := c.rest(t, nil)
	t.Run("all", func(t *testing.T) {
		var others sync.WaitGroup
		for _, a := range c.actors {
			if len(a.acts) > 0 {
				others.Add(1)
			}
			t.Run(a.name, func(t *testing.T) {
				t.Parallel()
				if len(a.acts) == 0 {
					for range c.begun {
						a.turn(t, act{well: true})
					}
					return
				}
				defer others.Done()
				a.play(t, times)
			})
		}
		go func() { others.Wait(); close(c.begun) }()
	})
	for _, a := range c.actors {
		a.settle(t)
	}
	c.accountFor(t, len(c.actors)*times)
	c.actors[0].wasLeftAlone(t)
	c.client().login(t).linesAreRight(t)
	c.rest(t, before)
	c.intact(t)
}

func newChaos(t *testing.T, on database) *chaos {
	t.Helper()
	c := &chaos{host: newHost(t, on), seed: rand.Uint64(), begun: make(chan struct{}, 1000)}
	if seed, err := strconv.ParseUint(os.Getenv("GIROSYNC_CHAOS_SEED"), 10, 64); err == nil {
		c.seed = seed
	}
	t.Logf("GIROSYNC_CHAOS_SEED=%d", c.seed)
	var err error
	if c.temp, err = os.MkdirTemp(built.dir, "t"); err != nil { // a short path, since sockets lie below
		t.Fatal(err)
	}
	c.env = append(c.env, "TMPDIR="+c.temp, "GIROSYNC_PLUGINS_CALL_TIME="+silence.String(), "GIROSYNC_PLUGINS_IDLE_TIME=1s",
		"GIROSYNC_PLUGINS_MEMORY=192MiB")
	c.ownPlugins(t)
	wild, python := filepath.Join(built.dir, "wild"), filepath.Join(built.root, "plugins", "examples", "python")
	files := map[string]string{"girosync-provider-calm": wild, "girosync-provider-wild": wild, "girosync-provider-feral": wild}
	for _, name := range []string{"girosync-provider-pysample", "provider_pb2.py", "serving.py"} {
		files[name] = filepath.Join(python, name)
	}
	for name, from := range files {
		if err := copyFile(from, filepath.Join(c.plugin, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := inRoot("scripts/trust", c.plugin); err != nil {
		t.Fatal(err)
	}
	acts := wildActs()
	c.actor(t, "calm", c.worldOf(t, "calm"), nil)
	c.actor(t, "wild", c.worldOf(t, "wild"), acts[:len(acts)/2])
	c.actor(t, "feral", c.worldOf(t, "feral"), acts[len(acts)/2:])
	c.actor(t, "demo", nil, shots())
	c.actor(t, "pysample", nil, shots())
	c.init(t, "books")
	c.serve(t)
	return c
}

// accountFor checks that every synchronisation ended, and in a way that has a name.
func (c *chaos) accountFor(t testing.TB, least int) {
	t.Helper()
	db, total := c.sql(t), 0
	ends := map[string]int{}
	for _, end := range texts(t, db, `SELECT coalesce(run.state, '') || ' ' || coalesce(run.outcome, '') || ' ' || provider.name
		FROM account_online_run run JOIN account_online_link link ON link.id = run.link_id
		JOIN account_online_provider provider ON provider.id = link.provider_id`) {
		ends[end]++
		total++
	}
	if total < least {
		t.Errorf("%d synchronisations, not %d", total, least)
	}
	known := []string{"ok", "nothing_new", "failed"} // the banks are well, and nobody is to be asked
	for _, end := range slices.Sorted(maps.Keys(ends)) {
		var state, outcome, provider string
		_, err := fmt.Sscan(end, &state, &outcome, &provider)
		if err != nil || state != "done" || !slices.Contains(known, outcome) {
			t.Errorf("%d synchronisations ended as %q", ends[end], end)
		}
	}
	t.Logf("%d synchronisations: %v", total, ends)
	if staged := one(t, db, `SELECT count(*) FROM account_online_staging`); staged != 0 {
		t.Errorf("%d pages are left in staging", staged)
	}
}
