package qif

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// record is what stands before a "^".
type record struct {
	line     int // of its first field; 0 when there is none
	date     string
	amount   string // of an account record, its type
	payee    string
	memo     string
	number   string // of an account record, its name
	category string
	cleared  string
	address  []string
	split    bool // what follows belongs to a part of the transaction
	raw      []byte
}

// take adds a field: a letter and its value.
func (r *record) take(text string, line int) {
	if r.line == 0 {
		r.line = line
	}
	if len(r.raw)+len(text) < statement.MaxRaw {
		r.raw = append(append(r.raw, text...), '\n')
	}
	value := statement.Clip(strings.TrimSpace(text[1:]), statement.MaxText)
	switch text[0] {
	case 'S':
		r.split = true
	case 'D':
		if !r.split && r.date == "" {
			r.date = value
		}
	case 'T':
		if !r.split {
			r.amount = value
		}
	case 'U':
		if r.amount == "" {
			r.amount = value
		}
	case 'P':
		r.payee = value
	case 'M':
		r.memo = value
	case 'N':
		r.number = value
	case 'L':
		r.category = value
	case 'C':
		r.cleared = value
	case 'A':
		if value != "" && len(r.address) < 6 {
			r.address = append(r.address, value)
		}
	}
}

// isOpening reports whether the record is Quicken's opening balance: so named,
// and a transfer from the account itself.
func (r *record) isOpening() bool {
	return strings.EqualFold(r.payee, "Opening Balance") && strings.HasPrefix(r.category, "[")
}

var (
	errNoDate   = errors.New("it has no date")
	errNoAmount = errors.New("it has no amount")
)

func (r *record) transaction(o Options) (sdk.Transaction, error) {
	if r.date == "" {
		return sdk.Transaction{}, errNoDate
	}
	if r.amount == "" {
		return sdk.Transaction{}, errNoAmount
	}
	day, err := statement.ParseDay(r.date, o.DateOrder)
	if err != nil {
		return sdk.Transaction{}, err
	}
	amount, err := statement.ParseMoney(r.amount, o.Mark)
	if err != nil {
		return sdk.Transaction{}, err
	}
	tx := sdk.Transaction{Date: day, Amount: amount.Digits, Direction: sdk.In, Counterparty: statement.Words(r.payee),
		Reference: statement.Words(r.memo), Raw: r.raw}
	if amount.Negative {
		tx.Direction = sdk.Out
	}
	if tx.Reference == "" {
		tx.Reference = tx.Counterparty
	}
	statement.Fact(&tx.Details, "check_number", r.number)
	statement.Fact(&tx.Details, "category", r.category)
	statement.Fact(&tx.Details, "cleared", r.cleared)
	statement.Fact(&tx.Details, "counterparty_address", statement.Words(strings.Join(r.address, ", ")))
	return tx, nil
}
