package onlinesync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestComplaint30DeletedLinesStayDeletedUntilAsked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays"), tx("2", "2026-06-02", "-20", "deleted")))
		r.sync(link)
		line := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "deleted")}, "id")[0]["id"]
		known := r.rows("account.online.transaction", []any{leaf("payment_ref", "=", "deleted")}, "id")[0]["id"]
		if _, err := r.try("account.online.transaction", "action_reimport", []any{known}); !fault.Is(err, fault.User) {
			t.Errorf("one that has its line: %v", err)
		}
		r.call("account.bank.statement.line", "unlink", []any{line})
		if r.sync(link); r.count("account.bank.statement.line") != 1 {
			t.Fatal("a deleted line came back")
		}
		r.call("account.online.transaction", "action_reimport", []any{known})
		r.sync(link)
		if diff := cmp.Diff([]string{"2026-06-01 stays", "2026-06-02 deleted"}, r.texts()); diff != "" {
			t.Error(diff)
		}
		statement := r.rows("account.bank.statement", []any{}, "balance_end", "balance_end_real")[0]
		if statement["balance_end"].(float64) != -30 || statement["balance_end_real"].(float64) != -30 {
			t.Errorf("statement: %v", statement)
		}
		again := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "deleted")}, "id")[0]["id"]
		r.call("account.bank.statement.line", "unlink", []any{again})
		r.call("res.company", "write", []any{1.0}, object{"hard_lock_date": "2026-06-10"})
		if _, err := r.try("account.online.transaction", "action_reimport", []any{known}); !fault.Is(err, fault.User) {
			t.Errorf("into locked books: %v", err)
		}
	})
}

func TestComplaint04PendingThatNeverPostsIsDroppedWithAWord(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		told := all(tx("1", "2026-06-10", "100", "salary"))
		told.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-30", "Hotel deposit")}
		told.Balances = []sdk.Balance{{Kind: sdk.Closing, Amount: "100", Currency: "EUR", Date: day("2026-06-16")}}
		s.tell("a1", told)
		r.sync(link)
		journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "pending_balance", "forecast_balance")[0]
		account := r.rows("account.online.account", []any{}, "balance", "pending_balance", "forecast_balance")[0]
		if journal["pending_balance"].(float64) != -30 || journal["forecast_balance"].(float64) != 70 ||
			account["forecast_balance"].(float64) != 70 {
			t.Errorf("forecast: %v, %v", journal, account)
		}
		if n := r.count("account.bank.statement.line"); n != 1 {
			t.Errorf("%d lines: what is pending is in the books", n)
		}
		s.tell("a1", all(tx("1", "2026-06-10", "100", "salary")))
		r.sync(link)
		gone := r.rows("account.online.transaction", []any{leaf("payment_ref", "=", "Hotel deposit")}, "status", "removed_reason")[0]
		if gone["status"] != "removed" || !strings.Contains(gone["removed_reason"].(string), "never posted") {
			t.Errorf("dropped: %v", gone)
		}
		if journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)},
			"forecast_balance")[0]; journal["forecast_balance"].(float64) != 100 {
			t.Errorf("forecast after it: %v", journal)
		}
	})
}

func TestDryRunWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "known"), tx("2", "2026-06-02", "-20", "changes")))
		r.sync(link)
		before := r.count("account.online.run")
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "known"), tx("2", "2026-06-02", "-21", "changed"),
			tx("3", "2026-06-03", "-30", "new")))
		list := r.call("account.online.link", "action_dry_run", []any{link}).([]any)
		got := list[0].(object)
		for field, want := range (object{"new": 1.0, "known": 2.0, "changed": 1.0, "removed": 0.0, "would_be_duplicates": 0.0}) {
			if got[field] != want {
				t.Errorf("%s: %v, want %v", field, got[field], want)
			}
		}
		journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
		if diff := cmp.Diff(list, r.call("account.journal", "action_dry_run", []any{journal})); diff != "" {
			t.Errorf("by journal: %s", diff)
		}
		if r.count("account.bank.statement.line") != 2 || r.count("account.online.run") != before || r.staged() != 0 {
			t.Error("the dry run left something")
		}
		if run := r.sync(link); run["created"].(float64) != 1 || run["updated"].(float64) != 1 {
			t.Errorf("and then: %v", run)
		}
	})
}

func TestComplaint38LimitedHistoryIsTold(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	cut := all(tx("1", "2026-04-01", "-10", "oldest"))
	cut.From, cut.HistoryFrom = day("2026-03-17"), day("2026-03-17")
	s.tell("a1", cut)
	run := r.sync(link)
	if text, _ := run["error_message"].(string); run["outcome"] != "ok" || !strings.Contains(text, "History limited to 2026-03-17") {
		t.Errorf("run (S60): %v", run)
	}
	told := r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("body", "ilike", "History limited")}, "id")
	if len(told) != 1 {
		t.Errorf("%d messages on the connection", len(told))
	}
	if from := r.rows("account.online.link", []any{leaf("id", "=", link)}, "history_from")[0]["history_from"]; from != "2026-03-17" {
		t.Errorf("history from %v", from)
	}
}

func TestComplaint14OneRunCatchesUpAfterDowntime(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "-10", "before")))
	r.sync(link)
	r.later(40 * 24 * time.Hour)
	s.tell("a1", sdk.Batch{Booked: []sdk.Transaction{tx("2", "2026-06-20", "-20", "while away"), tx("3", "2026-07-25", "-30", "now")}})
	run := r.sync(link)
	if asked := s.fetches[len(s.fetches)-1].From; run["created"].(float64) != 2 || asked != day("2026-06-05") {
		t.Errorf("asked from %s: %v", asked, run)
	}
	account := r.rows("account.online.account", []any{}, "coverage")[0]
	if diff := cmp.Diff([]any{[]any{"2026-01-01", "2026-07-25"}}, account["coverage"]); diff != "" {
		t.Errorf("coverage: %s", diff)
	}
	s.failWith("", sdk.Errorf(sdk.BankUnavailable, "away"))
	r.later(5 * 24 * time.Hour)
	r.sync(link)
	if after := r.rows("account.online.account", []any{}, "coverage")[0]; cmp.Diff(account, after) != "" {
		t.Errorf("a failed run moved the coverage to %v", after)
	}
}
