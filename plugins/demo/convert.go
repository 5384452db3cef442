package demo

import (
	"strconv"

	"github.com/girosync/girosync/plugins/sdk"
)

// teller puts one account's movements into the words that its holder reads.
type teller struct {
	holder  *holder
	account *account
	words   [payout + 1]wording
	text    []byte // scratch
	raw     []byte // scratch
}

func newTeller(h *holder, a *account) *teller {
	t := &teller{holder: h, account: a}
	for kind := range t.words {
		t.words[kind] = wordingOf(h.country.language, what(kind))
	}
	return t
}

func bookedID(m *movement) string  { return name("t", m.key) }
func pendingID(m *movement) string { return name("p", mix(m.key, 7)) }

// transaction tells m as it is in a phase: pending, booked or changed.
func (t *teller) transaction(m *movement, ph phase) sdk.Transaction {
	amount, direction := m.minor, sdk.In
	if ph == changed {
		amount = m.final
	}
	if amount < 0 {
		amount, direction = -amount, sdk.Out
	}
	x := sdk.Transaction{
		Date:          m.booked.date(),
		ValueDate:     m.day.date(),
		Amount:        t.account.money.decimal(amount),
		Direction:     direction,
		Currency:      t.account.money.code,
		Counterparty:  t.counterparty(m),
		CounterNumber: t.counterNumber(m),
		Reference:     t.reference(m),
		Code:          codeOf(m.what, direction == sdk.In),
	}
	switch {
	case ph == pending:
		x.ID, x.Date, x.ValueDate = pendingID(m), m.day.date(), sdk.Date{}
	case m.pendingAt != 0:
		x.ID, x.PendingID = bookedID(m), pendingID(m)
	default:
		x.ID = bookedID(m)
	}
	if ph == booked && m.changedAt != 0 && m.final == m.minor {
		x.Counterparty, x.CounterNumber = "", "" // told with the correction
	}
	if m.what == invoice || m.what == supplier {
		x.EndToEndID = name("e2e-", mix(m.key, 8))
	}
	if m.foreign != "" {
		t.exchange(&x, m)
	}
	if m.what < sale {
		x.Raw = t.record(&x, ph)
	}
	return x
}

func (t *teller) exchange(x *sdk.Transaction, m *movement) {
	other := currencyOf(m.foreign)
	x.OriginalAmount = other.decimal(max(m.original, -m.original))
	x.OriginalCurrency = other.code
	x.Rate = string(appendDecimal(nil, m.rate, 6))
}

// reference writes what the holder reads: the word, and what tells it from
// others of its kind.
func (t *teller) reference(m *movement) string {
	to := append(t.text[:0], t.words[m.what].word...)
	year, month, dom := m.day.civil()
	switch m.what {
	case salary, rent, energy, telecom, subscription, insurance, fee, cardPaid:
		to = appendTwo(to, month)
		to = append(to, '/')
		to = strconv.AppendInt(to, int64(year), 10)
	case tax:
		to = strconv.AppendInt(to, int64((month+2)/3), 10)
		to = append(to, '/')
		to = strconv.AppendInt(to, int64(year), 10)
	case groceries, shop, restaurant, fuel, cash, abroad, refund:
		to = appendTwo(to, int(m.chance>>40%10_000/100))
		to = appendTwo(to, int(m.chance>>40%100))
		to = append(to, ' ')
		to = appendTwo(to, dom)
		to = append(to, '/')
		to = appendTwo(to, month)
	case invoice, supplier:
		to = strconv.AppendInt(to, int64(year), 10)
		to = append(to, '-')
		to = strconv.AppendUint(to, 1000+m.chance>>40%9000, 10)
	case sale, payout:
		to = strconv.AppendUint(to, 100_000_000+m.chance>>20%900_000_000, 10)
	}
	t.text = to
	return string(to)
}

func appendTwo(to []byte, n int) []byte {
	return append(to, '0'+byte(n/10%10), '0'+byte(n%10))
}

func (t *teller) counterparty(m *movement) string {
	switch m.what {
	case toSavings, fromSavings, cardPaid, exchanged, toDeposit:
		return t.holder.name
	case fee, interest:
		return t.holder.bank.Name
	}
	return choose(t.words[m.what].parties, m.chance)
}

// counterNumber is the other side's account number; own accounts have theirs.
func (t *teller) counterNumber(m *movement) string {
	switch m.what {
	case toSavings, fromSavings:
		return t.numberOf(savings)
	case cardPaid:
		return t.numberOf(card)
	case exchanged:
		return t.numberOf(foreign)
	case toDeposit:
		return accountNumber(&t.holder.country, dice(mix(t.holder.key, 5)))
	case salary, rent, energy, telecom, insurance, tax, invoice, supplier:
		party := choose(t.words[m.what].parties, m.chance)
		return accountNumber(&t.holder.country, dice(hash(t.holder.key, party)))
	}
	return ""
}

// numberOf is the number of the holder's account for a purpose, as seen from
// this one: on that account itself, the checking account's.
func (t *teller) numberOf(r role) string {
	if t.account.role == r {
		r = checking
	}
	if a := t.holder.of(r); a != nil {
		return a.number
	}
	return ""
}

// record is the bank's own record, JSON. Nothing in the demo world's words
// needs escaping.
func (t *teller) record(x *sdk.Transaction, ph phase) []byte {
	status := "BOOK"
	if ph == pending {
		status = "PDNG"
	}
	to := append(t.raw[:0], `{"id":"`...)
	to = append(to, x.ID...)
	to = append(to, `","status":"`...)
	to = append(to, status...)
	to = append(to, `","amount":"`...)
	if x.Direction == sdk.Out {
		to = append(to, '-')
	}
	to = append(to, x.Amount...)
	to = append(to, `","currency":"`...)
	to = append(to, x.Currency...)
	to = append(to, `","text":"`...)
	to = append(to, x.Reference...)
	to = append(to, `"}`...)
	t.raw = to
	return append([]byte(nil), to...)
}
