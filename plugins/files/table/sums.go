package table

import (
	"slices"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// loose are balances that stand beside their words and in no column of the table:
// above the headings, or below the rows. They are told only once the rows prove
// them, for the first and the last day.
type loose struct{ opening, closing *statement.Amount }

// look takes the balances of a row; the first opening and the last closing one
// count.
func (o *loose) look(l *layout, r *Row) {
	for at := range r.Cells {
		kind := l.library().Balance(r.Cells[at].Text)
		if kind != words.Opening && kind != words.Closing {
			continue
		}
		amount, ok := l.beside(r, at)
		switch {
		case !ok:
		case kind == words.Closing:
			o.closing = &amount
		case o.opening == nil:
			o.opening = &amount
		}
		return
	}
}

// beside returns the only amount that stands behind a row's words.
func (l *layout) beside(r *Row, words int) (found statement.Amount, ok bool) {
	for _, c := range r.Cells[min(words+1, len(r.Cells)):] {
		if c.blank() || l.can(Date, c, r.Epoch) {
			continue
		}
		a, err := l.money(c)
		if err != nil {
			continue
		}
		if ok {
			return found, false
		}
		found, ok = a, true
	}
	return found, ok
}

// sums are what the rows of a statement come to, credits and debits, for the rows
// that tell a turnover.
type sums struct {
	all, part   statement.Tally // of all rows, and of those behind the last turnovers
	days        [2]sdk.Date     // the first and the last
	told        bool            // the last row told a turnover
	agreed      int
	line        int // of the first turnover that nothing comes to; 0 for none
	what        string
	given, come string
}

// add takes a row that was booked; size is its amount without sign.
func (s *sums) add(tx *sdk.Transaction, size statement.Sum) {
	if s.told {
		s.told, s.part = false, statement.Tally{}
	}
	side := statement.SideOf(tx.Direction)
	s.all.Add(side, size)
	s.part.Add(side, size)
	if s.days[0].IsZero() || tx.Date.Before(s.days[0]) {
		s.days[0] = tx.Date
	}
	if s.days[1].Before(tx.Date) {
		s.days[1] = tx.Date
	}
}

// turnover holds a row that tells sums against the rows. Its amounts may be those
// of all rows, or of those since the last such row.
func (t *reading) turnover(r *Row) {
	s := &t.sums
	s.told = true
	out, outSet, err := t.layout.part(r, Debit)
	in, inSet, err2 := t.layout.part(r, Credit)
	switch {
	case err != nil || err2 != nil:
	case outSet || inSet:
		if outSet {
			s.hold(r.Line, "debits", out, statement.Debits)
		}
		if inSet {
			s.hold(r.Line, "credits", in, statement.Credits)
		}
	default:
		if a, err := t.amount(r); err == nil {
			s.hold(r.Line, "entries", a, bothSides)
		}
	}
}

// bothSides stands for either side of a tally, and for both together.
const bothSides = -1

// hold holds an amount against the sum of a side, or of bothSides.
func (s *sums) hold(line int, what string, told statement.Amount, side int) {
	given := statement.Size(told.Digits)
	if given.IsZero() {
		return
	}
	if s.comeTo(given, side) {
		s.agreed++
		return
	}
	if s.line == 0 {
		come := s.all.Gross()
		if side != bothSides {
			come = s.all.Sum[side]
		}
		s.line, s.what, s.given, s.come = line, what, told.Digits, come.String()
	}
}

// comeTo reports whether all rows, or those since the last turnovers, come to an
// amount on a side, or in any way on bothSides.
func (s *sums) comeTo(given statement.Sum, side int) bool {
	for _, tally := range [...]*statement.Tally{&s.all, &s.part} {
		may := tally.Sum[:]
		if side != bothSides {
			may = may[side : side+1]
		} else {
			may = append(slices.Clone(may), tally.Gross(), tally.Net(), tally.Net().Negated())
		}
		if slices.ContainsFunc(may, given.Equal) {
			return true
		}
	}
	return false
}

// isSum reports whether a row that has a day, or the word for a sum in its place,
// is no movement but a sum: a text names one, no balance stands beside it, and the
// rows above, two at least, come to each of its amounts. Amounts are looked at
// first, since hardly any row has those of a sum.
func (t *reading) isSum(r *Row) bool {
	if t.balance.rows < 2 || !r.at(t.column(Balance)).blank() || !t.comesToSums(r) {
		return false
	}
	return (t.movement(r) || t.library().IsSum(r.at(t.column(Date)).Text)) && t.namesSum(r)
}

// comesToSums reports whether each amount of a row is what the rows above come to.
func (t *reading) comesToSums(r *Row) bool {
	out, outSet, err := t.layout.part(r, Debit)
	in, inSet, err2 := t.layout.part(r, Credit)
	if err != nil || err2 != nil {
		return false
	}
	if !outSet && !inSet {
		a, err := t.layout.amount(r)
		return err == nil && !isZero(a) && t.sums.comeTo(statement.Size(a.Digits), bothSides)
	}
	holds := func(a statement.Amount, set bool, side int) bool {
		return !set || t.sums.comeTo(statement.Size(a.Digits), side)
	}
	return (!isZero(out) || !isZero(in)) && holds(out, outSet, statement.Debits) && holds(in, inSet, statement.Credits)
}

// namesSum reports whether a row without a balance has a text that names a sum.
func (l *layout) namesSum(r *Row) bool {
	if !r.at(l.column(Balance)).blank() {
		return false
	}
	for i := range r.Cells {
		if l.library().IsSum(r.Cells[i].Text) {
			return true
		}
	}
	return false
}

// find tells whether the sums that rows tell agree with the rows.
func (s *sums) find(out *statement.Builder, rows int) error {
	if s.line > 0 {
		return out.Find(statement.TotalDiffers(s.line, s.what, s.given, s.come))
	}
	if s.agreed > 0 {
		return out.Find(statement.TotalsAgree(rows))
	}
	return nil
}
