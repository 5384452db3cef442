package run

import (
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Next is a connection's next synchronisation without a user.
type Next struct {
	Link        int64
	Name        string
	At          time.Time
	HistoryFrom schema.Date // the oldest day that the bank gives; "" where it did not say
}

// NextOf lists when connections are synchronised next by themselves, the first
// one first. A connection that never is, is left out: automatic synchronisation
// is switched off, the bank forbids it, it waits for a user, or its provider is
// paused.
func (q *Queue) NextOf(env *orm.Env, links []int64) ([]Next, error) {
	plan, err := q.readSchedule(env)
	if err != nil || !plan.active || len(links) == 0 {
		return nil, err
	}
	rows, err := env.SearchRead(record.Links, domain.All(automatic(), domain.Where("id", domain.In, record.IDs(links)),
		domain.Or{domain.Where("institution_id", domain.Eq, nil), domain.Where("institution_id.auto_sync_allowed", domain.Eq, true)}),
		[]string{"name", "next_refresh", "history_from"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	waiting, err := env.SearchRead(record.Runs, domain.All(domain.Where("link_id", domain.In, record.IDs(rows.IDs())),
		domain.Where("state", domain.Eq, record.RunQueued)), []string{"link_id", "due"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	queued := map[int64]time.Time{}
	for row := range waiting.All() {
		queued[row.Ref("link_id")] = row.Time("due")
	}
	var out []Next
	for row := range rows.All() {
		at, soon := queued[row.ID()]
		if !soon {
			at = row.Time("next_refresh")
		}
		if at.IsZero() {
			continue
		}
		if at.Before(env.Now()) {
			at = env.Now()
		}
		out = append(out, Next{row.ID(), row.Str("name"), at, row.Date("history_from")})
	}
	slices.SortStableFunc(out, func(a, b Next) int { return a.At.Compare(b.At) })
	return out, nil
}
