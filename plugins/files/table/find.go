package table

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// find looks for what headings do not tell: columns of signs and states, by
// the words in them, and whose account a column of numbers is.
func (l *layout) find(rows []Row) {
	below := rows[min(l.body, len(rows)):]
	l.above(rows)
	if (l.has(Debit) || l.has(Credit)) && l.has(Amount) && len(l.texts(below, l.column(Amount))) == 0 {
		delete(l.columns, Amount)
	}
	l.findProducts(below)
	l.findStatus(below)
	l.findSign(below)
	l.findAccount(below)
}

// free returns the columns that have no role but that of a code, or a text.
func (l *layout) free(rows []Row) []int {
	taken := map[int]bool{}
	for role, places := range l.columns {
		if role == Code || role == Status && l.nothingKnown(places[0], rows) {
			continue
		}
		for _, at := range places {
			taken[at] = true
		}
	}
	var list []int
	for at := range l.width(rows) {
		if !taken[at] {
			list = append(list, at)
		}
	}
	return list
}

func (l *layout) nothingKnown(at int, rows []Row) bool {
	return !slices.ContainsFunc(l.texts(rows, at), func(s string) bool { return l.library().State(s) != words.None })
}

func (l *layout) width(rows []Row) int {
	width := len(l.headings)
	for i := range rows {
		width = max(width, len(rows[i].Cells))
	}
	return width
}

// texts lists what stands in a column, where something does.
func (l *layout) texts(rows []Row, at int) []string {
	var list []string
	for i := range rows {
		if l.movement(&rows[i]) && !rows[i].at(at).blank() {
			list = append(list, rows[i].at(at).text())
		}
	}
	return list
}

// movement reports whether a row can be a transaction: it has a date and an amount.
func (l *layout) movement(r *Row) bool {
	if !l.can(Date, r.at(l.column(Date)), r.Epoch) || r.at(l.column(Date)).blank() {
		return false
	}
	for _, role := range []Role{Amount, Debit, Credit} {
		if c := r.at(l.column(role)); !c.blank() && l.can(role, c, r.Epoch) {
			return true
		}
	}
	return false
}

// findStatus takes a column whose every text is known to tell a state.
func (l *layout) findStatus(rows []Row) {
	if l.has(Status) {
		return
	}
	free := l.free(rows)
	if texts := l.columns[Reference]; len(texts) > 1 { // of several texts one may tell a state
		free = append(free, texts[1:]...)
	}
	for _, at := range free {
		texts := l.texts(rows, at)
		unknown := func(s string) bool { return l.library().State(s) == words.None && l.answer(at, s) == words.None }
		if len(texts) > 0 && !slices.ContainsFunc(texts, unknown) {
			l.columns[Status] = []int{at}
			l.columns[Reference] = slices.DeleteFunc(slices.Clone(l.columns[Reference]), func(text int) bool { return text == at })
			return
		}
	}
}

// unsigned reports whether the amounts are in one column and none has a sign
// of its own.
func (l *layout) unsigned(rows []Row) bool {
	if !l.has(Amount) || l.has(Debit) || l.has(Credit) {
		return false
	}
	for i := range rows {
		if !l.movement(&rows[i]) {
			continue // a balance below may well be negative
		}
		c := rows[i].at(l.column(Amount))
		if strings.ContainsAny(statement.Even(c.Text), "-−–+(") || l.hasWord(c.Text) {
			return false
		}
	}
	return true
}

// hasWord reports whether a debit's letters stand beside an amount ("5.00 DR").
func (l *layout) hasWord(text string) bool {
	word := strings.TrimFunc(text, func(r rune) bool { return r < 'A' || r > 'z' })
	return word != "" && l.library().Sign(word) != words.None
}

// findSign takes a column whose every text says debit or credit, where amounts
// have no sign. A column of signs that amounts with signs do not need is left.
func (l *layout) findSign(rows []Row) {
	unsigned := l.unsigned(rows)
	if at := l.column(Sign); at >= 0 && !unsigned && slices.ContainsFunc(l.texts(rows, at), l.unknownSign) {
		delete(l.columns, Sign)
	}
	if l.has(Sign) || !unsigned {
		return
	}
	for _, at := range l.free(rows) {
		texts := l.texts(rows, at)
		given := func(s string) bool { return slices.Contains(l.DebitWords, signWord(s)) }
		whole := len(texts) > 0 && len(texts) == l.movements(rows)
		chosen := len(l.DebitWords) > 0 && slices.ContainsFunc(texts, given)
		if chosen || whole && !slices.ContainsFunc(texts, l.unknownSign) {
			l.columns[Sign] = []int{at}
			l.marksDebits = chosen && !whole && !slices.ContainsFunc(texts, func(s string) bool { return !given(s) })
			return
		}
	}
}

func (l *layout) unknownSign(text string) bool { return l.library().Sign(text) == words.None }

func (l *layout) movements(rows []Row) (n int) {
	for i := range rows {
		if l.movement(&rows[i]) {
			n++
		}
	}
	return n
}

// above reads what stands above the headings: the account, and a title.
func (l *layout) above(rows []Row) {
	if l.NoHeadings {
		return
	}
	numbers, inText := map[string]bool{}, map[string]bool{}
	top := rows[:max(0, min(l.body-1, len(rows)))]
	for i := range top {
		for at, c := range top[i].Cells {
			if text := c.text(); text != "" {
				l.lines = append(l.lines, text)
			}
			number := statement.AccountNumber(c.Text)
			if in := l.numberIn(c.Text); isIBAN(in) {
				inText[in] = true
			}
			if isIBAN(number) || at > 0 && isNumber(number) && l.library().IsAccount(top[i].Cells[at-1].Text) {
				numbers[number] = true
			}
		}
		if !top[i].blank() {
			l.title = title(&top[i])
		}
	}
	if len(numbers) == 0 {
		numbers = inText
	}
	if len(numbers) == 1 {
		for number := range numbers {
			l.own = number
		}
	}
}

// title is the text of a line above a table: its first cell.
func title(r *Row) string {
	for _, c := range r.Cells {
		if !c.blank() {
			return statement.Clip(c.text(), 80)
		}
	}
	return ""
}

// isIBAN reports whether a number has an IBAN's shape.
func isIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	for i := range len(s) {
		letter, digit := s[i] >= 'A' && s[i] <= 'Z', s[i] >= '0' && s[i] <= '9'
		if i < 2 && !letter || (i == 2 || i == 3) && !digit || !letter && !digit {
			return false
		}
	}
	return true
}

// findAccount decides whose a column of account numbers is. One that changes
// from row to row is the other side's, and one that never does is the own.
func (l *layout) findAccount(rows []Row) {
	if at := l.column(Account); at >= 0 && !l.has(CounterNumber) {
		numbers, rowsOf := l.numbers(rows, at)
		others := len(numbers) > 1 && len(numbers)*2 > rowsOf
		if l.own != "" && len(numbers) > 0 && !numbers[l.own] || others && l.mayBeOther(at) {
			l.columns[CounterNumber] = l.columns[Account]
			delete(l.columns, Account)
		} else if l.own == "" && rowsOf == 1 && l.movements(rows) == 1 && l.has(Counterparty) && l.mayBeOther(at) {
			delete(l.columns, Account) // one row proves nothing
		}
		return
	}
	if at := l.column(CounterNumber); at >= 0 && !l.has(Account) && l.own == "" {
		numbers, rowsOf := l.numbers(rows, at)
		if len(numbers) == 1 && rowsOf > 1 && rowsOf == l.movements(rows) && l.mayBeOwn(at) {
			l.columns[Account] = l.columns[CounterNumber]
			delete(l.columns, CounterNumber)
		}
	}
}

// numbers returns the account numbers of a column, and how many rows have one.
func (l *layout) numbers(rows []Row, at int) (numbers map[string]bool, n int) {
	numbers = map[string]bool{}
	for _, text := range l.texts(rows, at) {
		if number := statement.AccountNumber(text); isNumber(number) {
			numbers[number] = true
			n++
		}
	}
	return numbers, n
}

// mayBeOther reports whether a heading can stand above the other side's accounts, too.
func (l *layout) mayBeOther(at int) bool { return l.meansAnywhere(at, CounterNumber) }

// mayBeOwn reports whether a heading can stand above the own account, too.
func (l *layout) mayBeOwn(at int) bool { return l.meansAnywhere(at, Account) }

func (l *layout) meansAnywhere(at int, role Role) bool {
	if at >= len(l.headings) {
		return false
	}
	return slices.ContainsFunc(l.library().Headings(statement.Fold(l.headings[at])),
		func(h words.Heading) bool { return h.Role == string(role) })
}
