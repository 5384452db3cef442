package statementtest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Check returns what a host would refuse a batch for: one bad value there
// costs the whole file, so a reader must refuse the entry first.
func Check(b sdk.StatementBatch) error {
	if n := len(b.Booked) + len(b.Pending); n > 1000 {
		return fmt.Errorf("%d transactions in a batch", n)
	}
	if err := currencies(b.Account.Currency); err != nil {
		return err
	}
	for _, balance := range append([]*sdk.Balance{b.Opening, b.Closing}, pointers(b.Account.Balances)...) {
		if balance == nil {
			continue
		}
		if !isDecimal(strings.TrimPrefix(balance.Amount, "-")) || balance.Kind == "" {
			return fmt.Errorf("balance %+v", *balance)
		}
		if err := currencies(balance.Currency); err != nil {
			return err
		}
	}
	if err := texts(b.Format, b.Number, b.Account.ID, b.Account.Number, b.Account.Name, b.Account.Owner); err != nil {
		return err
	}
	for _, r := range b.Refused {
		if err := texts(r.Reason); err != nil || r.Line < 0 || r.Reason == "" {
			return fmt.Errorf("refusal %+v: %v", r, err)
		}
	}
	if err := findings(b.Findings); err != nil {
		return err
	}
	for _, list := range [][]sdk.Transaction{b.Booked, b.Pending} {
		for i := range list {
			if err := transaction(&list[i]); err != nil {
				return fmt.Errorf("transaction %+v: %w", list[i], err)
			}
		}
	}
	return nil
}

func findings(list []sdk.Finding) error {
	if len(list) > sdk.MaxFindings {
		return fmt.Errorf("%d findings", len(list))
	}
	for _, f := range list {
		if f.Kind == "" || f.Code == "" || f.Text == "" || len(f.Text) > sdk.MaxFindingText || !utf8.ValidString(f.Text) {
			return fmt.Errorf("finding %+v", f)
		}
		for name, value := range f.Values {
			if err := texts(name, value); err != nil || len(value) > sdk.MaxFindingText {
				return fmt.Errorf("finding %+v: %v", f, err)
			}
		}
	}
	return nil
}

func pointers(balances []sdk.Balance) []*sdk.Balance {
	var to []*sdk.Balance
	for i := range balances {
		to = append(to, &balances[i])
	}
	return to
}

func transaction(tx *sdk.Transaction) error {
	switch {
	case !tx.Date.Valid():
		return fmt.Errorf("no date")
	case !tx.ValueDate.IsZero() && !tx.ValueDate.Valid():
		return fmt.Errorf("no such value date")
	case !isDecimal(tx.Amount):
		return fmt.Errorf("amount %q", tx.Amount)
	case tx.OriginalAmount != "" && !isDecimal(tx.OriginalAmount):
		return fmt.Errorf("original amount %q", tx.OriginalAmount)
	case (tx.OriginalAmount == "") != (tx.OriginalCurrency == ""):
		return fmt.Errorf("original %q %q", tx.OriginalAmount, tx.OriginalCurrency)
	case tx.Rate != "" && !isDecimal(tx.Rate):
		return fmt.Errorf("rate %q", tx.Rate)
	case tx.Direction != sdk.In && tx.Direction != sdk.Out:
		return fmt.Errorf("direction %q", tx.Direction)
	case len(tx.Raw) > statement.MaxRaw:
		return fmt.Errorf("%d bytes of evidence", len(tx.Raw))
	}
	if err := currencies(tx.Currency, tx.OriginalCurrency); err != nil {
		return err
	}
	all := []string{tx.ID, tx.Counterparty, tx.CounterNumber, tx.Reference, tx.EndToEndID, tx.Code}
	for name, value := range tx.Details {
		all = append(all, name, value)
	}
	return texts(all...)
}

// texts checks what can be sent and stored everywhere, at a sensible length.
func texts(all ...string) error {
	for _, s := range all {
		if !utf8.ValidString(s) || len(s) > 8<<10 {
			return fmt.Errorf("text of %d bytes %.80q", len(s), s)
		}
	}
	return nil
}

func currencies(all ...string) error {
	for _, c := range all {
		if c != "" && (len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
			return fmt.Errorf("currency %q", c)
		}
	}
	return nil
}

func isDecimal(s string) bool {
	whole, decimals, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return len(s) <= 40 && digits(whole) && digits(decimals) == point
}
