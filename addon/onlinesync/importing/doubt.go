package importing

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// DoubtKind says what an import is not sure of. Nothing is ever done about a
// doubt but to ask.
type DoubtKind string

// Doubts.
const (
	// AmountChanged: a pending transaction may have posted with another amount,
	// such as one with a tip or another rate.
	AmountChanged DoubtKind = "amount_changed"
	// OtherDay: another source told the same amount on another day.
	OtherDay DoubtKind = "other_day"
	// Reissued: the same amount of about that day came under another id or in
	// other words, and what was known is not told any more.
	Reissued DoubtKind = "reissued"
	// Corrected: one of about that amount came, and what was known is not told
	// any more.
	Corrected DoubtKind = "corrected"
	// NotTold: the bank tells a day completely, and one that it told before is
	// missing.
	NotTold DoubtKind = "not_told"
)

// Doubt is a question: is what was told the same as the transaction Of?
// For NotTold: did the bank take Of back?
type Doubt struct {
	Kind DoubtKind
	Of   *Known
}

// How far apart two transactions may lie that could be one.
const (
	doubtDays     = 3         // whatever they say
	doubtDaysLike = MostApart // when they say alike things
	doubtShare    = 3         // tenths of the amount
)

// doubtNew finds, for each entry that would become another line, the likeliest
// row that nothing told and that could be the same transaction. Every row is
// asked about once.
func (d *decider) doubtNew(booked []*Entry, found []*Known) map[*Entry]*Doubt {
	out := map[*Entry]*Doubt{}
	free := d.freeRows()
	if len(free.byAmount) == 0 {
		return out
	}
	ask := func(rowsOf func(*Entry) []*Known) {
		for i, e := range booked {
			if found[i] != nil && stands(found[i]) || e.Date < d.told.Floor || out[e] != nil {
				continue
			}
			if best := d.likeliest(rowsOf(e), e); best != nil {
				d.doubted[best.Of] = true
				out[e] = best
			}
		}
	}
	ask(func(e *Entry) []*Known { return free.byAmount[e.Amount] })
	ask(func(*Entry) []*Known { return free.others })
	return out
}

func (d *decider) likeliest(rows []*Known, e *Entry) (best *Doubt) {
	for _, k := range rows {
		if d.doubted[k] {
			continue
		}
		if kind := d.couldBe(k, e); kind != "" && (best == nil || likelier(k, best.Of, e)) {
			best = &Doubt{kind, k}
		}
	}
	return best
}

// freeRows are the rows that nothing told and that an entry could be.
type freeRows struct {
	byAmount map[decimal.Decimal][]*Known
	// others are those that may be one with another amount.
	others []*Known
}

// mostOthers bounds how many rows each new entry is compared with. Where more
// are missing, an answer was cut short and amounts did not change.
const mostOthers = 500

func (d *decider) freeRows() freeRows {
	free := freeRows{byAmount: map[decimal.Decimal][]*Known{}}
	for _, k := range d.known {
		if d.told.elsewhere(k.Date) || !d.free(k) || k.Into != 0 || k.Deleted || k.Status != Pending &&
			(k.Status != Posted || k.Line == 0) {
			continue
		}
		free.byAmount[k.Amount] = append(free.byAmount[k.Amount], k)
		if k.Status == Pending || d.told.closes(k.Date) || k.Ident.ID == "" || k.Source != d.told.Source {
			free.others = append(free.others, k)
		}
	}
	if len(free.others) > mostOthers {
		free.others = nil
	}
	return free
}

// couldBe says in which way the free row k could be the entry e; "" if it cannot.
func (d *decider) couldBe(k *Known, e *Entry) DoubtKind {
	same, like := k.Amount == e.Amount, resembles(k, e)
	if !same && !about(k.Amount, e.Amount) {
		return ""
	}
	if !near(k.Date, e.Date, doubtDays) && !(like && same && near(k.Date, e.Date, doubtDaysLike)) {
		return ""
	}
	id, named := d.idOf(k)
	// What a source of differences has an id for and leaves out is as it was.
	unchanged := d.told.Differences && !d.removed[id]
	switch {
	case k.Status == Pending:
		if same || k.Source != d.told.Source || k.Date > e.Date || !d.pendingNoMore(k) || d.stillPending(k) {
			return ""
		}
		return AmountChanged
	case k.Source != d.told.Source && !named:
		if same {
			return OtherDay
		}
		if (like || shareWord(k, e)) && near(k.Date, e.Date, 1) {
			return Corrected
		}
		return ""
	case unchanged:
		return ""
	case d.told.closes(k.Date) && same:
		return Reissued
	case d.told.closes(k.Date) && like:
		return Corrected
	case same && d.newIDs() && d.told.To != "" && (like || k.Date == e.Date):
		return Reissued
	case like && !named && d.told.To == "" && !d.told.Differences && near(k.Date, e.Date, 1): // two files
		return Corrected
	}
	return ""
}

// doubtChanged asks whether a transaction, as it is now, is one that another
// source told in the same way before.
func (d *decider) doubtChanged(k *Known, e *Entry) *Doubt {
	for _, other := range d.known {
		if other != k && d.free(other) && !d.doubted[other] && other.Into == 0 && other.Line != 0 && other.Status == Posted &&
			other.Source != d.told.Source && d.unnamed(other) && other.Date == e.Date && other.Amount == e.Amount && resembles(other, e) {
			d.doubted[other] = true
			return &Doubt{OtherDay, other}
		}
	}
	return nil
}

// about reports whether an amount lies within 30 % of another, on its side of zero.
func about(a, b decimal.Decimal) bool {
	if a.Sign() != b.Sign() {
		return false
	}
	apart, err := a.Sub(b)
	if err != nil {
		return false
	}
	apart = apart.Abs()
	ten, err1 := apart.Mul(decimal.Ten)
	share, err2 := a.Abs().Mul(decimal.MustNew(doubtShare, 0))
	return err1 == nil && err2 == nil && !share.Less(ten)
}

// likelier reports whether the row k could rather be e than best.
func likelier(k, best *Known, e *Entry) bool {
	if a, b := k.Amount == e.Amount, best.Amount == e.Amount; a != b {
		return a
	}
	if a, b := resembles(k, e), resembles(best, e); a != b {
		return a
	}
	return apart(k.Date, e.Date) < apart(best.Date, e.Date)
}

// apart is the number of days between two dates.
func apart(a, b schema.Date) int {
	hours := a.Time().Sub(b.Time()).Hours()
	return int(max(hours, -hours) / 24)
}

// doubtUntold asks about lines that a source told before and leaves out of what
// it tells of their day now, and about those of a day that it tells completely
// and that only others know.
func (d *decider) doubtUntold() {
	if d.told.To == "" || d.told.Differences {
		return
	}
	for _, k := range d.known {
		if !d.free(k) || d.doubted[k] || k.Asked || k.Status != Posted || k.Line == 0 || k.Deleted || k.Into != 0 || k.Date < d.told.Floor {
			continue
		}
		if k.Date > d.told.Over || !d.spans(k.Date) {
			continue
		}
		if !d.unnamed(k) || k.Source == d.told.Source || d.told.closes(k.Date) {
			d.plan.Doubts = append(d.plan.Doubts, Doubt{NotTold, k})
		}
	}
}
