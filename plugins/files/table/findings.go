package table

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// passed counts rows of a statement that were not booked, on purpose.
type passed struct {
	rejected int // payments that never touched the account
	balances int // rows that tell a balance, or a sum
}

// findings gives the statement its closing balance, and tells what its balances
// and sums prove or deny.
func (t *reading) findings() error {
	if t.begun {
		if t.out.Closing = t.balance.closing(t.out.Account.Currency); t.out.Closing == nil {
			t.out.Closing = t.said
		}
	}
	if t.passed.rejected > 0 {
		if err := t.out.Find(statement.RejectedLeftOut(t.passed.rejected)); err != nil {
			return err
		}
	}
	if t.passed.balances > 0 {
		if err := t.out.Find(statement.BalancesLeftOut(t.passed.balances)); err != nil {
			return err
		}
	}
	if err := t.balance.find(t.out, t.whole); err != nil || !t.whole || !t.begun {
		return err
	}
	if err := t.sums.find(t.out, t.balance.rows); err != nil {
		return err
	}
	return t.proveClosing()
}

// proveClosing holds the rows against what the file begins and ends with. Loose
// balances count where the table is about one account and has none of its own,
// and are told once they are proven.
func (t *reading) proveClosing() error {
	o, c := t.out.Opening, t.out.Closing
	if t.single && t.ended && t.balance.rows > 0 {
		if own := t.loose.opening; o == nil && own != nil {
			t.out.Opening = t.told(sdk.Opening, own, t.sums.days[0])
		}
		if own := t.loose.closing; c == nil && own != nil {
			t.out.Closing = t.told(sdk.Closing, own, t.sums.days[1])
		}
	}
	proven, err := t.out.ProveClosing(true)
	if !proven {
		t.out.Opening, t.out.Closing = o, c
	}
	return err
}

func (t *reading) told(kind sdk.BalanceKind, a *statement.Amount, day sdk.Date) *sdk.Balance {
	return &sdk.Balance{Kind: kind, Amount: a.String(), Currency: t.out.Account.Currency, Date: day}
}
