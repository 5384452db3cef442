package onlinesync_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
)

// with is an answer that also reports balances of the account.
func with(b sdk.Batch, list ...sdk.Balance) sdk.Batch {
	b.Balances = list
	return b
}

func balance(kind sdk.BalanceKind, date, amount string) sdk.Balance {
	return sdk.Balance{Kind: kind, Amount: amount, Currency: "EUR", Date: day(date)}
}

// journal is the one that a connection feeds.
func (r *rig) journal(link float64) float64 {
	r.t.Helper()
	return r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"].(float64)
}

// card is a journal's dashboard card.
func (r *rig) card(journal float64) object {
	r.t.Helper()
	var card object
	text := r.rows("account.journal", []any{leaf("id", "=", journal)}, "kanban_dashboard")[0]["kanban_dashboard"].(string)
	if err := json.Unmarshal([]byte(text), &card); err != nil {
		r.t.Fatal(err)
	}
	return card
}

func (r *rig) line(text string) float64 {
	r.t.Helper()
	found := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", text)}, "id")
	if len(found) == 0 {
		r.t.Fatalf("no line %q", text)
	}
	return found[0]["id"].(float64)
}

// told are the days of a proof, as "day reported computed verdict provenance".
func told(p object) []string {
	var out []string
	for _, x := range p["days"].([]any) {
		d := x.(object)
		out = append(out, fmt.Sprintf("%s %v %v %s %s", d["date"], d["reported"], d["computed"], d["verdict"], d["provenance"]))
	}
	return out
}

// suspects are a proof's candidates, as "kind amount explains".
func suspects(p object) []string {
	out := []string{}
	first, ok := p["first_disagreement"].(object)
	if !ok {
		return out
	}
	for _, x := range first["candidates"].([]any) {
		s := x.(object)
		if s["words"] == "" {
			out = append(out, "without words")
		}
		out = append(out, fmt.Sprintf("%s %v %v", s["kind"], s["amount"], s["explains"]))
	}
	return out
}

func TestTheFirstDisagreeingDayIsNamedWithWhatMayBeWrong(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(all(tx("1", "2026-06-01", "10", "rent back"), tx("2", "2026-06-02", "-3", "coffee"),
			tx("3", "2026-06-03", "7", "sale"),
			tx("4", "2026-06-04", "2", "tip")),
			balance(sdk.Closing, "2026-06-01", "110"), balance(sdk.Closing, "2026-06-02", "107"), balance(sdk.Closing, "2026-06-03", "114"),
			balance(sdk.Interim, "2026-06-17", "116"), balance(sdk.Available, "2026-06-17", "5116")))
		r.sync(link)
		journal := r.journal(link)
		prove := func() object { return r.call("account.journal", "balance_proof", []any{journal}).(object) }
		well := []string{"2026-06-01 110 110 agrees reported", "2026-06-02 107 107 agrees reported", "2026-06-03 114 114 agrees reported",
			"2026-06-04 <nil> 116 open computed", "2026-06-17 116 116 agrees reported"}
		p := prove()
		if diff := cmp.Diff(well, told(p)); diff != "" || p["verdict"] != "agrees" || p["first_disagreement"] != nil {
			t.Errorf("all is well: %v\n%s", p, diff)
		}
		if check := r.card(journal)["balance_check"].(object); check["verdict"] != "agrees" || check["date"] != "2026-06-17" ||
			r.card(journal)["attention"] != "none" {
			t.Errorf("card: %v", check)
		}
		wrong := func(name, first string, want ...string) {
			t.Helper()
			p := prove()
			if d, _ := p["first_disagreement"].(object); p["verdict"] != "disagrees" || d["date"] != first || d["words"] == "" {
				t.Errorf("%s: first disagreement %v, want %s", name, p["first_disagreement"], first)
			}
			if diff := cmp.Diff(want, suspects(p)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if card := r.card(journal); card["attention"] != "balance" || card["balance_check"].(object)["first_disagreement"] != first {
				t.Errorf("%s: card %v %v", name, card["attention"], card["balance_check"])
			}
		}
		r.call("account.bank.statement.line", "write", []any{r.line("coffee")}, object{"amount": -4})
		wrong("changed", "2026-06-02", "changed -4 true")
		r.call("account.bank.statement.line", "write", []any{r.line("coffee")}, object{"amount": -3})
		extra := r.call("account.bank.statement.line", "create",
			object{"journal_id": journal, "date": "2026-06-03", "payment_ref": "twice", "amount": 7})
		wrong("duplicate", "2026-06-03", "duplicate 7 true")
		r.call("account.bank.statement.line", "unlink", []any{extra})
		r.call("account.bank.statement.line", "unlink", []any{r.line("sale")})
		wrong("deleted", "2026-06-03", "missing 7 true")
		// Narrowed to later days, the proof names the first of those.
		if p := r.call("account.journal", "balance_proof", []any{journal}, "2026-06-04",
			"2026-06-30").(object); p["first_disagreement"].(object)["date"] != "2026-06-17" || len(p["days"].([]any)) != 2 {
			t.Errorf("from a day on: %v", p)
		}
	})
}

func TestComplaint32TodaysBalanceStaysOffOldStatements(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(all(tx("1", "2026-04-10", "10", "a"), tx("2", "2026-05-10", "20", "b"), tx("3", "2026-06-10", "30", "c")),
			balance(sdk.Interim, "2026-06-17", "1060")))
		r.sync(link)
		want := [][3]float64{{1000, 1010, 1010}, {1010, 1030, 1030}, {1030, 1060, 1060}}
		if diff := cmp.Diff(want, r.balances()); diff != "" {
			t.Error(diff)
		}
		// A late line and a new balance: each statement still ends where its own lines end.
		s.tell("a1", with(all(tx("4", "2026-04-20", "5", "late")), balance(sdk.Interim, "2026-06-17", "1065")))
		r.sync(link)
		want = [][3]float64{{1000, 1015, 1015}, {1015, 1035, 1035}, {1035, 1065, 1065}}
		if diff := cmp.Diff(want, r.balances()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestComplaint33BookedBalancesComeBeforeAvailableOnes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(all(tx("1", "2026-06-10", "10", "a")), balance(sdk.Interim, "2026-06-16", "110")),
			sdk.Batch{Balances: []sdk.Balance{balance(sdk.Available, "2026-06-17", "5110"),
				{Kind: sdk.Closing, Amount: "9", Currency: "USD", Date: day("2026-06-17")}}})
		r.sync(link)
		if got := r.balances(); got[0] != [3]float64{100, 110, 110} {
			t.Errorf("the statement counts a credit limit: %v", got)
		}
		account := r.rows("account.online.account", []any{leaf("account_online_link_id", "=", link)}, "balance", "balance_date")[0]
		if account["balance"].(float64) != 110 || account["balance_date"] != "2026-06-16" {
			t.Errorf("the account says %v on %v", account["balance"], account["balance_date"])
		}
		if got := r.count("account.online.balance"); got != 2 {
			t.Errorf("%d balances kept, want the interim and the available one", got)
		}
		if p := r.call("account.journal", "balance_proof", []any{r.journal(link)}).(object); p["verdict"] != "agrees" ||
			len(p["days"].([]any)) != 2 {
			t.Errorf("an available balance was compared: %v", p)
		}
	})
}

func TestComplaint34BalancesThatNobodyToldAreNotMadeUp(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-10", "10", "a")))
		r.sync(link)
		journal := r.journal(link)
		p := r.call("account.journal", "balance_proof", []any{journal}).(object)
		if diff := cmp.Diff([]string{"2026-06-10 <nil> 10 open computed"}, told(p)); diff != "" || p["verdict"] != "open" {
			t.Errorf("%v %s", p, diff)
		}
		if r.count("account.online.balance") != 0 || r.card(journal)["balance_check"] != nil {
			t.Error("a balance was made up")
		}
		if account := r.rows("account.online.account", []any{}, "balance_date")[0]; account["balance_date"] != false {
			t.Errorf("the account's balance has a date: %v", account)
		}
	})
}

func TestAnInterimBalanceBetweenTwoLinesIsNoDisagreement(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(all(tx("1", "2026-06-16", "10", "a"), tx("2", "2026-06-17", "1", "b")),
			balance(sdk.Interim, "2026-06-17", "111")))
		r.sync(link)
		s.tell("a1", all(tx("3", "2026-06-17", "5", "after the balance was told")))
		r.sync(link)
		journal := r.journal(link)
		if card := r.card(journal); card["attention"] != "none" || card["balance_check"].(object)["verdict"] != "agrees" {
			t.Errorf("card: %v", card["balance_check"])
		}
		if p := r.call("account.journal", "balance_proof", []any{journal}).(object); p["verdict"] != "agrees" {
			t.Errorf("proof: %v", p)
		}
	})
}

func TestOlderLinesMoveTheOpeningBalanceAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		recent := with(all(tx("1", "2026-05-10", "10", "a"), tx("2", "2026-06-10", "20", "b")), balance(sdk.Interim, "2026-06-17", "130"))
		recent.From = day("2026-05-10")
		s.tell("a1", recent)
		r.sync(link)
		older := all(tx("0", "2026-04-10", "40", "older"), tx("00", "2026-05-02", "3", "older, in the same month"))
		older.From = day("2026-04-01")
		s.tell("a1", older)
		r.sync(link)
		want := [][3]float64{{57, 97, 97}, {97, 110, 110}, {110, 130, 130}}
		if diff := cmp.Diff(want, r.balances()); diff != "" {
			t.Error(diff)
		}
		if p := r.call("account.journal", "balance_proof", []any{r.journal(link)}).(object); p["verdict"] != "agrees" {
			t.Errorf("proof: %v", p)
		}
	})
}

func TestAJournalWithoutStatementsIsProvedFromTheFirstBalance(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		journal := r.journal(link)
		r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": "none"})
		s.tell("a1", with(all(tx("1", "2026-06-01", "10", "a"), tx("2", "2026-06-02", "20", "b")),
			balance(sdk.Closing, "2026-06-01", "110"), balance(sdk.Closing, "2026-06-02", "131")))
		r.sync(link)
		p := r.call("account.journal", "balance_proof", []any{journal}).(object)
		if diff := cmp.Diff([]string{"2026-06-01 110 110 agrees reported", "2026-06-02 131 130 disagrees reported"}, told(p)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"missing 1 false"}, suspects(p)); diff != "" {
			t.Error(diff)
		}
	})
}
