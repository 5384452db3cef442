package onlinesync_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// grouped are the statements with the days of their lines, oldest first.
func (r *rig) grouped() []string {
	r.t.Helper()
	var out []string
	for _, x := range r.call("account.bank.statement", "search_read", []any{}, []any{"name"}, 0, 0, "first_line_index, id").([]any) {
		s := x.(object)
		days := ""
		for _, line := range r.call("account.bank.statement.line", "search_read", []any{leaf("statement_id", "=", s["id"])},
			[]any{"date"}, 0, 0, "internal_index").([]any) {
			days += " " + line.(object)["date"].(string)[5:]
		}
		out = append(out, s["name"].(string)+":"+days)
	}
	for range r.count("account.bank.statement.line", leaf("statement_id", "=", false)) {
		out = append(out, "none")
	}
	return out
}

func quarter() sdk.Batch {
	return all(tx("1", "2026-01-15", "1", "a"), tx("2", "2026-01-16", "2", "b"), tx("3", "2026-01-31", "4", "c"),
		tx("4", "2026-02-01", "8", "d"))
}

func TestStatementsByPeriodicity(t *testing.T) {
	for grouping, want := range map[string][]string{
		"none":      {"none", "none", "none", "none"},
		"day":       {"BNK1/2026-01-15: 01-15", "BNK1/2026-01-16: 01-16", "BNK1/2026-01-31: 01-31", "BNK1/2026-02-01: 02-01"},
		"week":      {"BNK1/2026-W03: 01-15 01-16", "BNK1/2026-W05: 01-31 02-01"},
		"bimonthly": {"BNK1/2026-01-01: 01-15", "BNK1/2026-01-16: 01-16 01-31", "BNK1/2026-02-01: 02-01"},
		"month":     {"BNK1/2026-01: 01-15 01-16 01-31", "BNK1/2026-02: 02-01"},
	} {
		t.Run(grouping, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			s, link := scripted(r, iban)
			r.work()
			journal := r.journal(link)
			r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": grouping})
			s.tell("a1", with(quarter(), balance(sdk.Interim, "2026-06-17", "115")))
			r.sync(link)
			if diff := cmp.Diff(want, r.grouped()); diff != "" {
				t.Error(diff)
			}
			r.balances() // each is valid and complete
			last := r.call("account.bank.statement.line", "search_read", []any{}, []any{"running_balance"}, 0, 1).([]any)[0].(object)
			if opening := 100.0; grouping != "none" && last["running_balance"].(float64) != opening+15 {
				t.Errorf("running balance %v", last["running_balance"])
			}
		})
	}
}

func TestALateLineGoesToTheStatementThatReachesItsDay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", quarter())
		r.sync(link)
		journal := r.journal(link)
		for _, grouping := range []string{"day", "none"} {
			r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": grouping})
			s.tell("a1", all(tx("late "+grouping, "2026-01-20", "1", "late under "+grouping),
				tx("new "+grouping, "2026-02-0"+map[string]string{"day": "2", "none": "3"}[grouping], "1", "new")))
			r.sync(link)
		}
		want := []string{"BNK1/2026-01: 01-15 01-16 01-20 01-20 01-31", "BNK1/2026-02: 02-01", "BNK1/2026-02-02: 02-02", "none"}
		if diff := cmp.Diff(want, r.grouped()); diff != "" {
			t.Error(diff)
		}
		r.balances()
	})
}

func TestStatementsAreRegroupedOnRequestAlone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(quarter(), balance(sdk.Interim, "2026-06-17", "115")))
		r.sync(link)
		journal := r.journal(link)
		running := func() []any {
			var out []any
			for _, x := range r.call("account.bank.statement.line", "search_read", []any{leaf("payment_ref", "!=", "Opening balance")},
				[]any{"running_balance"}).([]any) {
				out = append(out, x.(object)["running_balance"])
			}
			return out
		}
		before := running()
		for _, step := range []struct {
			grouping string
			from     any
			want     []string
			moved    float64
		}{
			{"day", nil, []string{"BNK1/2026-01-15: 01-15", "BNK1/2026-01-16: 01-16", "BNK1/2026-01-31: 01-31", "BNK1/2026-02-01: 02-01"},
				4},
			{"week", "2026-01-29", []string{"BNK1/2026-01-15: 01-15", "BNK1/2026-01-16: 01-16", "BNK1/2026-W05: 01-31 02-01"}, 2},
			{"bimonthly", nil, []string{"BNK1/2026-01-01: 01-15", "BNK1/2026-01-16: 01-16 01-31", "BNK1/2026-02-01: 02-01"}, 4},
			{"month", nil, []string{"BNK1/2026-01: 01-15 01-16 01-31", "BNK1/2026-02: 02-01"}, 4},
			{"month", nil, []string{"BNK1/2026-01: 01-15 01-16 01-31", "BNK1/2026-02: 02-01"}, 0},
			{"none", nil, []string{"none", "none", "none", "none", "none"}, 4}, // one is the opening balance
			{"month", nil, []string{"BNK1/2026-01: 01-15 01-16 01-31", "BNK1/2026-02: 02-01", "none"}, 4},
		} {
			r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": step.grouping})
			reply := r.call("account.journal", "action_regroup_statements", []any{journal}, step.from).(object)
			if diff := cmp.Diff(step.want, r.grouped()); diff != "" || reply["lines"] != step.moved {
				t.Errorf("%s: %v\n%s", step.grouping, reply, diff)
			}
			if diff := cmp.Diff(before, running()); diff != "" {
				t.Errorf("%s changed running balances: %s", step.grouping, diff)
			}
			r.balances()
			if p := r.call("account.journal", "balance_proof", []any{journal}).(object); p["verdict"] != "agrees" {
				t.Errorf("%s: proof %v", step.grouping, p["first_disagreement"])
			}
		}
		// What is closed stays, and so does a statement that a user made.
		r.call("res.company", "write", []any{1}, object{"fiscalyear_lock_date": "2026-01-16"})
		r.call("account.bank.statement", "create", object{"name": "Mine", "line_ids": []any{[]any{6, 0, []any{r.line("d")}}}})
		r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": "day"})
		r.call("account.journal", "action_regroup_statements", []any{journal})
		want := []string{"BNK1/2026-01: 01-15 01-16", "BNK1/2026-01-31: 01-31", "Mine: 02-01", "none"}
		if diff := cmp.Diff(want, r.grouped()); diff != "" {
			t.Error(diff)
		}
		if _, text := r.said(journal); !cmp.Equal(true, len(text) > 0) {
			t.Error("the journal does not tell of it")
		}
	})
}

func TestAnOpeningTransactionMakesBalancesAgree(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		journal := r.journal(link)
		r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": "none"})
		s.tell("a1", quarter())
		r.sync(link)
		id := r.call("account.journal", "create_opening_transaction", []any{journal}, "100.50")
		line := r.rows("account.bank.statement.line", []any{leaf("id", "=", id)}, "date", "amount", "payment_ref")[0]
		if line["date"] != "2026-01-14" || line["amount"].(float64) != 100.5 || line["payment_ref"] != "Opening balance" {
			t.Errorf("opening line: %v", line)
		}
		if again := r.call("account.journal", "create_opening_transaction", []any{journal}, 100.5, "2026-01-14"); again != false {
			t.Errorf("a second opening line: %v", again)
		}
		last := r.call("account.bank.statement.line", "search_read", []any{}, []any{"running_balance"}, 0, 1).([]any)[0].(object)
		if fmt.Sprint(last["running_balance"]) != "115.5" {
			t.Errorf("running balance %v", last["running_balance"])
		}
		if _, err := r.try("account.journal", "create_opening_transaction", []any{journal}, "much"); err == nil {
			t.Error("an amount that is none was taken")
		}
	})
}

// TestStatementsCountWhatLiesBetween takes a line out of the end of a statement:
// the next one starts after it, so that the running balance loses nothing.
func TestStatementsCountWhatLiesBetween(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-01-10", "100", "a"), tx("2", "2026-01-31", "7", "out"), tx("3", "2026-02-05", "1", "c")))
		r.sync(link)
		out := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "out")}, "id")[0]["id"]
		r.call("account.bank.statement.line", "write", []any{out}, object{"statement_id": false})
		s.tell("a1", all(tx("4", "2026-01-05", "5", "late")))
		r.sync(link)
		list := r.call("account.bank.statement", "search_read", []any{},
			[]any{"balance_start", "balance_end_real", "is_complete"}, 0, 0, "id").([]any)
		for i, want := range [][2]float64{{0, 105}, {112, 113}} {
			got := list[i].(object)
			if got["balance_start"] != want[0] || got["balance_end_real"] != want[1] || got["is_complete"] != true {
				t.Errorf("statement %d: %v, want %v", i, got, want)
			}
		}
		last := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "c")}, "running_balance")[0]
		if last["running_balance"] != 113.0 {
			t.Errorf("the last line: %v", last)
		}
	})
}
