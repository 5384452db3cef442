package connect

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// furtherModel holds the connections that feed an account besides the account's
// own: the same bank account reached through another provider. They share its
// ledger and its coverage; each has its own name for it and its own cursor.
var furtherModel = orm.Model{
	Name: record.FurtherConnections, Label: "Further Connection of an Account", Order: "id", RecName: "online_identifier",
	Fields: schema.Fields{
		schema.Many2one("account_id", "Online Account", record.Accounts).Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("link_id", "Connection", record.Links).Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Char("online_identifier", "Online Identifier").Required(),
		schema.Text("cursor", "Cursor").Secret(),
		schema.Char("told_under", "Consent of the Last Fetch").Secret(),
	},
	Indexes: []schema.Index{{Name: "once", Columns: []string{"account_id", "link_id"}, Unique: true,
		Message: "A connection feeds an account once."}},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{{Name: "Further connection: company", Domain: record.CompanyOfAccount}},
	},
}

// renewFurther renews the row by which a connection feeds an account beside
// another; false when there is none.
func renewFurther(env *orm.Env, account, link int64, name string) (bool, error) {
	row, there, err := record.FurtherOf(env, account, link)
	if err != nil || !there || row.Str("online_identifier") == name {
		return there, err
	}
	return true, env.Write(record.FurtherConnections, []int64{row.ID()}, orm.Values{"online_identifier": name, "cursor": nil})
}

// takeOver makes a connection an account's own. The one that it had goes on
// beside it if it reaches the account through another provider; a new consent
// of the same provider supersedes the old one.
func (c *Connections) takeOver(env *orm.Env, account orm.Row, f record.Link) (superseded int64, err error) {
	old := account.Ref("account_online_link_id")
	if old == 0 || old == f.ID {
		return 0, nil
	}
	rows, err := env.Read(record.Links, []int64{old}, "state", "is_legacy", "provider_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	row := rows.At(0)
	named, err := env.Read(record.Providers, []int64{row.Ref("provider_id")}, "name")
	if err != nil {
		return 0, err
	}
	other := named.Len() > 0 && named.At(0).Str("name") != f.Provider
	if !other || row.Bool("is_legacy") || row.Str("state") == record.StateDisconnected {
		return old, nil
	}
	was, err := env.Read(record.Accounts, []int64{account.ID()}, "online_identifier", "cursor", "told_under")
	if err != nil || was.Len() == 0 {
		return 0, err
	}
	_, err = env.Create(record.FurtherConnections, orm.Values{"account_id": account.ID(), "link_id": old,
		"online_identifier": was.At(0).Str("online_identifier"),
		"cursor":            record.OrNoText(was.At(0).Str("cursor")), "told_under": record.OrNoText(was.At(0).Str("told_under"))})
	return 0, err
}

// promote gives the accounts of a connection that ends to another that feeds
// them, if there is one, and returns the accounts that nothing feeds then.
func promote(env *orm.Env, link int64) (bereft []int64, err error) {
	own, err := env.Search(record.Accounts, domain.Where("account_online_link_id", domain.Eq, link), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for _, account := range own {
		rows, err := env.SearchRead(record.FurtherConnections,
			domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("link_id", domain.Ne, link)),
			[]string{"link_id", "online_identifier", "cursor", "told_under"}, orm.SearchOptions{Order: "id desc", Limit: 1})
		if err != nil {
			return nil, err
		}
		if rows.Len() == 0 {
			bereft = append(bereft, account)
			continue
		}
		row := rows.At(0)
		err = env.Write(record.Accounts, []int64{account},
			orm.Values{"account_online_link_id": row.Ref("link_id"), "online_identifier": row.Str("online_identifier"),
				"cursor": record.OrNoText(row.Str("cursor")), "told_under": record.OrNoText(row.Str("told_under"))})
		if err != nil {
			return nil, err
		}
		if err := env.Unlink(record.FurtherConnections, []int64{row.ID()}); err != nil {
			return nil, err
		}
	}
	return bereft, nil
}
