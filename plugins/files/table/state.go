package table

import (
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
	return l.library().State(text)
}

// askStates asks about a state that nobody knows, since a row may never have
// touched the account. A user who chose the columns has answered.
func (l *layout) askStates(rows []Row) *sdk.Error {
	if !l.has(Status) || len(l.Columns) > 0 {
		return nil
	}
	for _, text := range l.texts(rows, l.column(Status)) {
		if l.stateOf(text) == words.None {
			return ask("columns", "its column %s says %q, and nothing tells whether such a row is booked: choose the columns, without a "+
				"status when all rows are booked", l.name(l.column(Status)), text)
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
		a, err = c.money(t.Mark)
	}
	if err != nil {
		t.loose.look(t.layout, r)
		return nil
	}
	if err := t.open(r); err != nil {
		return err
	}
	day, err := r.at(t.column(Date)).day(t.DateOrder, r.Epoch)
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
