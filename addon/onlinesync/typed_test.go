package onlinesync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// typed makes a line by hand.
func (r *rig) typed(journal any, date string, amount float64, text string) any {
	r.t.Helper()
	return r.call("account.bank.statement.line", "create",
		object{"journal_id": journal, "date": date, "amount": amount, "payment_ref": text})
}

// A line that somebody typed and the bank tells later is a question: one line
// stays when the answer is yes, and what was typed is not overwritten.
func TestComplaint46TypedLinesAreSuggested(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("0", "2026-06-01", "-1", "first")))
		r.sync(link)
		journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"]
		mine := r.typed(journal, "2026-06-10", -20, "rent, by me")
		r.typed(journal, "2026-06-10", -21, "another amount")
		r.typed(journal, "2026-06-04", -20, "too long before")
		told := all(tx("0", "2026-06-01", "-1", "first"), tx("1", "2026-06-12", "-20", "RENT 06"),
			tx("2", "2026-06-13", "-20", "RENT AGAIN"))
		s.tell("a1", told)
		r.sync(link)
		q := r.one("typed_by_hand")
		for _, word := range []string{"RENT 06", "2026-06-12", "rent, by me", "2026-06-10"} {
			if !strings.Contains(q["reason"].(string), word) {
				t.Errorf("the question lacks %q: %s", word, q["reason"])
			}
		}
		if r.count("account.bank.statement.line") != 6 {
			t.Errorf("lines before the answer: %v", r.texts())
		}
		r.call("account.online.review", "accept", []any{q["id"]})
		want := []string{"2026-06-01 first", "2026-06-04 too long before", "2026-06-10 rent, by me", "2026-06-10 another amount",
			"2026-06-13 RENT AGAIN"}
		got := r.texts()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		inStatement := func(text string) any {
			return r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", text)}, "statement_id")[0]["statement_id"]
		}
		if diff := cmp.Diff(inStatement("RENT AGAIN"), inStatement("rent, by me")); diff != "" {
			t.Errorf("the typed line does not stand where the bank's would: %s", diff)
		}
		statement := inStatement("rent, by me").([]any)[0]
		ends := r.rows("account.bank.statement", []any{leaf("id", "=", statement)}, "balance_end", "balance_start")[0]
		if ends["balance_end"].(float64)-ends["balance_start"].(float64) != -41 { // first, rent, rent again
			t.Errorf("its statement: %v", ends)
		}
		ledger := r.rows("account.online.transaction", []any{leaf("id", "=", q["transaction_id"].([]any)[0])}, "line_id", "status")[0]
		if ledger["status"] != "posted" || ledger["line_id"].([]any)[0] != mine {
			t.Errorf("the ledger: %v, want line %v", ledger, mine)
		}
		if r.sync(link); len(r.reviews("open")) != 0 || r.count("account.bank.statement.line") != 5 {
			t.Errorf("told again: %v, %v", r.reviews("open"), r.texts())
		}
		told.Booked[1].Reference = "RENT 06, corrected"
		s.tell("a1", told)
		if r.sync(link); !cmp.Equal(want, r.texts()) {
			t.Errorf("the bank's words went over the user's: %v", r.texts())
		}
	})
}

func TestTypedLinesThatAreAnotherPaymentStay(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("0", "2026-06-01", "-1", "first")))
	r.sync(link)
	journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"]
	r.typed(journal, "2026-06-10", -20, "cash to the gardener")
	gone := r.typed(journal, "2026-06-11", -30, "a mistake")
	s.tell("a1", all(tx("0", "2026-06-01", "-1", "first"), tx("1", "2026-06-10", "-20", "baker"), tx("2", "2026-06-11", "-30", "butcher")))
	r.sync(link)
	open := r.reviews("open")
	if len(open) != 2 {
		t.Fatalf("questions: %v", open)
	}
	r.call("account.bank.statement.line", "unlink", []any{gone})
	q := r.one("typed_by_hand")
	r.call("account.online.review", "reject", []any{q["id"]})
	r.sync(link)
	if len(r.reviews("open")) != 0 || len(r.reviews("obsolete")) != 1 || r.count("account.bank.statement.line") != 4 {
		t.Errorf("after a no: %v, %v", r.reviews("open"), r.texts())
	}
}

// Somebody works with the bank's line already: that one stays.
func TestTheLineInUseStaysInsteadOfATypedOne(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("0", "2026-06-01", "-1", "first")))
	r.sync(link)
	journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"]
	r.typed(journal, "2026-06-10", -20, "typed")
	s.tell("a1", all(tx("0", "2026-06-01", "-1", "first"), tx("1", "2026-06-10", "-20", "told")))
	r.sync(link)
	q := r.one("typed_by_hand")
	r.call("account.bank.statement.line", "write", []any{q["line_id"].([]any)[0]}, object{"is_reconciled": true})
	r.call("account.online.review", "accept", []any{q["id"]})
	if diff := cmp.Diff([]string{"2026-06-01 first", "2026-06-10 told"}, r.texts()); diff != "" {
		t.Error(diff)
	}
}

// What an import would ask, a dry run and the preview of a file announce.
func TestTypedLinesAreAnnounced(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("0", "2026-06-01", "-1", "first")))
		r.sync(link)
		journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"].(float64)
		mine := r.typed(journal, "2026-06-10", -20, "rent, by me")
		s.tell("a1", all(tx("0", "2026-06-01", "-1", "first"), tx("1", "2026-06-12", "-20", "RENT 06")))
		run := r.call("account.online.link", "action_dry_run", []any{link}).([]any)[0].(object)
		if run["new"] != 1.0 || run["would_be_duplicates"] != 1.0 {
			t.Errorf("dry run: %v", run)
		}
		want := []any{object{"what": "would_be_duplicate", "date": "2026-06-12", "amount": -20.0, "text": "RENT 06",
			"was": "2026-06-10 -20 rent, by me", "line_id": mine}}
		if diff := cmp.Diff(want, run["lines"]); diff != "" {
			t.Error(diff)
		}
		if n := r.count("account.online.review"); n != 0 {
			t.Errorf("a dry run asked %d questions", n)
		}
		r.banks["files"] = reader{emptyCatalogue{newScript()}}
		report, err := r.importFile(journal, iban.Number+"\n- 2026-06-12 -20 RENT 06", true)
		if err != nil || report.New != 1 || report.Questions != 1 {
			t.Errorf("preview: %+v, %v", report, err)
		}
	})
}
