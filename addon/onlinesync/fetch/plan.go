package fetch

import (
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Accounts lists the accounts of a connection that feed a journal, in the order of the
// journals; only one account if it is not 0. Its own rest that its consent does not
// cover any more, and those that the bank no longer lists and has not answered for in
// five weeks: what it books late on a closed account comes in.
func Accounts(env *orm.Env, link, account int64) ([]int64, error) {
	fed, err := record.FedBy(env, link)
	if err != nil {
		return nil, err
	}
	const latest = 35 * 24 * time.Hour // longer than any interval between synchronisations
	where := domain.All(domain.Where("account_online_account_id", domain.In, record.IDs(fed)),
		domain.Or{domain.Where("account_online_account_id.account_online_link_id", domain.Ne, link),
			domain.All(domain.Where("account_online_account_id.dropped", domain.Ne, true),
				domain.Or{domain.Where("account_online_account_id.gone", domain.Ne, true),
					domain.Where("account_online_account_id.last_sync", domain.Gt, env.Now().Add(-latest))})})
	if account != 0 {
		where = domain.All(where, domain.Where("account_online_account_id", domain.Eq, account))
	}
	rows, err := env.SearchRead(record.Journals, where, []string{"account_online_account_id"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	var out []int64
	for row := range rows.All() {
		if id := row.Ref("account_online_account_id"); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// WindowOf is what to fetch of an account today. lookBack is how many days
// before the last known one it begins; the provider may ask for more.
func WindowOf(account *record.Account, link *record.Link, desc sdk.Description, today schema.Date, lookBack int) importing.Window {
	rule := ruleOf(account, desc, today, lookBack)
	rule.HistoryFrom = link.HistoryFrom
	return rule.Plan()
}

// WishOf is what would be fetched if the bank remembered everything.
func WishOf(account *record.Account, desc sdk.Description, today schema.Date, lookBack int) importing.Window {
	return ruleOf(account, desc, today, lookBack).Plan()
}

func ruleOf(account *record.Account, desc sdk.Description, today schema.Date, lookBack int) importing.WindowRule {
	rule := importing.WindowRule{Today: today, LastLine: account.LastLine, ImportFrom: account.ImportFrom, First: !account.Fetched,
		LockDate: account.Lock, Coverage: account.Coverage, AskFrom: account.AskFrom, LookBack: lookBack}
	if days := int(desc.LookBack.Hours() / 24); days > rule.LookBack {
		rule.LookBack = days
	}
	return rule
}
