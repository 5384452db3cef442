package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func batchToWire(b sdk.Batch, days *dates) *pb.Batch {
	return &pb.Batch{
		Booked:              transactionsToWire(b.Booked, days),
		Pending:             transactionsToWire(b.Pending, days),
		Modified:            transactionsToWire(b.Modified, days),
		Removed:             b.Removed,
		Balances:            all(b.Balances, balanceToWire),
		Cursor:              b.Cursor,
		HasMore:             b.HasMore,
		Of:                  int64(b.Of),
		From:                b.From.String(),
		To:                  b.To.String(),
		HistoryFrom:         b.HistoryFrom.String(),
		ProviderRefreshedAt: timeToWire(b.RefreshedAt),
	}
}

func batchFromWire(b *pb.Batch, days *dates) (to sdk.Batch, err error) {
	to = sdk.Batch{Removed: b.GetRemoved(), Cursor: b.GetCursor(), HasMore: b.GetHasMore()}
	if to.Booked, err = transactionsFromWire("booked transaction", b.GetBooked(), days); err != nil {
		return sdk.Batch{}, err
	}
	if to.Pending, err = transactionsFromWire("pending transaction", b.GetPending(), days); err != nil {
		return sdk.Batch{}, err
	}
	if to.Modified, err = transactionsFromWire("modified transaction", b.GetModified(), days); err != nil {
		return sdk.Batch{}, err
	}
	if to.Balances, err = each("balance", b.GetBalances(), balanceFromWire); err != nil {
		return sdk.Batch{}, err
	}
	if to.Of, err = count("number of transactions", b.GetOf()); err != nil {
		return sdk.Batch{}, err
	}
	if to.RefreshedAt, err = timeFromWire("time of the last refresh", b.GetProviderRefreshedAt()); err != nil {
		return sdk.Batch{}, err
	}
	return to, coverageFromWire(b, days, &to)
}

func coverageFromWire(b *pb.Batch, days *dates, to *sdk.Batch) (err error) {
	if to.From, err = days.fromWire("from", b.GetFrom()); err != nil {
		return err
	}
	if to.To, err = days.fromWire("to", b.GetTo()); err != nil {
		return err
	}
	if to.HistoryFrom, err = days.fromWire("history from", b.GetHistoryFrom()); err != nil {
		return err
	}
	if !to.From.IsZero() && !to.To.IsZero() && to.To.Before(to.From) {
		return fmt.Errorf("it covers %s to %s, which is backwards", to.From, to.To)
	}
	return nil
}

func balanceToWire(b sdk.Balance) *pb.Balance {
	return &pb.Balance{
		Kind:     balanceKinds.toWire(b.Kind),
		Amount:   b.Amount,
		Currency: b.Currency,
		Date:     b.Date.String(),
	}
}

func balanceFromWire(b *pb.Balance) (sdk.Balance, error) {
	kind, err := balanceKinds.fromWire("kind", b.GetKind())
	if err != nil {
		return sdk.Balance{}, err
	}
	if !signed(b.GetAmount()) {
		return sdk.Balance{}, fmt.Errorf("amount %s: want a decimal", quoted(b.GetAmount()))
	}
	if c := b.GetCurrency(); c != "" && !capitals(c, 3) {
		return sdk.Balance{}, fmt.Errorf("currency %s: want three capital letters", quoted(c))
	}
	var days dates
	date, err := days.fromWire("date", b.GetDate())
	if err != nil {
		return sdk.Balance{}, err
	}
	return sdk.Balance{Kind: kind, Amount: b.GetAmount(), Currency: b.GetCurrency(), Date: date}, nil
}

// optionalBalanceToWire keeps nil.
func optionalBalanceToWire(b *sdk.Balance) *pb.Balance {
	if b == nil {
		return nil
	}
	return balanceToWire(*b)
}

func optionalBalanceFromWire(what string, b *pb.Balance) (*sdk.Balance, error) {
	if b == nil {
		return nil, nil
	}
	to, err := balanceFromWire(b)
	if err != nil {
		return nil, fmt.Errorf("%s balance: %w", what, err)
	}
	return &to, nil
}
