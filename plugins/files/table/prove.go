package table

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// step is a row that a column of balances can prove.
type step struct {
	amount, balance, fee int64 // in units
	word                 string
}

// steps returns the movements of the first rows with their amounts as the
// layout reads them; none when a row or its balance cannot be read, or when the
// rows are about several accounts.
func (l *layout) steps(rows []Row) []step {
	var list []step
	account := ""
	for i := range rows {
		r := &rows[i]
		if !l.movement(r) || l.tellsBalance(r) != words.None || l.has(Balance) && l.namesSum(r) ||
			l.stateOf(r.at(l.column(Status)).text()) != words.Booked {
			continue
		}
		said := r.at(l.column(Account)).text()
		if len(list) > 0 && said != account {
			return nil
		}
		account = said
		s := step{word: signWord(r.at(l.column(Sign)).Text)}
		a, err := l.bareAmount(r)
		b, err2 := r.at(l.column(Balance)).money(l.Mark)
		fee, err3 := r.at(l.column(Fee)).money(l.Mark)
		if err3 != nil {
			fee = statement.Amount{Digits: "0"}
		}
		var ok, ok2, ok3 bool
		s.amount, ok = units(a)
		s.balance, ok2 = units(b)
		s.fee, ok3 = units(fee)
		if err != nil || err2 != nil || !ok || !ok2 || !ok3 {
			return nil
		}
		list = append(list, s)
	}
	return list
}

// bareAmount is a row's amount before words and choices turn it.
func (l *layout) bareAmount(r *Row) (statement.Amount, error) {
	if l.has(Amount) && !r.at(l.column(Amount)).blank() {
		return l.plain(r)
	}
	return l.split(r)
}

// agree reports whether every balance follows from the one before it, the
// newest last or first, and how many do at most.
func agree(list []step, amount func(step) int64) (whole bool) {
	up, down := true, true
	for i := 1; i < len(list); i++ {
		up = up && list[i].balance == list[i-1].balance+amount(list[i])
		down = down && list[i-1].balance == list[i].balance+amount(list[i-1])
	}
	return up || down
}

// prove holds signs and fees to the column of balances, and asks about signs
// that nothing proves.
func (l *layout) prove(rows []Row) *sdk.Error {
	if q := l.settleDebits(rows); q != nil {
		return q
	}
	l.surveyCredits(rows)
	list := []step{}
	if l.has(Balance) {
		list = l.steps(rows)
	}
	signed := func(s step) int64 { return l.turn(s.amount, s.word) }
	fee := func(s step) int64 { return signed(s) - s.fee }
	if len(list) > 1 && l.has(Fee) && !agree(list, signed) && agree(list, fee) {
		return nil // the fee is taken from the account as well
	}
	delete(l.columns, Fee)
	unknown := l.unknownWords(rows)
	if len(list) > 1 && len(unknown) == 0 && agree(list, signed) {
		return nil
	}
	if len(unknown) > 0 {
		return l.askWords(l.column(Sign), unknown, list)
	}
	if q := l.askNet(rows, list); q != nil {
		return q
	}
	return l.askTurned(list, signed)
}

// askTurned asks when the balances say the opposite of what the amounts do.
func (l *layout) askTurned(list []step, signed func(step) int64) *sdk.Error {
	if len(list) < 3 || l.Invert || l.AsWritten || agree(list, signed) {
		return nil
	}
	if agree(list, func(s step) int64 { return -signed(s) }) {
		return ask("invert", "the column of balances says that its amounts go the other way: choose whether positive amounts leave "+
			"the account")
	}
	moved := func(up bool) bool {
		for i := 1; i < len(list); i++ {
			a, change := list[i].amount, list[i].balance-list[i-1].balance
			if !up {
				a, change = list[i-1].amount, -change
			}
			if a != change && a != -change {
				return false
			}
		}
		return true
	}
	if moved(true) || moved(false) {
		return ask("columns", "its column of balances says that some of the amounts leave the account, and nothing else tells "+
			"which: choose the column that says debit or credit, or none for the balance")
	}
	return nil
}

// turn gives an amount its sign by a word, and by the user's choice.
func (l *layout) turn(amount int64, word string) int64 {
	if l.has(Sign) && amount > 0 && l.isDebit(word) {
		amount = -amount
	}
	if l.inverts() {
		amount = -amount
	}
	return amount
}

func (l *layout) isDebit(word string) bool {
	if len(l.DebitWords) > 0 {
		return slices.Contains(l.DebitWords, word)
	}
	return l.library().Sign(word) == words.Debit
}

// unknownWords returns the words of the column of signs that say neither.
func (l *layout) unknownWords(rows []Row) []string {
	if !l.has(Sign) || len(l.DebitWords) > 0 {
		return nil
	}
	var list []string
	for _, text := range l.texts(rows, l.column(Sign)) {
		if word := signWord(text); l.unknownSign(text) && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// askWords finds out by the balances which words are debits, or asks.
func (l *layout) askWords(at int, unknown []string, list []step) *sdk.Error {
	if len(unknown) <= 3 && len(list) > 2 && l.learnWords(unknown, list) {
		return nil
	}
	known := []string{}
	for _, w := range unknown {
		known = append(known, `"`+statement.Clip(w, 40)+`"`)
	}
	return ask("debit_words", "its column %s holds %s, and nothing says whether that is a debit or a credit: choose the words for a debit",
		l.name(at), statement.Clip(strings.Join(known, ", "), 200))
}

// learnWords tries every meaning of the unknown words; the only one with which
// all balances agree is taken.
func (l *layout) learnWords(unknown []string, list []step) bool {
	var debits []string
	for _, s := range list {
		if l.library().Sign(s.word) == words.Debit && !slices.Contains(debits, s.word) {
			debits = append(debits, s.word)
		}
	}
	var fit []string
	fits := 0
	for mask := range 1 << len(unknown) {
		try := slices.Clone(debits)
		for i, w := range unknown {
			if mask&(1<<i) != 0 {
				try = append(try, w)
			}
		}
		if agree(list, func(s step) int64 {
			if slices.Contains(try, s.word) {
				return -s.amount
			}
			return s.amount
		}) {
			fits, fit = fits+1, try
		}
	}
	if fits != 1 || len(fit) == 0 {
		return false
	}
	l.DebitWords = fit
	return true
}

// askNet asks about a column that looks like one of signs beside amounts that
// have none.
func (l *layout) askNet(rows []Row, list []step) *sdk.Error {
	if len(l.Columns) > 0 || l.has(Sign) || !l.unsigned(rows) || len(l.DebitWords) > 0 || l.Invert || l.AsWritten {
		return nil
	}
	for _, at := range l.free(rows) {
		found, ok := l.looksLikeSigns(rows, at)
		if !ok {
			continue
		}
		for i := range list {
			list[i].word = signWord(l.wordAt(rows, at, i))
		}
		l.columns[Sign] = []int{at}
		q := l.askWords(at, found, list)
		if q != nil {
			delete(l.columns, Sign)
		}
		return q
	}
	return nil
}

// wordAt returns the text of a column in the n-th movement.
func (l *layout) wordAt(rows []Row, at, n int) string {
	texts := l.texts(rows, at)
	if n < len(texts) {
		return texts[n]
	}
	return ""
}

// looksLikeSigns reports whether a column near the amounts holds two or three
// short words, one in every row.
func (l *layout) looksLikeSigns(rows []Row, at int) ([]string, bool) {
	near := at-l.column(Amount) >= -2 && at-l.column(Amount) <= 2
	if !near && !l.namesKind(at) {
		return nil, false
	}
	texts := l.texts(rows, at)
	if len(texts) < 2 || len(texts) != l.movements(rows) {
		return nil, false
	}
	var found []string
	for _, text := range texts {
		word := signWord(text)
		if word == "" || len(word) > 20 || strings.ContainsAny(word, "0123456789") || isISO(strings.ToUpper(word)) {
			return nil, false
		}
		if !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	return found, len(found) == 2 || len(found) == 3
}

// namesKind reports whether a heading is absent, or one of codes.
func (l *layout) namesKind(at int) bool {
	return at >= len(l.headings) || l.headings[at] == "" || l.meansAnywhere(at, Code) || l.meansAnywhere(at, Sign)
}
