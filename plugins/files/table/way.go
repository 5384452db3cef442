package table

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// debitWay is how a column of debits writes what leaves the account.
type debitWay uint8

const (
	debitsUnseen   debitWay = iota
	debitsPositive          // without a sign
	debitsNegative          // with a minus
	debitsTurned            // both signs: what is positive leaves the account
	debitsAsSigned          // both signs: what is negative leaves the account
	debitsMixed             // both signs, and nothing says which leaves the account
)

var errDebitSign = errors.New("its debit has another sign than those before it, and may be money that comes back")

// debit gives an amount of the column of debits its sign.
func (l *layout) debit(a statement.Amount) (statement.Amount, error) {
	switch {
	case isZero(a) || l.debits == debitsAsSigned:
		return a, nil
	case l.debits == debitsMixed, l.debits == debitsPositive && a.Negative, l.debits == debitsNegative && !a.Negative:
		return a, errDebitSign
	case l.debits == debitsTurned:
		a.Negative = !a.Negative
	default:
		a.Negative = true
	}
	return a, nil
}

// inverts reports whether the user's choice turns all amounts. In a table whose
// debits have both signs it is about these alone.
func (l *layout) inverts() bool { return l.Invert && l.debits < debitsTurned }

// settleDebits finds out how debits are written. Where they have both signs, the
// user says which leave the account, or the balances do, or it is asked.
func (l *layout) settleDebits(rows []Row) *sdk.Error {
	l.debits = l.debitSigns(rows)
	if l.debits != debitsMixed {
		return nil
	}
	switch {
	case l.Invert:
		l.debits = debitsTurned
		return nil
	case l.AsWritten:
		l.debits = debitsAsSigned
		return nil
	}
	var fit []debitWay
	for _, way := range []debitWay{debitsTurned, debitsAsSigned} {
		l.debits = way
		if list := l.steps(rows); l.has(Balance) && links(list) > 0 && agree(list, func(s step) int64 { return s.amount }) {
			fit = append(fit, way)
		}
	}
	if len(fit) == 1 {
		l.debits = fit[0]
		return nil
	}
	l.debits = debitsMixed
	return ask("invert", "its column %s holds amounts with a minus and without one, and nothing says which of them leave the account: "+
		"choose whether those without do", l.name(l.column(Debit)))
}

func (l *layout) debitSigns(rows []Row) debitWay {
	way := debitsUnseen
	for i := range rows {
		r := &rows[i]
		a, set, err := l.part(r, Debit)
		if err != nil || !set || isZero(a) || !l.movement(r) || l.tellsBalance(r) != words.None {
			continue
		}
		if in, set, _ := l.part(r, Credit); set && !isZero(in) {
			continue // a row that is refused
		}
		this := debitsPositive
		if a.Negative {
			this = debitsNegative
		}
		if way != debitsUnseen && way != this {
			return debitsMixed
		}
		way = this
	}
	return way
}

// surveyCredits notes whether credits alone are marked beside their amounts
// ("100.00 CR"): those without a mark are debits then.
func (l *layout) surveyCredits(rows []Row) {
	l.marksCredits = false
	if !l.has(Amount) || l.has(Sign) || l.has(Debit) || l.has(Credit) || len(l.DebitWords) > 0 {
		return
	}
	for _, text := range l.texts(rows, l.column(Amount)) {
		switch l.mark(text) {
		case words.Debit:
			l.marksCredits = false
			return
		case words.Credit:
			l.marksCredits = true
		}
	}
}

// mark returns Debit or Credit for an amount that has a sign, or a word for it.
func (l *layout) mark(text string) words.Kind {
	if strings.ContainsAny(statement.Even(text), "-−–(") {
		return words.Debit
	}
	if strings.Contains(text, "+") {
		return words.Credit
	}
	list := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []int{len(list) - 1, 0} {
		if word < 0 {
			break
		}
		if kind := l.library().Sign(list[word]); kind != words.None {
			return kind
		}
	}
	return words.None
}

// askBeside asks about different words behind unsigned amounts that are neither a
// currency nor known to be a debit or a credit.
func (l *layout) askBeside(rows []Row) *sdk.Error {
	if !l.has(Amount) || l.has(Sign) || len(l.DebitWords) > 0 || l.Invert || l.AsWritten || !l.unsigned(rows) {
		return nil
	}
	var found []string
	for _, text := range l.texts(rows, l.column(Amount)) {
		plain, _, _ := withoutSign(text)
		for _, word := range strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if word = statement.Fold(word); l.library().Sign(word) != words.None || slices.Contains(found, word) {
				continue
			}
			if _, ok := currencyWord(l.library(), word); !ok {
				found = append(found, word)
			}
		}
	}
	if len(found) < 2 {
		return nil
	}
	return ask("debit_words", "its amounts stand beside %s, and nothing says whether that is a debit or a credit: choose the words for a debit",
		statement.Clip(strings.Join(found, ", "), 200))
}

// plain reads the amount of the column that holds both ways.
func (l *layout) plain(r *Row) (statement.Amount, error) {
	c := r.at(l.column(Amount))
	a, err := l.money(c)
	if err == nil && l.marksCredits && l.mark(c.Text) == words.None {
		a.Negative = !isZero(a)
	}
	return a, err
}

// guessOther takes a column of unknown heading for the credits beside debits, or
// the debits beside credits: the only one that holds amounts in exactly those rows
// in which they have none. It counts once the balances prove it.
func (l *layout) guessOther(rows []Row) {
	if len(l.Columns) > 0 || l.has(Amount) || l.has(Debit) == l.has(Credit) {
		return
	}
	known, other := Debit, Credit
	if l.has(Credit) {
		known, other = Credit, Debit
	}
	free := l.free(rows)
	if i := slices.IndexFunc(free, func(at int) bool { return l.completes(rows, l.column(known), at) }); i >= 0 {
		l.columns[other], l.guessed = []int{free[i]}, other
	}
}

// completes reports whether each row that has a day has an amount in one of two
// columns, and some have it in each.
func (l *layout) completes(rows []Row, known, at int) bool {
	found, rest := 0, 0
	for i := range rows {
		r := &rows[i]
		if day := r.at(l.column(Date)); day.blank() || !l.can(Date, day, r.Epoch) || l.tellsBalance(r) != words.None {
			continue
		}
		c := r.at(at)
		if c.blank() == r.at(known).blank() {
			return false
		}
		if c.blank() {
			rest++
			continue
		}
		if !l.can(Amount, c, r.Epoch) {
			return false
		}
		found++
	}
	return found > 0 && rest > 0
}

// confirmOther asks about a column that was guessed unless the balances prove it.
func (l *layout) confirmOther(rows []Row, question *sdk.Error) *sdk.Error {
	if l.guessed == "" {
		return question
	}
	if list := l.steps(rows); question == nil && l.has(Balance) && len(list) > 1 &&
		agree(list, func(s step) int64 { return l.turn(s.amount, s.word) }) {
		return nil
	}
	at := l.column(l.guessed)
	delete(l.columns, l.guessed)
	if question != nil {
		return question
	}
	return ask("columns", "its column %s holds amounts where there is no %s, and nothing says what they are: choose the columns",
		l.name(at), map[Role]string{Debit: "credit", Credit: "debit"}[l.guessed])
}
