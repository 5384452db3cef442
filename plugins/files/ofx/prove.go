package ofx

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// seen is what of a statement is needed to prove it.
type seen struct {
	end, last sdk.Date // of the list (DTEND), and of its transactions
	rows      int      // that tell a balance
	agreed    int      // of these, that the transactions come to
	denied    bool     // one that they do not
}

// prove tells what the balances of a statement prove. The ledger balance is that
// of the moment of download: only when it falls into the days of the list, behind
// every transaction, must an opening balance and the transactions come to it.
func (d *document) prove() error {
	for _, f := range d.seen.findings() {
		if err := d.out.Find(f); err != nil {
			return err
		}
	}
	ledger := d.out.Closing
	if ledger == nil || !d.out.Begun() {
		return nil
	}
	if d.out.Opening == nil {
		return d.out.Find(statement.Choice(statement.BalanceUnproven,
			statement.Values{"amount": ledger.Amount, "date": ledger.Date.String()},
			"the balance of %s %s is that of the moment of download; without an opening balance it proves none of the transactions",
			ledger.Date, ledger.Amount))
	}
	day := ledger.Date
	_, err := d.out.ProveClosing(!day.IsZero() && !d.seen.end.IsZero() && !d.seen.end.Before(day) && !day.Before(d.seen.last))
	return err
}

// findings tells of the rows that were no transactions.
func (s *seen) findings() (list []sdk.Finding) {
	if s.rows > 0 {
		list = append(list, statement.BalancesLeftOut(s.rows))
	}
	if s.agreed > 0 && !s.denied {
		list = append(list, statement.Proof(statement.BalanceRows, statement.Values{"rows": statement.Number(s.agreed)},
			"the transactions come to %s between them", statement.Things(s.agreed, "balance", "balances")))
	}
	return list
}
