package run

import (
	"context"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// sweepLimit is how many records of a kind one sweep takes up.
const sweepLimit = 2000

// ownerMark stands between the name of a host and its worker in "lease_owner".
const ownerMark = "/"

// Orphans are the workers that hold a lease and whose host has ended. It asks
// outside of any transaction.
func (q *Queue) Orphans(ctx context.Context, db *orm.Database) (owners []any, err error) {
	if q.Hosts == nil {
		return nil, nil
	}
	var running *orm.Rows
	err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
		running, err = env.SearchRead(record.Runs, domain.Where("state", domain.Eq, record.RunRunning), []string{"lease_owner"},
			orm.SearchOptions{Limit: sweepLimit})
		return err
	})
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{q.Hosts.Self(): false}
	for row := range running.All() {
		host, _, named := strings.Cut(row.Str("lease_owner"), ownerMark)
		if !named {
			continue
		}
		ended, asked := gone[host]
		if !asked {
			ended = q.Hosts.Gone(ctx, host)
			gone[host] = ended
		}
		if ended {
			owners = append(owners, row.Str("lease_owner"))
		}
	}
	return owners, nil
}

// Sweep does what time asks of runs: those whose worker gave no sign, or is one
// of orphans, are queued again, and connections that are due get one. It returns
// the queued runs to wake once the transaction is committed.
func (q *Queue) Sweep(env *orm.Env, orphans []any) (wake []int64, err error) {
	if err := q.requeueAbandoned(env, orphans); err != nil {
		return nil, err
	}
	// What nobody waits for, waits for a provider that is paused.
	free := domain.Or{domain.Where("trigger", domain.Eq, record.TriggerManual), domain.Where("link_id", domain.Eq, nil),
		domain.Not{Node: domain.Where("link_id.provider_id.paused", domain.Eq, true)}}
	queued, err := env.Search(record.Runs, domain.All(domain.Where("state", domain.Eq, record.RunQueued),
		domain.Where("due", domain.Le, env.Now()), free),
		orm.SearchOptions{Order: "due, id", Limit: sweepLimit})
	if err != nil {
		return nil, err
	}
	return queued, q.queueDue(env)
}

// requeueAbandoned frees runs whose lease ended, and those of orphans.
func (q *Queue) requeueAbandoned(env *orm.Env, orphans []any) error {
	ids, err := env.Search(record.Runs, domain.All(domain.Where("state", domain.Eq, record.RunRunning),
		domain.Or{domain.Where("lease_until", domain.Lt, env.Now()), domain.Where("lease_owner", domain.In, orphans)}),
		orm.SearchOptions{Limit: sweepLimit})
	if err != nil || len(ids) == 0 {
		return err
	}
	return env.Write(record.Runs, ids, orm.Values{"state": record.RunQueued, "lease_owner": nil, "lease_until": nil, "due": env.Now()})
}
