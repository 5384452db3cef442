package account

import (
	"encoding/json"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Printout is what a statement on paper shows (D19).
type Printout struct {
	ID       int64         `json:"id"`
	Name     string        `json:"name"`
	Date     schema.Date   `json:"date"`
	Company  string        `json:"company"`
	Journal  string        `json:"journal"`
	Number   string        `json:"account_number"`
	Bank     string        `json:"bank"`
	BIC      string        `json:"bic"`
	Currency string        `json:"currency"`
	Digits   int64         `json:"digits"`
	Start    json.Number   `json:"balance_start"`
	End      json.Number   `json:"balance_end"`
	Real     json.Number   `json:"balance_end_real"`
	Valid    bool          `json:"is_valid"`
	Complete bool          `json:"is_complete"`
	Lines    []PrintedLine `json:"lines"` // oldest first
	Language string        `json:"language"`
}

// PrintedLine is one line of a Printout.
type PrintedLine struct {
	Date    schema.Date `json:"date"`
	Name    string      `json:"name"`
	Label   string      `json:"payment_ref"`
	Partner string      `json:"partner_name"`
	Number  string      `json:"account_number"`
	Amount  json.Number `json:"amount"`
	Balance json.Number `json:"balance"`
	Foreign string      `json:"foreign,omitempty"` // amount and currency that were paid in
}

// printStatement is print_data() of one statement.
func printStatement(env *orm.Env, call *orm.Call) (any, error) {
	if _, err := call.One(); err != nil {
		return nil, err
	}
	if err := env.CheckRules("account.bank.statement", call.IDs, orm.Read); err != nil {
		return nil, err
	}
	rows, err := env.Read("account.bank.statement", call.IDs, "name", "date", "company_id", "journal_id", "currency_id", "balance_start",
		"balance_end", "balance_end_real", "is_valid", "is_complete")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	p := &Printout{ID: row.ID(), Name: row.Str("name"), Date: row.Date("date"), Digits: 2, Lines: []PrintedLine{},
		Start: amountText(row.Decimal("balance_start")), End: amountText(row.Decimal("balance_end")),
		Real: amountText(row.Decimal("balance_end_real")), Valid: row.Bool("is_valid"), Complete: row.Bool("is_complete"),
		Language: env.Context().Lang()}
	if err := p.head(env.Sudo(), row); err != nil {
		return nil, err
	}
	return p, p.lines(env, row.ID(), row.Decimal("balance_start"))
}

func amountText(d decimal.Decimal) json.Number { return json.Number(d.Trim(2).String()) }

// head fills in whose statement it is.
func (p *Printout) head(env *orm.Env, row orm.Row) error {
	for _, part := range []struct {
		field, model string
		into         *string
	}{{"company_id", "res.company", &p.Company}, {"journal_id", "account.journal", &p.Journal}} {
		names, err := env.DisplayNames(part.model, []int64{row.Ref(part.field)})
		if err != nil {
			return err
		}
		*part.into = names[row.Ref(part.field)]
	}
	money, err := env.Read("res.currency", []int64{row.Ref("currency_id")}, "name", "decimal_places")
	if err != nil {
		return err
	}
	if money.Len() > 0 {
		p.Currency, p.Digits = money.At(0).Str("name"), money.At(0).Int("decimal_places")
	}
	journals, err := env.Read("account.journal", []int64{row.Ref("journal_id")}, "bank_acc_number", "bank_id")
	if err != nil || journals.Len() == 0 {
		return err
	}
	p.Number = journals.At(0).Str("bank_acc_number")
	banks, err := env.Read("res.bank", []int64{journals.At(0).Ref("bank_id")}, "name", "bic")
	if err != nil || banks.Len() == 0 {
		return err
	}
	p.Bank, p.BIC = banks.At(0).Str("name"), banks.At(0).Str("bic")
	return nil
}

func (p *Printout) lines(env *orm.Env, statement int64, balance decimal.Decimal) error {
	rows, err := env.SearchRead("account.bank.statement.line", domain.Where("statement_id", domain.Eq, statement),
		[]string{"date", "name", "payment_ref", "partner_name", "partner_id", "account_number", "amount", "foreign_currency_id",
			"amount_currency"},
		orm.SearchOptions{Order: "internal_index"})
	if err != nil {
		return err
	}
	var partners, currencies []int64
	for row := range rows.All() {
		partners, currencies = append(partners, row.Ref("partner_id")), append(currencies, row.Ref("foreign_currency_id"))
	}
	names, err := env.Sudo().DisplayNames("res.partner", distinct(partners))
	if err != nil {
		return err
	}
	codes, err := env.Sudo().DisplayNames("res.currency", distinct(currencies))
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if balance, err = balance.Add(row.Decimal("amount")); err != nil {
			return fault.Wrap(err, "balance of statement", statement)
		}
		line := PrintedLine{Date: row.Date("date"), Name: row.Str("name"), Label: row.Str("payment_ref"), Partner: row.Str("partner_name"),
			Number: row.Str("account_number"), Amount: amountText(row.Decimal("amount")), Balance: amountText(balance)}
		if line.Partner == "" {
			line.Partner = names[row.Ref("partner_id")]
		}
		if code := codes[row.Ref("foreign_currency_id")]; code != "" {
			line.Foreign = row.Decimal("amount_currency").Trim(2).String() + " " + code
		}
		p.Lines = append(p.Lines, line)
	}
	return nil
}

// distinct drops zeros and what is there twice.
func distinct(ids []int64) []int64 {
	seen := map[int64]bool{0: true}
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
