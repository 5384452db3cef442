package onlinesync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// aged is a rig whose journal has a statement for each of so many months
// before June 2026, of three lines each.
func aged(t *testing.T, kind ormtest.Kind, months int) (*rig, *script, float64) {
	t.Helper()
	r := countedRig(t, kind)
	s, link := scripted(r, iban)
	var booked []sdk.Transaction
	for m := months; m > 0; m-- {
		first := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -m, 0)
		for _, n := range []int{3, 9, 27} {
			booked = append(booked, tx(fmt.Sprintf("%d/%d", m, n), first.AddDate(0, 0, n).Format(time.DateOnly), "10",
				fmt.Sprintf("%d in %d", n, m)))
		}
	}
	s.tell("a1", sdk.Batch{Booked: booked, From: day("2020-01-01"), To: day("2026-06-17")})
	r.sync(link)
	if got := r.count("account.bank.statement"); got != months {
		t.Fatalf("%d statements of %d months", got, months)
	}
	return r, s, link
}

// booksOf is what of a cost concerns lines and statements, and all of it but
// messages: how often progress is told depends on the clock.
func booksOf(c ormtest.Cost) map[string]int {
	return map[string]int{"lines": c.By["account_bank_statement_line"], "statements": c.By["account_bank_statement"], "all": c.Read +
		c.Changed - c.By["bus_bus"]}
}

func TestWhatAnOldLineCostsDoesNotGrowWithTheJournal(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			costs := map[int]map[string]map[string]int{}
			for _, months := range []int{4, 30} {
				r, s, link := aged(t, kind, months)
				of := map[string]map[string]int{}
				line := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "3 in 2")}, "id")[0]["id"]
				statement := r.rows("account.bank.statement", []any{leaf("name", "=", "BNK1/2026-04")}, "id")[0]["id"]
				of["a user changes it"] = booksOf(r.cost.Of(func() {
					r.call("account.bank.statement.line", "write", []any{line}, object{"amount": 12.5})
				}))
				of["its running balance"] = booksOf(r.cost.Of(func() {
					r.call("account.bank.statement.line", "read", []any{line}, []any{"running_balance"})
				}))
				of["its statement"] = booksOf(r.cost.Of(func() {
					r.call("account.bank.statement", "read", []any{statement},
						[]any{"is_valid", "is_complete", "balance_end", "problem_description"})
				}))
				s.tell("a1", all(tx("late", "2026-04-20", "1", "late")))
				of["a late one comes in"] = booksOf(r.cost.Of(func() { r.sync(link) }))
				costs[months] = of
			}
			if diff := cmp.Diff(costs[4], costs[30]); diff != "" {
				t.Errorf("rows read and changed, in a journal of 4 months and one of 30:\n%s", diff)
			}
			if of := costs[4]["a user changes it"]; of["statements"] == 0 || of["lines"] == 0 {
				t.Errorf("nothing was counted: %v", of)
			}
		})
	}
}
