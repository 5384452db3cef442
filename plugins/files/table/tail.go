package table

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// tail is how the amounts of a column end: by it one is told of which the end of
// the file took a part.
type tail struct {
	sign     bool            // some have their sign behind them
	decimals int             // of all; -1 where they differ
	behind   map[string]bool // what stands behind the last digit of any
}

// tailOf looks at amounts, at least one.
func tailOf(amounts []string) tail {
	t := tail{decimals: decimals(amounts[0]), behind: map[string]bool{}}
	for _, text := range amounts {
		t.sign = t.sign || signBehind(text)
		t.behind[behind(text)] = true
		if decimals(text) != t.decimals {
			t.decimals = -1
		}
	}
	return t
}

// behind is what stands behind the last digit.
func behind(amount string) string { return amount[strings.LastIndexAny(amount, "0123456789")+1:] }

// cutSign reports whether the file ends in a row's word for the way of its amount,
// which may have gone on: no other row has it, and theirs are longer.
func (l *layout) cutSign(r *Row) bool {
	last := len(r.Cells) - 1
	if !r.Cut || !l.has(Sign) || last != l.column(Sign) || len(l.signWords) == 0 {
		return false
	}
	word := signWord(r.Cells[last].Text)
	return !slices.Contains(l.signWords, word) && !slices.ContainsFunc(l.signWords, func(s string) bool { return len(s) <= len(word) })
}

// signBehind reports whether something stands behind the last digit that is not
// the end of brackets.
func signBehind(amount string) bool {
	return !strings.HasSuffix(amount, ")") && strings.TrimRight(amount, "0123456789.,' \u00a0") == amount
}

// decimals counts the digits behind the last mark; none is 0.
func decimals(amount string) int {
	digits := strings.TrimRight(amount, "-+() ")
	mark := strings.LastIndexAny(digits, ".,")
	if mark < 0 {
		return 0
	}
	return len(digits) - mark - 1
}

// cutAmount reports whether the file ends in a row's last cell, an amount that may
// have gone on. tails are those of the columns of amounts.
func (l *layout) cutAmount(r *Row) bool {
	last := len(r.Cells) - 1
	if !r.Cut || last < 0 {
		return false
	}
	usual, known := l.tails[last]
	text := r.Cells[last].text()
	if text == "" {
		return false
	}
	return strings.HasSuffix(text, ".") || strings.HasSuffix(text, ",") || known && usual.cut(text)
}

// cut reports whether an amount ends otherwise than those of its column.
func (t *tail) cut(text string) bool {
	return t.sign && (!signBehind(text) || !t.behind[behind(text)]) || t.decimals >= 0 && decimals(text) != t.decimals
}

// cutDay reports whether the file ends in a row's last cell, a day of which more
// may have followed: its last number is shorter than others in its column, or,
// where there are none, than a day or a year is when written in full.
func (l *layout) cutDay(r *Row) bool {
	last := len(r.Cells) - 1
	if !r.Cut || !l.has(Date) || last != l.column(Date) || r.Cells[last].blank() {
		return false
	}
	text := r.Cells[last].Text
	least := l.dayTail
	if least == 0 {
		least = 4
		if l.DateOrder == statement.YearMonthDay {
			least = 2
		}
	}
	return lastNumber(text) < least
}

// lastNumber counts the digits at the end of a text.
func lastNumber(text string) int { return len(text) - len(strings.TrimRight(text, "0123456789")) }

// surveyEnds notes how amounts and days end, and whether rows say that they are booked: a
// row without a state is doubtful then.
func (l *layout) surveyEnds(rows []Row) {
	l.tails = map[int]tail{}
	for _, role := range []Role{Amount, Debit, Credit, Balance} {
		if texts := l.texts(rows, l.column(role)); l.has(role) && len(texts) > 1 {
			l.tails[l.column(role)] = tailOf(texts[:len(texts)-1]) // the last may be the one that was cut
		}
	}
	if days := l.texts(rows, l.column(Date)); len(days) > 1 {
		for _, text := range days[:len(days)-1] {
			l.dayTail = max(l.dayTail, lastNumber(text))
		}
	}
	if signs := l.texts(rows, l.column(Sign)); l.has(Sign) && len(signs) > 1 {
		for _, text := range signs[:len(signs)-1] {
			l.signWords = append(l.signWords, signWord(text))
		}
	}
	for _, text := range l.texts(rows, l.column(Status)) {
		l.saysBooked = l.saysBooked || l.has(Status) && l.stateOf(text) == words.Booked
	}
}
