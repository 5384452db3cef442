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
	account              int // by number, in the order of the file
	day                  sdk.Date
}

// steps returns the movements of the first rows, account by account, with their
// amounts as the layout reads them; none when a row or its balance cannot be read.
func (l *layout) steps(rows []Row) []step {
	var list []step
	accounts := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if !l.movement(r) || l.tellsBalance(r) != words.None || l.has(Balance) && l.namesSum(r) ||
			l.stateOf(r.at(l.column(Status)).text()) != words.Booked {
			continue
		}
		said := r.at(l.column(Account)).text() + " " + r.at(l.column(Currency)).text()
		if _, known := accounts[said]; !known {
			accounts[said] = len(accounts)
		}
		s := step{word: signWord(r.at(l.column(Sign)).Text), account: accounts[said]}
		a, err := l.bareAmount(r)
		b, err2 := l.balance(r.at(l.column(Balance)))
		fee, err3 := l.money(r.at(l.column(Fee)))
		if err3 != nil {
			fee = statement.Amount{Digits: "0"}
		}
		s.day, _ = r.at(l.column(Date)).day(l.monthNames(), l.DateOrder, r.Epoch) // none where it cannot be read
		var ok, ok2, ok3 bool
		s.amount, ok = units(a)
		s.balance, ok2 = units(b)
		s.fee, ok3 = units(fee)
		if err != nil || err2 != nil || !ok || !ok2 || !ok3 {
			return nil
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b step) int { return a.account - b.account })
	return list
}

// bareAmount is a row's amount before words and choices turn it.
func (l *layout) bareAmount(r *Row) (statement.Amount, error) {
	if l.has(Amount) && !r.at(l.column(Amount)).blank() {
		a, err := l.plain(r)
		if err == nil && l.byEnds {
			a, err = l.byAccounts(a, r)
		}
		return a, err
	}
	return l.split(r)
}

// agree reports whether every balance follows from the one before it of the same
// account, the newest last or first.
func agree(list []step, amount func(step) int64) (whole bool) {
	up, down := true, true
	for i := 1; i < len(list); i++ {
		if list[i].account != list[i-1].account {
			continue
		}
		up = up && list[i].balance == list[i-1].balance+amount(list[i])
		down = down && list[i-1].balance == list[i].balance+amount(list[i-1])
	}
	return up || down
}

// links counts the balances that follow one of the same account.
func links(list []step) (n int) {
	for i := 1; i < len(list); i++ {
		if list[i].account == list[i-1].account {
			n++
		}
	}
	return n
}

// prove holds signs and fees to the column of balances, and asks about signs
// that nothing proves.
func (l *layout) prove(rows []Row) *sdk.Error {
	if q := l.settleDebits(rows); q != nil {
		return q
	}
	l.surveyCredits(rows)
	if q := l.settleEnds(rows); q != nil {
		return q
	}
	list := []step{}
	if l.has(Balance) {
		list = l.steps(rows)
	}
	signed := func(s step) int64 { return l.turn(s.amount, s.word) }
	if links(list) == 0 || !agree(list, signed) {
		if q := l.askNet(rows, list); q != nil { // before a card's own question, which is about all rows
			return q
		}
	}
	if q := l.settleCard(rows); q != nil {
		return q
	}
	if (l.has(Sign) || l.owed) && l.has(Balance) {
		list = l.steps(rows) // with what was found
	}
	if l.has(Gross) {
		list = l.settleGross(rows, list, signed)
	}
	if l.has(Fee) && l.takesFee(list, signed) {
		return nil
	}
	delete(l.columns, Fee)
	unknown := l.unknownWords(rows)
	if links(list) > 0 && len(unknown) == 0 && agree(list, signed) {
		return nil
	}
	if len(unknown) > 0 {
		return l.askWords(l.column(Sign), unknown, list)
	}
	if q := l.askBeside(rows); q != nil {
		return q
	}
	if q := l.askCurrency(rows); q != nil {
		return q
	}
	if q := l.askTypes(rows); q != nil {
		return q
	}
	return l.askTurned(list, signed)
}

// takesFee reports whether the balances show that the fee is taken from the account
// as well, which may have a minus of its own.
func (l *layout) takesFee(list []step, signed func(step) int64) bool {
	if links(list) == 0 || agree(list, signed) {
		return false
	}
	if agree(list, func(s step) int64 { return signed(s) - s.fee }) {
		return true
	}
	l.feeAsSigned = agree(list, func(s step) int64 { return signed(s) + s.fee })
	return l.feeAsSigned
}

// settleGross takes the amounts before the fee where the balances follow from them
// and not from those after it. Beside both no fee is to be taken off.
func (l *layout) settleGross(rows []Row, list []step, signed func(step) int64) []step {
	delete(l.columns, Fee)
	if links(list) == 0 || agree(list, signed) {
		return list
	}
	l.columns[Amount], l.columns[Gross] = l.columns[Gross], l.columns[Amount]
	if other := l.steps(rows); agree(other, signed) {
		return other
	}
	l.columns[Amount], l.columns[Gross] = l.columns[Gross], l.columns[Amount]
	return list
}

// askTurned asks when the balances say the opposite of what the amounts do.
func (l *layout) askTurned(list []step, signed func(step) int64) *sdk.Error {
	if links(list) < 2 || l.Invert || l.AsWritten || agree(list, signed) {
		return nil
	}
	if l.tellsBefore(list, signed) {
		l.before = true
		return nil
	}
	if agree(list, func(s step) int64 { return -signed(s) }) {
		return ask("invert", "the column of balances says that its amounts go the other way: choose whether positive amounts leave "+
			"the account")
	}
	moved := func(up bool) bool {
		for i := 1; i < len(list); i++ {
			if list[i].account != list[i-1].account {
				continue
			}
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

// tellsBefore reports whether balances are those before their rows: each and its
// amount come to the next, in the order of the days. Balances of amounts that go
// the other way look the same in the order against that of the days.
func (l *layout) tellsBefore(list []step, signed func(step) int64) bool {
	forth, back := true, true // the newest last, or first
	for i := 1; i < len(list); i++ {
		before, at := list[i-1], list[i]
		if before.account != at.account {
			continue
		}
		forth = forth && at.balance == before.balance+signed(before)
		back = back && before.balance == at.balance+signed(at)
	}
	first, last := list[0].day, list[len(list)-1].day
	return forth && first.Before(last) || back && last.Before(first)
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

// mostLearned is how many words the balances are asked about.
const mostLearned = 6

// askWords finds out by the balances which words are debits, or asks.
func (l *layout) askWords(at int, unknown []string, list []step) *sdk.Error {
	if len(unknown) <= mostLearned && links(list) > 1 && l.learnWords(unknown, list) {
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
		l.columns[Sign] = []int{at}
		if len(list) > 0 {
			list = l.steps(rows) // with the words of this column
		}
		q := l.askWords(at, found, list)
		if q != nil {
			delete(l.columns, Sign)
		}
		l.marksDebits = q == nil && len(l.texts(rows, at)) < l.movements(rows)
		return q
	}
	return nil
}

// askTypes asks about unsigned amounts beside types of payments, of which some say
// among other words that money leaves the account.
func (l *layout) askTypes(rows []Row) *sdk.Error {
	if len(l.Columns) > 0 || l.has(Sign) || !l.unsigned(rows) || len(l.DebitWords) > 0 || l.Invert || l.AsWritten || l.byEnds {
		return nil
	}
	for _, at := range l.free(rows) {
		if !l.namesKind(at) || !slices.ContainsFunc(l.texts(rows, at), l.library().NamesDebit) {
			continue
		}
		var found []string
		for _, text := range l.texts(rows, at) {
			if text = `"` + statement.Clip(signWord(text), 40) + `"`; !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
		return ask("debit_words", "its amounts have no sign, and its column %s holds %s: choose the words for a debit", l.name(at),
			statement.Clip(strings.Join(found, ", "), 200))
	}
	return nil
}

// looksLikeSigns reports whether a column near the amounts, or below a heading of
// signs, holds two or three short words, one in every row; or one and nothing in
// the other rows.
func (l *layout) looksLikeSigns(rows []Row, at int) ([]string, bool) {
	near := at-l.column(Amount) >= -2 && at-l.column(Amount) <= 2
	if !near && !l.namesKind(at) {
		return nil, false
	}
	texts := l.texts(rows, at)
	if len(texts) < 2 {
		return nil, false
	}
	var found []string
	for _, text := range texts {
		word := signWord(text)
		if !l.mayBeSign(word, at) {
			return nil, false
		}
		if !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	if len(texts) < l.movements(rows) {
		return found, len(found) == 1 && len(texts) > 1 || !slices.ContainsFunc(found, l.unknownSign)
	}
	return found, len(found) == 2 || len(found) == 3 || l.namesSign(at)
}

// mayBeSign reports whether a word can say which way an amount goes. Figures can
// where the heading says that the column does.
func (l *layout) mayBeSign(word string, at int) bool {
	return word != "" && len(word) <= 20 && !isISO(strings.ToUpper(word)) &&
		(!strings.ContainsAny(word, "0123456789") || len(word) == 1 && l.meansAnywhere(at, Sign))
}

// namesSign reports whether a heading is one of signs and nothing else.
func (l *layout) namesSign(at int) bool {
	return l.meansAnywhere(at, Sign) && !l.meansAnywhere(at, Code)
}

// namesKind reports whether a heading is absent, or one of codes.
func (l *layout) namesKind(at int) bool {
	return at >= len(l.headings) || l.headings[at] == "" || l.meansAnywhere(at, Code) || l.meansAnywhere(at, Sign)
}
