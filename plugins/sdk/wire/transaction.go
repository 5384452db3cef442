package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// transactionsToWire fills one slab, so that a page costs few allocations.
func transactionsToWire(from []sdk.Transaction, days *dates) []*pb.Transaction {
	if len(from) == 0 {
		return nil
	}
	slab := make([]pb.Transaction, len(from))
	to := make([]*pb.Transaction, len(from))
	for i := range from {
		transactionToWire(&from[i], &slab[i], days)
		to[i] = &slab[i]
	}
	return to
}

func transactionToWire(t *sdk.Transaction, to *pb.Transaction, days *dates) {
	to.Id = t.ID
	to.Aliases = t.Aliases
	to.PendingId = t.PendingID
	to.Date = days.toWire(t.Date)
	to.ValueDate = days.toWire(t.ValueDate)
	to.Amount = t.Amount
	to.Direction = directions.toWire(t.Direction)
	to.Currency = t.Currency
	to.OriginalAmount = t.OriginalAmount
	to.OriginalCurrency = t.OriginalCurrency
	to.Rate = t.Rate
	to.Counterparty = t.Counterparty
	to.CounterNumber = t.CounterNumber
	to.Reference = t.Reference
	to.EndToEndId = t.EndToEndID
	to.Code = t.Code
	to.Details = t.Details
	to.Raw = t.Raw
}

func transactionsFromWire(what string, from []*pb.Transaction, days *dates) ([]sdk.Transaction, error) {
	if len(from) == 0 {
		return nil, nil
	}
	to := make([]sdk.Transaction, len(from))
	for i, t := range from {
		if err := transactionFromWire(t, &to[i], days); err != nil {
			return nil, fmt.Errorf("%s %d: %w", what, i+1, err)
		}
	}
	return to, nil
}

// transactionFromWire refuses what no host could book: a date that does not
// exist, an amount with a sign, no direction.
func transactionFromWire(t *pb.Transaction, to *sdk.Transaction, days *dates) (err error) {
	if t == nil {
		return fmt.Errorf("it is empty")
	}
	if t.Date == "" {
		return fmt.Errorf("date is missing")
	}
	if to.Date, err = days.fromWire("date", t.Date); err != nil {
		return err
	}
	if to.ValueDate, err = days.fromWire("value date", t.ValueDate); err != nil {
		return err
	}
	if to.Direction, err = directions.fromWire("direction", t.Direction); err != nil {
		return err
	}
	if err := checkMoney(t); err != nil {
		return err
	}
	to.ID = t.Id
	to.Aliases = t.Aliases
	to.PendingID = t.PendingId
	to.Amount = t.Amount
	to.Currency = t.Currency
	to.OriginalAmount = t.OriginalAmount
	to.OriginalCurrency = t.OriginalCurrency
	to.Rate = t.Rate
	to.Counterparty = t.Counterparty
	to.CounterNumber = t.CounterNumber
	to.Reference = t.Reference
	to.EndToEndID = t.EndToEndId
	to.Code = t.Code
	to.Details = t.Details
	to.Raw = t.Raw
	return nil
}

func checkMoney(t *pb.Transaction) error {
	if !unsigned(t.Amount) {
		return fmt.Errorf("amount %s: want a decimal without sign", quoted(t.Amount))
	}
	if t.Currency != "" && !capitals(t.Currency, 3) {
		return fmt.Errorf("currency %s: want three capital letters", quoted(t.Currency))
	}
	if t.OriginalAmount != "" && !unsigned(t.OriginalAmount) {
		return fmt.Errorf("original amount %s: want a decimal without sign", quoted(t.OriginalAmount))
	}
	if t.OriginalCurrency != "" && !capitals(t.OriginalCurrency, 3) {
		return fmt.Errorf("original currency %s: want three capital letters", quoted(t.OriginalCurrency))
	}
	if t.Rate != "" && !unsigned(t.Rate) {
		return fmt.Errorf("rate %s: want a decimal without sign", quoted(t.Rate))
	}
	return nil
}
