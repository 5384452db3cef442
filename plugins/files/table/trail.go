package table

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// trail follows the column of balances through all rows of a statement, the
// newest last or first. Rows without a balance count towards the next that has
// one.
type trail struct {
	rows     int  // that were booked
	balances int  // of them with a balance
	links    int  // balances that were held against the one before
	blank    int  // rows before the first balance or behind the last, which none proves
	ahead    int  // of these, before the first
	inside   bool // a row without a balance stands between two that have one
	up, down run  // with the newest last; with the newest first
	gap      bool // since the last balance a row was refused
	gaps     bool // a balance was therefore not held against the one before
	broken   bool // a balance cannot be read

	first, last       statement.Amount
	firstDay, lastDay sdk.Date
	begins, ends      bool     // the first row has a balance; the last one has
	lastTx            sdk.Date // day of the last transaction
}

// run counts how many balances follow from the one before, read in one order.
type run struct {
	expect statement.Sum // what the next balance must be
	agree  int
	breaks int // line of the first that does not; 0 for none
}

func (r *run) hold(balance statement.Sum, line int) {
	if r.expect.Equal(balance) {
		r.agree++
	} else if r.breaks == 0 {
		r.breaks = line
	}
}

// add takes a row that was booked; moved is its amount without sign.
func (b *trail) add(tx *sdk.Transaction, moved statement.Sum, c Cell, l *layout, line int) {
	b.lastTx = tx.Date
	b.rows++
	if b.broken {
		return
	}
	if tx.Direction == sdk.Out {
		size := moved
		moved = statement.Sum{}
		moved.Minus(size)
	}
	b.up.expect.Plus(moved)
	behind := b.blank > 0 && b.balances > 0 && !b.ends
	if b.ends = !c.blank(); !b.ends {
		b.blank++
		b.down.expect.Minus(moved)
		return
	}
	if behind { // what stands between two balances is proven by the second
		b.blank, b.inside = b.ahead, true
	}
	balance, err := l.balance(c)
	if err != nil {
		b.broken = true
		return
	}
	now := statement.SumOf(balance)
	switch {
	case b.balances > 0 && b.gap:
		b.gaps = true
	case b.balances > 0:
		b.links++
		b.up.hold(now, line)
		b.down.hold(now, line)
	}
	if b.balances == 0 {
		b.ahead = b.blank
		b.first, b.firstDay, b.begins = balance, tx.Date, b.rows == 1
	}
	b.balances++
	b.gap = false
	b.last, b.lastDay = balance, tx.Date
	b.up.expect, b.down.expect = now, now
	b.down.expect.Minus(moved)
}

// miss takes a row that was not booked although it may have moved the balance.
func (b *trail) miss() { b.gap = true }

// closing is the last day's balance, where every one follows from the one before.
func (b *trail) closing(currency string) *sdk.Balance {
	switch {
	case b.balances == 0 || b.broken || b.gaps:
		return nil
	case b.up.agree == b.links && b.ends:
		return &sdk.Balance{Kind: sdk.Closing, Amount: b.last.String(), Currency: currency, Date: b.lastDay}
	case b.down.agree == b.links && b.begins:
		return &sdk.Balance{Kind: sdk.Closing, Amount: b.first.String(), Currency: currency, Date: b.firstDay}
	}
	return nil
}

// find tells whether all balances follow from the one before, or which does not.
// whole is whether the rows are all that the table has.
func (b *trail) find(out *statement.Builder, whole bool) error {
	better := b.up
	if b.down.agree > b.up.agree {
		better = b.down
	}
	switch {
	case b.links == 0:
		return nil
	case better.agree == b.links && !b.broken:
		if !whole {
			return nil
		}
		if b.blank > 0 {
			return b.findBlank(out)
		}
		return out.Find(statement.Proof(statement.BalanceColumn, statement.Values{"rows": statement.Number(b.rows), "statements": "1"},
			"the balance column agrees with all %d rows", b.rows))
	case better.agree == b.links:
		return nil
	}
	agree, of := better.agree+1, b.links+1
	return out.Find(statement.Doubt(statement.BalanceBreaks, statement.Values{"agree": statement.Number(agree),
		"of": statement.Number(of), "line": statement.Number(better.breaks)},
		"the balance column agrees with %d of %d rows; the first that does not is line %d", agree, of, better.breaks))
}

// findBlank tells that some rows have no balance that proves them. Where all rows
// between the balances have one, that is a doubt: such a row is often not booked,
// or a sum.
func (b *trail) findBlank(out *statement.Builder) error {
	kind, agree := statement.Doubt, b.rows-b.blank
	if b.inside {
		kind = statement.Proof
	}
	return out.Find(kind(statement.BalanceBlank, statement.Values{"agree": statement.Number(agree), "of": statement.Number(b.rows),
		"blank": statement.Number(b.blank)}, "the balance column agrees with %d of %d rows; %s", agree, b.rows,
		statement.Things(b.blank, "has no balance", "have no balance")))
}
