package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func statementToWire(b sdk.StatementBatch, days *dates) *pb.StatementBatch {
	return &pb.StatementBatch{
		Format:   b.Format,
		Account:  accountToWire(b.Account),
		Opening:  optionalBalanceToWire(b.Opening),
		Closing:  optionalBalanceToWire(b.Closing),
		Number:   b.Number,
		Booked:   transactionsToWire(b.Booked, days),
		Pending:  transactionsToWire(b.Pending, days),
		Refused:  all(b.Refused, refusalToWire),
		Encoding: b.Encoding,
		ReadAs:   b.ReadAs,
		Findings: all(b.Findings, findingToWire),
	}
}

// statementFromWire checks like batchFromWire, but the account in a file may
// lack what the file does not say: its id, or its currency.
func statementFromWire(b *pb.StatementBatch, days *dates) (to sdk.StatementBatch, err error) {
	to = sdk.StatementBatch{Format: b.GetFormat(), Number: b.GetNumber(), Encoding: b.GetEncoding(), ReadAs: b.GetReadAs()}
	if to.Account, err = fileAccountFromWire(b.GetAccount()); err != nil {
		return sdk.StatementBatch{}, fmt.Errorf("account: %w", err)
	}
	if to.Opening, err = optionalBalanceFromWire("opening", b.GetOpening()); err != nil {
		return sdk.StatementBatch{}, err
	}
	if to.Closing, err = optionalBalanceFromWire("closing", b.GetClosing()); err != nil {
		return sdk.StatementBatch{}, err
	}
	if to.Booked, err = transactionsFromWire("booked transaction", b.GetBooked(), days); err != nil {
		return sdk.StatementBatch{}, err
	}
	if to.Pending, err = transactionsFromWire("pending transaction", b.GetPending(), days); err != nil {
		return sdk.StatementBatch{}, err
	}
	if to.Refused, err = each("refused entry", b.GetRefused(), refusalFromWire); err != nil {
		return sdk.StatementBatch{}, err
	}
	if to.Findings, err = each("finding", b.GetFindings()[:min(len(b.GetFindings()), sdk.MaxFindings)], findingFromWire); err != nil {
		return sdk.StatementBatch{}, err
	}
	return to, nil
}

func refusalToWire(r sdk.Refusal) *pb.Refusal {
	return &pb.Refusal{Line: int64(r.Line), Reason: r.Reason}
}

func refusalFromWire(r *pb.Refusal) (sdk.Refusal, error) {
	line, err := count("line", r.GetLine())
	if err != nil {
		return sdk.Refusal{}, err
	}
	return sdk.Refusal{Line: line, Reason: r.GetReason()}, nil
}
