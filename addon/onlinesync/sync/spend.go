package sync

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/quota"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// spendFetch counts a fetch of an account before the bank is asked; RateLimited when
// its provider limits those without a user, and no more are allowed now.
// A user is never held up here: what the bank makes of it, it says itself. Where
// the provider cannot tell the bank that a user waits, one is kept for users.
func (s *synchronisation) spendFetch(ctx context.Context, desc sdk.Description, account int64) error {
	limit := desc.UnattendedPerDay
	if !quota.Counts(desc, s.claimed.User) {
		return nil
	}
	var next time.Time
	err := s.run.Within(ctx, orm.TxWrite, func(env *orm.Env) (err error) {
		next = time.Time{}
		if limit > 0 && !s.present() {
			next, err = quota.NextFetch(env, s.link.ID, account, unattended(desc))
		}
		if err != nil || !next.IsZero() {
			return err
		}
		return quota.Spend(env, s.link, account, quota.Fetches)
	})
	if err == nil && !next.IsZero() {
		err = &sdk.Error{Kind: sdk.RateLimited, Until: next, Message: s.say("sync.fetches_used", fault.Args{"count": limit})}
	}
	return err
}

// unattended is how many fetches a day the schedule may make of an account.
func unattended(desc sdk.Description) int {
	if desc.UnattendedPerDay > 1 && !desc.PassesUserPresent {
		return desc.UnattendedPerDay - 1
	}
	return desc.UnattendedPerDay
}

// spendRefresh counts a refresh before the bank is asked; it returns when the next
// is allowed, zero for now.
func (s *synchronisation) spendRefresh(ctx context.Context, desc sdk.Description) (next time.Time, err error) {
	if s.link.RefreshAllowed.After(s.run.Began) {
		return s.link.RefreshAllowed, nil
	}
	limit := int(s.link.RefreshesADay)
	if limit == 0 {
		limit = desc.RefreshesPerDay
	}
	if limit == 0 {
		return time.Time{}, nil
	}
	err = s.run.Within(ctx, orm.TxWrite, func(env *orm.Env) (err error) {
		if next, err = quota.NextRefresh(env, s.link.ID, limit); err != nil || !next.IsZero() {
			return err
		}
		return quota.Spend(env, s.link, 0, quota.Refreshes)
	})
	return next, err
}

// refreshLater notes that the bank was not asked for news, and until when it may
// not be; zero where that is not known.
func (s *synchronisation) refreshLater(until time.Time) {
	s.allowed = until
	if until.IsZero() {
		s.notes = append(s.notes, s.say("sync.refresh_used", nil))
		return
	}
	s.notes = append(s.notes, s.say("sync.refresh_used_until", fault.Args{"until": until.UTC().Format("2006-01-02 15:04 MST")}))
}
