package run

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

const (
	// dueLimit is how many connections one sweep makes runs for.
	dueLimit = 5000
	// beyond is later than any interval: a clock that was ahead said so.
	beyond = 62 * 24 * time.Hour
	// few may begin at once; more are spread.
	few = 20
)

// queueDue makes runs for connections whose time has come (S25), all in a few
// statements. Where they are many, as after a time without a host, their runs
// begin one after the other over the time of Spread, in no order of banks.
func (q *Queue) queueDue(env *orm.Env) error {
	plan, err := q.readSchedule(env)
	if err != nil {
		return err
	}
	if plan.trigger {
		if err := plan.triggered(env); err != nil {
			return err
		}
	}
	if !plan.active && !plan.trigger {
		return nil
	}
	due, err := env.SearchRead(record.Links, domain.All(automatic(),
		domain.Or{domain.Where("next_refresh", domain.Le, env.Now()), domain.Where("next_refresh", domain.Gt, env.Now().Add(beyond))}),
		[]string{"company_id", "provider_id", "interval_hours"}, orm.SearchOptions{Order: "next_refresh, id", Limit: dueLimit})
	if err != nil || due.Len() == 0 {
		return err
	}
	if err := q.addDue(env, due); err != nil {
		return err
	}
	return q.moveOn(env, due, plan.interval)
}

// automatic are the connections that the schedule synchronises.
func automatic() domain.Node {
	return domain.All(
		domain.Where("auto_sync", domain.Eq, true), domain.Where("is_legacy", domain.Ne, true),
		domain.Where("state", domain.Ne, record.StateDisconnected), domain.Where("attention", domain.NotIn, record.Parked),
		domain.Where("provider_id.paused", domain.Ne, true))
}

// addDue makes the runs of connections that are due, but for those that have one.
func (q *Queue) addDue(env *orm.Env, due *orm.Rows) error {
	// Two hosts that sweep at once come one after the other here, and the second begins
	// anew, since moveOn writes what the first one wrote.
	if err := env.Lock("onlinesync.due"); err != nil {
		return err
	}
	live, err := env.SearchRead(record.Runs, domain.All(domain.Where("link_id", domain.In, record.IDs(due.IDs())),
		domain.Where("account_id", domain.Eq, nil), domain.Where("state", domain.In, []any{record.RunQueued, record.RunRunning})),
		[]string{"link_id"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	has := make(map[int64]bool, live.Len())
	for row := range live.All() {
		has[row.Ref("link_id")] = true
	}
	runs := make([]orm.Values, 0, due.Len())
	for row := range due.All() {
		if has[row.ID()] {
			continue
		}
		at := env.Now()
		if due.Len() > few {
			at = at.Add(share(q.Spread, row.ID()))
		}
		runs = append(runs, orm.Values{"link_id": row.ID(), "company_id": row.Ref("company_id"), "trigger": record.TriggerScheduled,
			"state": record.RunQueued, "due": at})
	}
	if len(runs) == 0 {
		return nil
	}
	ids, err := env.Create(record.Runs, runs...)
	if err == nil && due.Len() <= few {
		for _, id := range ids {
			q.wakeAfter(env, id)
		}
	}
	return err
}

// share is a connection's part of a time, the same always and like no neighbour's.
func share(of time.Duration, link int64) time.Duration {
	hash := fnv.New32a()
	hash.Write(strconv.AppendInt(nil, link, 10)) // it never fails
	return of / 1000 * time.Duration(hash.Sum32()%1000)
}

// moveOn puts connections' next time one interval ahead, for the case that their
// runs never end.
func (q *Queue) moveOn(env *orm.Env, due *orm.Rows, interval time.Duration) error {
	hours, err := hoursOf(env, due)
	if err != nil {
		return err
	}
	groups := map[time.Duration][]int64{}
	for row := range due.All() {
		every := interval
		if h := hours(row); h != 0 {
			every = h
		}
		groups[every] = append(groups[every], row.ID())
	}
	for every, ids := range groups {
		if err := env.Write(record.Links, ids, orm.Values{"next_refresh": env.Now().Add(every)}); err != nil {
			return err
		}
	}
	return nil
}

// hoursOf tells the interval that a connection or its provider says; 0 for none.
// The rows have "interval_hours" and "provider_id".
func hoursOf(env *orm.Env, links *orm.Rows) (func(link orm.Row) time.Duration, error) {
	providers, err := env.SearchRead(record.Providers, domain.Where("interval_hours", domain.Gt, int64(0)), []string{"interval_hours"},
		orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	return func(link orm.Row) time.Duration {
		hours := link.Int("interval_hours")
		if provider, ok := providers.ByID(link.Ref("provider_id")); ok && hours == 0 {
			hours = provider.Int("interval_hours")
		}
		return time.Duration(hours) * time.Hour
	}, nil
}

// Reschedule gives connections whose interval changed the next time that follows
// from their last one. Those that wait for something else stay as they are.
func (q *Queue) Reschedule(env *orm.Env, ids []int64) error {
	plan, err := q.readSchedule(env)
	if err != nil {
		return err
	}
	rows, err := env.SearchRead(record.Links, domain.All(domain.Where("id", domain.In, record.IDs(ids)),
		domain.Where("next_refresh", domain.Ne, false), domain.Where("attention", domain.In,
			[]any{record.AttentionNone, record.AttentionConsentExpiring})),
		[]string{"last_refresh", "interval_hours", "provider_id"}, orm.SearchOptions{})
	if err != nil || rows.Len() == 0 {
		return err
	}
	hours, err := hoursOf(env, rows)
	if err != nil {
		return err
	}
	for row := range rows.All() {
		every, from := plan.interval, row.Time("last_refresh")
		if h := hours(row); h != 0 {
			every = h
		}
		if from.IsZero() {
			from = env.Now()
		}
		if err := env.Write(record.Links, []int64{row.ID()}, orm.Values{"next_refresh": from.Add(every)}); err != nil {
			return err
		}
	}
	return nil
}
