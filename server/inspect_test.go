package server

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestInspectionCountsBatches(t *testing.T) {
	first := sdk.Account{Number: "BE71096123456769", Currency: "EUR"}
	in := sdk.Transaction{Amount: "10.50", Direction: sdk.In, Date: sdk.Date{Year: 2024, Month: 3, Day: 2}}
	out := sdk.Transaction{Amount: "0.75", Direction: sdk.Out, Date: sdk.Date{Year: 2024, Month: 3, Day: 1}}
	refused := []sdk.Refusal{{Line: 7, Reason: "no amount"}}
	for _, c := range []struct {
		name     string
		batches  []sdk.StatementBatch
		accounts []InspectedAccount
		sums     []string
		refused  []RefusedEntry
	}{
		{"only refusals make no account", []sdk.StatementBatch{{Format: "mt940", Refused: refused}}, nil, nil,
			[]RefusedEntry{{7, "no amount"}}},
		{"refusals of a known account keep its row", []sdk.StatementBatch{{Format: "mt940", Account: first, Refused: refused}},
			[]InspectedAccount{{Number: first.Number, Currency: "EUR"}}, []string{"0"}, []RefusedEntry{{7, "no amount"}}},
		{"an account without a number but with balances", []sdk.StatementBatch{{Format: "mt940", Opening: &sdk.Balance{Amount: "1.00"}}},
			[]InspectedAccount{{Opening: "1.00"}}, []string{"0"}, nil},
		{"transactions without an account number", []sdk.StatementBatch{{Format: "mt940", Booked: []sdk.Transaction{in}}},
			[]InspectedAccount{{Count: 1, FirstDate: "2024-03-02", LastDate: "2024-03-02"}}, []string{"10.50"}, nil},
		{"two batches of one account", []sdk.StatementBatch{
			{Format: "mt940", Account: first, Opening: &sdk.Balance{Amount: "1.00"}, Closing: &sdk.Balance{Amount: "11.50"},
				Booked: []sdk.Transaction{in}},
			{Format: "mt940", Account: first, Opening: &sdk.Balance{Amount: "11.50"}, Closing: &sdk.Balance{Amount: "10.75"},
				Booked: []sdk.Transaction{out}},
		}, []InspectedAccount{{Number: first.Number, Currency: "EUR", Count: 2, Opening: "1.00", Closing: "10.75",
			FirstDate: "2024-03-01", LastDate: "2024-03-02"}},
			[]string{"9.75"}, nil},
		{"another currency is told apart", []sdk.StatementBatch{{Format: "mt940", Account: first, Booked: []sdk.Transaction{in, {
			Amount: "2.345", Direction: sdk.Out, Currency: "USD", Date: in.Date}, {Amount: "1", Direction: sdk.In,
			Currency: "EUR", Date: in.Date}}}},
			[]InspectedAccount{{Number: first.Number, Currency: "EUR", Count: 2, FirstDate: "2024-03-02", LastDate: "2024-03-02",
				OtherCurrencies: []InspectedSum{{Currency: "USD", Count: 1}}}}, []string{"11.50"}, nil},
		{"a bad amount is refused, not counted", []sdk.StatementBatch{{Format: "mt940", Account: first,
			Booked: []sdk.Transaction{{Amount: "ten"}}}},
			[]InspectedAccount{{Number: first.Number, Currency: "EUR"}}, []string{"0"}, []RefusedEntry{{0, "amount ten"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var found Inspection
			for _, batch := range c.batches {
				if err := found.add(batch); err != nil {
					t.Fatal(err)
				}
			}
			var sums []string
			for _, a := range found.Accounts {
				sums = append(sums, a.sum.String())
			}
			for i := range found.Refused {
				found.Refused[i].Reason = found.Refused[i].Reason[:min(len(found.Refused[i].Reason), len("amount ten"))]
			}
			if diff := cmp.Diff(c.accounts, found.Accounts, cmpopts.IgnoreUnexported(InspectedAccount{}, InspectedSum{})); diff != "" {
				t.Errorf("accounts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.sums, sums); diff != "" {
				t.Errorf("sums (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.refused, found.Refused); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			if found.Format != "mt940" {
				t.Errorf("format %q", found.Format)
			}
		})
	}
}

// TestInspectionNamesTheOption keeps what a question asks for behind its text.
func TestInspectionNamesTheOption(t *testing.T) {
	asked := fmt.Errorf("read: %w", &sdk.Error{Kind: sdk.BadRequest, Field: "sheet", Line: 3, Message: "choose one"})
	err := sayPlainly("a.xlsx", asked)
	var told *sdk.Error
	if err.Error() != "a.xlsx, line 3: choose one" || !errors.As(err, &told) || told.Field != "sheet" {
		t.Errorf("%v, %+v", err, told)
	}
}
