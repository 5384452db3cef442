package demo

// household is one holder's money: the months of all accounts, which depend on
// each other (a card is paid from the checking account). It belongs to one call
// and remembers the months it has made.
//
// An account has no first day and yet a balance, because every month's net is
// moved away at the beginning of the next, to or from another account: so all
// months but the last two always sum to the same.
type household struct {
	holder *holder
	books  map[role]*book
}

// book is one account's months.
type book struct {
	household *household
	account   *account
	terms     terms
	months    map[month]page
}

// page is one month's movements, and what they come to in the end, without the
// one that clears the month before.
type page struct {
	movements []movement
	net       int64
}

func newHousehold(h *holder) *household {
	return &household{holder: h, books: make(map[role]*book)}
}

// ledger returns what happens on one of the holder's accounts.
func (h *household) ledger(a *account) ledger {
	if h.holder.bank.trait == bulk {
		return &stream{account: a, perYear: h.holder.bank.perYear}
	}
	if a.last != 0 {
		return &closed{ledger: h.book(a), last: a.last}
	}
	return h.book(a)
}

func (h *household) book(a *account) *book {
	b := h.books[a.role]
	if b == nil {
		b = &book{household: h, account: a, terms: termsOf(h.holder), months: make(map[month]page)}
		h.books[a.role] = b
	}
	return b
}

// net returns what a month of the holder's account came to; 0 without such an account.
func (h *household) net(r role, m month) int64 {
	a := h.holder.of(r)
	if a == nil {
		return 0
	}
	return h.book(a).month(m).net
}

// month returns a month's movements, without the clearing one.
func (b *book) month(m month) page {
	p, known := b.months[m]
	if !known {
		p = b.write(m)
		b.months[m] = p
	}
	return p
}

func (b *book) each(first, last day, yield func(*movement)) {
	for m := first.month(); m <= last.month(); m++ {
		b.eachOf(m, func(v *movement) {
			if v.day >= first && v.day <= last {
				yield(v)
			}
		})
	}
}

// eachOf yields all movements of a month, day by day.
func (b *book) eachOf(m month, yield func(*movement)) {
	movements := b.month(m).movements
	clearing, due := b.clearing(m)
	for i := range movements {
		if due && movements[i].day > clearing.day {
			yield(&clearing)
			due = false
		}
		yield(&movements[i])
	}
	if due {
		yield(&clearing)
	}
}

func (b *book) balance(d day, asOf int64) int64 {
	m := d.month()
	sum := b.account.rest + b.carried(m-2)
	for _, open := range []month{m - 1, m} {
		b.eachOf(open, func(v *movement) {
			if v.booked <= d {
				sum += v.counts(asOf)
			}
		})
	}
	return sum
}

func (b *book) reserved(d day, asOf int64) int64 {
	sum := int64(0)
	b.each(d-lastingDays, d, func(v *movement) {
		if v.at(asOf) == pending {
			sum += v.minor
		}
	})
	return sum
}

// carried returns the sum of everything up to the end of a month whose
// movements are all settled.
func (b *book) carried(m month) int64 {
	if b.account.role != savings {
		return b.month(m).net // the months before were cleared
	}
	sum := int64(0) // what was saved is spent each June
	for _, ofYear := m.split(); ofYear != 6; _, ofYear = m.split() {
		sum += b.month(m).net
		m--
	}
	return sum
}

// clearing is the movement that moves last month's net away.
func (b *book) clearing(m month) (movement, bool) {
	net := b.month(m - 1).net
	kind, after := clearingOf(b.account.role)
	if kind == nothing || net == 0 {
		return movement{}, false
	}
	v := movement{
		key:    mix(b.account.key, int64(m)<<16|0xffff),
		chance: mix(b.account.key, int64(m)),
		what:   kind,
		day:    m.first() + after,
		minor:  -net,
		final:  -net,
	}
	d := dice(v.chance)
	v.settleSurely(&d)
	return v, true
}

// clearingOf says how an account is cleared, and how many days into the month.
func clearingOf(r role) (what, day) {
	switch r {
	case checking:
		return toDeposit, 3
	case joint:
		return toDeposit, 2
	case card:
		return cardPaid, 4
	case foreign:
		return exchanged, 5
	default:
		return nothing, 0
	}
}
