package onlinesync

import (
	"strconv"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// feedModel holds the connections that feed an account besides the account's
// own: the same bank account reached through another provider. They share its
// ledger and its coverage; each has its own name for it and its own cursor.
var feedModel = orm.Model{
	Name: feeds, Label: "Further Connection of an Account", Order: "id", RecName: "online_identifier",
	Fields: schema.Fields{
		schema.Many2one("account_id", "Online Account", accounts).Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("link_id", "Connection", links).Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Char("online_identifier", "Online Identifier").Required(),
		schema.Text("cursor", "Cursor").Secret(),
		schema.Char("told_under", "Consent of the Last Fetch").Secret(),
	},
	Indexes: []schema.Index{{Name: "once", Columns: []string{"account_id", "link_id"}, Unique: true, Message: "A connection feeds an account once."}},
	Bound: orm.Bound{
		Access: readers(),
		Rules:  []orm.Rule{{Name: "Further connection: company", Domain: companyOfAccount}},
	},
}

// feedOf is the row by which a connection feeds an account that has another
// connection of its own; 0 when there is none.
func feedOf(env *orm.Env, account, link int64) (orm.Row, bool, error) {
	rows, err := env.SearchRead(feeds, domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("link_id", domain.Eq, link)),
		[]string{"online_identifier", "cursor", "told_under"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return orm.Row{}, false, err
	}
	return rows.At(0), true, nil
}

// fedBy lists the accounts that a connection feeds, as its own or besides
// another's.
func fedBy(env *orm.Env, link int64) ([]int64, error) {
	own, err := env.Search(accounts, domain.Where("account_online_link_id", domain.Eq, link), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := env.SearchRead(feeds, domain.Where("link_id", domain.Eq, link), []string{"account_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		own = append(own, row.Ref("account_id"))
	}
	return own, nil
}

// feedersOf lists the connections that feed any of the accounts.
func feedersOf(env *orm.Env, list []int64) ([]int64, error) {
	var out []int64
	own, err := env.Read(accounts, list, "account_online_link_id")
	if err != nil {
		return nil, err
	}
	for row := range own.All() {
		if link := row.Ref("account_online_link_id"); link != 0 {
			out = append(out, link)
		}
	}
	rows, err := env.SearchRead(feeds, domain.Where("account_id", domain.In, anyIDs(list)), []string{"link_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		out = append(out, row.Ref("link_id"))
	}
	return out, nil
}

// inTheWay reads a run that works on one of the accounts, or on the connection,
// if there is one: two that decide at once would both find a transaction new. It
// holds the accounts for the rest of the transaction.
func inTheWay(env *orm.Env, run, link int64, list []int64) (*orm.Rows, error) {
	for _, id := range list {
		if err := env.Lock("onlinesync.account/" + strconv.FormatInt(id, 10)); err != nil {
			return nil, err
		}
	}
	feeders, err := feedersOf(env, list)
	if err != nil {
		return nil, err
	}
	if link != 0 {
		feeders = append(feeders, link)
	}
	return env.SearchRead(runs, domain.All(domain.Where("state", domain.Eq, runRunning), domain.Where("id", domain.Ne, run),
		domain.Where("lease_until", domain.Gt, env.Now()),
		domain.Or{domain.Where("link_id", domain.In, anyIDs(feeders)), domain.Where("account_id", domain.In, anyIDs(list))}),
		[]string{"link_id"}, orm.SearchOptions{Limit: 1})
}

// feedAgain renews the row by which a connection feeds an account beside
// another; false when there is none.
func feedAgain(env *orm.Env, account, link int64, name string) (bool, error) {
	row, there, err := feedOf(env, account, link)
	if err != nil || !there || row.Str("online_identifier") == name {
		return there, err
	}
	return true, env.Write(feeds, []int64{row.ID()}, orm.Values{"online_identifier": name, "cursor": nil})
}

// takeOver makes a connection an account's own. The one that it had goes on
// beside it if it reaches the account through another provider; a new consent
// of the same provider supersedes the old one.
func (a *Addon) takeOver(env *orm.Env, account orm.Row, f linkFacts) (superseded int64, err error) {
	old := account.Ref("account_online_link_id")
	if old == 0 || old == f.id {
		return 0, nil
	}
	rows, err := env.Read(links, []int64{old}, "state", "is_legacy", "provider_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	row := rows.At(0)
	named, err := env.Read(providers, []int64{row.Ref("provider_id")}, "name")
	if err != nil {
		return 0, err
	}
	other := named.Len() > 0 && named.At(0).Str("name") != f.provider
	if !other || row.Bool("is_legacy") || row.Str("state") == stateDisconnected {
		return old, nil
	}
	was, err := env.Read(accounts, []int64{account.ID()}, "online_identifier", "cursor", "told_under")
	if err != nil || was.Len() == 0 {
		return 0, err
	}
	_, err = env.Create(feeds, orm.Values{"account_id": account.ID(), "link_id": old, "online_identifier": was.At(0).Str("online_identifier"),
		"cursor": orNoText(was.At(0).Str("cursor")), "told_under": orNoText(was.At(0).Str("told_under"))})
	return 0, err
}

// promote gives the accounts of a connection that ends to another that feeds
// them, if there is one, and returns the accounts that nothing feeds then.
func promote(env *orm.Env, link int64) (bereft []int64, err error) {
	own, err := env.Search(accounts, domain.Where("account_online_link_id", domain.Eq, link), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for _, account := range own {
		rows, err := env.SearchRead(feeds, domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("link_id", domain.Ne, link)),
			[]string{"link_id", "online_identifier", "cursor", "told_under"}, orm.SearchOptions{Order: "id desc", Limit: 1})
		if err != nil {
			return nil, err
		}
		if rows.Len() == 0 {
			bereft = append(bereft, account)
			continue
		}
		row := rows.At(0)
		err = env.Write(accounts, []int64{account}, orm.Values{"account_online_link_id": row.Ref("link_id"), "online_identifier": row.Str("online_identifier"),
			"cursor": orNoText(row.Str("cursor")), "told_under": orNoText(row.Str("told_under"))})
		if err != nil {
			return nil, err
		}
		if err := env.Unlink(feeds, []int64{row.ID()}); err != nil {
			return nil, err
		}
	}
	return bereft, nil
}
