package onlinesync

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// runRequest asks for a synchronisation.
type runRequest struct {
	link    int64
	account int64 // 0: every account of the connection that feeds a journal
	trigger string
}

// queue makes a run, or returns the one of the same connection that is queued
// or running already and covers it.
func (a *Addon) queue(env *orm.Env, r runRequest) (int64, error) {
	if err := env.CheckRules(links, []int64{r.link}, orm.Read); err != nil {
		return 0, err
	}
	env = env.Sudo()
	rows, err := env.Read(links, []int64{r.link}, "company_id", "is_legacy", "state")
	if err != nil {
		return 0, err
	}
	if rows.Len() == 0 {
		return 0, fault.Say(fault.Missing, "fault.missing", nil)
	}
	if rows.At(0).Bool("is_legacy") {
		return 0, fault.Say(fault.User, "sync.legacy", nil)
	}
	if rows.At(0).Str("state") == stateDisconnected {
		return 0, fault.Say(fault.User, "sync.disconnected", nil)
	}
	if err := env.Lock("onlinesync.link/" + strconv.FormatInt(r.link, 10)); err != nil {
		return 0, err
	}
	live, err := env.SearchRead(runs, domain.All(domain.Where("link_id", domain.Eq, r.link),
		domain.Where("state", domain.In, []any{runQueued, runRunning})), []string{"account_id", "state", "trigger"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return 0, err
	}
	for row := range live.All() {
		if covers := row.Ref("account_id"); covers != 0 && covers != r.account {
			continue
		}
		if r.trigger == triggerManual && row.Str("state") == runQueued {
			if err := env.Write(runs, []int64{row.ID()}, orm.Values{"trigger": triggerManual, "due": env.Now()}); err != nil {
				return 0, err
			}
		}
		a.wakeAfter(env, row.ID())
		return row.ID(), nil
	}
	values := orm.Values{"link_id": r.link, "company_id": rows.At(0).Ref("company_id"), "trigger": r.trigger, "state": runQueued, "due": env.Now()}
	if r.account != 0 {
		values["account_id"] = r.account
	}
	ids, err := env.Create(runs, values)
	if err != nil {
		return 0, err
	}
	a.wakeAfter(env, ids[0])
	return ids[0], nil
}

// queueBeside makes runs for the connections that feed an account beside its
// own, and that work.
func (a *Addon) queueBeside(env *orm.Env, account int64) ([]int64, error) {
	rows, err := env.Sudo().SearchRead(feeds, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("link_id.state", domain.Ne, stateDisconnected)), []string{"link_id"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	var ids []int64
	for row := range rows.All() {
		run, err := a.queue(env, runRequest{link: row.Ref("link_id"), account: account, trigger: triggerManual})
		if err != nil {
			return nil, err
		}
		ids = append(ids, run)
	}
	return ids, nil
}

// wakeAfter wakes a worker once the run is there to be found.
func (a *Addon) wakeAfter(env *orm.Env, run int64) {
	db := env.Database()
	env.AfterCommit(func() { a.wake(db, run) })
}

// wake may fail: the sweeper finds what was not woken.
func (a *Addon) wake(db *orm.Database, run int64) {
	if a.opt.Waker == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.opt.Waker.Wake(ctx, db.Name(), run); err != nil {
		a.opt.Log.Warn("wake worker", "run", run, "error", err)
	}
}

// intervalOf is the time between two synchronisations in a database (S25).
func (a *Addon) intervalOf(env *orm.Env) (time.Duration, error) {
	s, err := a.readSchedule(env)
	return s.interval, err
}

// activeRuns are the runs that this process works on.
type activeRuns struct {
	mu   sync.Mutex
	runs map[flowKey]bool
}

func (r *activeRuns) enter(db *orm.Database, run int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := flowKey{db, run}
	if r.runs[key] {
		return false
	}
	if r.runs == nil {
		r.runs = map[flowKey]bool{}
	}
	r.runs[key] = true
	return true
}

func (r *activeRuns) leave(db *orm.Database, run int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, flowKey{db, run})
}

// hit passes a named step between two transactions.
func (a *Addon) hit(name string) {
	if a.opt.Step != nil {
		a.opt.Step(name)
	}
	failpoint.Hit(name)
}

// Failpoints names every step at which a test may kill the host.
func Failpoints() []string {
	return []string{
		"sync.claimed", "sync.refreshed", "sync.page.fetched", "sync.page.staged", "sync.fetched", "sync.decided",
		"sync.chunk.lines", "sync.chunk.ledger", "sync.chunk.committed", "sync.account.before_commit", "sync.account.committed",
		"sync.finished", "secret.saved", "flow.authorised", "flow.stored", "unlink.revoked",
	}
}
