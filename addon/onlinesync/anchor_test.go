package onlinesync_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// balances are a statement's start, computed end and ending balance.
func (r *rig) balances() [][3]float64 {
	r.t.Helper()
	var out [][3]float64
	list := r.call("account.bank.statement", "search_read", []any{},
		[]any{"balance_start", "balance_end", "balance_end_real", "is_valid", "is_complete"}, 0, 0, "first_line_index")
	for _, x := range list.([]any) {
		row := x.(object)
		if row["is_valid"] != true || row["is_complete"] != true {
			r.t.Errorf("statement %v is not valid and complete", row)
		}
		out = append(out, [3]float64{row["balance_start"].(float64), row["balance_end"].(float64), row["balance_end_real"].(float64)})
	}
	return out
}

func TestTheFirstStatementStartsWhereTheBanksBalanceSays(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		r := newRig(t, kind)
		s, link := scripted(r, iban)
		first := all(tx("1", "2026-01-31", "10", "a"), tx("2", "2026-02-01", "-3", "b"))
		first.Balances = []sdk.Balance{
			{Kind: sdk.Available, Amount: "5000", Currency: "EUR", Date: day("2026-06-17")},
			{Kind: sdk.Interim, Amount: "107.50", Currency: "EUR", Date: day("2026-06-17")},
		}
		s.tell("a1", first)
		r.sync(link)
		want := [][3]float64{{100.5, 110.5, 110.5}, {110.5, 107.5, 107.5}}
		if diff := cmp.Diff(want, r.balances()); diff != "" {
			t.Error(diff)
		}
		// a late line moves all that comes after it, and not the anchor
		late := all(tx("3", "2026-01-30", "1", "late"))
		late.Balances = []sdk.Balance{{Kind: sdk.Interim, Amount: "108.50", Currency: "EUR", Date: day("2026-06-17")}}
		s.tell("a1", late)
		r.sync(link)
		want = [][3]float64{{100.5, 111.5, 111.5}, {111.5, 108.5, 108.5}}
		if diff := cmp.Diff(want, r.balances()); diff != "" {
			t.Error(diff)
		}
	}
}
