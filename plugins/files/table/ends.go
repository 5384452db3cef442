package table

import (
	"errors"
	"slices"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

var (
	errEnds   = errors.New("of its two accounts, not exactly one is the own")
	errDenied = errors.New("its two accounts say that the money goes the other way than its sign does")
)

// settleEnds finds out which way amounts without a sign go in a table that names
// the accounts at both ends of each row. The own one is that which is named above,
// or the only one that stands in every row.
func (l *layout) settleEnds(rows []Row) *sdk.Error {
	if !l.has(PayerNumber) || !l.has(PayeeNumber) {
		return nil
	}
	if l.own == "" && !l.has(Account) {
		l.own = l.inEveryRow(rows)
	}
	if !l.unsigned(rows) || l.has(Sign) || l.Invert || l.AsWritten {
		return nil
	}
	if l.own == "" {
		return ask("invert", "each row names two accounts, and nothing says which of them is your own: choose whether its amounts leave the "+
			"account")
	}
	l.byEnds = true
	return nil
}

// inEveryRow is the only account number that each movement names, of two at least;
// "" for none.
func (l *layout) inEveryRow(rows []Row) string {
	var common []string
	n := 0
	for i := range rows {
		r := &rows[i]
		if !l.movement(r) {
			continue
		}
		two := []string{l.numberAt(r, PayerNumber), l.numberAt(r, PayeeNumber)}
		if n++; n == 1 {
			common = two
		}
		common = slices.DeleteFunc(common, func(s string) bool { return !slices.Contains(two, s) })
	}
	if n < 2 || len(common) != 1 {
		return ""
	}
	return common[0]
}

func (l *layout) numberAt(r *Row, role Role) string {
	number := statement.AccountNumber(r.at(l.column(role)).text())
	if !isNumber(number) {
		return ""
	}
	return number
}

// denies reports whether the two accounts of a row say the opposite of its sign.
func (l *layout) denies(a statement.Amount, r *Row) bool {
	if l.own == "" || !l.has(PayerNumber) || isZero(a) {
		return false
	}
	out, in := l.numberAt(r, PayerNumber) == l.own, l.numberAt(r, PayeeNumber) == l.own
	return out != in && out != a.Negative
}

// byAccounts gives an amount the sign that its two accounts say.
func (l *layout) byAccounts(a statement.Amount, r *Row) (statement.Amount, error) {
	out, in := l.numberAt(r, PayerNumber) == l.own, l.numberAt(r, PayeeNumber) == l.own
	if out == in {
		return a, errEnds
	}
	a.Negative = out && !isZero(a)
	return a, nil
}

// otherEnd is the number of the account that is not the own one.
func (t *reading) otherEnd(r *Row, tx *sdk.Transaction) {
	role := PayerNumber
	if tx.Direction == sdk.Out {
		role = PayeeNumber
	}
	if tx.CounterNumber == "" && t.has(role) {
		tx.CounterNumber = t.numberAt(r, role)
	}
}
