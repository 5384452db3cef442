package onlinesync

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// errLeaseLost: another worker has the run.
var errLeaseLost = errors.New("the lease of the run is another's")

// counters are a run's figures.
type counters struct{ fetched, created, updated, removed, known, pending int64 }

// accountsDone is what a run keeps of accounts that it finished, so that a
// restart does not fetch them again.
type accountsDone struct {
	IDs     []int64 `json:"ids"`
	Fetched int64   `json:"fetched"`
	Known   int64   `json:"known"`
	Pending int64   `json:"pending"`
}

// syncing is one run being worked on.
type syncing struct {
	a       *Addon
	db      *orm.Database
	run     int64
	owner   string
	trigger string
	scope   int64 // one account; 0 for all of the connection
	company int64
	began   time.Time // by the database's clock; the run's "now"
	link    *linkFacts
	counts  counters
	done    accountsDone
	of      int64
	skipped int       // entries of the account before the first day that may be imported
	noted   time.Time // when progress was last told

	failures  []*failure
	notes     []string  // for the run's message, in the user's language
	refreshed time.Time // when the provider last heard from the bank
	allowed   time.Time // when the bank may be asked again
	history   sdk.Date
	fed       map[int64]bool // journals that got lines
	dry       bool           // nothing is written: what would happen is told
	limited   string         // that the bank's memory ends, in words
}

// present reports whether a user waits for the run.
func (s *syncing) present() bool { return s.trigger == triggerManual }

// RunSync works on a run until it is done. A run that is done, or that another
// worker holds, is no error. An error means that the run was left as it is, to
// be taken up again: every failure of a bank or a provider is the run's own and
// stands in its row.
func (a *Addon) RunSync(ctx context.Context, db *orm.Database, runID int64) error {
	if !a.active.enter(db, runID) {
		return nil
	}
	defer a.active.leave(db, runID)
	s := &syncing{a: a, db: db, run: runID, owner: newToken(), fed: map[int64]bool{}}
	mine, err := s.claim(ctx)
	if err != nil || !mine {
		return fault.Wrap(err, "claim run", runID)
	}
	a.hit("sync.claimed")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := s.keepLease(ctx, cancel)
	defer stop()
	err = s.work(ctx)
	if err == nil {
		err = s.finish(ctx)
	}
	if errors.Is(err, errLeaseLost) || errors.Is(context.Cause(ctx), errLeaseLost) {
		return nil
	}
	if err != nil {
		s.release(ctx)
		return fault.Wrap(err, "run", runID)
	}
	a.hit("sync.finished")
	return nil
}

// claim takes the lease of the run. It waits its turn while another run of the
// same connection or account is being worked on.
func (s *syncing) claim(ctx context.Context) (bool, error) {
	mine := false
	err := s.db.Within(ctx, system(), orm.TxWrite, func(env *orm.Env) error {
		mine = false
		rows, err := env.Read(runs, []int64{s.run}, "state", "lease_until", "link_id", "account_id", "company_id", "trigger",
			"created", "updated", "removed", "accounts_done")
		if err != nil || rows.Len() == 0 {
			return err
		}
		row, now := rows.At(0), env.Now()
		s.began = now
		if row.Str("state") == runDone || row.Str("state") == runRunning && row.Time("lease_until").After(now) {
			return nil
		}
		s.trigger, s.scope, s.company = row.Str("trigger"), row.Ref("account_id"), row.Ref("company_id")
		s.counts = counters{created: row.Int("created"), updated: row.Int("updated"), removed: row.Int("removed")}
		s.done = accountsDone{}
		if text := row.JSON("accounts_done"); len(text) > 0 {
			if err := json.Unmarshal(text, &s.done); err != nil {
				return fault.Wrap(err, "accounts done of run", s.run)
			}
		}
		s.counts.fetched, s.counts.known, s.counts.pending = s.done.Fetched, s.done.Known, s.done.Pending
		link := row.Ref("link_id")
		if link == 0 {
			return env.Write(runs, []int64{s.run}, orm.Values{"state": runDone, "outcome": outcomeRefused, "finished_at": now})
		}
		fed, err := fedBy(env, link)
		if err != nil {
			return err
		}
		other, err := inTheWay(env, s.run, link, fed)
		if err != nil {
			return err
		}
		if other.Len() > 0 {
			return env.Write(runs, []int64{s.run}, orm.Values{"state": runQueued, "due": now.Add(s.a.opt.Lease / 10)})
		}
		if s.link, err = s.a.readLink(env, link); err != nil {
			return err
		}
		mine = true
		return env.Write(runs, []int64{s.run}, orm.Values{"state": runRunning, "lease_owner": s.owner,
			"lease_until": now.Add(s.a.opt.Lease), "started_at": now, "error_message": nil, "error_reference": nil})
	})
	return mine, err
}

// within runs f in a short transaction with all rights in the run's company.
func (s *syncing) within(ctx context.Context, mode orm.TxMode, f func(env *orm.Env) error) error {
	who := orm.Principal{System: true, Context: orm.Context{"allowed_company_ids": []any{s.company}}}
	return s.db.Within(ctx, who, mode, f)
}

// write runs f in a transaction that also proves and renews the lease and
// writes the run's figures: counts is what they are when f is committed. It
// renews first, which holds the run's row: else the heartbeat, or a sweeper,
// would change it meanwhile, and a chunk that takes longer than a heartbeat
// would be refused at its end, time and again.
func (s *syncing) write(ctx context.Context, f func(env *orm.Env, counts *counters) error) error {
	var counts counters
	err := s.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		counts = s.counts
		letEngineWork(env)
		rows, err := env.Read(runs, []int64{s.run}, "lease_owner")
		if err != nil {
			return err
		}
		if rows.Len() == 0 || rows.At(0).Str("lease_owner") != s.owner {
			return errLeaseLost
		}
		if err := env.Write(runs, []int64{s.run}, orm.Values{"lease_until": env.Now().Add(s.a.opt.Lease)}); err != nil {
			return err
		}
		if err := f(env, &counts); err != nil {
			return err
		}
		return env.Write(runs, []int64{s.run}, orm.Values{"fetched": counts.fetched, "created": counts.created, "updated": counts.updated,
			"removed": counts.removed, "known": counts.known, "pending": counts.pending})
	})
	if err == nil {
		s.counts = counts
	}
	return err
}

// keepLease renews the lease while a bank takes its time. The returned function
// stops it and waits.
func (s *syncing) keepLease(ctx context.Context, cancel context.CancelCauseFunc) func() {
	ctx, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		ticker := time.NewTicker(s.a.opt.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if err := s.renew(ctx); errors.Is(err, errLeaseLost) {
				cancel(errLeaseLost)
				return
			}
		}
	}()
	return func() { stop(); <-over }
}

func (s *syncing) renew(ctx context.Context) error {
	return s.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		rows, err := env.Read(runs, []int64{s.run}, "lease_owner")
		if err != nil {
			return err
		}
		if rows.Len() == 0 || rows.At(0).Str("lease_owner") != s.owner {
			return errLeaseLost
		}
		return env.Write(runs, []int64{s.run}, orm.Values{"lease_until": env.Now().Add(s.a.opt.Lease)})
	})
}

// release gives the lease back, so that another worker need not wait for its
// end. What fails here is only slower.
func (s *syncing) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.within(ctx, orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Search(runs, domain.All(domain.Where("id", domain.Eq, s.run), domain.Where("lease_owner", domain.Eq, s.owner),
			domain.Where("state", domain.Eq, runRunning)), orm.SearchOptions{})
		if err != nil || len(ids) == 0 {
			return err
		}
		return env.Write(runs, ids, orm.Values{"state": runQueued, "lease_owner": nil, "lease_until": nil, "due": env.Now().Add(s.a.opt.Lease / 10)})
	})
	if err != nil {
		s.a.opt.Log.Warn("release run", "run", s.run, "error", err)
	}
}
