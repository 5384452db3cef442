package simulation_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/servertest"
)

const day = 24 * time.Hour

// patience is how long a plugin may take on a slow and busy machine.
const patience = 10 * time.Minute

// begins is the first morning: a Monday, so that the first month has outages on
// weekends, and the 10th and 11th.
var begins = time.Date(2026, time.June, 1, 7, 0, 0, 0, time.UTC)

// books are locked up to the day before history begins.
var locked = schema.DateOf(begins).AddDays(-15)

// company is a company with a host of its own.
type company struct {
	t     testing.TB
	seed  uint64
	dice  *rand.Rand
	cuts  *rand.Rand // which runs are cut off; how far they are then is the machine's to say
	house servertest.House
	diary string
	log   *servertest.Log
	clock *servertest.Clock
	host  *server.Host
	db    *orm.Database
	banks map[string]int64 // institutions by the demo's ids

	people []*person
	sweeps []time.Time
	states map[int64]standing // of connections, as last seen
	failed map[int64]int      // how often a connection came to fail, or to fail otherwise
	left   map[int64]int64    // journals that accounts fed whose connection was deleted
	count  struct{ runs, cuts, restarts, questions int }
}

// standing is how a connection stands.
type standing struct{ state, attention string }

// found makes a company whose host runs on a kind of database.
func found(t testing.TB, kind ormtest.Kind, seed uint64) *company {
	t.Helper()
	c := &company{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 0)), cuts: rand.New(rand.NewPCG(seed, 1<<40)),
		house: servertest.Furnished(t, kind),
		diary: filepath.Join(t.TempDir(), "diary"), log: &servertest.Log{}, clock: servertest.At(begins), banks: map[string]int64{},
		states: map[int64]standing{}, failed: map[int64]int{}, left: map[int64]int64{}}
	c.house.Now = c.clock.Now
	c.open()
	t.Cleanup(func() {
		if err := c.host.Close(); err != nil {
			t.Error("close host:", err)
		}
	})
	c.must(c.host.Prepare(t.Context(), c.db))
	c.asSystem(orm.TxWrite, func(env *orm.Env) error {
		rows, err := env.SearchRead("account.online.institution", nil, []string{"online_identifier"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			c.banks[row.Str("online_identifier")] = row.ID()
		}
		companies, err := env.Search("res.company", nil, orm.SearchOptions{})
		if err != nil {
			return err
		}
		if err := base.SetParam(env, "onlinesync.interval_hours", "24"); err != nil {
			return err
		}
		return env.Write("res.company", companies, orm.Values{"fiscalyear_lock_date": locked})
	})
	return c
}

func (c *company) open() {
	c.t.Helper()
	var err error
	c.host, err = c.house.Open(c.log, func(config *conf.Config) {
		config.Plugins.Dir, config.Plugins.TrustedFile = plugins, filepath.Join(plugins, "trusted.toml")
		config.Plugins.Demo, config.Plugins.StartTime, config.Plugins.CallTime = true, patience, patience
		config.Sync.Lease = time.Hour // the clock moves while nothing runs
		config.Log.Level = slog.LevelError
		config.Providers = map[string]conf.Settings{"demo": {"institutions": "0", "diary": c.diary}}
	})
	c.must(err)
	c.db, err = c.host.Databases.Open(context.Background(), "books")
	c.must(err)
}

// restart stops the host and starts it again.
func (c *company) restart() {
	c.t.Helper()
	c.must(c.host.Close())
	c.open()
	c.count.restarts++
}

func (c *company) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("seed %d, %s: %v", c.seed, c.clock.Now().Format(time.DateTime), err)
	}
}

// wrong tells of what should not be.
func (c *company) wrong(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("seed %d: "+format, append([]any{c.seed}, args...)...)
}

// asSystem runs a function with all rights in one transaction.
func (c *company) asSystem(mode orm.TxMode, do func(env *orm.Env) error) {
	c.t.Helper()
	c.must(c.db.Within(context.Background(), orm.Principal{System: true}, mode, do))
}

// read reads records with all rights.
func (c *company) read(model string, where domain.Node, fields ...string) (rows *orm.Rows) {
	c.t.Helper()
	c.asSystem(orm.TxRead, func(env *orm.Env) (err error) {
		rows, err = env.SearchRead(model, where, fields, orm.SearchOptions{Order: "id"})
		return err
	})
	return rows
}

// call calls a method as the administrator.
func (c *company) call(model, method string, args ...any) (any, error) {
	return c.db.Call(context.Background(), orm.Principal{UID: base.AdminUser}, model, method, args, nil)
}

// goOn lets time pass, and then does what people and the schedule do.
func (c *company) goOn(d time.Duration) {
	c.t.Helper()
	c.clock.Move(d)
	if len(c.sweeps)%100 == 50 {
		c.restart()
	}
	c.must(c.host.Sync.Sweep(context.Background(), c.db))
	c.sweeps = append(c.sweeps, c.clock.Now())
	c.look()
	for _, p := range c.people {
		p.begin()
	}
	c.look()
	c.work()
	for _, p := range c.people {
		p.finish()
	}
	c.look()
	c.work()
}

// work does every run that is due, several at a time. A few are cut off, as by the
// end of a process, and taken up again.
func (c *company) work() {
	c.t.Helper()
	for {
		due := c.read("account.online.run", domain.All(domain.Where("state", domain.Ne, "done"),
			domain.Where("due", domain.Le, c.clock.Now())), "state")
		if due.Len() == 0 {
			return
		}
		var working sync.WaitGroup
		places := make(chan struct{}, 4)
		for _, id := range due.IDs() {
			c.count.runs++
			ctx, cancel := context.WithCancel(context.Background())
			if c.cuts.IntN(100) == 0 {
				c.count.cuts++
				time.AfterFunc(time.Duration(c.cuts.IntN(10_000))*time.Microsecond, cancel)
			}
			places <- struct{}{}
			working.Go(func() {
				defer func() { cancel(); <-places }()
				if err := c.host.Sync.RunSync(ctx, c.db, id); err != nil && ctx.Err() == nil {
					c.t.Errorf("seed %d, run %d: %v", c.seed, id, err)
				}
			})
		}
		working.Wait()
		if c.t.Failed() {
			c.t.FailNow()
		}
		c.look()
		c.freeCut()
	}
}

// freeCut lets what was cut off be taken up now, and not when the clock has moved.
func (c *company) freeCut() {
	c.asSystem(orm.TxWrite, func(env *orm.Env) error {
		cut, err := env.Search("account.online.run", domain.All(domain.Where("state", domain.Eq, "queued"),
			domain.Where("lease_until", domain.Eq, nil), domain.Where("due", domain.Gt, env.Now()),
			domain.Where("due", domain.Le, env.Now().Add(10*time.Minute))), orm.SearchOptions{})
		if err != nil || len(cut) == 0 {
			return err
		}
		return env.Write("account.online.run", cut, orm.Values{"due": env.Now()})
	})
}

// look counts which connections came to fail since the last look.
func (c *company) look() {
	c.t.Helper()
	rows := c.read("account.online.link", nil, "state", "attention")
	for row := range rows.All() {
		is := standing{row.Str("state"), row.Str("attention")}
		if was := c.states[row.ID()]; is != was && fails(is) {
			c.failed[row.ID()]++
		}
		c.states[row.ID()] = is
	}
}

// fails reports whether a standing is that of a failure.
func fails(s standing) bool {
	switch s.attention {
	case "none", "consent_expiring":
		return false
	}
	return true
}
