package run

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Feeds notes that lines of a journal came, changed or went.
func (r *Run) Feeds(journal int64) { r.fed[journal] = true }

// IsDone reports whether the run finished an account before it was interrupted.
func (r *Run) IsDone(account int64) bool { return slices.Contains(r.Done.IDs, account) }

// doneWith is what the run keeps once an account is done.
func (r *Run) doneWith(account int64, c Counters) accountsDone {
	return accountsDone{IDs: append(slices.Clone(r.Done.IDs), account), Fetched: c.Fetched, Known: c.Known, Pending: c.Pending}
}

// Days are what a run was about.
type Days struct {
	From, To  schema.Date // asked for; From "" as far back as there is anything
	Oldest    schema.Date // of what came; "" for nothing
	LimitedTo schema.Date // the bank gave nothing older, though it was wanted; "" where it did
}

// KeepDone writes that an account is done, and the days that it is about, in the
// transaction of its last lines; NoteDone follows once that is committed. The
// run's own days are those of all its accounts: undoing it asks for them again.
func (r *Run) KeepDone(env *orm.Env, account int64, counts *Counters, days Days) error {
	done, err := json.Marshal(r.doneWith(account, *counts))
	if err != nil {
		return err
	}
	if len(r.Done.IDs) > 0 {
		rows, err := env.Read(record.Runs, []int64{r.ID}, "window_from", "window_to", "oldest_date", "history_limited_to")
		if err != nil {
			return err
		}
		if rows.Len() > 0 {
			days = days.and(rows.At(0))
		}
	}
	return env.Write(record.Runs, []int64{r.ID}, orm.Values{"accounts_done": json.RawMessage(done),
		"window_from": record.OrNoDate(days.From), "window_to": record.OrNoDate(days.To),
		"oldest_date": record.OrNoDate(days.Oldest), "history_limited_to": record.OrNoDate(days.LimitedTo)})
}

// and are the days of one more account and of those before it, as their run says.
func (d Days) and(before orm.Row) Days {
	d.From, d.To = min(d.From, before.Date("window_from")), max(d.To, before.Date("window_to"))
	d.LimitedTo = max(d.LimitedTo, before.Date("history_limited_to"))
	if oldest := before.Date("oldest_date"); d.Oldest == "" || oldest != "" && oldest < d.Oldest {
		d.Oldest = oldest
	}
	return d
}

// NoteDone notes that KeepDone was committed.
func (r *Run) NoteDone(account int64) { r.Done = r.doneWith(account, r.Counts) }

func (r *Run) audience() Audience { return Audience{r.ID, r.Link, r.Company} }

// Progress tells who watches how far the run is, at most four times a second.
func (r *Run) Progress(env *orm.Env, counts *Counters) error {
	now := time.Now()
	if now.Sub(r.noted) < 250*time.Millisecond {
		return nil
	}
	r.noted = now
	percent := int64(0)
	if r.Of > 0 {
		percent = min(100, (counts.Fetched+counts.Created+counts.Known)*50/r.Of)
	}
	return Tell(env, progress{Audience: r.audience(), ID: r.ID, Fetched: counts.Fetched, Created: counts.Created, Of: r.Of,
		Percent: percent, Link: r.Link})
}

// TellWaiting tells what the run, which is queued, waits for.
func (r *Run) TellWaiting(env *orm.Env, what string) error {
	return Tell(env, waiting{r.audience(), r.ID, record.RunQueued, what})
}

// WakeNext wakes the run that waited longest for this one to end, of the same
// connection. It is called in the transaction that ends the run.
func (r *Run) WakeNext(env *orm.Env) error {
	if r.Link == 0 {
		return nil
	}
	next, err := env.Search(record.Runs, domain.All(domain.Where("link_id", domain.Eq, r.Link),
		domain.Where("state", domain.Eq, record.RunQueued), domain.Where("due", domain.Le, env.Now().Add(r.queue.Lease/10))),
		orm.SearchOptions{Order: "id", Limit: 1})
	if err == nil && len(next) > 0 {
		r.queue.wakeAfter(env, next[0])
	}
	return err
}

// TellFinished tells how the run ended, as values say, and that the journals
// that it fed changed.
func (r *Run) TellFinished(env *orm.Env, counts *Counters, values orm.Values) error {
	end := finished{Audience: r.audience(), ID: r.ID, State: record.RunDone, Outcome: values["outcome"], Fetched: counts.Fetched,
		Created: counts.Created,
		Updated: counts.Updated, Removed: counts.Removed, Known: counts.Known, Pending: counts.Pending,
		Error: values["error_message"], Reference: values["error_reference"], Link: r.Link}
	if err := Tell(env, end); err != nil {
		return err
	}
	for journal := range r.fed {
		if err := TellJournalChanged(env, journal, r.Company, r.ID, nil); err != nil {
			return err
		}
	}
	return nil
}
