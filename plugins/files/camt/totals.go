package camt

import (
	"strconv"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// totals are what a statement says of all its entries (TxsSummry), and what
// they come to.
type totals struct {
	told     []total
	elements int // entries, whatever became of them
	booked   statement.Tally
	all      statement.Tally
	lost     bool // an entry could not be read
	foreign  bool // one is in another currency than the account
	reversed bool // one is a reversal, which banks count on either side
}

// total is a number and a sum that are told; absent ones are empty.
type total struct {
	what       string
	count, sum string
	line       int
}

func (t *totals) take(e element) {
	kinds := [...]struct{ name, what string }{{"TtlNtries", "entries"}, {"TtlCdtNtries", "credits"}, {"TtlDbtNtries", "debits"}}
	for _, kind := range kinds {
		if c := e.child(kind.name); c.ok() {
			t.told = append(t.told, total{what: kind.what, count: c.value("NbOfNtries"), sum: c.value("Sum"), line: c.line()})
		}
	}
}

func (t *totals) add(tx *sdk.Transaction, booked bool, currency string, reversed bool) {
	t.foreign = t.foreign || currency != "" && tx.Currency != currency
	t.reversed = t.reversed || reversed
	side, size := statement.SideOf(tx.Direction), statement.Size(tx.Amount)
	t.all.Add(side, size)
	if booked {
		t.booked.Add(side, size)
	}
}

// sumOf is what entries, credits or debits come to.
func sumOf(t *statement.Tally, what string) statement.Sum {
	switch what {
	case "credits":
		return t.Sum[statement.Credits]
	case "debits":
		return t.Sum[statement.Debits]
	}
	return t.Gross()
}

// prove holds the statement's balances and totals against its entries.
func (a *account) prove() error {
	o, c := a.out.Opening, a.out.Closing
	booked := o != nil && o.Kind == sdk.Opening && c != nil && c.Kind == sdk.Closing
	if a.whole && booked {
		a.out.Follow(o, c)
	}
	if _, err := a.out.ProveClosing(a.whole && booked); err != nil {
		return err
	}
	return a.proveTotals()
}

// proveTotals tells the first total that is not what the entries come to, or that
// all are. Pending entries may count in them or not.
func (a *account) proveTotals() error {
	t, agreed := &a.totals, 0
	for _, told := range t.told {
		if n, err := strconv.Atoi(told.count); err == nil && told.what == "entries" && n != t.elements {
			if n != t.booked.Entries() {
				return a.out.Find(statement.CountDiffers(told.line, told.what, n, t.elements))
			}
		}
		amount, err := statement.ParseAmount(told.sum)
		if told.sum == "" || err != nil || t.lost || t.foreign || t.reversed && told.what != "entries" {
			continue
		}
		if !t.agrees(told.what, amount) {
			come := sumOf(&t.all, told.what)
			return a.out.Find(statement.TotalDiffers(told.line, told.what, amount.String(), come.String()))
		}
		agreed++
	}
	if agreed == 0 {
		return nil
	}
	return a.out.Find(statement.TotalsAgree(t.elements))
}

// agrees reports whether a sum is that of all entries or of those booked. Some
// banks tell what all come to, debits taken off.
func (t *totals) agrees(what string, told statement.Amount) bool {
	given := statement.SumOf(told)
	for _, tally := range []*statement.Tally{&t.all, &t.booked} {
		if sumOf(tally, what).Equal(given) {
			return true
		}
		if net := tally.Net(); what == "entries" && (net.Equal(given) || net.Negated().Equal(given)) {
			return true
		}
	}
	return false
}
