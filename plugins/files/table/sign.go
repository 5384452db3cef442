package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// signWord is a word of a sign column as it is compared.
func signWord(s string) string {
	s = strings.TrimSpace(s)
	if folded := statement.Fold(s); folded != "" {
		return folded
	}
	return s // a sign or an arrow
}

var (
	errNoAmount = errors.New("it has no amount")
	errTwoWays  = errors.New("it has both a debit and a credit")
	errTwoSigns = errors.New("its amount is negative, yet its sign says credit")
	errFee      = errors.New("its fee cannot be taken off")
	errNoSign   = errors.New("nothing says whether it is a debit or a credit")
)

// amount returns the row's amount, negative when it leaves the account.
func (l *layout) amount(r *Row) (a statement.Amount, err error) {
	if l.has(Amount) && !r.at(l.column(Amount)).blank() {
		if a, err = l.signed(r); err == nil && l.byEnds {
			a, err = l.byAccounts(a, r)
		}
	} else if l.has(Debit) || l.has(Credit) {
		a, err = l.split(r)
	} else {
		err = errNoAmount
	}
	if err == nil && l.has(Fee) {
		a, err = l.withFee(a, r)
	}
	if l.inverts() && err == nil && strings.Trim(a.Digits, "0.") != "" {
		a.Negative = !a.Negative
	}
	if err == nil && l.denies(a, r) {
		err = errDenied
	}
	return a, err
}

// money reads an amount with the words for a debit that the library knows, or the
// user, where no column of signs needs his.
func (l *layout) money(c Cell) (statement.Amount, error) { return c.money(l.Mark, l.isDebitBeside) }

func (l *layout) isDebitBeside(word string) bool {
	if len(l.DebitWords) > 0 && !l.has(Sign) {
		return slices.Contains(l.DebitWords, word)
	}
	return l.library().IsDebit(word)
}

// balance reads a balance; one of what is owed is below zero.
func (l *layout) balance(c Cell) (statement.Amount, error) {
	b, err := l.money(c)
	if l.owed && err == nil && !isZero(b) {
		b.Negative = !b.Negative
	}
	return b, err
}

// signed reads an amount whose way its sign, or a column of its own, tells.
func (l *layout) signed(r *Row) (statement.Amount, error) {
	a, err := l.plain(r)
	if err != nil || !l.has(Sign) {
		return a, err
	}
	text := r.at(l.column(Sign)).Text
	word := signWord(text)
	debit := l.isDebit(word)
	switch {
	case word == "" && l.marksDebits:
	case word == "":
		return a, errNoSign
	case len(l.DebitWords) == 0 && l.unknownSign(text):
		return a, fmt.Errorf("%q says neither debit nor credit", statement.Clip(word, 40))
	}
	if a.Negative && !debit {
		return a, errTwoSigns
	}
	a.Negative = debit && strings.Trim(a.Digits, "0.") != ""
	return a, nil
}

// split reads an amount out of two columns. A negative credit takes money out.
func (l *layout) split(r *Row) (statement.Amount, error) {
	out, outSet, err := l.part(r, Debit)
	if err != nil {
		return out, err
	}
	in, inSet, err := l.part(r, Credit)
	switch {
	case err != nil:
		return in, err
	case outSet && inSet && !isZero(out) && !isZero(in):
		return in, errTwoWays
	case outSet && (!inSet || isZero(in)):
		return l.debit(out)
	case inSet:
		return in, nil
	}
	return in, errNoAmount
}

func (l *layout) part(r *Row, role Role) (a statement.Amount, set bool, err error) {
	c := r.at(l.column(role))
	if c.blank() || strings.Trim(c.Text, "-–— ") == "" && c.Day.IsZero() {
		return a, false, nil
	}
	a, err = l.money(c)
	return a, err == nil, err
}

func isZero(a statement.Amount) bool { return strings.Trim(a.Digits, "0.") == "" }

// withFee takes the fee, which the balances show to leave the account as well,
// off an amount.
func (l *layout) withFee(a statement.Amount, r *Row) (statement.Amount, error) {
	c := r.at(l.column(Fee))
	if c.blank() {
		return a, nil
	}
	fee, err := l.money(c)
	if err != nil || isZero(fee) {
		return a, err
	}
	n, ok := units(a)
	f, ok2 := units(fee)
	if !ok || !ok2 {
		return a, errFee
	}
	if l.feeAsSigned {
		f = -f
	}
	return fromUnits(n - f), nil
}
