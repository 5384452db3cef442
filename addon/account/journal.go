package account

import (
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Journal types, as Odoo 18 has them. Statement lines live in those of money.
var journalTypes = []schema.Option{
	{Value: "sale", Label: "Sales"}, {Value: "purchase", Label: "Purchase"}, {Value: "cash", Label: "Cash"},
	{Value: "bank", Label: "Bank"}, {Value: "credit", Label: "Credit Card"}, {Value: "general", Label: "Miscellaneous"},
}

var journal = mail.Threaded(orm.Model{
	Name: "account.journal", Label: "Journal", Order: "sequence, type, code",
	Fields: schema.Fields{
		schema.Char("name", "Journal Name").Required(),
		schema.Char("code", "Short Code").Required().Max(5).Help("The journal entries of this journal will be named using this prefix."),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Selection("type", "Type", journalTypes...).Required(),
		schema.Integer("sequence", "Sequence").DefaultTo(int64(10)),
		schema.Integer("color", "Color Index"),
		schema.Many2one("currency_id", "Currency", "res.currency").Help("The currency of the account; empty for the company's."),
		schema.Many2one("company_id", "Company", "res.company").Required(),
		schema.Many2one("default_account_id", "Default Account", "account.account"),
		schema.Many2one("suspense_account_id", "Suspense Account", "account.account"),
		schema.Many2one("bank_account_id", "Bank Account", "res.partner.bank").NotCopied().Indexed(),
		schema.Char("bank_acc_number", "Account Number").DependsOn("bank_account_id.acc_number").NotKept().Editable(),
		schema.Many2one("bank_id", "Bank", "res.bank").DependsOn("bank_account_id.bank_id").NotKept().Editable(),
		schema.Selection("bank_statements_source", "Bank Feeds",
			schema.Option{Value: "undefined", Label: "Undefined Yet"},
			schema.Option{Value: "file_import", Label: "Import"},
			schema.Option{Value: "online_sync", Label: "Automated Bank Synchronization"}).DefaultTo("undefined"),
		schema.Selection("bank_statement_creation_groupby", "Creation of Bank Statements",
			schema.Option{Value: "none", Label: "Create no statements"},
			schema.Option{Value: "day", Label: "Create daily statements"},
			schema.Option{Value: "week", Label: "Create weekly statements"},
			schema.Option{Value: "bimonthly", Label: "Create bi-monthly statements"},
			schema.Option{Value: "month", Label: "Create monthly statements"}).DefaultTo("month").
			Help("Defines when a new bank statement will be created when fetching new transactions."),
	},
	NameSearch:  []string{"name", "code"},
	DisplayName: journalNames,
	Bound: orm.Bound{
		Computes: []orm.Compute{
			{Fields: []string{"bank_acc_number", "bank_id"}, Do: bankOfJournal, Inverse: setBankOfJournal},
		},
		Defaults:  orm.Defaults{"company_id": func(env *orm.Env) (any, error) { return env.Company(), nil }},
		SQLUnique: []orm.Unique{{Columns: []string{"company_id", "code"}, Message: "Journal codes must be unique per company."}},
		Hooks:     orm.Hooks{BeforeCreate: completeJournals},
		Methods: orm.Methods{
			"action_configure_bank_journal": {Needs: orm.Read, Tx: orm.TxRead, Do: configureBank,
				Doc: "Answers the action that connects the journal to a bank."},
			"open_action": {Needs: orm.Read, Tx: orm.TxRead, Do: openJournal,
				Doc: "Answers the action that shows the bank transactions of one journal."},
			"action_add_bank_account": {OnModel: true, Needs: orm.Create, Do: addBankAccount, Params: []orm.Param{
				orm.Arg("account_number").Says("An IBAN, or the bank's own number."), orm.Opt("bank_name", nil), orm.Opt("bic", nil),
				orm.Opt("currency", nil).Says(`Its code, "EUR"; the company's if not given.`)},
				Doc: "Makes a bank journal without a connection. Answers its id."},
			"create_opening_transaction": {Needs: orm.Read, Do: createOpening,
				Params: []orm.Param{orm.Arg("balance").Says("In the journal's currency."),
					orm.Opt("date", nil).Says("The day; the one before the first line if not given.")},
				Doc: "Makes a line that lets one journal begin with a balance. Answers its id, or false where the balance is right."},
		},
		Access: books(),
		Rules:  []orm.Rule{base.CompanyRule("Journal: company")},
	},
})

// journalNames adds the currency where it is not the company's: "Bank (EUR)".
func journalNames(env *orm.Env, ids []int64) ([]string, error) {
	env = env.Sudo()
	rows, err := env.Read("account.journal", ids, "name", "currency_id", "company_id")
	if err != nil {
		return nil, err
	}
	var companies, foreign []int64
	for row := range rows.All() {
		if row.Ref("currency_id") != 0 {
			companies = append(companies, row.Ref("company_id"))
		}
	}
	home, err := companyCurrencies(env, companies)
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		if money := row.Ref("currency_id"); money != 0 && money != home[row.Ref("company_id")] {
			foreign = append(foreign, money)
		}
	}
	codes, err := env.DisplayNames("res.currency", foreign)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		row, ok := rows.ByID(id)
		if !ok {
			continue
		}
		names[i] = row.Str("name")
		if money := row.Ref("currency_id"); money != 0 && money != home[row.Ref("company_id")] {
			names[i] += " (" + codes[money] + ")"
		}
	}
	return names, nil
}

// companyCurrencies maps companies to their currencies. One may be asked for
// more than once.
func companyCurrencies(env *orm.Env, ids []int64) (map[int64]int64, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	rows, err := env.Sudo().Read("res.company", ids, "currency_id")
	if err != nil {
		return nil, err
	}
	home := make(map[int64]int64, rows.Len())
	for row := range rows.All() {
		home[row.ID()] = row.Ref("currency_id")
	}
	return home, nil
}

func bankOfJournal(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("bank_account_id")
	if err != nil {
		return err
	}
	var accounts []int64
	for row := range rows.All() {
		if id := row.Ref("bank_account_id"); id != 0 {
			accounts = append(accounts, id)
		}
	}
	found, err := env.Read("res.partner.bank", accounts, "acc_number", "bank_id")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		if row, ok := found.ByID(rows.At(i).Ref("bank_account_id")); ok {
			batch.Set(i, "bank_acc_number", row.Str("acc_number"))
			batch.Set(i, "bank_id", row.Ref("bank_id"))
		}
	}
	return nil
}

// setBankOfJournal finds or makes the company's bank account of that number.
func setBankOfJournal(env *orm.Env, ids []int64, field string, value any) error {
	env = env.Sudo()
	rows, err := env.Read("account.journal", ids, "company_id", "bank_account_id", "currency_id")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if field == "bank_id" {
			if account := row.Ref("bank_account_id"); account != 0 {
				if err := env.Write("res.partner.bank", []int64{account}, orm.Values{"bank_id": value}); err != nil {
					return err
				}
			}
			continue
		}
		number, _ := value.(string)
		account := int64(0)
		if number != "" {
			if account, err = companyAccount(env, row.Ref("company_id"), number, row.Ref("currency_id")); err != nil {
				return err
			}
		}
		if err := env.Write("account.journal", []int64{row.ID()}, orm.Values{"bank_account_id": account}); err != nil {
			return err
		}
	}
	return nil
}

// companyAccount is the bank account with that number held by a company; a new one
// gets the currency, 0 for none.
func companyAccount(env *orm.Env, company int64, number string, currency int64) (int64, error) {
	rows, err := env.Read("res.company", []int64{company}, "partner_id")
	if err != nil {
		return 0, err
	}
	holder := rows.At(0).Ref("partner_id")
	ids, err := env.Search("res.partner.bank", domain.All(
		domain.Where("sanitized_acc_number", domain.Eq, base.SanitizeAccountNumber(number)),
		domain.Where("partner_id", domain.Eq, holder)), orm.SearchOptions{Limit: 1, Archived: true})
	if err != nil || len(ids) > 0 {
		return first(ids), err
	}
	ids, err = env.Create("res.partner.bank", orm.Values{"acc_number": number, "partner_id": holder, "company_id": company,
		"currency_id": currency})
	return first(ids), err
}

func first(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// completeJournals gives journals without a code the next free one of their
// type: BNK1, BNK2, …, BN100, CSH1, … A journal of money always has one of these types.
func completeJournals(env *orm.Env, rows []orm.Values) error {
	prefixes := map[string]string{"bank": "BNK", "cash": "CSH", "credit": "CCD", "sale": "INV", "purchase": "BILL", "general": "MISC"}
	var taken map[string]bool
	for _, values := range rows {
		if code, ok := values["code"].(string); ok && code != "" {
			continue
		}
		kind, _ := values["type"].(string)
		prefix, ok := prefixes[kind]
		if !ok {
			continue // the check of required fields says what is missing
		}
		if taken == nil {
			known, err := env.Sudo().SearchRead("account.journal", nil, []string{"code"}, orm.SearchOptions{Archived: true})
			if err != nil {
				return err
			}
			taken = map[string]bool{}
			for row := range known.All() {
				taken[row.Str("code")] = true
			}
		}
		code := ""
		for n := 1; code == "" || taken[code]; n++ {
			code = journalCode(prefix, n)
		}
		taken[code] = true
		values["code"] = code
	}
	return nil
}

// codeSize is how long a journal's code may be, as in Odoo.
const codeSize = 5

// journalCode is BNK1, BNK99, BN100, …: the prefix gives way to the number.
func journalCode(prefix string, n int) string {
	number := strconv.Itoa(n)
	return prefix[:min(len(prefix), max(0, codeSize-len(number)))] + number
}

func list(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// openJournal is the action that shows a journal's transactions.
func openJournal(env *orm.Env, call *orm.Call) (any, error) {
	id, err := call.One()
	if err != nil {
		return nil, err
	}
	rows, err := env.Read("account.journal", []int64{id}, "name", "type")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, env.CheckRules("account.journal", []int64{id}, orm.Write) // says that it is missing
	}
	row := rows.At(0)
	return map[string]any{
		"type": "ir.actions.act_window", "res_model": "account.bank.statement.line", "name": row.Str("name"), "target": "current",
		"view_mode": "list,form", "views": []any{[]any{false, "list"}, []any{false, "form"}},
		"domain":  []any{[]any{"journal_id", "=", id}},
		"context": map[string]any{"journal_type": row.Str("type"), "default_journal_id": id},
	}, nil
}

// configureBank opens what fits the journal's feed.
func configureBank(_ *orm.Env, call *orm.Call) (any, error) {
	return map[string]any{"type": "ir.actions.client", "tag": "girosync_connect_bank",
		"params": map[string]any{"journal_id": first(call.IDs)}}, nil
}
