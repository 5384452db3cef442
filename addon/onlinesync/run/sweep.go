package run

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// sweepLimit is how many records of a kind one sweep takes up.
const sweepLimit = 500

// Sweep does what time asks of runs: those whose worker gave no sign are queued
// again, and connections that are due get one. It returns the queued runs to
// wake once the transaction is committed.
func (q *Queue) Sweep(env *orm.Env) (wake []int64, err error) {
	if err := q.requeueAbandoned(env); err != nil {
		return nil, err
	}
	queued, err := env.Search(record.Runs, domain.All(domain.Where("state", domain.Eq, record.RunQueued),
		domain.Where("due", domain.Le, env.Now())),
		orm.SearchOptions{Order: "due, id", Limit: sweepLimit})
	if err != nil {
		return nil, err
	}
	return queued, q.queueDue(env)
}

// requeueAbandoned frees runs whose lease ended.
func (q *Queue) requeueAbandoned(env *orm.Env) error {
	ids, err := env.Search(record.Runs, domain.All(domain.Where("state", domain.Eq, record.RunRunning),
		domain.Where("lease_until", domain.Lt, env.Now())),
		orm.SearchOptions{Limit: sweepLimit})
	if err != nil || len(ids) == 0 {
		return err
	}
	return env.Write(record.Runs, ids, orm.Values{"state": record.RunQueued, "lease_owner": nil, "lease_until": nil, "due": env.Now()})
}

// queueDue makes runs for connections whose time has come (S25).
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
	due, err := env.SearchRead(record.Links, domain.All(
		domain.Where("auto_sync", domain.Eq, true), domain.Where("is_legacy", domain.Ne, true),
		domain.Where("state", domain.Ne, record.StateDisconnected), domain.Where("attention", domain.NotIn, record.Parked),
		domain.Where("next_refresh", domain.Le, env.Now())), []string{"next_refresh"},
		orm.SearchOptions{Order: "next_refresh, id", Limit: sweepLimit})
	if err != nil {
		return err
	}
	for row := range due.All() {
		if _, err := q.Add(env, Request{Link: row.ID(), Trigger: record.TriggerScheduled}); err != nil {
			return err
		}
		if err := env.Write(record.Links, []int64{row.ID()}, orm.Values{"next_refresh": env.Now().Add(plan.interval)}); err != nil {
			return err
		}
	}
	return nil
}
