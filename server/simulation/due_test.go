package simulation_test

import (
	"context"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// spread is the time over which connections that are due at once begin, by default.
const spread = 30 * time.Minute

// TestManyConnectionsAreDueAtOnce wakes up a host with 2,000 connections that are due,
// and as many whose provider is paused.
func TestManyConnectionsAreDueAtOnce(t *testing.T) {
	c := found(t, ormtest.SQLite, 1)
	c.dueAtOnce(2000)
}

// TestSoakManyConnectionsAreDueAtOnce does the same with 20,000, on either database,
// and works their runs off.
func TestSoakManyConnectionsAreDueAtOnce(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			c := found(t, kind, 1)
			c.dueAtOnce(20_000)
			c.workOff(20_000)
		})
	}
}

// dueAtOnce lets connections be due and looks at what one host makes of it.
func (c *company) dueAtOnce(n int) {
	c.t.Helper()
	c.measured("sweeps of a host with nothing to do", n, 10)
	resting := c.provider("resting", true)
	c.connections(n, resting)
	idle := c.measured("sweeps with paused connections", n, 10)
	if made := c.read(record.Runs, nil, "id").Len(); made > 0 {
		c.wrong("%d runs of a provider that is paused", made)
	}
	demo := c.read(record.Providers, domain.Where("name", domain.Eq, "demo"), "id").ID(0)
	c.connections(n, demo)
	began := c.clock.Now()
	work := cost{}
	for made := 0; made < n; made = c.read(record.Runs, nil, "id").Len() {
		one := c.measured("a sweep that makes runs", n, 1)
		work.cpu, work.wall, work.heap = work.cpu+one.cpu, work.wall+one.wall, max(work.heap, one.heap)
		c.clock.Move(time.Minute)
	}
	c.spreads(began, n)
	perLink := (work.cpu - idle.cpu/10) / time.Duration(n)
	c.t.Logf("%d connections: %v of work for each, at most %d MiB of memory at once", n, perLink, work.heap>>20)
	if perLink > 2*time.Millisecond {
		c.wrong("the schedule works %v for each connection", perLink)
	}
	if idle.cpu > 10*100*time.Millisecond+time.Duration(n)*100*time.Microsecond {
		c.wrong("%d paused connections cost %v in ten sweeps", n, idle.cpu)
	}
	if most := uint64(64<<20 + n*8<<10); work.heap > most {
		c.wrong("one sweep asks for %d MiB of memory", work.heap>>20)
	}
}

// spreads looks at when the runs begin: within the window, and about as many in each
// tenth of it.
func (c *company) spreads(began time.Time, n int) {
	c.t.Helper()
	window := c.clock.Now().Add(-time.Minute).Sub(began) + spread
	tenths := make([]int, 10)
	rows := c.read(record.Runs, nil, "due", "link_id")
	seen := map[int64]bool{}
	for row := range rows.All() {
		after := row.Time("due").Sub(began.Truncate(time.Second))
		if after < 0 || after > window+time.Second {
			c.wrong("run %d begins after %v, outside of %v", row.ID(), after, window)
			return
		}
		tenths[min(int(10*after/window), 9)]++
		seen[row.Ref("link_id")] = true
	}
	if rows.Len() != n || len(seen) != n {
		c.wrong("%d runs of %d connections, not %d", rows.Len(), len(seen), n)
	}
	if least, most := slices.Min(tenths), slices.Max(tenths); least < n/20 || most > n/5 {
		c.wrong("the tenths of the window have %v", tenths)
	}
}

// workOff lets the window pass and does the runs as they become due.
func (c *company) workOff(n int) {
	c.t.Helper()
	before := used()
	for done := 0; done < n; done = c.read(record.Runs, domain.Where("state", domain.Eq, "done"), "id").Len() {
		c.must(c.host.Sync.Sweep(context.Background(), c.db))
		c.work()
		c.clock.Move(time.Minute)
	}
	c.t.Logf("%d runs: %v of work for each", n, (used()-before)/time.Duration(n))
}

// provider makes a provider's row.
func (c *company) provider(name string, paused bool) (id int64) {
	c.t.Helper()
	c.asSystem(orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Create(record.Providers, orm.Values{"name": name, "title": name, "paused": paused})
		if err == nil {
			id = ids[0]
		}
		return err
	})
	return id
}

// connections makes connections that are due now.
func (c *company) connections(n int, provider int64) {
	c.t.Helper()
	c.asSystem(orm.TxWrite, func(env *orm.Env) error {
		companies, err := env.Search("res.company", nil, orm.SearchOptions{Limit: 1})
		if err != nil {
			return err
		}
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{"A bank", provider, companies[0], "connected", "none", true, env.Now()}
		}
		_, err = env.BulkCreate(record.Links, []string{"name", "provider_id", "company_id", "state", "attention", "auto_sync",
			"next_refresh"}, rows)
		return err
	})
}

// cost is what something took of this process.
type cost struct {
	cpu, wall time.Duration
	heap      uint64 // bytes that it asked for, whatever was given back
}

// measured sweeps a number of times.
func (c *company) measured(what string, n, times int) cost {
	c.t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began, cpu := time.Now(), used()
	for range times {
		c.must(c.host.Sync.Sweep(context.Background(), c.db))
	}
	took := cost{cpu: used() - cpu, wall: time.Since(began)}
	runtime.ReadMemStats(&after)
	took.heap = after.TotalAlloc - before.TotalAlloc
	c.t.Logf("%d connections, %s, %d times: %v, %v of it work, %d MiB of memory", n, what, times, took.wall.Round(time.Millisecond),
		took.cpu.Round(time.Millisecond), took.heap>>20)
	return took
}

// used is the processor time of this process.
func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it is asked about itself
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
