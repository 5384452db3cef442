package onlinesync

import (
	"context"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// sweepLimit is how many records of a kind one sweep takes up.
const sweepLimit = 500

// Sweep does what time asks for: connections that are due get a run, runs whose
// worker gave no sign are queued again, queued ones are woken, and flows that
// nobody finished expire. The host calls it often, say every few seconds.
func (a *Addon) Sweep(ctx context.Context, db *orm.Database) error {
	var wake []int64
	err := db.Within(ctx, system(), orm.TxWrite, func(env *orm.Env) error {
		wake = nil
		if err := a.requeueAbandoned(env); err != nil {
			return err
		}
		if err := a.expireFlows(env); err != nil {
			return err
		}
		queued, err := env.Search(runs, domain.All(domain.Where("state", domain.Eq, runQueued), domain.Where("due", domain.Le, env.Now())),
			orm.SearchOptions{Order: "due, id", Limit: sweepLimit})
		if err != nil {
			return err
		}
		wake = queued
		return a.queueDue(env)
	})
	if err != nil {
		return fault.Wrap(err, "sweep", nil)
	}
	for _, run := range wake {
		a.wake(db, run)
	}
	return nil
}

// requeueAbandoned frees runs whose lease ended.
func (a *Addon) requeueAbandoned(env *orm.Env) error {
	ids, err := env.Search(runs, domain.All(domain.Where("state", domain.Eq, runRunning), domain.Where("lease_until", domain.Lt, env.Now())),
		orm.SearchOptions{Limit: sweepLimit})
	if err != nil || len(ids) == 0 {
		return err
	}
	return env.Write(runs, ids, orm.Values{"state": runQueued, "lease_owner": nil, "lease_until": nil, "due": env.Now()})
}

// queueDue makes runs for connections whose time has come (S25).
func (a *Addon) queueDue(env *orm.Env) error {
	plan, err := a.readSchedule(env)
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
	due, err := env.SearchRead(links, domain.All(
		domain.Where("auto_sync", domain.Eq, true), domain.Where("is_legacy", domain.Ne, true),
		domain.Where("state", domain.Ne, stateDisconnected), domain.Where("attention", domain.NotIn, parked),
		domain.Where("next_refresh", domain.Le, env.Now())), []string{"next_refresh"}, orm.SearchOptions{Order: "next_refresh, id", Limit: sweepLimit})
	if err != nil {
		return err
	}
	for row := range due.All() {
		if _, err := a.queue(env, runRequest{link: row.ID(), trigger: triggerScheduled}); err != nil {
			return err
		}
		if err := env.Write(links, []int64{row.ID()}, orm.Values{"next_refresh": env.Now().Add(plan.interval)}); err != nil {
			return err
		}
	}
	return nil
}

// expireFlows ends the flows that nobody finished (S14).
func (a *Addon) expireFlows(env *orm.Env) error {
	a.flows.sweep(env.Database(), env.Now())
	ids, err := env.Search(flows, domain.All(domain.Where("state", domain.In, []any{flowAsking, flowWaiting}),
		domain.Where("expires_at", domain.Lt, env.Now())), orm.SearchOptions{Limit: sweepLimit})
	if err != nil || len(ids) == 0 {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.flow_expired", nil), "en")
	return env.Write(flows, ids, orm.Values{"state": flowExpired, "step": nil, "error_message": text})
}
