package statement

import (
	"cmp"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

// maxStatements bounds the statements of a file that are held against each other.
const maxStatements = 1 << 17

// span is a statement between its balances.
type span struct {
	opening, closing sdk.Balance
	number           string
	entries          uint64 // hash of them
}

// sequence is the statements of one account, as they come.
type sequence struct {
	account sdk.Account
	spans   []span
	told    map[uint64]span // by the hash of their entries
}

// Follow says that the statement holds all that lies between two balances, so
// that it must follow another one of its account in the file. A nil balance is
// not known. It is called before End.
func (b *Builder) Follow(opening, closing *sdk.Balance) {
	if opening == nil || closing == nil || b.spans >= maxStatements {
		b.between = nil
		return
	}
	b.between = &span{opening: *opening, closing: *closing, number: b.Number}
}

// follow keeps what Follow said, and tells a statement that is in the file twice.
func (b *Builder) follow() error {
	now := b.between
	b.between = nil
	if now == nil {
		return nil
	}
	key := b.Account.Number + "\x00" + b.Account.ID + "\x00" + now.opening.Currency
	if b.sequences == nil {
		b.sequences = map[string]*sequence{}
	}
	all := b.sequences[key]
	if all == nil {
		all = &sequence{account: b.Account, told: map[uint64]span{}}
		b.sequences[key], b.order = all, append(b.order, all)
	}
	now.entries = b.trail
	if before, known := all.told[now.entries]; known && b.booked > 0 && now.same(before) {
		return b.Find(Doubt(StatementRepeated, Values{"number": now.number, "opening": now.opening.Amount, "closing": now.closing.Amount,
			"entries": Number(b.booked)}, "a statement is in the file twice: it opens with %s, closes with %s, and has the same %s",
			now.opening.Amount, now.closing.Amount, Things(b.booked, "entry", "entries")))
	}
	b.spans++
	all.told[now.entries] = *now
	all.spans = append(all.spans, *now)
	return nil
}

// same reports whether two statements say the same.
func (s *span) same(o span) bool {
	return s.entries == o.entries && equal(s.opening.Amount, o.opening.Amount) && equal(s.closing.Amount, o.closing.Amount)
}

// equal compares amounts, however many decimals they are written with.
func equal(a, b string) bool {
	var sum Sum
	sum.AddText(a)
	return sum.Is(b)
}

// gaps counts the statements that do not open where the one before closed. told
// and come are the balances of the first: what it opens with, and what it should.
func gaps(spans []span) (n int, told, come sdk.Balance) {
	for i := 1; i < len(spans); i++ {
		if !equal(spans[i].opening.Amount, spans[i-1].closing.Amount) {
			if n++; n == 1 {
				told, come = spans[i].opening, spans[i-1].closing
			}
		}
	}
	return n, told, come
}

// doubt tells of statements that do not follow each other, in the order of the
// file, against it, or by their days.
func (q *sequence) doubt() (finding sdk.Finding, found bool) {
	best, told, come := gaps(q.spans)
	turned := slices.Clone(q.spans)
	slices.Reverse(turned)
	sorted := slices.Clone(q.spans)
	slices.SortStableFunc(sorted, func(a, b span) int {
		return cmp.Or(a.opening.Date.DaysSince(b.opening.Date), a.closing.Date.DaysSince(b.closing.Date))
	})
	for _, list := range [][]span{turned, sorted} {
		if n, t, c := gaps(list); n < best {
			best, told, come = n, t, c
		}
	}
	if best == 0 {
		return finding, false
	}
	return Doubt(StatementsGap, Values{"told": told.Amount, "come": come.Amount, "date": told.Date.String()},
		"the statements do not follow each other: one opens on %s with %s, but the one before it closed with %s", told.Date, told.Amount,
		come.Amount), true
}

// tellGaps ends a file with what its statements say of each other.
func (b *Builder) tellGaps(format string) error {
	for _, q := range b.order {
		finding, found := q.doubt()
		if !found {
			continue
		}
		if err := b.Begin(format); err != nil {
			return err
		}
		b.Account = q.account
		b.Account.Balances = nil
		if err := b.Find(finding); err != nil {
			return err
		}
		if err := b.End(); err != nil {
			return err
		}
	}
	return nil
}

// trace adds a transaction to the hash of the statement's entries.
func trace(trail uint64, tx *sdk.Transaction) uint64 {
	day := uint64(tx.Date.Year*10_000 + int(tx.Date.Month)*100 + tx.Date.Day)
	trail = (trail ^ day) * 1099511628211
	for _, text := range [...]string{tx.Amount, string(tx.Direction), tx.Reference, tx.Counterparty} {
		trail = (trail ^ hash(text)) * 1099511628211
	}
	return trail
}
