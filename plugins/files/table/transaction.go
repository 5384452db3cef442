package table

import (
	"errors"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

var errNoDate = errors.New("it has no date")

func (t *reading) transaction(r *Row) (sdk.Transaction, error) {
	date := r.at(t.column(Date))
	if date.blank() {
		return sdk.Transaction{}, errNoDate
	}
	day, err := t.days[0].of(&date, t.layout, r.Epoch)
	if err != nil {
		return sdk.Transaction{}, err
	}
	amount, err := t.amount(r)
	if err != nil {
		return sdk.Transaction{}, err
	}
	tx := sdk.Transaction{Date: day, Amount: amount.Digits, Direction: sdk.In, Currency: t.out.Account.Currency,
		Counterparty: t.cell(r, Counterparty), CounterNumber: statement.AccountNumber(t.cell(r, CounterNumber)),
		Reference: t.reference(r), EndToEndID: statement.Reference(t.cell(r, EndToEnd)), Code: t.cell(r, Code), Raw: t.raw(r)}
	if amount.Negative {
		tx.Direction = sdk.Out
	}
	t.side(r, &tx)
	t.otherEnd(r, &tx)
	if c := r.at(t.column(ValueDate)); !c.blank() {
		if value, err := t.days[1].of(&c, t.layout, r.Epoch); err == nil {
			tx.ValueDate = value
		}
	}
	if tx.CounterNumber == t.account.Number {
		tx.CounterNumber = ""
	}
	if tx.Reference == "" {
		tx.Reference = tx.Counterparty
	}
	t.original(r, &tx)
	for _, role := range []Role{MandateID, CreditorID, BIC, Category} {
		statement.Fact(&tx.Details, string(role), t.cell(r, role))
	}
	statement.Fact(&tx.Details, "bank_reference", statement.Reference(t.cell(r, ID)))
	return tx, nil
}

// knownDay is a date as it was written last: neighbours mostly share a day.
type knownDay struct {
	text string
	day  sdk.Date
}

func (k *knownDay) of(c *Cell, l *layout, epoch Epoch) (sdk.Date, error) {
	if !c.Day.IsZero() || c.Number {
		return c.day(nil, l.DateOrder, epoch)
	}
	if c.Text == k.text && c.Text != "" {
		return k.day, nil
	}
	day, err := c.day(l.monthNames(), l.DateOrder, epoch)
	if err == nil {
		k.text, k.day = c.Text, day
	}
	return day, err
}

// side names the other side of a table that tells both: whom money goes to, or
// comes from.
func (t *reading) side(r *Row, tx *sdk.Transaction) {
	role := Payer
	if tx.Direction == sdk.Out {
		role = Payee
	}
	if tx.Counterparty == "" {
		tx.Counterparty = t.cell(r, role)
	}
}

// reference joins the columns of text; a text told twice is told once.
func (t *reading) reference(r *Row) string {
	var texts []string
	for _, at := range t.columns[Reference] {
		if text := r.at(at).text(); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return statement.Clip(strings.Join(texts, " "), statement.MaxText)
}

// original takes what a payment was in another currency.
func (t *reading) original(r *Row, tx *sdk.Transaction) {
	currency := statement.Currency(t.cell(r, OriginalCurrency))
	amount, err := r.at(t.column(OriginalAmount)).money(t.Mark, nil)
	if currency == "" || currency == tx.Currency || err != nil || isZero(amount) {
		return
	}
	tx.OriginalAmount, tx.OriginalCurrency = amount.Digits, currency
	if rate, err := r.at(t.column(Rate)).money(t.Mark, nil); err == nil && !rate.Negative && !isZero(rate) {
		tx.Rate = rate.Digits
	}
}

// raw is the row as evidence: a line per cell.
func (t *reading) raw(r *Row) []byte {
	size := 0
	for i, c := range r.Cells {
		if size += len(c.Text) + 1; i < len(t.headings) {
			size += len(t.headings[i]) + 2
		}
	}
	b := make([]byte, 0, min(size, statement.MaxRaw))
	for i, c := range r.Cells {
		text, heading := c.text(), ""
		if text == "" {
			continue
		}
		if i < len(t.headings) && t.headings[i] != "" {
			heading = t.headings[i]
		}
		if len(b)+len(heading)+len(text)+2 > statement.MaxRaw {
			break
		}
		if heading != "" {
			b = append(append(b, heading...), ": "...)
		}
		b = append(append(b, text...), '\n')
	}
	return b
}
