package demo

// ledger is everything that ever happens on one account. It has no first and
// no last day: what is asked of it depends on nothing but the account.
type ledger interface {
	// each yields the movements that happen from first to last, both
	// inclusive, in an order that is always the same. What is yielded is
	// good until the next.
	each(first, last day, yield func(*movement))

	// balance returns, in minor units, opening plus what is booked with a
	// date up to d, as known at asOf, which is not before d.
	balance(d day, asOf int64) int64

	// reserved returns the sum of what is pending at asOf, in minor units.
	reserved(d day, asOf int64) int64
}

// lastingDays bounds a movement's life: so many days after the one it happens
// on, nothing about it changes any more. It is less than a month; balances
// depend on that.
const lastingDays = 24

// movement is one movement and its whole life. Instants are Unix seconds; 0
// means never.
type movement struct {
	key    uint64
	chance uint64 // picks the words
	what   what
	day    day   // on which it happens
	booked day   // booking date
	minor  int64 // signed: positive comes in
	final  int64 // the same after a correction

	pendingAt int64 // told as pending from here
	bookedAt  int64 // booked from here
	changedAt int64 // corrected from here
	endsAt    int64 // gone from here: never booked, or taken back

	// Of a foreign payment: what was paid, in millionths of the account's
	// currency for one of the other.
	foreign  string
	original int64
	rate     int64
}

// phase is where a movement is in its life.
type phase int

const (
	unborn phase = iota
	pending
	booked
	changed
	gone
)

// at returns the phase at an instant.
func (m *movement) at(second int64) phase {
	switch {
	case m.endsAt != 0 && second >= m.endsAt:
		return gone
	case m.bookedAt != 0 && second >= m.bookedAt:
		if m.changedAt != 0 && second >= m.changedAt {
			return changed
		}
		return booked
	case m.pendingAt != 0 && second >= m.pendingAt:
		return pending
	}
	return unborn
}

// counts returns what m adds to the booked balance at an instant.
func (m *movement) counts(second int64) int64 {
	switch m.at(second) {
	case booked:
		return m.minor
	case changed:
		return m.final
	}
	return 0
}

// inTheEnd returns what m adds once its life is over.
func (m *movement) inTheEnd() int64 {
	if m.endsAt != 0 || m.bookedAt == 0 {
		return 0
	}
	if m.changedAt != 0 {
		return m.final
	}
	return m.minor
}

const hour = 60 * 60

// settleSurely books m on the next day that banks work, and leaves it so.
func (m *movement) settleSurely(d *dice) {
	m.booked = m.day.business()
	m.bookedAt = m.booked.begins() + 6*hour + d.below(12*hour)
}

// settleOrder books m likewise, now and then told only days later under its
// old date.
func (m *movement) settleOrder(d *dice) {
	m.settleSurely(d)
	if d.oneIn(25) {
		told := (m.booked + day(d.between(2, 6))).business()
		m.bookedAt = told.begins() + 6*hour + d.below(12*hour)
	}
	m.regret(d)
}

// settleCard lets m be pending before it is booked under another id; now and
// then it vanishes, or another amount is booked.
func (m *movement) settleCard(d *dice) {
	told := m.day.begins() + 8*hour + d.below(14*hour)
	if !d.oneIn(4) {
		m.pendingAt = told
	}
	if m.pendingAt != 0 && d.oneIn(40) {
		m.endsAt = told + d.between(2, 4)*secondsPerDay
		return
	}
	m.booked = (m.day + day(d.between(1, 3))).business()
	m.bookedAt = m.booked.begins() + 4*hour + d.below(4*hour)
	if m.foreign == "" && d.oneIn(150) {
		m.final = m.minor + m.minor/8
		m.changedAt = m.bookedAt + d.between(1, 2)*secondsPerDay
	}
	m.regret(d)
}

// hold lets m be pending for two or three weeks, as a hotel's reservation of an
// amount is, and then vanish.
func (m *movement) hold(d *dice) {
	m.pendingAt = m.day.begins() + 8*hour + d.below(14*hour)
	m.endsAt = m.pendingAt + d.between(14, 21)*secondsPerDay
}

// regret makes a bank tell more about a few movements later, and take a very
// few back.
func (m *movement) regret(d *dice) {
	if m.changedAt != 0 {
		return
	}
	switch {
	case d.oneIn(50):
		m.changedAt = m.bookedAt + d.between(1, 3)*secondsPerDay
	case d.oneIn(250):
		m.endsAt = m.bookedAt + d.between(1, 4)*secondsPerDay
	}
}

// closed is the ledger of an account on which nothing happens after its last day.
// What happened by then is still booked, and changed, afterwards.
type closed struct {
	ledger
	last day
}

func (c *closed) each(first, last day, yield func(*movement)) {
	if first <= c.last {
		c.ledger.each(first, min(last, c.last), yield)
	}
}

func (c *closed) balance(d day, asOf int64) int64 {
	sum := c.ledger.balance(d, asOf)
	if d > c.last {
		c.ledger.each(c.last+1, d, func(v *movement) {
			if v.booked <= d {
				sum -= v.counts(asOf)
			}
		})
	}
	return sum
}

func (c *closed) reserved(d day, asOf int64) int64 {
	sum := int64(0)
	c.each(d-lastingDays, d, func(v *movement) {
		if v.at(asOf) == pending {
			sum += v.minor
		}
	})
	return sum
}
