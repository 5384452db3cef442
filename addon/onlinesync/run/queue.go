package run

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Queue makes the runs of all databases of a host and gets them worked on. A
// run's row is the truth about it; waking a worker only hurries it.
type Queue struct {
	// Waker may be nil: runs then wait to be worked on by whoever asks.
	Waker Waker
	Log   *slog.Logger
	// Interval between two synchronisations of a connection, where the database
	// does not say otherwise (S25).
	Interval time.Duration
	// Spread is the time over which connections are spread that are due at once,
	// where they are many.
	Spread time.Duration
	// Lease is how long a run stays with a worker that gives no sign.
	Lease time.Duration
	// Hosts may be nil: a worker that was killed is then known by its lease's end.
	Hosts  Hosts
	active activeRuns
}

// Request asks for a synchronisation.
type Request struct {
	Link    int64
	Account int64 // 0: every account of the connection that feeds a journal
	Trigger string
	// After is when the run may begin; zero: at once.
	After time.Time
}

// Add makes a run, or returns the one of the same connection that is queued
// or running already and covers it. One that runs may have asked the bank before
// what a provider's notification tells of: it does not cover that.
func (q *Queue) Add(env *orm.Env, r Request) (int64, error) {
	if err := env.CheckRules(record.Links, []int64{r.Link}, orm.Read); err != nil {
		return 0, err
	}
	user, uid := record.Attended(env), record.OrNil(env.UID())
	env = env.Sudo()
	rows, err := env.Read(record.Links, []int64{r.Link}, "company_id", "is_legacy", "state")
	if err != nil {
		return 0, err
	}
	if rows.Len() == 0 {
		return 0, fault.Say(fault.Missing, "fault.missing", nil)
	}
	if rows.At(0).Bool("is_legacy") {
		return 0, fault.Say(fault.User, "sync.legacy", nil)
	}
	if rows.At(0).Str("state") == record.StateDisconnected {
		return 0, fault.Say(fault.User, "sync.disconnected", nil)
	}
	if err := env.Lock("onlinesync.link/" + strconv.FormatInt(r.Link, 10)); err != nil {
		return 0, err
	}
	if err := turn(env, record.Links, r.Link); err != nil {
		return 0, err
	}
	live, err := env.SearchRead(record.Runs, domain.All(domain.Where("link_id", domain.Eq, r.Link),
		domain.Where("state", domain.In, []any{record.RunQueued, record.RunRunning})), []string{"account_id", "state", "trigger", "due"},
		orm.SearchOptions{Order: "id"})
	if err != nil {
		return 0, err
	}
	for row := range live.All() {
		if covers := row.Ref("account_id"); covers != 0 && covers != r.Account {
			continue
		}
		if r.Trigger == record.TriggerWebhook && row.Str("state") == record.RunRunning {
			continue
		}
		if r.Trigger == record.TriggerManual && row.Str("state") == record.RunQueued {
			values := orm.Values{"trigger": record.TriggerManual, "due": env.Now(), "user_address": user.Address,
				"user_id": uid}
			if err := env.Write(record.Runs, []int64{row.ID()}, values); err != nil {
				return 0, err
			}
		}
		if r.Trigger == record.TriggerManual || !row.Time("due").After(env.Now()) {
			q.wakeAfter(env, row.ID())
		}
		return row.ID(), nil
	}
	values := orm.Values{"link_id": r.Link, "company_id": rows.At(0).Ref("company_id"), "trigger": r.Trigger, "state": record.RunQueued,
		"due": env.Now()}
	waits := r.After.After(env.Now())
	if waits {
		values["due"] = r.After.UTC()
	}
	if r.Trigger == record.TriggerManual {
		values["user_address"], values["user_id"] = user.Address, uid
	}
	if r.Account != 0 {
		values["account_id"] = r.Account
	}
	ids, err := env.Create(record.Runs, values)
	if err != nil {
		return 0, err
	}
	if !waits {
		q.wakeAfter(env, ids[0])
	}
	return ids[0], nil
}

// Restart takes the runs of a connection whose consent is another now from their
// workers, which hear of it at their next transaction, and begins them anew: what
// they did with the old consent must not end as the new one's. It returns their
// ids; what they have fetched is the caller's to drop.
func (q *Queue) Restart(env *orm.Env, link int64) ([]int64, error) {
	ids, err := env.Search(record.Runs, domain.All(domain.Where("link_id", domain.Eq, link),
		domain.Where("state", domain.In, []any{record.RunQueued, record.RunRunning})), orm.SearchOptions{})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	for _, id := range ids {
		q.wakeAfter(env, id)
	}
	return ids, env.Write(record.Runs, ids, orm.Values{"state": record.RunQueued, "lease_owner": nil, "lease_until": nil, "due": env.Now(),
		"accounts_done": nil})
}

// AddBeside makes runs for the connections that feed an account beside its
// own, and that work.
func (q *Queue) AddBeside(env *orm.Env, account int64) ([]int64, error) {
	rows, err := env.Sudo().SearchRead(record.FurtherConnections, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("link_id.state", domain.Ne, record.StateDisconnected)), []string{"link_id"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	var ids []int64
	for row := range rows.All() {
		run, err := q.Add(env, Request{Link: row.Ref("link_id"), Account: account, Trigger: record.TriggerManual})
		if err != nil {
			return nil, err
		}
		ids = append(ids, run)
	}
	return ids, nil
}

// wakeAfter wakes a worker once the run is there to be found.
func (q *Queue) wakeAfter(env *orm.Env, run int64) {
	db := env.Database()
	env.AfterCommit(func() { q.Wake(db, run) })
}

// Wake gets a worker for a run. It may fail: the sweeper finds what was not woken.
func (q *Queue) Wake(db *orm.Database, run int64) {
	if q.Waker == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := q.Waker.Wake(ctx, db.Name(), run); err != nil {
		q.Log.Warn("wake worker", "run", run, "error", err)
	}
}

// IntervalOf is the time between two synchronisations of a connection (S25): its
// own, its provider's, or the database's.
func (q *Queue) IntervalOf(env *orm.Env, link *record.Link) (time.Duration, error) {
	if link.Interval != 0 {
		return link.Interval, nil
	}
	s, err := q.readSchedule(env)
	return s.interval, err
}

// Enter notes that this process works on a run; false when it does already.
func (q *Queue) Enter(db *orm.Database, run int64) bool { return q.active.enter(db, run) }

// Leave notes that it no longer does.
func (q *Queue) Leave(db *orm.Database, run int64) { q.active.leave(db, run) }

// activeRuns are the runs that this process works on.
type activeRuns struct {
	mu   sync.Mutex
	runs map[activeRun]bool
}

type activeRun struct {
	db *orm.Database
	id int64
}

func (r *activeRuns) enter(db *orm.Database, run int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := activeRun{db, run}
	if r.runs[key] {
		return false
	}
	if r.runs == nil {
		r.runs = map[activeRun]bool{}
	}
	r.runs[key] = true
	return true
}

func (r *activeRuns) leave(db *orm.Database, run int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, activeRun{db, run})
}

// InTheWay reads a run that works on one of the accounts, or on the connection,
// if there is one: two that decide at once would both find a transaction new. It
// holds the accounts and the connection for the rest of the transaction.
func InTheWay(env *orm.Env, run, link int64, list []int64) (*orm.Rows, error) {
	for _, id := range list {
		if err := env.Lock("onlinesync.account/" + strconv.FormatInt(id, 10)); err != nil {
			return nil, err
		}
	}
	if err := turn(env, record.Accounts, list...); err != nil {
		return nil, err
	}
	feeders, err := record.FeedersOf(env, list)
	if err != nil {
		return nil, err
	}
	if link != 0 {
		feeders = append(feeders, link)
		if err := turn(env, record.Links, link); err != nil {
			return nil, err
		}
	}
	return env.SearchRead(record.Runs, domain.All(domain.Where("state", domain.Eq, record.RunRunning), domain.Where("id", domain.Ne, run),
		domain.Where("lease_until", domain.Gt, env.Now()),
		domain.Or{domain.Where("link_id", domain.In, record.IDs(feeders)), domain.Where("account_id", domain.In, record.IDs(list))}),
		[]string{"link_id"}, orm.SearchOptions{Limit: 1})
}

// turn writes a number of its own on records about which something is decided. A
// lock is not enough: a transaction of PostgreSQL reads what there was when it
// began, however long it waited. Of two that write the same row the second begins
// anew, and then sees what the first one did.
func turn(env *orm.Env, model string, ids ...int64) error {
	return env.Write(model, ids, orm.Values{"turn": int64(rand.Uint32())})
}

// Hosts tells the processes apart that work on the same databases.
type Hosts interface {
	// Self names this process; no other ever has the name.
	Self() string
	// Gone reports whether the process of that name is known to have ended.
	Gone(ctx context.Context, name string) bool
}

// Waker gets a worker to call RunSync for a run, soon. It may lose the message
// or bring it twice.
type Waker interface {
	Wake(ctx context.Context, database string, run int64) error
}
