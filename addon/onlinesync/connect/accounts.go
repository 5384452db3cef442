package connect

import (
	"html"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// storeAccounts makes the online accounts of a connection say what the provider
// tells, and returns our ids by its own. An account that is known under another
// connection is taken over with its ledger: superseded, never added (complaint 23).
// Through another provider, both connections go on to feed it. Unless the connection
// takes them, accounts that another one of the same provider brings are left there, and
// out of the answer.
func (c *Connections) storeAccounts(env *orm.Env, link int64, f record.Link, told []sdk.Account, takes bool) (map[string]int64, error) {
	f.ID = link
	known := make(map[string]int64, len(told))
	used := map[string]bool{}
	bereft := map[int64][]string{}
	strange := 0 // in currencies that nobody knows
	for i := range told {
		identity := identityOf(&f, &told[i], used)
		if !takes {
			elsewhere, err := broughtElsewhere(env, f, identity)
			if err != nil {
				return nil, err
			}
			if elsewhere {
				continue
			}
		}
		id, superseded, err := c.storeAccount(env, f, &told[i], identity)
		if err != nil {
			return nil, err
		}
		if id == 0 {
			strange++
			continue
		}
		known[told[i].ID] = id
		if superseded != 0 {
			bereft[superseded] = append(bereft[superseded], record.AccountName(told[i]))
		}
	}
	if strange > 0 && strange == len(told) { // nothing is left to connect
		return nil, fault.Say(fault.Invalid, "sync.no_currency", fault.Args{"account": record.AccountName(told[0]),
			"currency": record.Tidy(told[0].Currency)})
	}
	return known, c.retireBereft(env, bereft, link)
}

// broughtElsewhere reports whether another connection of the same provider brings an
// account.
func broughtElsewhere(env *orm.Env, f record.Link, identity string) (bool, error) {
	n, err := env.Count(record.Accounts, domain.All(domain.Where("company_id", domain.Eq, f.Company),
		domain.Where("identity", domain.Eq, identity), domain.Where("account_online_link_id", domain.Ne, f.ID),
		domain.Where("account_online_link_id.state", domain.Ne, record.StateDisconnected),
		domain.Where("account_online_link_id.is_legacy", domain.Ne, true),
		domain.Where("account_online_link_id.provider_id.name", domain.Eq, f.Provider)), 1)
	return n > 0, err
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
// 0 for none. An account in a currency that nobody knows here is left out, with a
// word on the connection: the others are none the worse.
func (c *Connections) storeAccount(env *orm.Env, f record.Link, t *sdk.Account, identity string) (id, superseded int64, err error) {
	money, err := base.CurrencyID(env, t.Currency)
	if fault.Is(err, fault.Invalid) {
		return 0, 0, tellCurrency(env, f, t)
	}
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
		"account_online_link_id": f.ID, "gone": false, "dropped": false}
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

// tellCurrency says on a connection, once, that an account cannot come in.
func tellCurrency(env *orm.Env, f record.Link, t *sdk.Account) error {
	lang, err := base.Param(env, "onlinesync.language", "en_US")
	if err != nil {
		return err
	}
	text := record.SayIn(lang, "sync.account_currency", fault.Args{"account": record.AccountName(*t), "currency": record.Tidy(t.Currency)})
	said, err := env.Sudo().Count("mail.message", domain.All(domain.Where("model", domain.Eq, record.Links),
		domain.Where("res_id", domain.Eq, f.ID), domain.Where("body", domain.Like, html.EscapeString(text))), 1)
	if err == nil && said == 0 {
		_, err = mail.Post(env, record.Links, f.ID, text, mail.Options{})
	}
	return err
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

// retireBereft says on the connections that accounts moved from, by their names, where
// they are now. One that has none left is disconnected; its consent ends once the new
// connection has worked.
func (c *Connections) retireBereft(env *orm.Env, bereft map[int64][]string, by int64) error {
	if len(bereft) == 0 {
		return nil
	}
	named, err := env.Read(record.Links, []int64{by}, "name")
	if err != nil || named.Len() == 0 {
		return err
	}
	for old, names := range bereft {
		slices.Sort(names)
		text := record.Say(env, "sync.accounts_moved", fault.Args{"accounts": strings.Join(names, ", "),
			"connection": named.At(0).Str("name")})
		if _, err := mail.Post(env, record.Links, old, text, mail.Options{}); err != nil {
			return err
		}
		left, err := record.FedBy(env, old)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			continue
		}
		if err := c.retire(env, old, by); err != nil {
			return err
		}
		if err := tellAbout(env, old, notice.Notice{Kind: notice.Disconnected, Story: notice.Replaced,
			Args: fault.Args{"other": named.At(0).Str("name")}}); err != nil {
			return err
		}
	}
	return nil
}

// tellAbout writes a notice of a connection of which only the id is at hand.
func tellAbout(env *orm.Env, link int64, n notice.Notice) error {
	rows, err := env.Read(record.Links, []int64{link}, "name", "company_id")
	if err != nil || rows.Len() == 0 {
		return err
	}
	n.Link, n.Company, n.Connection = link, rows.At(0).Ref("company_id"), rows.At(0).Str("name")
	return notice.Tell(env, n)
}

// retire disconnects a connection that another one took the place of.
func (c *Connections) retire(env *orm.Env, old, by int64) error {
	rows, err := env.Read(record.Links, []int64{old}, "uuid", "secret", "external_id", "provider_id")
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	named, err := env.Read(record.Providers, []int64{row.Ref("provider_id")}, "name")
	if err != nil {
		return err
	}
	if named.Len() > 0 {
		provider, external := named.At(0).Str("name"), row.Str("external_id")
		if _, err := c.Ender.Hold(env, consent.Held{Provider: provider, UUID: row.Str("uuid"), Secret: row.Str("secret"),
			ExternalID: external, Link: by}); err != nil {
			return err
		}
		c.renamed(env, provider, old, external, "")
	}
	values := orm.Values{"state": record.StateDisconnected, "next_refresh": nil, "secret": nil, "external_id": nil}
	endsOn(values, "")
	return env.Write(record.Links, []int64{old}, values)
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

// accountModel is a bank account as a connection offers it. It outlives the
// connection: a new consent, or another provider, that brings the same account
// takes the same row over, and with it the ledger of what was imported.
func (c *Connections) accountModel() orm.Model {
	return orm.Model{
		Name: record.Accounts, Label: "Online Account", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("online_identifier", "Online Identifier").Readonly(),
			schema.Char("stable_identifier", "Stable Identifier").Readonly(),
			schema.Char("account_number", "Account Number").Readonly(),
			schema.Many2one("currency_id", "Currency", "res.currency").Required().Readonly(),
			schema.Selection("account_kind", "Kind", record.AccountKinds...).Readonly(),
			schema.Monetary("balance", "Balance", "currency_id").Readonly(),
			schema.Day("balance_date", "Balance Date").Readonly(),
			schema.Many2one("account_online_link_id", "Connection", record.Links).Readonly().Indexed(),
			schema.Many2one("company_id", "Company", "res.company").Required().Readonly(),
			schema.One2many("journal_ids", "Journals", record.Journals, "account_online_account_id"),
			schema.Boolean("gone", "Not Listed Any More").Readonly().Help("The bank lists it no longer, as when it is closed."),
			schema.Boolean("dropped", "Not Covered Any More").Readonly().
				Help("A renewed consent does not cover it; it is fetched again once one does."),
			schema.Datetime("last_sync", "Last Synchronisation").Readonly(),
			schema.Boolean("selected", "Selected").Readonly(),
			schema.Day("history_limited_to", "History Limited To").Readonly().
				Help("The bank gives nothing older, though it was wanted; a statement file can fill the gap."),
			schema.JSON("coverage", "Coverage").Readonly().Help("The days that are known completely, as pairs of first and last."),
			schema.Boolean("inverse_transaction_sign", "Inverse Transaction Sign").
				Help("For banks that tell money going out as positive."),
			schema.Char("identity", "Identity").Secret(),
			schema.Text("cursor", "Cursor").Secret(),
			schema.Char("told_under", "Consent of the Last Fetch").Secret(),
			schema.Boolean("fetched", "Fetched Once").Secret(),
			schema.Integer("turn", "Turn").Secret(), // see run.InTheWay
			schema.Boolean("begun", "Lines Came Once").Secret(),
			schema.Day("import_from", "Imported From").Readonly(),
		},
		Indexes: []schema.Index{{Name: "identity", Columns: []string{"company_id", "identity"}, Unique: true,
			Message: "A company has a bank account once."}},
		Bound: orm.Bound{
			Access: record.Keepers(),
			Rules:  []orm.Rule{base.CompanyRule("Online account: company")},
			Methods: orm.Methods{
				"link_journal": {Needs: orm.Write, Do: c.linkJournalMethod,
					Params: []orm.Param{orm.Opt("journal_id", nil).Says("A journal's id; without one, the journal of before or of that " +
						"number, or a new one.")},
					Doc: "Lets accounts feed a journal. Answers the id of the journal that the account feeds now. What the bank has is fetched at once."},
				"unlink_journal": {Needs: orm.Write, Do: unlinkJournalMethod,
					Doc: "Lets accounts feed no journal. Answers true. Lines stay."},
			},
		},
	}
}
