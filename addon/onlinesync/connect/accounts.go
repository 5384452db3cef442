package connect

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/notice"
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
	f.ID = link
	known := make(map[string]int64, len(told))
	used := map[string]bool{}
	bereft := map[int64]bool{}
	for i := range told {
		identity := identityOf(&f, &told[i], used)
		id, superseded, err := c.storeAccount(env, f, &told[i], identity)
		if err != nil {
			return nil, err
		}
		known[told[i].ID] = id
		if superseded != 0 {
			bereft[superseded] = true
		}
	}
	return known, c.retireBereft(env, bereft, link)
}

// identityOf names an account so that other connections recognise it. Of two
// accounts of a connection that would share a name, the second has its own.
func identityOf(f *record.Link, t *sdk.Account, used map[string]bool) string {
	facts := importing.AccountFacts{Provider: f.Provider, Institution: f.InstitutionKey, Link: f.UUID, ID: t.ID,
		StableID: t.StableID, Number: t.Number, Currency: t.Currency}
	identity := importing.AccountIdentity(facts)
	if used[identity] {
		identity = importing.ConnectionIdentity(facts)
	}
	used[identity] = true
	return identity
}

// storeAccount makes one account say what the provider tells, and keeps its
// balances. It returns the account's id, and the connection that it superseded;
// 0 for none.
func (c *Connections) storeAccount(env *orm.Env, f record.Link, t *sdk.Account, identity string) (id, superseded int64, err error) {
	money, err := base.CurrencyID(env, t.Currency)
	if err != nil {
		return 0, 0, err
	}
	rows, err := env.SearchRead(record.Accounts,
		domain.All(domain.Where("company_id", domain.Eq, f.Company), domain.Where("identity", domain.Eq, identity)),
		[]string{"account_online_link_id", "online_identifier", "inverse_transaction_sign"}, orm.SearchOptions{Limit: 1})
	if err != nil {
		return 0, 0, err
	}
	by := balance.Report{Currency: t.Currency, Source: f.Provider}
	if rows.Len() > 0 {
		by.Invert = rows.At(0).Bool("inverse_transaction_sign")
	}
	values := orm.Values{"online_identifier": t.ID, "stable_identifier": record.OrNoText(record.Tidy(t.StableID)),
		"account_number": record.OrNoText(record.Tidy(t.Number)), "account_kind": record.KindOfAccount(t.Kind),
		"account_online_link_id": f.ID, "gone": false}
	by.Newest(values, t.Balances)
	if rows.Len() > 0 {
		by.Account = rows.ID(0)
		superseded, err = c.renewAccount(env, rows.At(0), f, t, values)
	} else {
		values["name"], values["company_id"], values["currency_id"] = record.AccountName(*t), f.Company, money
		values["identity"] = identity
		by.Account, err = create(env, values)
	}
	if err != nil {
		return 0, 0, fault.Wrap(err, "online account of connection", f.ID)
	}
	return by.Account, superseded, balance.Keep(env, by, t.Balances)
}

func create(env *orm.Env, values orm.Values) (int64, error) {
	ids, err := env.Create(record.Accounts, values)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// renewAccount writes what is told of an account that is known, and makes the
// connection its own unless it feeds the account beside another.
func (c *Connections) renewAccount(env *orm.Env, row orm.Row, f record.Link, t *sdk.Account, values orm.Values) (superseded int64,
	err error) {
	beside, err := renewFurther(env, row.ID(), f.ID, t.ID)
	if err != nil || beside {
		return 0, err
	}
	superseded, err = c.takeOver(env, row, f)
	if err != nil {
		return 0, err
	}
	old := row.Ref("account_online_link_id")
	if old != f.ID || row.Str("online_identifier") != t.ID {
		values["cursor"] = nil // another consent's cursor means nothing here
	}
	if old != f.ID && superseded == 0 {
		values["told_under"] = nil
	}
	return superseded, env.Write(record.Accounts, []int64{row.ID()}, values)
}

// tellReplaced tells that another connection has taken a connection's accounts over.
func tellReplaced(env *orm.Env, old, by int64) error {
	rows, err := env.Read(record.Links, []int64{old, by}, "name", "company_id")
	if err != nil {
		return err
	}
	was, found := rows.ByID(old)
	if !found {
		return nil
	}
	args := fault.Args{"other": ""}
	if now, found := rows.ByID(by); found {
		args["other"] = now.Str("name")
	}
	return notice.Tell(env, notice.Notice{Kind: notice.Disconnected, Story: notice.Replaced, Link: old, Company: was.Ref("company_id"),
		Connection: was.Str("name"), Args: args})
}

// retireBereft disconnects connections whose accounts all moved to another one, by.
func (c *Connections) retireBereft(env *orm.Env, bereft map[int64]bool, by int64) error {
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
		if err := tellReplaced(env, old, by); err != nil {
			return err
		}
	}
	return nil
}

// tellAccounts tells on a connection which accounts its bank has opened, and which
// it no longer lists (S62). before are those that the connection had, known ours
// by the provider's ids.
func tellAccounts(env *orm.Env, link *record.Link, before *orm.Rows, known map[string]int64) error {
	listed := map[int64]bool{}
	var opened []int64
	for _, id := range known {
		listed[id] = true
		if _, had := before.ByID(id); !had {
			opened = append(opened, id)
		}
	}
	var gone []string
	var closed []int64
	for row := range before.All() {
		if !listed[row.ID()] && !row.Bool("gone") {
			gone, closed = append(gone, row.Str("name")), append(closed, row.ID())
		}
	}
	if err := env.Write(record.Accounts, closed, orm.Values{"gone": true}); err != nil {
		return err
	}
	rows, err := env.Read(record.Accounts, opened, "name")
	if err != nil {
		return err
	}
	var names []string
	for row := range rows.All() {
		names = append(names, row.Str("name"))
	}
	for _, told := range []struct {
		words string
		story notice.Story
		names []string
	}{{"sync.accounts_opened", notice.AccountsOpened, names}, {"sync.accounts_gone", notice.AccountsGone, gone}} {
		if len(told.names) == 0 {
			continue
		}
		slices.Sort(told.names)
		args := fault.Args{"accounts": strings.Join(told.names, ", ")}
		if _, err := mail.Post(env, record.Links, link.ID, record.SayIn(link.Lang, told.words, args), mail.Options{}); err != nil {
			return err
		}
		if err := notice.Tell(env, notice.Notice{Kind: notice.Accounts, Story: told.story, Link: link.ID, Company: link.Company,
			Connection: link.Name, Args: args}); err != nil {
			return err
		}
	}
	return nil
}
