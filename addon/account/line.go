package account

import (
	"fmt"
	"math"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

var line = orm.Model{
	Name: "account.bank.statement.line", Label: "Bank Statement Line", Order: "internal_index desc", RecName: "name",
	Fields: schema.Fields{
		schema.Char("name", "Number").DependsOn().NotCopied(),
		schema.Many2one("journal_id", "Journal", "account.journal").Required().WhenDeleted(schema.Restrict),
		schema.Many2one("company_id", "Company", "res.company").DependsOn("journal_id"),
		schema.Many2one("statement_id", "Statement", "account.bank.statement").WhenDeleted(schema.SetNull),
		schema.Day("date", "Date").Required(),
		schema.Char("payment_ref", "Label"),
		schema.Char("ref", "Reference"),
		schema.HTML("narration", "Terms and Conditions"),
		schema.Integer("sequence", "Sequence").DefaultTo(int64(1)),
		schema.Many2one("partner_id", "Partner", "res.partner").Indexed(),
		schema.Char("partner_name", "Partner Name"),
		schema.Char("account_number", "Bank Account Number"),
		schema.Char("transaction_type", "Transaction Type"),
		schema.JSON("transaction_details", "Transaction Details"),
		schema.Many2one("currency_id", "Journal Currency", "res.currency").DependsOn("journal_id"),
		schema.Monetary("amount", "Amount", "currency_id"),
		schema.Many2one("foreign_currency_id", "Foreign Currency", "res.currency"),
		schema.Monetary("amount_currency", "Amount in Currency", "foreign_currency_id"),
		schema.Boolean("is_reconciled", "Is Reconciled"),
		schema.Float("amount_residual", "Residual Amount").
			DependsOn("amount", "amount_currency", "foreign_currency_id", "is_reconciled").NotKept(),
		schema.Char("internal_index", "Internal Reference").DependsOn("date", "sequence"),
		schema.Monetary("running_balance", "Running Balance", "currency_id").DependsOn("amount", "statement_id").NotKept(),
	},
	Indexes: []schema.Index{
		// with company_id, which the rule asks for, the lines before a page are
		// passed over in the index
		{Name: "journal_order", Columns: []string{"journal_id", "internal_index", "amount", "company_id"}},
		{Name: "statement_order", Columns: []string{"statement_id", "internal_index", "amount"}},
		{Name: "journal_date", Columns: []string{"journal_id", "date"}},
		{Name: "order", Columns: []string{"internal_index", "company_id"}},
	},
	NameSearch: []string{"name", "payment_ref"},
	Bound: orm.Bound{
		Computes: []orm.Compute{
			{Fields: []string{"company_id", "currency_id"}, Do: lineJournal},
			{Fields: []string{"internal_index"}, Do: internalIndex},
			{Fields: []string{"name"}, Do: lineNames},
			{Fields: []string{"running_balance"}, Do: runningBalance},
			{Fields: []string{"amount_residual"}, Do: residual},
		},
		Defaults: orm.Defaults{
			"date":       func(env *orm.Env) (any, error) { return env.Today(), nil },
			"journal_id": defaultJournal,
		},
		Constraints: []orm.Constraint{
			{Fields: []string{"amount_currency", "foreign_currency_id", "currency_id"}, Given: []string{"amount_currency"},
				Check: foreignAmounts},
			{Fields: []string{"foreign_currency_id"}, Given: []string{"foreign_currency_id"}, Check: activeCurrencies},
			{Fields: []string{"statement_id", "journal_id"}, Given: []string{"statement_id"}, Check: oneJournalPerStatement,
				New: oneJournalOfNew},
		},
		Methods: orm.Methods{"create_statement": {Needs: orm.Write, Do: statementFromLine, Params: []orm.Param{
			orm.Opt("name", nil), orm.Opt("balance_start", nil), orm.Opt("balance_end_real", nil)},
			Doc: "Makes a statement of one line and those before it that are in none. Answers {statement_id, name, lines (how many), " +
				"is_valid, is_complete, problem_description}. Refused (UserError) where the line is in one."},
			"action_undo_reconciliation": {Needs: orm.Write, Do: undoReconciliation,
				Doc: "Marks transactions as not reconciled, so that they can be matched again. Answers nothing."},
		},
		Hooks: orm.Hooks{CompleteNew: completeLines, BeforeWrite: beforeLineWrite, AfterWrite: afterLineWrite,
			BeforeUnlink: auditUnlink},
		Access: books(),
		Rules:  []orm.Rule{base.CompanyRule("Statement line: company")},
	},
}

func undoReconciliation(env *orm.Env, call *orm.Call) (any, error) {
	return nil, env.Write("account.bank.statement.line", call.IDs, orm.Values{"is_reconciled": false})
}

func defaultJournal(env *orm.Env) (any, error) {
	ids, err := env.Search("account.journal", domain.All(
		domain.Where("type", domain.Eq, "bank"), domain.Where("company_id", domain.Eq, env.Company())), orm.SearchOptions{Limit: 1})
	return first(ids), err
}

// lineJournal takes over what the journal decides: company and currency.
func lineJournal(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("journal_id")
	if err != nil {
		return err
	}
	journals, err := journalFacts(env, rows)
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		fact := journals[rows.At(i).Ref("journal_id")]
		batch.Set(i, "company_id", fact.company)
		batch.Set(i, "currency_id", fact.currency)
	}
	return nil
}

type journalFact struct {
	code              string
	company, currency int64
}

// journalFacts reads each journal of rows once.
func journalFacts(env *orm.Env, rows *orm.Rows) (map[int64]journalFact, error) {
	facts := map[int64]journalFact{}
	var ids []int64
	for row := range rows.All() {
		id := row.Ref("journal_id")
		if _, known := facts[id]; !known && id != 0 {
			facts[id] = journalFact{}
			ids = append(ids, id)
		}
	}
	found, err := env.Sudo().Read("account.journal", ids, "code", "company_id", "currency_id")
	if err != nil {
		return nil, err
	}
	var companies []int64
	for row := range found.All() {
		companies = append(companies, row.Ref("company_id"))
	}
	home, err := companyCurrencies(env, companies)
	if err != nil {
		return nil, err
	}
	for row := range found.All() {
		fact := journalFact{code: row.Str("code"), company: row.Ref("company_id"), currency: row.Ref("currency_id")}
		if fact.currency == 0 {
			fact.currency = home[fact.company]
		}
		facts[row.ID()] = fact
	}
	return facts, nil
}

// internalIndex orders lines: day, then falling sequence, then id (as observed
// on Odoo 18: yyyymmdd, 2147483647 − sequence in 10 digits, id in 10 digits).
func internalIndex(_ *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("date", "sequence")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		row := rows.At(i)
		batch.Set(i, "internal_index", lineIndex(row.Date("date"), row.Int("sequence"), row.ID()))
	}
	return nil
}

func lineIndex(day schema.Date, sequence, id int64) string {
	if len(day) != len("2006-01-02") {
		return ""
	}
	var b [28]byte
	copy(b[0:4], day[0:4])
	copy(b[4:6], day[5:7])
	copy(b[6:8], day[8:10])
	digits(b[8:18], math.MaxInt32-sequence)
	digits(b[18:28], id)
	return string(b[:])
}

// DayIndex is an internal index before those of every line of a day and after
// those of the days before.
func DayIndex(day schema.Date) string {
	return strings.ReplaceAll(string(day), "-", "")
}

// IndexDay is the day of a line's internal index, "" for none.
func IndexDay(index string) schema.Date {
	if len(index) < 8 {
		return ""
	}
	return schema.Date(index[:4] + "-" + index[4:6] + "-" + index[6:8])
}

// digits writes n right-aligned with leading zeros.
func digits(b []byte, n int64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// lineNames numbers new lines per journal and year: ORB1/2025/00001.
func lineNames(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("journal_id", "date")
	if err != nil {
		return err
	}
	journals, err := journalFacts(env, rows)
	if err != nil {
		return err
	}
	want := map[series]int64{}
	for row := range rows.All() {
		want[seriesOf(row)]++
	}
	next, err := takeNumbers(env, want)
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		key := seriesOf(rows.At(i))
		batch.Set(i, "name", lineName(journals[key.journal].code, key.year, next[key]))
		next[key]++
	}
	return nil
}

func lineName(code, year string, number int64) string {
	var b strings.Builder
	b.Grow(len(code) + 12)
	b.WriteString(code)
	b.WriteByte('/')
	b.WriteString(year)
	b.WriteByte('/')
	if number > 99999 {
		fmt.Fprint(&b, number)
		return b.String()
	}
	var five [5]byte
	digits(five[:], number)
	b.Write(five[:])
	return b.String()
}

func foreignAmounts(env *orm.Env, ids []int64) error {
	bad, err := env.Sudo().Count("account.bank.statement.line", domain.All(
		domain.Where("id", domain.In, list(ids)), domain.Where("foreign_currency_id", domain.Eq, nil),
		domain.Where("amount_currency", domain.Ne, int64(0)), domain.Where("amount_currency", domain.Ne, nil)), 1)
	if err != nil || bad == 0 {
		return err
	}
	return fault.Say(fault.Invalid, "account.foreign_currency", nil)
}

func activeCurrencies(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().SearchRead("account.bank.statement.line", domain.All(
		domain.Where("id", domain.In, list(ids)), domain.Where("foreign_currency_id.active", domain.Eq, false)),
		[]string{"foreign_currency_id"}, orm.SearchOptions{Limit: 1})
	if err != nil || rows.Len() == 0 {
		return err
	}
	money := rows.At(0).Ref("foreign_currency_id")
	names, err := env.Sudo().DisplayNames("res.currency", []int64{money})
	if err != nil {
		return err
	}
	return fault.Say(fault.User, "account.inactive_currency", fault.Args{"currency": names[money]})
}
