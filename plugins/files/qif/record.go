package qif

import (
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
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
	splits   []split
	total    bool   // amount is T's, which counts before U's
	unsure   string // a second T that is not the first
	last     byte   // the letter of the last field
	raw      []byte
}

// split is a part of a transaction.
type split struct{ category, memo, amount string }

// String shows a part as one text: category amount (memo).
func (s split) String() string {
	text := strings.TrimSpace(s.category + " " + s.amount)
	if s.memo != "" {
		text += " (" + s.memo + ")"
	}
	return text
}

// maxSplits bounds the parts of one transaction that are told.
const maxSplits = 50

// take adds a field: a letter and its value.
func (r *record) take(text string, line int) {
	if r.line == 0 {
		r.line = line
	}
	if len(r.raw)+len(text) < statement.MaxRaw {
		r.raw = append(append(r.raw, text...), '\n')
	}
	value := statement.Clip(strings.TrimSpace(text[1:]), statement.MaxText)
	letter := text[0]
	switch letter {
	case 'S', 'E', '$', '%':
		r.part(letter, value)
	case 'D':
		if len(r.splits) == 0 && r.date == "" {
			r.date = value
		}
	case 'T':
		switch {
		case len(r.splits) > 0:
		case !r.total:
			r.amount, r.total = value, true
		case r.amount != value:
			r.unsure = value
		}
	case 'U':
		if r.amount == "" {
			r.amount = value
		}
	case 'P':
		r.payee = value
	case 'M':
		r.memo = statement.Clip(strings.TrimSpace(r.memo+" "+value), statement.MaxText)
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
	default:
		if r.last == 'M' && !isLetter(letter) { // a memo of several lines
			r.memo = statement.Clip(strings.TrimSpace(r.memo+" "+strings.TrimSpace(text)), statement.MaxText)
			return
		}
	}
	r.last = letter
}

// isLetter reports whether c may be the letter of a field.
func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

// part takes a field of a part: its category (S) begins one.
func (r *record) part(letter byte, value string) {
	if letter == 'S' && len(r.splits) < maxSplits {
		r.splits = append(r.splits, split{category: value})
	}
	if len(r.splits) == 0 {
		return
	}
	s := &r.splits[len(r.splits)-1]
	switch letter {
	case 'E':
		s.memo = value
	case '$':
		s.amount = value
	case '%':
		if s.amount == "" {
			s.amount = value + "%"
		}
	}
}

// isOpening reports whether the record is an opening balance: a transfer from
// the account to itself, or so named in any language and given no category. The
// account is "" when the file names none.
func (r *record) isOpening(account string, lib *words.Library) bool {
	to := ""
	if strings.HasPrefix(r.category, "[") {
		to = strings.Trim(r.category, "[]")
	}
	named := lib.Tells(r.payee) == words.Opening ||
		r.payee == "" && lib.Tells(r.memo) == words.Opening
	switch {
	case account != "" && to == account:
		return true
	case r.category == "", to != "":
		return named
	}
	return named && lib.Tells(r.category) == words.Opening
}

var (
	errNoDate   = errors.New("it has no date")
	errNoAmount = errors.New("it has no amount")
	errBalance  = errors.New("it reads like a balance or a sum of other records, and nothing in the file proves what it is")
)

func (r *record) transaction(o Options) (sdk.Transaction, error) {
	if r.date == "" {
		return sdk.Transaction{}, errNoDate
	}
	if r.amount == "" {
		return sdk.Transaction{}, errNoAmount
	}
	if r.unsure != "" {
		return sdk.Transaction{}, fmt.Errorf("it has two amounts, %s and %s", statement.Clip(r.amount, 40), statement.Clip(r.unsure, 40))
	}
	day, err := o.Words.Months(-1).ParseDay(r.date, o.DateOrder)
	if err != nil {
		return sdk.Transaction{}, err
	}
	amount, err := statement.ParseMoney(r.amount, o.Mark, o.Words.IsDebit)
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
	statement.Fact(&tx.Details, "splits", r.partsText())
	statement.Fact(&tx.Details, "counterparty_address", statement.Words(strings.Join(r.address, ", ")))
	return tx, nil
}

// partsText shows the parts of a transaction.
func (r *record) partsText() string {
	var texts []string
	for _, s := range r.splits {
		texts = append(texts, s.String())
	}
	return statement.Words(strings.Join(texts, "; "))
}

// splitSum returns what the parts come to; ok is false where an amount of one is
// missing, a share, or cannot be read, and where not all parts were kept.
func (r *record) splitSum(o *Options) (sum statement.Sum, ok bool) {
	if len(r.splits) == 0 || len(r.splits) == maxSplits {
		return sum, false
	}
	for _, s := range r.splits {
		amount, err := statement.ParseMoney(s.amount, o.Mark, o.Words.IsDebit)
		if err != nil || strings.HasSuffix(s.amount, "%") {
			return sum, false
		}
		sum.Add(amount)
	}
	return sum, true
}
