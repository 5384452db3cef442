package record

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// FurtherOf is the row by which a connection feeds an account that has another
// connection of its own; 0 when there is none.
func FurtherOf(env *orm.Env, account, link int64) (orm.Row, bool, error) {
	rows, err := env.SearchRead(FurtherConnections,
		domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("link_id", domain.Eq, link)),
		[]string{"online_identifier", "cursor", "told_under"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return orm.Row{}, false, err
	}
	return rows.At(0), true, nil
}

// FedBy lists the accounts that a connection feeds, as its own or besides
// another's.
func FedBy(env *orm.Env, link int64) ([]int64, error) {
	own, err := env.Search(Accounts, domain.Where("account_online_link_id", domain.Eq, link), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	rows, err := env.SearchRead(FurtherConnections, domain.Where("link_id", domain.Eq, link), []string{"account_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		own = append(own, row.Ref("account_id"))
	}
	return own, nil
}

// FeedersOf lists the connections that feed any of the accounts.
func FeedersOf(env *orm.Env, list []int64) ([]int64, error) {
	var out []int64
	own, err := env.Read(Accounts, list, "account_online_link_id")
	if err != nil {
		return nil, err
	}
	for row := range own.All() {
		if link := row.Ref("account_online_link_id"); link != 0 {
			out = append(out, link)
		}
	}
	rows, err := env.SearchRead(FurtherConnections, domain.Where("account_id", domain.In, IDs(list)), []string{"link_id"},
		orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		out = append(out, row.Ref("link_id"))
	}
	return out, nil
}
