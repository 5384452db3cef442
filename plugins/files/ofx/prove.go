package ofx

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// seen is what of a statement is needed to prove it.
type seen struct {
	end, last sdk.Date // of the list (DTEND), and of its transactions
	rows      int      // that tell a balance
	agreed    int      // of these, that the transactions come to
	denied    bool     // one that they do not
	typed     int      // transactions whose type says which way they go
	against   int      // of these, that have the other sign
	corrected int      // transactions that a later one took back or replaced
}

// way returns which way a type says that money goes; "" for those that say none.
func way(kind string) sdk.Direction {
	switch kind {
	case "DEBIT", "PAYMENT", "ATM", "POS", "CHECK", "FEE", "SRVCHG", "CASH", "DIRECTDEBIT", "REPEATPMT":
		return sdk.Out
	case "CREDIT", "DEP", "DIRECTDEP", "DIV":
		return sdk.In
	}
	return ""
}

// forget takes a transaction off the counts.
func (s *seen) forget(tx *sdk.Transaction) {
	var one seen
	one.compare(tx)
	s.typed, s.against = s.typed-one.typed, s.against-one.against
}

// compare counts a transaction whose sign its type denies. An amount of zero has
// no sign.
func (s *seen) compare(tx *sdk.Transaction) {
	says := way(tx.Code)
	if says == "" || strings.Trim(tx.Amount, "0.") == "" {
		return
	}
	if s.typed++; says != tx.Direction {
		s.against++
	}
}

// prove tells what the balances of a statement prove. The ledger balance is that
// of the moment of download: only when it falls into the days of the list, behind
// every transaction, must an opening balance and the transactions come to it.
func (d *document) prove() error {
	if err := d.refuseCorrections(); err != nil {
		return err
	}
	if err := d.refuseRows(d.rows.waiting); err != nil {
		return err
	}
	d.rows.waiting = nil
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
	if s.against > 0 && s.against*2 >= s.typed {
		list = append(list, statement.Doubt(statement.TypesDenySigns,
			statement.Values{"against": statement.Number(s.against), "of": statement.Number(s.typed)},
			"the types of %d of %d transactions say that they go the other way than their signs; the signs were followed", s.against,
			s.typed))
	}
	if s.corrected > 0 {
		list = append(list, statement.Choice(statement.CorrectedRows,
			statement.Values{"rows": statement.Number(s.corrected)}, "%s left out",
			statement.Things(s.corrected, "transaction that the bank corrected was", "transactions that the bank corrected were")))
	}
	return list
}
