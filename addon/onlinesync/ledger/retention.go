package ledger

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

const (
	// thinnedAtOnce is how many rows one transaction thins.
	thinnedAtOnce = 2000
	// mostThinned is how many rows are thinned in one go; the rest has time.
	mostThinned = 1_000_000
)

// Thin empties raw, the provider's own record, of transactions that the bank told
// first, and booked, before a time, in short transactions; it returns of how many.
// What is pending keeps it, and what a question is open about. Nothing else of the
// ledger ever goes.
func Thin(ctx context.Context, db *orm.Database, before time.Time) (thinned int, err error) {
	before = before.UTC()
	for last := int64(0); thinned < mostThinned; {
		var ids []int64
		var end int64
		err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
			ids, end, err = toThin(env, before, last)
			return err
		})
		if err != nil || end == 0 {
			return thinned, fault.Wrap(err, "thin the ledger", nil)
		}
		err = db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
			return env.Write(record.Transactions, ids, orm.Values{"raw": nil})
		})
		if err != nil {
			return thinned, fault.Wrap(err, "thin the ledger", nil)
		}
		thinned, last = thinned+len(ids), end
	}
	return thinned, nil
}

// toThin lists the next rows to thin, and the last one that it looked at; 0 where
// there is none.
func toThin(env *orm.Env, before time.Time, after int64) (ids []int64, end int64, err error) {
	found, err := env.Search(record.Transactions, domain.All(domain.Where("id", domain.Gt, after), domain.Where("raw", domain.Ne, nil),
		domain.Where("first_seen", domain.Lt, before), domain.Where("pending_since", domain.Eq, nil),
		domain.Or{domain.Where("posted_at", domain.Eq, nil), domain.Where("posted_at", domain.Lt, before)}),
		orm.SearchOptions{Order: "id", Limit: thinnedAtOnce})
	if err != nil || len(found) == 0 {
		return nil, 0, err
	}
	of := record.IDs(found)
	open, err := env.SearchRead(record.Reviews, domain.All(domain.Where("state", domain.Eq, record.ReviewOpen),
		domain.Or{domain.Where("transaction_id", domain.In, of), domain.Where("other_id", domain.In, of)}),
		[]string{"transaction_id", "other_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, 0, err
	}
	asked := map[int64]bool{}
	for row := range open.All() {
		asked[row.Ref("transaction_id")], asked[row.Ref("other_id")] = true, true
	}
	for _, id := range found {
		if !asked[id] {
			ids = append(ids, id)
		}
	}
	return ids, found[len(found)-1], nil
}
