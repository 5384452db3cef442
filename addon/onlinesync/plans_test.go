package onlinesync_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// growing are the tables that grow with every transaction of a bank.
func growing() []string {
	return []string{"account_bank_statement_line", "account_bank_statement", "account_online_transaction",
		"account_online_transaction_alias", "account_online_staging", "mail_message"}
}

// TestPlans looks at how the databases find the rows of what is asked most: none
// reads a growing table from end to end, and each uses the index made for it.
func TestPlans(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) { checkPlans(t, kind) })
	}
}

func checkPlans(t *testing.T, kind ormtest.Kind) {
	var watched *ormtest.Watched
	r := makeRig(t, kind, func(_ *rig, store dialect.Store) dialect.Store {
		watched = ormtest.Watch(store)
		return watched
	})
	r.connect("demo-big-1100", -1, nil)
	r.work()
	s, link := scripted(r, iban)
	learnsPostings(r, s, link)
	journal := r.rows("account.journal", []any{}, "id")[0]["id"]
	ofJournal := []any{leaf("journal_id", "=", journal)}
	line := r.rows("account.bank.statement.line", ofJournal, "id", "statement_id")[300]
	ofStatement := []any{leaf("statement_id", "=", line["statement_id"].([]any)[0])}
	page := func(model string, where []any, fields ...any) func() {
		return func() { r.call(model, "search_read", where, fields, 0.0, 40.0) }
	}
	const lines, statements, ledger = "account_bank_statement_line_", "account_bank_statement_", "account_online_transaction_"
	tests := []struct {
		name string
		do   func()
		// indexes are those that must be used; ordered says that the first one
		// gives the order, too, so that a page ends the reading.
		indexes []string
		ordered bool
	}{
		{"page of a journal's lines", page("account.bank.statement.line", ofJournal, "date", "amount"),
			[]string{lines + "journal_order_idx"}, true},
		{"page of all lines", page("account.bank.statement.line", []any{}, "date", "amount"), []string{lines + "order_idx"}, true},
		{"page of a statement's lines", page("account.bank.statement.line", ofStatement, "date", "amount"),
			[]string{lines + "statement_order_idx"}, true},
		{"page of statements", page("account.bank.statement", ofJournal, "name", "balance_end", "is_complete"),
			[]string{statements + "journal_order_idx"}, true},
		{"running balance", page("account.bank.statement.line", ofJournal, "running_balance"),
			[]string{lines + "journal_order_idx", statements + "journal_order_idx"}, true},
		{"balance and card of a journal", page("account.journal", []any{}, "kanban_dashboard"),
			[]string{lines + "journal_order_idx", lines + "journal_date_idx", statements + "journal_order_idx", ledger + "pending_idx"},
			false},
		{"messages of a journal", func() {
			r.call("mail.message", "search_read", []any{leaf("model", "=", "account.journal"), leaf("res_id", "=", journal)},
				[]any{"body"}, 0.0, 40.0)
		}, []string{"mail_message_record_idx"}, true},
		{"ledger of a line", page("account.online.transaction", []any{leaf("line_id", "=", line["id"])}, "status", "identifiers"),
			[]string{ledger + "line_id_idx", ledger + "alias_transaction_id_idx"}, false},
		{"synchronisation", func() { tellsMore(r, s, link) },
			[]string{ledger + "fingerprint_uniq", ledger + "identifier_uniq", ledger + "alias_identifier_uniq",
				ledger + "alias_transaction_id_idx",
				statements + "online_period_idx", "account_online_staging_page_uniq", lines + "journal_order_idx",
				lines + "statement_order_idx"}, false},
		{"change of a line", func() {
			r.call("account.bank.statement.line", "write", []any{line["id"]}, object{"amount": 5.0, "date": "2026-04-01"})
		}, []string{lines + "statement_order_idx"}, false},
		{"new line", func() {
			r.call("account.bank.statement.line", "create",
				object{"journal_id": journal, "amount": 5.0, "date": "2026-04-01", "payment_ref": "by hand"})
		}, nil, false},
		{"deletion of a line", func() { r.call("account.bank.statement.line", "unlink", []any{line["id"]}) },
			[]string{ledger + "line_id_idx"}, false},
	}
	for _, test := range tests {
		found := map[string]string{}
		for _, statement := range watched.During(test.do, growing()...) {
			plan := watched.Plan(t, statement)
			if step := readsAll(plan); step != "" {
				t.Errorf("%s: %s\n%s\n%s", test.name, step, statement.SQL, plan)
			}
			if test.ordered {
				plan = watched.Plan(t, statement, "bitmapscan", "sort")
			}
			for _, index := range test.indexes {
				if strings.Contains(plan, index) && found[index] == "" {
					found[index] = statement.SQL + "\n" + plan
				}
			}
		}
		for i, index := range test.indexes {
			switch plan := found[index]; {
			case plan == "":
				t.Errorf("%s does not use %s", test.name, index)
			case i == 0 && test.ordered && (strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort Key")):
				t.Errorf("%s sorts:\n%s", test.name, plan)
			}
		}
	}
}

// readsAll is the step of a plan that reads a growing table from end to end;
// one that a page ends, in the order of an index, does not.
func readsAll(plan string) string {
	steps := strings.Split(plan, "\n")
	for i, step := range steps {
		for _, table := range growing() {
			bare := "SCAN " + table
			switch {
			case step == bare, strings.HasPrefix(step, bare+" USING") && !strings.Contains(step, "_order_idx"):
				return step
			case strings.HasSuffix(step, "Seq Scan on "+table), strings.Contains(step, "Seq Scan on "+table+" "):
				return step
			case strings.Contains(step, " on "+table+" ") && strings.Contains(step, "Index") &&
				!strings.Contains(step, "_order_idx") && (i+1 == len(steps) || !strings.Contains(steps[i+1], "Index Cond")):
				return step
			}
		}
	}
	return ""
}

// learnsPostings lets a connection have older lines, and one that was pending
// before, so that the ledger has further ids.
func learnsPostings(r *rig, s *script, link float64) {
	old := all(tx("old", "2026-01-05", "7", "long ago"), tx("new", "2026-06-12", "8", "of late"))
	old.Pending = []sdk.Transaction{tx("waits", "2026-06-16", "-9", "card")}
	s.tell("a1", old)
	r.sync(link)
	posted := tx("posted", "2026-06-17", "-9", "card")
	posted.PendingID = "waits"
	s.tell("a1", sdk.Batch{Booked: []sdk.Transaction{posted}, Cursor: []byte("1")})
	r.sync(link)
}

// tellsMore is a synchronisation of differences: something new, one that is
// known under another id, and one of long ago that the bank takes back.
func tellsMore(r *rig, s *script, link float64) {
	s.tell("a1", sdk.Batch{Booked: []sdk.Transaction{tx("more", "2026-06-16", "1", "more"), tx("posted", "2026-06-17", "-9", "card")},
		Removed: []string{"old"}, Cursor: []byte("2")})
	if run := r.sync(link); run["created"] != 1.0 || run["removed"] != 1.0 {
		r.t.Errorf("the run says %v", run)
	}
}
