package run

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// LeftAlone reports whether the bank of a connection said until when it wants to be
// left alone, and that is not over. What it said to nobody is no answer to a user
// who is present: some banks count only what is asked without one.
func LeftAlone(env *orm.Env, link *record.Link, present bool) (bool, error) {
	if link.Attention != record.AttentionRateLimited || !link.RefreshAllowed.After(env.Now()) {
		return false, nil
	}
	if !present {
		return true, nil
	}
	return userLimited(env, link.ID)
}

// userLimited reports whether the limit that a connection has met was told to a user
// who waited, and not only to runs without one.
func userLimited(env *orm.Env, link int64) (bool, error) {
	ended := func(more ...domain.Node) domain.Node {
		return domain.All(append(more, domain.Where("link_id", domain.Eq, link), domain.Where("state", domain.Eq, record.RunDone))...)
	}
	before, err := env.SearchRead(record.Runs, ended(domain.Where("outcome", domain.Ne, record.OutcomeRateLimited)), []string{"id"},
		orm.SearchOptions{Order: "id desc", Limit: 1})
	if err != nil {
		return false, err
	}
	since := int64(0)
	if before.Len() > 0 {
		since = before.ID(0)
	}
	n, err := env.Count(record.Runs, ended(domain.Where("outcome", domain.Eq, record.OutcomeRateLimited),
		domain.Where("trigger", domain.Eq, record.TriggerManual), domain.Where("id", domain.Gt, since)), 1)
	return n > 0, err
}
