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
	if s = strings.TrimSpace(s); s == "+" || s == "-" {
		return s
	}
	return statement.Fold(s)
}

func isDebitWord(word string) bool {
	switch word {
	case "af", "d", "db", "dr", "dt", "debit", "debet", "s", "soll", "dbit", "cargo", "debito", "addebito", "dare", "out", "outgoing",
		"withdrawal", "uitgaand", "-":
		return true
	}
	return false
}

func isCreditWord(word string) bool {
	switch word {
	case "bij", "c", "cr", "credit", "h", "haben", "crdt", "abono", "credito", "accredito", "avere", "in", "incoming", "deposit",
		"inkomend", "+":
		return true
	}
	return false
}

var (
	errNoAmount = errors.New("it has no amount")
	errTwoWays  = errors.New("it has both a debit and a credit")
	errTwoSigns = errors.New("its amount is negative, yet its sign says credit")
	errNoSign   = errors.New("nothing says whether it is a debit or a credit")
)

// amount returns the row's amount, negative when it leaves the account.
func (l *layout) amount(r *Row) (a statement.Amount, err error) {
	if l.has(Amount) && !r.at(l.column(Amount)).blank() {
		a, err = l.signed(r)
	} else if l.has(Debit) || l.has(Credit) {
		a, err = l.split(r)
	} else {
		err = errNoAmount
	}
	if l.Invert && err == nil && strings.Trim(a.Digits, "0.") != "" {
		a.Negative = !a.Negative
	}
	return a, err
}

// signed reads an amount whose way its sign, or a column of its own, tells.
func (l *layout) signed(r *Row) (statement.Amount, error) {
	a, err := r.at(l.column(Amount)).money(l.Mark)
	if err != nil || !l.has(Sign) {
		return a, err
	}
	word := signWord(r.at(l.column(Sign)).Text)
	debit := isDebitWord(word)
	switch {
	case word == "":
		return a, errNoSign
	case len(l.DebitWords) > 0:
		debit = slices.Contains(l.DebitWords, word)
	case !debit && !isCreditWord(word):
		return a, fmt.Errorf("%q says neither debit nor credit", statement.Clip(word, 40))
	}
	if a.Negative && !debit {
		return a, errTwoSigns
	}
	a.Negative = debit && strings.Trim(a.Digits, "0.") != ""
	return a, nil
}

// split reads an amount out of two columns. A debit is written with or without
// its minus; a negative credit takes money out.
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
		out.Negative = !isZero(out)
		return out, nil
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
	a, err = c.money(l.Mark)
	return a, err == nil, err
}

func isZero(a statement.Amount) bool { return strings.Trim(a.Digits, "0.") == "" }
