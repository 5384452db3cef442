package onlinesync_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func (r *rig) reviews(state string) []object {
	r.t.Helper()
	return r.rows("account.online.review", []any{leaf("state", "=", state)}, "id", "kind", "reason", "journal_id", "account_id",
		"company_id",
		"transaction_id", "other_id", "line_id", "other_line_id")
}

// one is the only open question, of a kind.
func (r *rig) one(kind string) object {
	r.t.Helper()
	open := r.reviews("open")
	if len(open) != 1 || open[0]["kind"] != kind {
		r.t.Fatalf("open questions: %v, want one of kind %s", open, kind)
	}
	return open[0]
}

func TestComplaint05AnotherAmountIsASuggestion(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		pending := all()
		pending.Pending = []sdk.Transaction{tx("p1", "2026-06-14", "-20", "Restaurant")}
		s.tell("a1", pending)
		r.sync(link)
		s.tell("a1", all(tx("b1", "2026-06-15", "-23", "Restaurant")))
		r.sync(link)
		q := r.one("amount_changed")
		if !strings.Contains(q["reason"].(string), "Restaurant") || q["other_line_id"] == false || q["line_id"] != false {
			t.Errorf("question: %v", q)
		}
		if diff := cmp.Diff([]string{"2026-06-15 Restaurant"}, r.texts()); diff != "" {
			t.Error(diff)
		}
		r.call("account.online.review", "accept", []any{q["id"]})
		ledger := r.rows("account.online.transaction", []any{leaf("id", "=", q["transaction_id"].([]any)[0])}, "status", "merged_into",
			"removed_reason")[0]
		if ledger["status"] != "removed" || ledger["merged_into"] == false || ledger["removed_reason"] == false {
			t.Errorf("the pending one: %v", ledger)
		}
		s.tell("a1", pending, all(tx("b1", "2026-06-15", "-23", "Restaurant")))
		if r.sync(link); len(r.reviews("open")) != 0 || r.count("account.online.transaction", leaf("status", "=", "pending")) != 0 {
			t.Error("the ghost of the pending one came back")
		}
		if _, err := r.try("account.online.review", "accept", []any{q["id"]}); !fault.Is(err, fault.User) {
			t.Errorf("answered twice: %v", err)
		}
	})
}

func TestRejectedQuestionsAreNotAskedAgain(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	two := all(tx("1", "2026-06-01", "-10", "stays"), tx("2", "2026-06-02", "-20", "vanishes"))
	s.tell("a1", two)
	r.sync(link)
	s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays")))
	r.sync(link)
	q := r.one("not_told")
	s.tell("a1", two)
	if r.sync(link); len(r.reviews("open")) != 0 || len(r.reviews("obsolete")) != 1 {
		t.Errorf("told again: %v", r.reviews("open"))
	}
	s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays")))
	r.sync(link)
	if again := r.one("not_told"); again["id"] != q["id"] {
		t.Errorf("asked anew as %v", again)
	}
	r.call("account.online.review", "reject", []any{q["id"]})
	r.sync(link)
	if len(r.reviews("open")) != 0 || r.count("account.bank.statement.line") != 2 {
		t.Errorf("rejected, and yet: %v, %d lines", r.reviews("open"), r.count("account.bank.statement.line"))
	}
}

func TestAcceptingDeletesWhatTheBankTookBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays"), tx("2", "2026-06-02", "-20", "vanishes")))
		r.sync(link)
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays")))
		r.sync(link)
		q := r.one("not_told")
		line := q["line_id"].([]any)[0]
		r.call("account.bank.statement.line", "write", []any{line}, object{"is_reconciled": true})
		if _, err := r.try("account.online.review", "accept", []any{q["id"]}); !fault.Is(err, fault.User) ||
			r.count("account.bank.statement.line") != 2 {
			t.Fatalf("a reconciled line: %v", err)
		}
		r.call("account.bank.statement.line", "write", []any{line}, object{"is_reconciled": false})
		r.call("account.online.review", "accept", []any{q["id"]})
		if diff := cmp.Diff([]string{"2026-06-01 stays"}, r.texts()); diff != "" {
			t.Error(diff)
		}
		statement := r.rows("account.bank.statement", []any{}, "balance_end", "balance_end_real")[0]
		if statement["balance_end"].(float64) != -10 || statement["balance_end_real"].(float64) != -10 {
			t.Errorf("statement: %v", statement)
		}
		s.tell("a1", all(tx("1", "2026-06-01", "-10", "stays"), tx("2", "2026-06-02", "-20", "vanishes")))
		if r.sync(link); r.count("account.bank.statement.line") != 2 {
			t.Error("told again by the bank, it does not come back")
		}
	})
}

func TestHeldLinesAreAskedAbout(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "-10", "edited"), tx("2", "2026-06-02", "-20", "reconciled")))
	r.sync(link)
	line := func(text string) any {
		return r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", text)}, "id")[0]["id"]
	}
	r.call("account.bank.statement.line", "write", []any{line("edited")}, object{"payment_ref": "mine"})
	r.call("account.bank.statement.line", "write", []any{line("reconciled")}, object{"is_reconciled": true})
	s.tell("a1", sdk.Batch{Modified: []sdk.Transaction{tx("1", "2026-06-01", "-11", "edited by the bank")}, Removed: []string{"2"}})
	r.sync(link)
	kinds := map[string]any{}
	for _, q := range r.reviews("open") {
		kinds[q["kind"].(string)] = q["id"]
	}
	if len(kinds) != 2 || kinds["changed_held"] == nil || kinds["removed_held"] == nil {
		t.Fatalf("asked: %v", kinds)
	}
	r.call("account.online.review", "accept", []any{kinds["changed_held"]})
	r.call("account.online.review", "reject", []any{kinds["removed_held"]})
	if diff := cmp.Diff([]string{"2026-06-01 edited by the bank", "2026-06-02 reconciled"}, r.texts()); diff != "" {
		t.Error(diff)
	}
	if r.sync(link); len(r.reviews("open")) != 0 {
		t.Errorf("asked again: %v", r.reviews("open"))
	}
}

func TestComplaint44TwoProvidersFeedOneAccount(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		a, first := scripted(r, iban)
		a.tell("a1", all(tx("1", "2026-06-01", "-10", "Payment to Alder"), tx("2", "2026-06-02", "-20", "Payment to Birch")))
		r.sync(first)
		b := newScript(sdk.Account{ID: "south-1", Name: "Main", Number: iban.Number, Currency: "EUR", Kind: sdk.Checking})
		r.banks["other"] = otherBank{b}
		if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
			t.Fatal(err)
		}
		b.tell("south-1", all(tx("x", "2026-06-02", "-10", "ALDER POS"), tx("y", "2026-06-02", "-20", "BIRCH POS"),
			tx("z", "2026-06-03", "-30", "CEDAR POS"),
			tx("w", "2026-06-04", "-40", "DOGWOOD POS")))
		second := r.connect("otherbank", -1, nil)
		r.work()
		if n := r.count("account.online.account"); n != 1 {
			t.Fatalf("%d accounts", n)
		}
		if state := r.link(first)["state"]; state != "connected" {
			t.Errorf("the first connection is %v", state)
		}
		a.tell("a1", all(tx("1", "2026-06-01", "-10", "Payment to Alder"), tx("2", "2026-06-02", "-20", "Payment to Birch"),
			tx("3", "2026-06-03", "-30", "Payment to Cedar"),
			tx("4", "2026-06-04", "-40", "Payment to Dogwood")))
		journal := r.rows("account.journal", []any{leaf("type", "=", "bank"), leaf("account_online_link_id", "=", second)}, "id")[0]["id"]
		if runs := r.call("account.journal", "manual_sync", []any{journal}).([]any); len(runs) != 2 {
			t.Errorf("Synchronize Now starts %v", runs)
		}
		r.work()
		amounts := map[float64]int{}
		for _, l := range r.rows("account.bank.statement.line", []any{}, "amount") {
			amounts[l["amount"].(float64)]++
		}
		if amounts[-20] != 1 || amounts[-30] != 1 || amounts[-40] != 1 {
			t.Errorf("lines: %v", r.texts())
		}
		q := r.one("other_day") // another day and other words
		r.call("account.online.review", "accept", []any{q["id"]})
		if n := r.count("account.bank.statement.line"); n != 4 {
			t.Errorf("%d lines: %v", n, r.texts())
		}
		r.call("account.online.link", "unlink", []any{second})
		if run := r.sync(first); run["state"] != "done" || r.count("account.bank.statement.line") != 4 {
			t.Errorf("after the second connection ended: %v", run)
		}
		if got := r.rows("account.journal", []any{leaf("id", "=", journal)}, "account_online_link_id",
			"bank_statements_source")[0]; got["account_online_link_id"] == false || got["bank_statements_source"] != "online_sync" {
			t.Errorf("the journal: %v", got)
		}
	})
}

// otherBank lists another bank than the script does.
type otherBank struct{ *script }

func (o otherBank) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: "otherbank", Name: "Other Bank", Countries: []string{"NL"}, Status: sdk.Stable,
		AutoSyncAllowed: true}})
}
