package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// storeAccounts makes the online accounts of a connection say what the provider
// tells, and returns our ids by its own. An account that is known under another
// connection is taken over with its ledger: superseded, never added (complaint 23).
// Through another provider, both connections go on to feed it.
func (c *Connections) storeAccounts(env *orm.Env, link int64, f record.Link, told []sdk.Account) (map[string]int64, error) {
	known := make(map[string]int64, len(told))
	used := map[string]bool{}
	bereft := map[int64]bool{}
	for _, t := range told {
		facts := importing.AccountFacts{Provider: f.Provider, Institution: f.InstitutionKey, Link: f.UUID, ID: t.ID,
			StableID: t.StableID, Number: t.Number, Currency: t.Currency}
		identity := importing.AccountIdentity(facts)
		if used[identity] {
			identity = importing.ConnectionIdentity(facts)
		}
		used[identity] = true
		money, err := base.CurrencyID(env, t.Currency)
		if err != nil {
			return nil, err
		}
		values := orm.Values{"online_identifier": t.ID, "stable_identifier": record.OrNoText(record.Tidy(t.StableID)), "account_number": record.OrNoText(record.Tidy(t.Number)),
			"account_kind": record.KindOfAccount(t.Kind), "account_online_link_id": link}
		rows, err := env.SearchRead(record.Accounts, domain.All(domain.Where("company_id", domain.Eq, f.Company),
			domain.Where("identity", domain.Eq, identity)), []string{"account_online_link_id", "online_identifier", "inverse_transaction_sign"}, orm.SearchOptions{Limit: 1})
		if err != nil {
			return nil, err
		}
		by := balance.Report{Currency: t.Currency, Source: f.Provider, Invert: rows.Len() > 0 && rows.At(0).Bool("inverse_transaction_sign")}
		by.Newest(values, t.Balances)
		if rows.Len() == 0 {
			values["name"], values["company_id"], values["currency_id"], values["identity"] = record.AccountName(t), f.Company, money, identity
			ids, err := env.Create(record.Accounts, values)
			if err != nil {
				return nil, fault.Wrap(err, "online account of connection", link)
			}
			known[t.ID], by.Account = ids[0], ids[0]
			if err := balance.Keep(env, by, t.Balances); err != nil {
				return nil, err
			}
			continue
		}
		row := rows.At(0)
		f.ID = link
		beside, err := renewFurther(env, row.ID(), link, t.ID)
		if err != nil {
			return nil, err
		}
		if !beside {
			superseded, err := c.takeOver(env, row, f)
			if err != nil {
				return nil, err
			}
			if superseded != 0 {
				bereft[superseded] = true
			}
			if old := row.Ref("account_online_link_id"); old != link || row.Str("online_identifier") != t.ID {
				values["cursor"] = nil // another consent's cursor means nothing here
			}
			if old := row.Ref("account_online_link_id"); old != link && superseded == 0 {
				values["told_under"] = nil
			}
			if err := env.Write(record.Accounts, []int64{row.ID()}, values); err != nil {
				return nil, err
			}
		}
		known[t.ID], by.Account = row.ID(), row.ID()
		if err := balance.Keep(env, by, t.Balances); err != nil {
			return nil, err
		}
	}
	return known, c.retireBereft(env, bereft)
}

// retireBereft disconnects connections whose accounts all moved to another.
func (c *Connections) retireBereft(env *orm.Env, bereft map[int64]bool) error {
	for old := range bereft {
		left, err := record.FedBy(env, old)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			continue
		}
		if err := env.Write(record.Links, []int64{old}, orm.Values{"state": record.StateDisconnected, "next_refresh": nil}); err != nil {
			return err
		}
	}
	return nil
}
