package quota

import (
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Kinds of calls that are counted.
const (
	Fetches   = "fetch"
	Refreshes = "refresh"
)

// kept is how long a call is of interest to anybody.
const kept = 48 * time.Hour

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }

var model = orm.Model{
	Name: record.Uses, Label: "Call of a Bank", Order: "id desc", RecName: "kind",
	Fields: schema.Fields{
		schema.Many2one("link_id", "Connection", record.Links).Required().WhenDeleted(schema.Cascade),
		schema.Many2one("account_id", "Online Account", record.Accounts).WhenDeleted(schema.Cascade),
		schema.Char("kind", "Kind").Required(), // Fetches or Refreshes
		schema.Datetime("at", "At").Required(),
	},
	Indexes: []schema.Index{{Name: "of", Columns: []string{"link_id", "kind", "at"}}},
	Bound:   orm.Bound{}, // the host's alone
}

// Counts reports whether a bank counts a fetch as one without a user: nobody waits
// for it, or its provider cannot tell the bank who does. What counts is noted even
// where no limit is known: one that a provider announces later counts it, too.
func Counts(desc sdk.Description, who record.Attendance) bool {
	return !who.Present || !desc.PassesUserPresent || who.Address == ""
}

// Spend notes a call that is about to be made, of an account, or of the whole
// connection (0), and drops what no longer counts.
func Spend(env *orm.Env, link *record.Link, account int64, kind string) error {
	old, err := env.Search(record.Uses, domain.All(domain.Where("link_id", domain.Eq, link.ID), domain.Where("kind", domain.Eq, kind),
		domain.Where("at", domain.Lt, env.Now().Add(-kept))), orm.SearchOptions{})
	if err != nil {
		return err
	}
	if err := env.Unlink(record.Uses, old); err != nil {
		return err
	}
	_, err = env.Create(record.Uses, orm.Values{"link_id": link.ID, "account_id": record.OrNil(account), "kind": kind,
		"at": env.Now()})
	return err
}

// NextFetch is when an account may be fetched without a user, where so many
// fetches are allowed in 24 hours; zero for at once.
func NextFetch(env *orm.Env, link, account int64, limit int) (time.Time, error) {
	rows, err := env.SearchRead(record.Uses, domain.All(domain.Where("link_id", domain.Eq, link), domain.Where("kind", domain.Eq, Fetches),
		domain.Where("account_id", domain.Eq, account), domain.Where("at", domain.Gt, env.Now().Add(-24*time.Hour)),
		domain.Where("at", domain.Le, env.Now())), // a clock that was ahead wrote others
		[]string{"at"}, orm.SearchOptions{Order: "at desc, id desc", Limit: limit})
	if err != nil || rows.Len() < limit {
		return time.Time{}, err
	}
	return rows.At(limit - 1).Time("at").Add(24 * time.Hour), nil
}

// NextRefresh is when a connection may be refreshed, where so many refreshes are
// allowed a day; zero for at once.
func NextRefresh(env *orm.Env, link int64, limit int) (time.Time, error) {
	today := schema.DateOf(env.Now().UTC())
	used, err := env.Count(record.Uses, domain.All(domain.Where("link_id", domain.Eq, link), domain.Where("kind", domain.Eq, Refreshes),
		domain.Where("at", domain.Ge, today.Time()), domain.Where("at", domain.Le, env.Now())), limit)
	if err != nil || used < limit {
		return time.Time{}, err
	}
	return today.AddDays(1).Time(), nil
}
