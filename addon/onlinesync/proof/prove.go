package proof

import (
	"slices"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Kind is which moment of its day a reported balance is of. All are booked.
type Kind string

// Kinds, the more certain first.
const (
	Closing Kind = "closing" // after the day's last transaction
	Opening Kind = "opening" // of the day after, before its first
	Interim Kind = "interim" // at some moment of the day
)

// Reported is a balance that a bank told for a day.
type Reported struct {
	Day    schema.Date
	Kind   Kind
	Amount decimal.Decimal
}

// Moves are the lines of one day.
type Moves struct {
	Day schema.Date
	Sum decimal.Decimal
	// Within are the amounts in their order, if known: an interim balance may
	// lie between two of them.
	Within []decimal.Decimal
}

// Provenance says where the balance of a day comes from.
type Provenance string

// Provenances.
const (
	FromBank  Provenance = "reported" // the bank told it
	FromLines Provenance = "computed" // anchor and lines alone
	Unknown   Provenance = "unknown"  // there is no anchor
)

// Verdict is what a comparison came to.
type Verdict string

// Verdicts.
const (
	Agrees    Verdict = "agrees"
	Disagrees Verdict = "disagrees"
	// Open: the bank told nothing for the day, or something between two
	// transactions that later days bear out.
	Open Verdict = "open"
)

// Day is one day of a proof.
type Day struct {
	Day        schema.Date
	Computed   decimal.Decimal // after the day's lines
	Reported   *Reported       // the most certain that was told; nil when none
	Difference decimal.Decimal // Reported less Computed
	Verdict    Verdict
	Provenance Provenance
}

// Proof is the comparison of all days that have lines or a reported balance.
type Proof struct {
	Days []Day
	// First is the first day that disagrees. Agreed is the last that agrees,
	// before First if there is one; "" when none does.
	First  *Day
	Agreed schema.Date
}

// Verdict of the whole: Open when the bank reported nothing that can be compared.
func (p *Proof) Verdict() Verdict {
	if p.First != nil {
		return Disagrees
	}
	if slices.ContainsFunc(p.Days, func(d Day) bool { return d.Verdict == Agrees }) {
		return Agrees
	}
	return Open
}

// Undecided reports whether an interim balance disagrees that might lie between
// two lines of its day: Prove decides it when told [Moves.Within].
func (p *Proof) Undecided() bool {
	return slices.ContainsFunc(p.Days, func(d Day) bool { return d.Verdict == Disagrees && d.Reported.Kind == Interim })
}

// Since is the proof of the days from one on; "" for all of them.
func (p *Proof) Since(from schema.Date) *Proof {
	i := slices.IndexFunc(p.Days, func(d Day) bool { return d.Day >= from })
	if i < 0 {
		i = len(p.Days)
	}
	part := &Proof{Days: p.Days[i:]}
	for _, d := range p.Days[:i] {
		if d.Verdict == Agrees {
			part.Agreed = d.Day
		}
	}
	part.name()
	return part
}

// Prove compares. start is the balance before the first of the moves; it is
// not known when anchored is false. The moves are in order of days.
func Prove(start decimal.Decimal, anchored bool, moves []Moves, told []Reported) (*Proof, error) {
	best := bestOfDays(told)
	days := make([]schema.Date, 0, len(moves)+len(best))
	for _, m := range moves {
		days = append(days, m.Day)
	}
	for day := range best {
		days = append(days, day)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	p := &Proof{Days: make([]Day, 0, len(days))}
	balance, next := start, 0
	for _, day := range days {
		before := balance
		var within []decimal.Decimal
		if next < len(moves) && moves[next].Day == day {
			sum, err := balance.Add(moves[next].Sum)
			if err != nil {
				return nil, err
			}
			balance, within = sum, moves[next].Within
			next++
		}
		d := Day{Day: day, Computed: balance, Reported: best[day], Verdict: Open, Provenance: FromLines}
		if !anchored {
			d.Provenance = Unknown
		}
		if d.Reported != nil {
			d.Provenance = FromBank
		}
		if d.Reported != nil && anchored {
			if err := d.compare(before, within); err != nil {
				return nil, err
			}
		}
		p.Days = append(p.Days, d)
	}
	p.settle()
	return p, nil
}

// bestOfDays keeps the most certain balance of each day; of two of a kind the
// one told last. An opening balance is the closing one of the day before.
func bestOfDays(told []Reported) map[schema.Date]*Reported {
	rank := map[Kind]int{Closing: 3, Opening: 2, Interim: 1}
	best := make(map[schema.Date]*Reported, len(told))
	for i := range told {
		r := told[i]
		if r.Kind == Opening {
			r.Day = r.Day.AddDays(-1)
		}
		if have := best[r.Day]; have == nil || rank[r.Kind] >= rank[have.Kind] {
			best[r.Day] = &r
		}
	}
	return best
}

// compare judges a day by itself. An interim balance also agrees between two
// of the day's lines.
func (d *Day) compare(before decimal.Decimal, within []decimal.Decimal) error {
	var err error
	if d.Difference, err = d.Reported.Amount.Sub(d.Computed); err != nil {
		return err
	}
	d.Verdict = Disagrees
	if d.Difference.IsZero() {
		d.Verdict = Agrees
		return nil
	}
	if d.Reported.Kind != Interim {
		return nil
	}
	at := before
	for _, amount := range append([]decimal.Decimal{{}}, within...) {
		if at, err = at.Add(amount); err != nil {
			return err
		}
		if at.Equal(d.Reported.Amount) {
			d.Verdict = Agrees
			return nil
		}
	}
	return nil
}

// settle lets interim balances be that a later day bears out, and names the
// first day that disagrees.
func (p *Proof) settle() {
	later := false // whether a later day agrees
	for i := len(p.Days) - 1; i >= 0; i-- {
		d := &p.Days[i]
		if d.Verdict == Agrees {
			later = true
		}
		if d.Verdict == Disagrees && d.Reported.Kind == Interim && later {
			d.Verdict = Open
		}
	}
	p.name()
}

// name finds the first day that disagrees.
func (p *Proof) name() {
	for i := range p.Days {
		switch p.Days[i].Verdict {
		case Agrees:
			p.Agreed = p.Days[i].Day
		case Disagrees:
			p.First = &p.Days[i]
			return
		}
	}
}
