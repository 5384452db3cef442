package demo

import "slices"

// what is the kind of a movement.
type what uint8

const (
	nothing what = iota
	salary
	rent
	energy
	telecom
	subscription
	insurance
	tax
	fee
	groceries
	shop
	restaurant
	fuel
	cash
	abroad   // a card payment in another currency
	invoice  // a customer pays
	supplier // an invoice is paid
	refund
	toSavings
	fromSavings
	interest
	cardPaid  // the card's month is paid from the checking account
	exchanged // the foreign account's month is moved to the checking account
	toDeposit // the rest goes to an account elsewhere
	sale      // of a bulk account
	payout    // of a bulk account
)

// terms are a holder's standing amounts, in minor units of the local currency.
type terms struct {
	payday                                               day
	salary, rent, energy, telecom, insurance, tax, saved int64
	interest                                             int64
	subscriptions                                        [3]int64
}

func termsOf(h *holder) terms {
	d := dice(mix(h.key, 2))
	local := currencyOf(h.country.currency)
	euros := func(low, high int64) int64 { return local.inMinor(d.between(low, high) * 100) }
	cents := func(low, high int64) int64 { return local.inMinor(d.between(low, high)) }
	return terms{
		payday:        day(d.between(22, 26)),
		salary:        cents(210_000, 420_000),
		rent:          euros(650, 1500),
		energy:        euros(90, 220),
		telecom:       cents(2500, 7000),
		insurance:     cents(3000, 12_000),
		tax:           euros(300, 1500),
		saved:         euros(1, 5) * 100,
		interest:      cents(900, 9000),
		subscriptions: [3]int64{cents(499, 2499), cents(499, 2499), cents(499, 2499)},
	}
}

// writer makes one month of one book.
type writer struct {
	*book
	month month
	dice  dice
	out   []movement
}

// write makes a month from the account's key alone (and, for the checking
// account, from what the card and the foreign account came to the month before).
func (b *book) write(m month) page {
	w := &writer{book: b, month: m, dice: dice(mix(b.account.key, int64(m)))}
	switch b.account.role {
	case checking:
		w.checking()
	case savings:
		w.savings()
	case card:
		w.everyDay(w.cardDay)
	case foreign:
		w.everyDay(w.foreignDay)
	case joint:
		w.everyDay(w.jointDay)
	}
	slices.SortStableFunc(w.out, func(a, b movement) int { return int(a.day - b.day) })
	p := page{movements: w.out}
	for i := range w.out {
		p.net += w.out[i].inTheEnd()
	}
	return p
}

// add appends a movement of the month.
func (w *writer) add(d day, kind what, minor int64) *movement {
	w.out = append(w.out, movement{
		key:    mix(w.account.key, int64(w.month)<<16|int64(len(w.out))),
		chance: w.dice.roll(),
		what:   kind,
		day:    d,
		minor:  minor,
		final:  minor,
	})
	return &w.out[len(w.out)-1]
}

// on returns the n-th day of the month.
func (w *writer) on(n day) day { return w.month.first() + n - 1 }

// some returns an amount between two numbers of euro cents, in minor units of
// the account.
func (w *writer) some(low, high int64) int64 {
	return w.account.money.inMinor(w.dice.between(low, high))
}

func (w *writer) own(d day, kind what, minor int64) {
	if minor != 0 {
		w.add(d, kind, minor).settleSurely(&w.dice)
	}
}

// standing is an order that is with the same party every month; n tells those
// of a kind apart.
func (w *writer) standing(d day, kind what, n int, minor int64) {
	v := w.add(d, kind, minor)
	v.chance = mix(w.account.key, int64(kind)<<8|int64(n))
	v.settleOrder(&w.dice)
}

func (w *writer) order(d day, kind what, minor int64) {
	w.add(d, kind, minor).settleOrder(&w.dice)
}

func (w *writer) card(d day, kind what, low, high int64) {
	// Small amounts are more common than large ones.
	v := w.add(d, kind, -min(w.some(low, high), w.some(low, high)))
	if w.household.holder.bank.trait == holds && w.dice.oneIn(3) {
		v.hold(&w.dice)
		return
	}
	v.settleCard(&w.dice)
}

// twin repeats the last movement: two equal payments on one day.
func (w *writer) twin() {
	last := w.out[len(w.out)-1]
	last.key = mix(last.key, 2)
	w.out = append(w.out, last)
}

func (w *writer) everyDay(one func(day)) {
	for d := w.month.first(); d <= w.month.last(); d++ {
		one(d)
	}
}

func (w *writer) checking() {
	t := &w.terms
	_, ofYear := w.month.split()
	w.standing(w.on(1), rent, 0, -t.rent)
	w.own(w.on(2), fee, -w.account.money.inMinor(350))
	w.own(w.on(5), cardPaid, w.household.net(card, w.month-1))
	w.exchange()
	w.standing(w.on(8), energy, 0, -t.energy-w.some(0, 2500))
	w.standing(w.on(12), telecom, 0, -t.telecom)
	for i, price := range t.subscriptions {
		w.standing(w.on(day(9+5*i)), subscription, i, -price)
	}
	w.standing(w.on(15), insurance, 0, -t.insurance)
	if ofYear%3 == 1 {
		w.standing(w.on(20), tax, 0, -t.tax)
	}
	w.standing(w.on(t.payday), salary, 0, t.salary)
	w.own(w.on(27), toSavings, -t.saved)
	if ofYear == 6 {
		w.own(w.on(29), fromSavings, t.yearOfSavings())
	}
	w.everyDay(w.checkingDay)
}

// exchange brings what the foreign account came to last month, at the day's rate.
func (w *writer) exchange() {
	a := w.household.holder.of(foreign)
	net := w.household.net(foreign, w.month-1)
	if net == 0 {
		return
	}
	d := w.on(6)
	rate := a.money.rateTo(w.account.money, d)
	v := w.add(d, exchanged, a.money.exchange(net, rate, w.account.money))
	v.foreign, v.original, v.rate = a.money.code, net, rate
	v.settleSurely(&w.dice)
}

func (w *writer) checkingDay(d day) {
	if w.dice.oneIn(2) {
		w.card(d, groceries, 600, 14_000)
	}
	if w.dice.oneIn(2) {
		w.card(d, shop, 500, 18_000)
		if w.dice.oneIn(20) {
			w.twin()
		}
	}
	if w.dice.oneIn(4) {
		w.card(d, restaurant, 900, 9000)
	}
	if w.dice.oneIn(9) {
		w.card(d, fuel, 3500, 11_000)
	}
	if w.dice.oneIn(20) {
		w.add(d, cash, -w.account.money.inMinor(w.dice.between(1, 10)*2000)).settleOrder(&w.dice)
	}
	if w.dice.oneIn(12) {
		w.abroad(d)
	}
	if d.booksNothing() {
		return
	}
	if w.dice.oneIn(3) {
		w.order(d, invoice, w.some(9000, 180_000))
		if w.dice.oneIn(25) {
			w.twin()
		}
	}
	if w.dice.oneIn(4) {
		w.order(d, supplier, -w.some(4000, 150_000))
	}
	if w.dice.oneIn(40) {
		w.order(d, refund, w.some(1000, 9000))
	}
}

// abroad is a card payment in another currency.
func (w *writer) abroad(d day) {
	local := w.account.money
	other := currencyOf(pick(&w.dice, "USD", "GBP", "CHF", "JPY", "SEK", "EUR"))
	if other.code == local.code {
		return
	}
	paid := other.inMinor(w.dice.between(700, 40_000))
	rate := other.rateTo(local, d)
	v := w.add(d, abroad, -other.exchange(paid, rate, local))
	v.foreign, v.original, v.rate = other.code, paid, rate
	v.settleCard(&w.dice)
}

// yearOfSavings is what comes back each June: twelve deposits and the interest.
func (t *terms) yearOfSavings() int64 { return 12*t.saved + 4*t.interest }

func (w *writer) savings() {
	t := &w.terms
	_, ofYear := w.month.split()
	if ofYear%3 == 1 {
		w.own(w.on(1), interest, t.interest)
	}
	w.own(w.on(27), toSavings, t.saved)
	if ofYear == 6 {
		w.own(w.on(29), fromSavings, -t.yearOfSavings())
	}
}

func (w *writer) cardDay(d day) {
	if w.dice.oneIn(3) {
		w.card(d, shop, 900, 26_000)
		if w.dice.oneIn(25) {
			w.twin()
		}
	}
	if w.dice.oneIn(4) {
		w.card(d, restaurant, 1200, 12_000)
	}
	if w.dice.oneIn(6) {
		w.abroad(d)
	}
	if w.dice.oneIn(60) {
		w.order(d, refund, w.some(1000, 9000))
	}
}

func (w *writer) foreignDay(d day) {
	if d.booksNothing() {
		return
	}
	if w.dice.oneIn(5) {
		w.order(d, invoice, w.some(20_000, 220_000))
	}
	if w.dice.oneIn(6) {
		w.order(d, supplier, -w.some(9000, 120_000))
	}
	if w.dice.oneIn(10) {
		w.card(d, shop, 1500, 30_000)
	}
}

func (w *writer) jointDay(d day) {
	if w.dice.oneIn(2) {
		w.card(d, groceries, 900, 16_000)
	}
	if w.dice.oneIn(7) {
		w.card(d, restaurant, 1500, 11_000)
	}
	if d == w.on(10) {
		w.standing(d, energy, 0, -w.terms.energy)
	}
	if d == w.on(16) {
		w.standing(d, telecom, 0, -w.terms.telecom)
	}
}
