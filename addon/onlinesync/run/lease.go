package run

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// errLeaseLost: another worker has the run.
var errLeaseLost = errors.New("the lease of the run is another's")

// ErrNoPlace is what ready of Claim returns when the run has to wait: too many like
// it are being worked on, or its connection's user is in the middle of a flow.
var ErrNoPlace = errors.New("the run has to wait")

// Waits is what ready of Claim returns for a run that may not begin yet, with the
// reason in words. It stays queued, and the sweep tries again.
type Waits struct{ What string }

func (w *Waits) Error() string { return w.What }

// Counters are a run's figures.
type Counters struct{ Fetched, Created, Updated, Removed, Known, Pending int64 }

// accountsDone is what a run keeps of accounts that it finished, so that a
// restart does not fetch them again.
type accountsDone struct {
	IDs     []int64 `json:"ids"`
	Fetched int64   `json:"fetched"`
	Known   int64   `json:"known"`
	Pending int64   `json:"pending"`
}

// Run is a run that this process works on: its lease, its figures, and what is
// told of it. Every transaction that writes for the run proves the lease.
type Run struct {
	queue   *Queue
	Db      *orm.Database
	ID      int64
	Company int64
	Link    int64     // 0: a statement file's
	Began   time.Time // by the database's clock; the run's "now"
	Counts  Counters
	Of      int64 // how many transactions are expected; 0 unknown
	Done    accountsDone
	owner   string
	noted   time.Time      // when progress was last told
	fed     map[int64]bool // journals that got lines
}

// Open prepares to work on a run; Claim or Take makes it this worker's.
func (q *Queue) Open(db *orm.Database, id int64) *Run {
	owner := record.NewToken()
	if q.Hosts != nil {
		owner = q.Hosts.Self() + ownerMark + owner
	}
	return &Run{queue: q, Db: db, ID: id, owner: owner, fed: map[int64]bool{}}
}

// OpenFile prepares to work on the run of a statement file with a number of
// transactions.
func (q *Queue) OpenFile(db *orm.Database, id, company, count int64) *Run {
	r := q.Open(db, id)
	r.Company, r.Counts, r.Of = company, Counters{Fetched: count}, count
	return r
}

// Claimed is what a run that was claimed asks for.
type Claimed struct {
	Trigger string
	Account int64             // 0: all that the connection feeds
	User    record.Attendance // who waits for it
}

// Claim takes the lease of a synchronisation. It waits its turn while another
// run of the same connection or account is being worked on, or ready says that
// there is no place (ErrNoPlace), and is not had then. ready reads, in the same
// transaction, what else the work needs.
func (r *Run) Claim(ctx context.Context, ready func(env *orm.Env, c Claimed) error) (c Claimed, mine bool, err error) {
	err = r.Db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		mine = false
		rows, err := env.Read(record.Runs, []int64{r.ID}, "state", "lease_until", "link_id", "account_id", "company_id", "trigger",
			"created", "updated", "removed", "accounts_done", "user_address")
		if err != nil || rows.Len() == 0 {
			return err
		}
		row := rows.At(0)
		r.Began = env.Now()
		if row.Str("state") == record.RunDone || row.Str("state") == record.RunRunning && row.Time("lease_until").After(r.Began) {
			return nil
		}
		c = Claimed{Trigger: row.Str("trigger"), Account: row.Ref("account_id"),
			User: record.Attendance{Present: row.Str("trigger") == record.TriggerManual, Address: row.Str("user_address")}}
		if err := r.resume(row); err != nil {
			return err
		}
		if r.Link == 0 {
			return env.Write(record.Runs, []int64{r.ID},
				orm.Values{"state": record.RunDone, "outcome": record.OutcomeRefused, "finished_at": r.Began})
		}
		mine, err = r.takeTurn(env, func(env *orm.Env) error { return ready(env, c) })
		return err
	})
	return c, mine, err
}

// resume takes the figures up where an interrupted worker left them.
func (r *Run) resume(row orm.Row) error {
	r.Link, r.Company = row.Ref("link_id"), row.Ref("company_id")
	r.Counts = Counters{Created: row.Int("created"), Updated: row.Int("updated"), Removed: row.Int("removed")}
	r.Done = accountsDone{}
	if text := row.JSON("accounts_done"); len(text) > 0 {
		if err := json.Unmarshal(text, &r.Done); err != nil {
			return fault.Wrap(err, "accounts done of run", r.ID)
		}
	}
	r.Counts.Fetched, r.Counts.Known, r.Counts.Pending = r.Done.Fetched, r.Done.Known, r.Done.Pending
	return nil
}

// takeTurn takes the run, or puts it back into the queue while another works on
// what it is about.
func (r *Run) takeTurn(env *orm.Env, ready func(env *orm.Env) error) (mine bool, err error) {
	fed, err := record.FedBy(env, r.Link)
	if err != nil {
		return false, err
	}
	other, err := InTheWay(env, r.ID, r.Link, fed)
	if err != nil {
		return false, err
	}
	if other.Len() > 0 {
		return false, env.Write(record.Runs, []int64{r.ID}, orm.Values{"state": record.RunQueued, "due": r.Began.Add(r.queue.Lease / 10)})
	}
	err = ready(env)
	if waits := (*Waits)(nil); errors.As(err, &waits) {
		if err := r.TellWaiting(env, waits.What); err != nil {
			return false, err
		}
		return false, env.Write(record.Runs, []int64{r.ID},
			orm.Values{"state": record.RunQueued, "due": r.Began, "error_message": waits.What})
	}
	if errors.Is(err, ErrNoPlace) {
		return false, env.Write(record.Runs, []int64{r.ID}, orm.Values{"state": record.RunQueued, "due": r.Began.Add(r.queue.Lease)})
	}
	if err != nil {
		return false, err
	}
	return true, r.Take(env)
}

// Take makes the run this worker's.
func (r *Run) Take(env *orm.Env) error {
	r.Began = env.Now()
	return env.Write(record.Runs, []int64{r.ID}, orm.Values{"state": record.RunRunning, "lease_owner": r.owner,
		"lease_until": r.Began.Add(r.queue.Lease),
		"started_at":  r.Began, "error_message": nil, "error_reference": nil})
}

// Within runs f in a short transaction with all rights in the run's company.
func (r *Run) Within(ctx context.Context, mode orm.TxMode, f func(env *orm.Env) error) error {
	who := orm.Principal{System: true, Context: orm.Context{"allowed_company_ids": []any{r.Company}}}
	return r.Db.Within(ctx, who, mode, f)
}

// Write runs f in a transaction that also proves and renews the lease and
// writes the run's figures: counts is what they are when f is committed. It
// renews first, which holds the run's row: else the heartbeat, or a sweeper,
// would change it meanwhile, and a chunk that takes longer than a heartbeat
// would be refused at its end, time and again.
func (r *Run) Write(ctx context.Context, f func(env *orm.Env, counts *Counters) error) error {
	var counts Counters
	err := r.Within(ctx, orm.TxWrite, func(env *orm.Env) error {
		counts = r.Counts
		ledger.LetEngineWork(env)
		if err := r.prove(env); err != nil {
			return err
		}
		if err := f(env, &counts); err != nil {
			return err
		}
		return env.Write(record.Runs, []int64{r.ID},
			orm.Values{"fetched": counts.Fetched, "created": counts.Created, "updated": counts.Updated,
				"removed": counts.Removed, "known": counts.Known, "pending": counts.Pending})
	})
	if err == nil {
		r.Counts = counts
	}
	return err
}

// prove renews the lease; errLeaseLost when it is another's.
func (r *Run) prove(env *orm.Env) error {
	rows, err := env.Read(record.Runs, []int64{r.ID}, "lease_owner")
	if err != nil {
		return err
	}
	if rows.Len() == 0 || rows.At(0).Str("lease_owner") != r.owner {
		return errLeaseLost
	}
	return env.Write(record.Runs, []int64{r.ID}, orm.Values{"lease_until": env.Now().Add(r.queue.Lease)})
}

// Keep renews the lease while a bank takes its time; the context that it
// returns ends with the lease. Call stop, which waits for the heartbeat.
func (r *Run) Keep(ctx context.Context) (working context.Context, stop func()) {
	working, cancel := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		ticker := time.NewTicker(r.queue.Lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-working.Done():
				return
			case <-ticker.C:
			}
			if err := r.Within(working, orm.TxWrite, r.prove); errors.Is(err, errLeaseLost) {
				cancel(errLeaseLost)
				return
			}
		}
	}()
	return working, func() { cancel(nil); <-over }
}

// Release gives the lease back, so that another worker need not wait for its
// end. What fails here is only slower.
func (r *Run) Release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := r.Within(ctx, orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Search(record.Runs, domain.All(domain.Where("id", domain.Eq, r.ID), domain.Where("lease_owner", domain.Eq, r.owner),
			domain.Where("state", domain.Eq, record.RunRunning)), orm.SearchOptions{})
		if err != nil || len(ids) == 0 {
			return err
		}
		return env.Write(record.Runs, ids, orm.Values{"state": record.RunQueued, "lease_owner": nil, "lease_until": nil,
			"due": env.Now().Add(r.queue.Lease / 10)})
	})
	if err != nil {
		r.queue.Log.Warn("release run", "run", r.ID, "error", err)
	}
}

// Queued makes sure that the run still waits to be worked on; a sweeper may have
// taken it for abandoned.
func (r *Run) Queued(env *orm.Env) error {
	rows, err := env.Read(record.Runs, []int64{r.ID}, "state")
	if err == nil && (rows.Len() == 0 || rows.At(0).Str("state") != record.RunQueued) {
		err = errLeaseLost
	}
	return err
}

// LostLease reports whether a run ended because another worker has it.
func LostLease(ctx context.Context, err error) bool {
	return errors.Is(err, errLeaseLost) || errors.Is(context.Cause(ctx), errLeaseLost)
}
