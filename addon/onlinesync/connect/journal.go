package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// journalExtension is what connections add to the journal.
var journalExtension = orm.Extension{
	Of: record.Journals,
	Fields: schema.Fields{
		schema.Many2one("account_online_account_id", "Online Account", record.Accounts).NotCopied().Indexed(),
		schema.Many2one("account_online_link_id", "Bank Connection", record.Links).RelatedTo("account_online_account_id",
			"account_online_link_id"),
		schema.Selection("account_online_link_state", "Connection State", record.LinkStates...).
			RelatedTo("account_online_account_id", "account_online_link_id", "state"),
		schema.Datetime("next_link_synchronization", "Next Synchronisation").
			RelatedTo("account_online_account_id", "account_online_link_id", "next_refresh"),
	},
}

// linkJournalMethod lets accounts feed a journal and fetches them at once.
func (c *Connections) linkJournalMethod(env *orm.Env, call *orm.Call) (any, error) {
	chosen := int64(0)
	if v := call.Value("journal_id"); v != nil && v != false {
		id, err := call.Int("journal_id")
		if err != nil {
			return nil, err
		}
		chosen = id
	}
	var last int64
	for _, id := range call.IDs {
		journal, err := linkJournal(env, id, chosen)
		if err != nil {
			return nil, err
		}
		last = journal
		if err := c.fetchLinked(env, id); err != nil {
			return nil, err
		}
	}
	return last, nil
}

// fetchLinked asks for what the bank has of an account that feeds a journal now.
// One whose connection is ended feeds it when it is renewed.
func (c *Connections) fetchLinked(env *orm.Env, account int64) error {
	rows, err := env.Sudo().Read(record.Accounts, []int64{account}, "account_online_link_id")
	if err != nil || rows.Len() == 0 || rows.At(0).Ref("account_online_link_id") == 0 {
		return err
	}
	_, err = c.Queue.Add(env, run.Request{Link: rows.At(0).Ref("account_online_link_id"), Account: account, Trigger: record.TriggerManual})
	if fault.Is(err, fault.User) {
		return nil
	}
	return err
}

func unlinkJournalMethod(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.Accounts, call.IDs, orm.Write); err != nil {
		return nil, err
	}
	fed, err := env.Search(record.Journals, domain.Where("account_online_account_id", domain.In, record.IDs(call.IDs)),
		orm.SearchOptions{Archived: true})
	if err != nil {
		return nil, err
	}
	if err := env.Sudo().Write(record.Journals, fed,
		orm.Values{"account_online_account_id": nil, "bank_statements_source": "undefined"}); err != nil {
		return nil, err
	}
	return true, env.Sudo().Write(record.Accounts, call.IDs, orm.Values{"selected": false})
}

// linkJournal makes an online account feed a journal and returns the journal;
// chosen 0 makes one, named after the account (S24).
func linkJournal(env *orm.Env, account, chosen int64) (int64, error) {
	if err := env.CheckRules(record.Accounts, []int64{account}, orm.Write); err != nil {
		return 0, err
	}
	rows, err := env.Sudo().Read(record.Accounts, []int64{account}, "name", "account_number", "currency_id", "company_id", "account_kind",
		"journal_ids")
	if err != nil {
		return 0, err
	}
	if rows.Len() == 0 {
		return 0, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	fed := row.Refs("journal_ids")
	if chosen == 0 && len(fed) > 0 {
		return fed[0], env.Sudo().Write(record.Accounts, []int64{account}, orm.Values{"selected": true})
	}
	if chosen == 0 {
		if chosen, err = newJournal(env.Sudo(), row); err != nil {
			return 0, err
		}
	} else if err := fits(env, chosen, row); err != nil {
		return 0, err
	}
	for _, other := range fed {
		if other != chosen {
			if err := env.Sudo().Write(record.Journals, []int64{other}, orm.Values{"account_online_account_id": nil}); err != nil {
				return 0, err
			}
		}
	}
	if err := env.Sudo().Write(record.Journals, []int64{chosen}, orm.Values{
		"account_online_account_id": account, "bank_statements_source": "online_sync",
	}); err != nil {
		return 0, err
	}
	return chosen, env.Sudo().Write(record.Accounts, []int64{account}, orm.Values{"selected": true})
}

// fits refuses a journal of another company, currency or kind.
func fits(env *orm.Env, journal int64, account orm.Row) error {
	rows, err := env.Read(record.Journals, []int64{journal}, "name", "type", "company_id", "currency_id", "account_online_account_id")
	if err != nil {
		return err
	}
	if rows.Len() == 0 {
		return fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	if other := row.Ref("account_online_account_id"); other != 0 && other != account.ID() {
		return fault.Say(fault.User, "sync.journal_taken", fault.Args{"journal": row.Str("name")})
	}
	money, err := record.JournalCurrency(env, row)
	if err != nil {
		return err
	}
	kind := row.Str("type")
	if row.Ref("company_id") != account.Ref("company_id") || money != account.Ref("currency_id") ||
		(kind != "bank" && kind != "cash" && kind != "credit") {
		return fault.Say(fault.User, "sync.journal_unfit", fault.Args{"journal": row.Str("name"), "account": account.Str("name")})
	}
	return nil
}

func newJournal(env *orm.Env, account orm.Row) (int64, error) {
	company := account.Ref("company_id")
	values := orm.Values{"name": account.Str("name"), "type": "bank", "company_id": company}
	companies, err := env.Read("res.company", []int64{company}, "currency_id", "partner_id")
	if err != nil || companies.Len() == 0 {
		return 0, err
	}
	if money := account.Ref("currency_id"); money != companies.At(0).Ref("currency_id") {
		values["currency_id"] = money
	}
	if number := account.Str("account_number"); number != "" {
		bank, err := bankAccount(env, number, company, companies.At(0).Ref("partner_id"))
		if err != nil {
			return 0, err
		}
		taken, err := env.Count(record.Journals, domain.Where("bank_account_id", domain.Eq, bank), 1)
		if err != nil {
			return 0, err
		}
		if taken == 0 {
			values["bank_account_id"] = bank
		}
	}
	ids, err := env.Create(record.Journals, values)
	if err != nil {
		return 0, fault.Wrap(err, "make journal", account.Str("name"))
	}
	return ids[0], nil
}

// bankAccount is the bank account of that number that a company holds, made
// when missing. It is the company's alone to see.
func bankAccount(env *orm.Env, number string, company, holder int64) (int64, error) {
	ids, err := env.Search("res.partner.bank", domain.All(
		domain.Where("sanitized_acc_number", domain.Eq, base.SanitizeAccountNumber(number)),
		domain.Where("partner_id", domain.Eq, holder)), orm.SearchOptions{Limit: 1, Archived: true})
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		ids, err = env.Create("res.partner.bank", orm.Values{"acc_number": number, "partner_id": holder, "company_id": company})
		if err != nil {
			return 0, err
		}
	}
	return ids[0], nil
}
