package onlinesync

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// journalExtension is what this addon adds to the journal.
func (a *Addon) journalExtension() orm.Extension {
	return orm.Extension{
		Of: journals,
		Fields: append(forecastFields("account_online_account_id"),
			schema.Many2one("account_online_account_id", "Online Account", accounts).NotCopied().Indexed(),
			schema.Many2one("account_online_link_id", "Bank Connection", links).RelatedTo("account_online_account_id", "account_online_link_id"),
			schema.Selection("account_online_link_state", "Connection State", linkStates...).
				RelatedTo("account_online_account_id", "account_online_link_id", "state"),
			schema.Datetime("next_link_synchronization", "Next Synchronisation").
				RelatedTo("account_online_account_id", "account_online_link_id", "next_refresh"),
			schema.Text("kanban_dashboard", "Dashboard Card").DependsOn("account_online_account_id").NotKept(),
		),
		Bound: orm.Bound{
			Computes: []orm.Compute{{Fields: []string{"kanban_dashboard"}, Do: dashboards},
				{Fields: []string{"pending_balance", "forecast_balance"}, Do: forecastJournals}},
			Methods: orm.Methods{
				"manual_sync":                   {Needs: orm.Read, Do: a.manualSync},
				"action_dry_run":                {Needs: orm.Read, Tx: orm.TxNone, Do: a.dryRunJournals},
				"action_regroup_statements":     {Needs: orm.Write, Do: regroupStatements, Params: []orm.Param{orm.Opt("date_from", nil)}},
				"find_duplicate_transactions":   {Needs: orm.Read, Tx: orm.TxRead, Do: findDuplicates, Params: []orm.Param{orm.Opt("date_from", nil)}},
				"delete_duplicate_transactions": {Needs: orm.Read, Do: deleteDuplicates, Params: []orm.Param{orm.Arg("line_ids")}},
				"find_missing_transactions": {Needs: orm.Read, Tx: orm.TxNone, Do: a.findMissing,
					Params: []orm.Param{orm.Opt("date_from", nil), orm.Opt("date_to", nil)}},
				"action_refetch": {Needs: orm.Read, Do: a.refetch,
					Params: []orm.Param{orm.Arg("date_from"), orm.Opt("date_to", nil), orm.Opt("restore_deleted", false)}},
				"balance_proof": {Needs: orm.Read, Tx: orm.TxRead, Do: balanceProof,
					Params: []orm.Param{orm.Opt("date_from", nil), orm.Opt("date_to", nil)}},
			},
		},
	}
}

// manualSync is Synchronize Now: it queues a run for each journal's online
// account and answers the runs' ids; a journal whose connection is running
// already answers that run's.
func (a *Addon) manualSync(env *orm.Env, call *orm.Call) (any, error) {
	if err := mayKeep(env); err != nil {
		return nil, err
	}
	rows, err := env.Read(journals, call.IDs, "account_online_account_id", "account_online_link_id", "name")
	if err != nil {
		return nil, err
	}
	ids := []int64{}
	for row := range rows.All() {
		link := row.Ref("account_online_link_id")
		if link == 0 {
			return nil, fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
		}
		account := row.Ref("account_online_account_id")
		run, err := a.queue(env, runRequest{link: link, account: account, trigger: triggerManual})
		if err != nil {
			return nil, err
		}
		ids = append(ids, run)
		beside, err := a.queueBeside(env, account)
		if err != nil {
			return nil, err
		}
		ids = append(ids, beside...)
	}
	return ids, nil
}

// mayKeep lets those pass who may change connections.
func mayKeep(env *orm.Env) error { return env.CheckAccess(links, orm.Write) }

var companyExtension = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Char("online_phone", "Phone for Bank Connections").
			Help("Asked at the first connection; proves who you are when requests were blocked."),
	},
}

// statementExtension marks the statements that lines of a period go to.
var statementExtension = orm.Extension{
	Of: statements,
	Fields: schema.Fields{
		schema.Char("online_period", "Period").Secret().NotCopied().Indexed(),
		schema.Char("online_end", "Ending Balance of the Lines").Secret().NotCopied(), // a decimal; unset until written
	},
}

func linkJournalMethod(env *orm.Env, call *orm.Call) (any, error) {
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
	}
	return last, nil
}

func unlinkJournalMethod(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(accounts, call.IDs, orm.Write); err != nil {
		return nil, err
	}
	fed, err := env.Search(journals, domain.Where("account_online_account_id", domain.In, anyIDs(call.IDs)), orm.SearchOptions{Archived: true})
	if err != nil {
		return nil, err
	}
	if err := env.Sudo().Write(journals, fed, orm.Values{"account_online_account_id": nil, "bank_statements_source": "undefined"}); err != nil {
		return nil, err
	}
	return true, env.Sudo().Write(accounts, call.IDs, orm.Values{"selected": false})
}

// linkJournal makes an online account feed a journal and returns the journal;
// chosen 0 makes one, named after the account (S24).
func linkJournal(env *orm.Env, account, chosen int64) (int64, error) {
	if err := env.CheckRules(accounts, []int64{account}, orm.Write); err != nil {
		return 0, err
	}
	rows, err := env.Sudo().Read(accounts, []int64{account}, "name", "account_number", "currency_id", "company_id", "account_kind", "journal_ids")
	if err != nil {
		return 0, err
	}
	if rows.Len() == 0 {
		return 0, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	fed := row.Refs("journal_ids")
	if chosen == 0 && len(fed) > 0 {
		return fed[0], env.Sudo().Write(accounts, []int64{account}, orm.Values{"selected": true})
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
			if err := env.Sudo().Write(journals, []int64{other}, orm.Values{"account_online_account_id": nil}); err != nil {
				return 0, err
			}
		}
	}
	if err := env.Sudo().Write(journals, []int64{chosen}, orm.Values{
		"account_online_account_id": account, "bank_statements_source": "online_sync",
	}); err != nil {
		return 0, err
	}
	return chosen, env.Sudo().Write(accounts, []int64{account}, orm.Values{"selected": true})
}

// fits refuses a journal of another company, currency or kind.
func fits(env *orm.Env, journal int64, account orm.Row) error {
	rows, err := env.Read(journals, []int64{journal}, "name", "type", "company_id", "currency_id", "account_online_account_id")
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
	money, err := journalCurrency(env, row)
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

// journalCurrency is a journal's currency: its own, else its company's.
func journalCurrency(env *orm.Env, journal orm.Row) (int64, error) {
	if id := journal.Ref("currency_id"); id != 0 {
		return id, nil
	}
	rows, err := env.Sudo().Read("res.company", []int64{journal.Ref("company_id")}, "currency_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return rows.At(0).Ref("currency_id"), nil
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
		taken, err := env.Count(journals, domain.Where("bank_account_id", domain.Eq, bank), 1)
		if err != nil {
			return 0, err
		}
		if taken == 0 {
			values["bank_account_id"] = bank
		}
	}
	ids, err := env.Create(journals, values)
	if err != nil {
		return 0, fault.Wrap(err, "make journal", account.Str("name"))
	}
	return ids[0], nil
}
