package table

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// ways counts amounts by their sign.
type ways struct{ positive, negative int }

func (w *ways) add(negative bool) {
	if negative {
		w.negative++
	} else {
		w.positive++
	}
}

// settleCard finds out which way the amounts of a card's table go. Many of them
// write what was bought without a sign, and what was paid off with a minus. The
// row of such a payment proves it; where none does, it is asked. What mostly has
// a minus is bought, as in other tables.
func (l *layout) settleCard(rows []Row) *sdk.Error {
	if !l.has(Amount) || l.has(Debit) || l.has(Credit) || l.has(Sign) || l.marksCredits || l.byEnds || l.Invert || l.AsWritten {
		return nil
	}
	card := l.isCard(rows)
	var all ways
	l.eachAmount(rows, func(_ *Row, negative bool) { all.add(negative) })
	if !card && all.positive <= all.negative {
		return nil
	}
	var paid, rest ways
	l.eachAmount(rows, func(r *Row, negative bool) {
		if (card || negative) && l.paysCard(r) {
			paid.add(negative)
		} else {
			rest.add(negative)
		}
	})
	switch {
	case !card && paid.negative == 0:
		return nil
	case card && paid.positive == 0 && paid.negative > 0 && rest.positive > rest.negative:
		l.Invert, l.charges = true, true
		list := l.steps(rows)
		l.owed = l.has(Balance) && links(list) > 0 && agree(list, func(s step) int64 { return s.amount })
		return nil
	case card && paid.negative == 0 && rest.positive <= rest.negative:
		return nil
	}
	return ask("invert", "it is of a card, and nothing says whether its positive amounts were bought or paid back: choose whether positive "+
		"amounts leave the account")
}

// eachAmount calls do for the amounts of movements.
func (l *layout) eachAmount(rows []Row, do func(r *Row, negative bool)) {
	for i := range rows {
		r := &rows[i]
		if !l.movement(r) || l.tellsBalance(r) != words.None {
			continue
		}
		if a, err := l.plain(r); err == nil && !isZero(a) {
			do(r, a.Negative)
		}
	}
}

// isCard reports whether the table is of a card: a line above it says so, or a
// heading below which each movement has a value.
func (l *layout) isCard(rows []Row) bool {
	for at, heading := range l.headings {
		if l.library().IsCard(heading) && len(l.texts(rows, at)) == l.movements(rows) {
			return true
		}
	}
	for _, text := range l.lines {
		if l.library().BeginsCard(text) {
			return true
		}
	}
	return false
}

// paysCard reports whether a text of a row says that what a card owes was paid.
func (l *layout) paysCard(r *Row) bool {
	for i := range r.Cells {
		if text := r.Cells[i].Text; strings.ContainsFunc(text, isLetter) && l.library().PaysCard(text) {
			return true
		}
	}
	return false
}

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0x80 }
