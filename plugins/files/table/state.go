package table

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// stateOf returns what a text of the column of states says: None where nobody
// knows it. One that is blank says Booked, unless booked rows say so themselves.
func (l *layout) stateOf(text string) words.Kind {
	switch {
	case !l.has(Status), text == "" && !l.saysBooked:
		return words.Booked
	case text == "":
		return words.None
	}
	if kind := l.library().State(text); kind != words.None {
		return kind
	}
	return l.answer(l.column(Status), text)
}

// answer returns the state that a yes or a no tells below a heading that names one.
func (l *layout) answer(at int, text string) words.Kind {
	named, said := l.namedState(at), l.library().Answer(text)
	switch {
	case named == words.None || said == words.None:
		return words.None
	case said == words.Yes:
		return named
	case named == words.Booked:
		return words.Pending
	}
	return words.Booked
}

// namedState returns the state that a heading names.
func (l *layout) namedState(at int) words.Kind {
	if at < 0 || at >= len(l.headings) {
		return words.None
	}
	return l.library().State(l.headings[at])
}

// askStates asks about a state that nobody knows, since a row may never have
// touched the account. A user who chose the columns has answered.
func (l *layout) askStates(rows []Row) *sdk.Error {
	if len(l.Columns) > 0 {
		return nil
	}
	if !l.has(Status) {
		return l.askHidden(rows)
	}
	for _, text := range l.texts(rows, l.column(Status)) {
		if l.stateOf(text) == words.None {
			return l.askState(l.column(Status), text)
		}
	}
	return nil
}

func (l *layout) askState(at int, said string) *sdk.Error {
	return ask("columns", "its column %s says %q, and nothing tells whether such a row is booked: choose the columns, without a status "+
		"when all rows are booked", l.name(at), statement.Clip(said, 40))
}

// askHidden asks about a state that a column tells which is none of states: below a
// heading that names one, or beside other words of a type.
func (l *layout) askHidden(rows []Row) *sdk.Error {
	for _, said := range l.texts(rows, l.column(Code)) {
		if l.has(Code) && l.library().NamesState(said) != words.None {
			return l.askState(l.column(Code), said)
		}
	}
	for _, at := range l.free(rows) {
		if l.namedState(at) == words.None {
			continue
		}
		for _, said := range l.texts(rows, at) {
			if c := (Cell{Text: said}); !l.can(Date, c, NoEpoch) && !l.can(Amount, c, NoEpoch) {
				return l.askState(at, said)
			}
		}
	}
	return nil
}

// tellsBalance reports whether a row tells a balance or a turnover and is no
// movement: one of its texts says so, and no other side is named.
func (l *layout) tellsBalance(r *Row) words.Kind {
	lib := l.library()
	if kind := lib.Balance(r.at(l.column(Date)).Text); kind != words.None {
		return kind
	}
	if l.has(CounterNumber) && isNumber(r.at(l.column(CounterNumber)).Text) {
		return words.None
	}
	for i := range r.Cells {
		if kind := lib.Balance(r.Cells[i].Text); kind != words.None {
			return kind
		}
	}
	return words.None
}

// takeBalance keeps what a row tells of the balance. A row with a date that
// cannot be read, or none, tells it for the day of the row before.
func (t *reading) takeBalance(r *Row, kind words.Kind) error {
	t.passed.balances++
	switch kind {
	case words.Turnover:
		t.turnover(r)
		return nil
	case words.OtherBalance:
		return nil
	}
	a, err := t.amount(r)
	if c := r.at(t.column(Balance)); !c.blank() {
		a, err = t.layout.balance(c)
	}
	if err != nil {
		t.loose.look(t.layout, r)
		return nil
	}
	if err := t.open(r); err != nil {
		return err
	}
	day, err := r.at(t.column(Date)).day(t.monthNames(), t.DateOrder, r.Epoch)
	if err != nil {
		day = t.balance.lastTx
	}
	if day.IsZero() {
		return nil
	}
	b := &sdk.Balance{Amount: a.String(), Currency: t.out.Account.Currency, Date: day}
	switch {
	case kind != words.Opening:
		if b.Kind = sdk.Closing; t.said == nil || !day.Before(t.said.Date) {
			t.said = b
		}
	case t.out.Opening == nil || day.Before(t.out.Opening.Date): // each page may begin with one
		b.Kind, t.out.Opening = sdk.Opening, b
	}
	return nil
}
