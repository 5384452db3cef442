package anonymise

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// entry is a row with figures.
type entry struct {
	amount, fee, balance *amount
	out                  bool // the amount leaves the account
	kind                 words.Kind
	account              string
	sum                  bool // a text names a sum
	back                 bool // a fee with a minus is given back
}

// moves is by how much the entry changed the balance, as it was or is now.
func (e *entry) moves(now bool) int64 {
	of := func(a *amount) int64 {
		switch {
		case a == nil:
			return 0
		case now:
			return a.now
		}
		return a.old
	}
	n := of(e.amount)
	if e.out {
		n = -n
	}
	if e.back {
		return n + of(e.fee)
	}
	return n - of(e.fee)
}

// feesBack finds out by the balances whether fees with a minus are given back, or
// taken as those without one are.
func feesBack(chain []*entry) {
	set := func(back bool) {
		for _, e := range chain {
			e.back = back && e.fee != nil && e.fee.negative
		}
	}
	agree := func() int { return max(links(chain, true), links(chain, false)) }
	set(false)
	taken := agree()
	set(true)
	if agree() <= taken {
		set(false)
	}
}

func (a *amount) signed() int64 {
	if a.negative {
		return -a.old
	}
	return a.old
}

// reckon draws new amounts and lets balances and sums follow.
func (t *sheet) reckon() {
	var all []*entry
	accounts := map[string]bool{}
	for i, row := range t.rows {
		if t.isHeading(row) {
			continue
		}
		e := t.entryOf(i, row)
		if e.balance != nil || e.amount != nil && !t.isNotBooked(row) {
			all = append(all, e)
			accounts[e.account] = accounts[e.account] || e.account != ""
		}
	}
	delete(accounts, "")
	chains := map[string][]*entry{}
	for _, e := range all {
		if len(accounts) < 2 {
			e.account = ""
		}
		chains[e.account] = append(chains[e.account], e)
	}
	for _, chain := range chains {
		feesBack(chain)
		t.sums(chain)
		t.follow(slices.DeleteFunc(chain, func(e *entry) bool { return e.kind == words.Turnover }))
	}
	t.turnSigns()
}

// tells reports what a row tells that is no movement.
func (t *sheet) tells(row int) words.Kind {
	for at := range t.rows[row] {
		if kind := t.lib.Balance(t.at(t.rows[row], at)); kind != words.None {
			return kind
		}
	}
	return words.None
}

// loose takes a cell for an amount wherever it stands: one with decimals.
func (t *sheet) loose(c cell) *amount {
	text := strings.TrimSpace(t.source[c.from:c.to])
	if n := len(text); n > 4 && isCurrency(text[n-3:]) {
		text = strings.TrimSpace(text[:n-3])
	}
	rest := strings.TrimLeft(text, "+-0123456789.,' ")
	if rest != "" || !strings.ContainsAny(text, ",.") || t.lib.Months(-1).IsDay(text) {
		return nil
	}
	return t.amountOf(c.from, c.to, t.mark)
}

func (t *sheet) entryOf(i int, row []cell) *entry {
	e := &entry{account: t.at(row, t.column("account")) + t.at(row, t.column("currency")), kind: t.tells(i)}
	if i < t.body && e.kind == words.None {
		return e
	}
	if i >= t.body {
		t.amountsOf(e, row)
	}
	e.sum = e.balance == nil && slices.ContainsFunc(row, func(c cell) bool { return t.lib.IsSum(t.source[c.from:c.to]) })
	if e.kind == words.None {
		t.draw(e.amount)
		t.draw(e.fee)
		return e
	}
	if e.balance == nil { // the row tells it where amounts stand
		e.amount, e.balance = nil, e.amount
		if e.balance != nil {
			e.balance.negative = e.out
		}
	}
	for _, c := range row {
		a := t.loose(c)
		if a == nil {
			continue
		}
		if t.amounts = append(t.amounts, a); e.balance == nil {
			e.balance = a
		} else {
			t.draw(a) // of two for one place the first counts
		}
	}
	return e
}

// amountsOf takes a row's amounts by the roles of the columns.
func (t *sheet) amountsOf(e *entry, row []cell) {
	debit, credit := t.amountIn(row, "debit"), t.amountIn(row, "credit")
	e.amount, e.fee, e.balance = t.amountIn(row, "amount"), t.amountIn(row, "fee"), t.amountIn(row, "balance")
	switch {
	case e.amount != nil:
		e.out = e.amount.negative
		if at := t.column("sign"); at >= 0 {
			e.out = t.isDebit(t.at(row, at))
		}
	case debit != nil && (credit == nil || credit.old == 0):
		e.amount, e.out = debit, true
		t.draw(credit)
	case credit != nil:
		e.amount, e.out = credit, credit.negative
		t.draw(debit)
	}
	if t.was.readAs["invert"] == "yes" {
		e.out = !e.out
	}
}

// isNotBooked reports whether a row's state says that it moved no balance.
func (t *sheet) isNotBooked(row []cell) bool {
	state := t.lib.State(t.at(row, t.column("status")))
	return state == words.Rejected || state == words.Pending
}

func (t *sheet) isDebit(word string) bool {
	if t.was.readAs["debit_words"] != "" {
		return slices.Contains(t.debits, statement.Fold(word)) || slices.Contains(t.debits, word)
	}
	return t.lib.Sign(word) == words.Debit
}

// sums moves rows that tell a sum as what they are the sum of: credits, debits
// or both, as their figure shows.
func (t *sheet) sums(chain []*entry) {
	var credits, debits, moreCredits, moreDebits int64
	for _, e := range chain {
		if e.kind != words.None || e.amount == nil {
			continue
		}
		if e.out {
			debits, moreDebits = debits+e.amount.old, moreDebits+e.amount.changed()
		} else {
			credits, moreCredits = credits+e.amount.old, moreCredits+e.amount.changed()
		}
	}
	t.namedSums(chain)
	for _, e := range chain {
		if e.kind != words.Turnover || e.balance == nil {
			continue
		}
		switch e.balance.old {
		case credits:
			e.balance.grow(false, moreCredits)
		case debits:
			e.balance.grow(false, moreDebits)
		case credits + debits:
			e.balance.grow(false, moreCredits+moreDebits)
		default:
			t.draw(e.balance)
		}
	}
}

// namedSums moves rows with a day that name a sum and are what the rows above come
// to, all of them or those since the last such row.
func (t *sheet) namedSums(chain []*entry) {
	var sides, more, before, beforeMore [2]int64 // the latter two at the last sum
	for _, e := range chain {
		if e.kind != words.None || e.amount == nil {
			continue
		}
		side := 0
		if e.out {
			side = 1
		}
		old, by := int64(0), int64(0)
		for _, ways := range [][2]int64{{1, 1}, {1, -1}, {-1, 1}, {1, 0}, {0, 1}} {
			for _, from := range [][2][2]int64{{before, beforeMore}, {}} {
				n := ways[0]*(sides[0]-from[0][0]) + ways[1]*(sides[1]-from[0][1])
				if e.sum && n == e.amount.old {
					old, by = n, ways[0]*(more[0]-from[1][0])+ways[1]*(more[1]-from[1][1])
				}
			}
		}
		if old != 0 {
			e.kind, before, beforeMore = words.Turnover, sides, more
			e.amount.grow(false, by)
			continue
		}
		sides[side], more[side] = sides[side]+e.amount.old, more[side]+e.amount.changed()
	}
}

// follow moves the balances of an account: each by what the rows since the one
// before moved it, the newest last or first, whichever the old ones show. A
// single row for the opening or the closing balance may stand anywhere.
func (t *sheet) follow(chain []*entry) {
	isOf := func(kind words.Kind) func(*entry) bool {
		return func(e *entry) bool { return e.kind == kind && e.amount == nil }
	}
	count := func(kind words.Kind) (n int) {
		for _, e := range chain {
			if isOf(kind)(e) {
				n++
			}
		}
		return n
	}
	var first, end []*entry
	if count(words.Opening) == 1 {
		at := slices.IndexFunc(chain, isOf(words.Opening))
		first, chain = chain[at:at+1:at+1], slices.Concat(chain[:at], chain[at+1:])
	}
	if count(words.Closing) == 1 {
		at := slices.IndexFunc(chain, isOf(words.Closing))
		end, chain = chain[at:at+1:at+1], slices.Concat(chain[:at], chain[at+1:])
	}
	if links(chain, false) > links(chain, true) {
		slices.Reverse(chain)
	}
	t.settle(grown(slices.Concat(first, chain, end)))
}

// grown says by how much each balance grows, before the beginning is moved.
func grown(chain []*entry) []balance {
	var list []balance
	var last *entry
	total, moved, changed := int64(0), int64(0), int64(0) // the latter two of rows since the last balance
	for _, e := range chain {
		own, by := e.moves(false), e.moves(true)-e.moves(false)
		if e.balance == nil {
			moved, changed = moved+own, changed+by
			continue
		}
		change := int64(0)
		if last != nil {
			change = e.balance.signed() - last.balance.signed()
		}
		switch {
		case last == nil || change == moved+own:
			total += changed + by
		case change == own: // the rows between moved nothing
			total += by
		case change == -own: // the balances say that it goes the other way
			total -= by
		default:
			total += changed + by
		}
		list, last, moved, changed = append(list, balance{e.balance, e.balance.negative, total}), e, 0, 0
	}
	return list
}

// links counts the balances that follow from the one before, the newest last or
// first, whatever the way that amounts go.
func links(chain []*entry, forth bool) (n int) {
	var last *entry
	between := int64(0)
	for _, e := range chain {
		if e.balance == nil {
			between += e.moves(false)
			continue
		}
		if last != nil {
			change, moved := e.balance.signed()-last.balance.signed(), between+e.moves(false)
			if !forth {
				change, moved = -change, between+last.moves(false)
			}
			if change == moved || change == -moved {
				n++
			}
		}
		last, between = e, 0
	}
	return n
}

// turnSigns writes the balances that are of the other sign now.
func (t *sheet) turnSigns() {
	for _, a := range t.amounts {
		if !a.turned {
			continue
		}
		if minus := strings.IndexAny(a.text, "-−–"); minus >= 0 {
			for _, sign := range []string{"-", "−", "–"} {
				a.text = strings.Replace(a.text, sign, "", 1)
			}
			continue
		}
		blanks := len(a.text) - len(strings.TrimLeft(a.text, " "))
		a.text = a.text[:blanks] + "-" + a.text[blanks:]
	}
}
