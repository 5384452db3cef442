package onlinesync_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// books is all that a user sees of a journal: statements with their balances,
// lines and what the ledger says of them.
func (r *rig) books() []string {
	r.t.Helper()
	var out []string
	for _, x := range r.call("account.bank.statement", "search_read", []any{}, []any{"name", "balance_start", "balance_end_real"}, 0, 0,
		"first_line_index").([]any) {
		s := x.(object)
		out = append(out, fmt.Sprint(s["name"], " ", s["balance_start"], " ", s["balance_end_real"]))
	}
	for _, x := range r.call("account.bank.statement.line", "search_read", []any{}, []any{"date", "payment_ref", "amount"}, 0, 0,
		"date, payment_ref").([]any) {
		l := x.(object)
		out = append(out, fmt.Sprint(l["date"], " ", l["payment_ref"], " ", l["amount"]))
	}
	for _, x := range r.call("account.online.transaction", "search_read", []any{}, []any{"status", "payment_ref", "line_id"}, 0, 0,
		"payment_ref, id").([]any) {
		k := x.(object)
		out = append(out, fmt.Sprint(k["payment_ref"], " ", k["status"], " ", k["line_id"] != false))
	}
	return out
}

func TestUndoTakesBackAllThatARunDid(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		first := all(tx("1", "2026-05-01", "10", "stays"), tx("2", "2026-06-02", "20", "changes"), tx("3", "2026-06-03", "30", "goes"))
		first.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-2.50", "coffee")}
		s.tell("a1", with(first, balance(sdk.Interim, "2026-06-16", "160")))
		r.sync(link)
		before := r.books()
		posted := tx("b", "2026-06-16", "-2.50", "coffee")
		posted.PendingID = "p"
		second := sdk.Batch{Booked: []sdk.Transaction{posted, tx("4", "2026-04-20", "4", "late, in a month of its own")},
			Modified: []sdk.Transaction{tx("2", "2026-05-30", "21", "changed, and in May")}, Removed: []string{"3"}}
		s.tell("a1", second)
		run := r.sync(link)
		after := r.books()
		if cmp.Equal(before, after) {
			t.Fatal("the second run did nothing")
		}
		id := r.rows("account.online.run", []any{}, "id")[0]["id"]
		r.call("account.online.run", "undo", []any{id})
		if diff := cmp.Diff(before, r.books()); diff != "" {
			t.Errorf("undone (%v):\n%s", run, diff)
		}
		r.balances()
		s.tell("a1", second)
		r.sync(link)
		if diff := cmp.Diff(after, r.books()); diff != "" {
			t.Errorf("fetched again:\n%s", diff)
		}
	})
}

func TestUndoRefusesWhatIsWorkedOnOrClosed(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", with(all(tx("1", "2026-05-01", "10", "a")), balance(sdk.Interim, "2026-06-17", "110")))
	r.sync(link)
	s.tell("a1", sdk.Batch{Modified: []sdk.Transaction{tx("1", "2026-05-01", "11", "a")}})
	r.sync(link)
	id := r.rows("account.online.run", []any{}, "id")[0]["id"]
	r.call("account.bank.statement.line", "write", []any{r.line("a")}, object{"is_reconciled": true})
	before := r.books()
	for name, prepare := range map[string]func(){
		"reconciled": func() {},
		"closed": func() {
			r.call("account.bank.statement.line", "write", []any{r.line("a")}, object{"is_reconciled": false})
			r.call("res.company", "write", []any{1}, object{"fiscalyear_lock_date": "2026-05-31"})
		},
	} {
		prepare()
		if _, err := r.try("account.online.run", "undo", []any{id}); !fault.Is(err, fault.User) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, r.books()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheFirstLinesAfterAnUndoBeginWithTheBanksBalance(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", with(all(tx("1", "2026-06-01", "10", "a")), balance(sdk.Interim, "2026-06-17", "110")))
	r.sync(link)
	want := r.balances()
	r.call("account.online.run", "undo", []any{r.rows("account.online.run", []any{}, "id")[0]["id"]})
	if r.count("account.bank.statement") != 0 {
		t.Error("an empty statement stayed")
	}
	r.sync(link)
	if diff := cmp.Diff(want, r.balances()); diff != "" {
		t.Error(diff)
	}
}

func TestDuplicatesAreFoundWithReasonsAndStayDeleted(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		pay := func(id, date, amount, text string) sdk.Transaction {
			x := tx(id, date, amount, text)
			x.CounterNumber = "NL20 INGB 0001 2345 67"
			return x
		}
		told := all(pay("1", "2026-06-01", "-5", "one"), pay("2", "2026-06-02", "-7", "two equal"),
			pay("3", "2026-06-02", "-7", "two equal"), tx("4", "2026-01-02", "1", "old"))
		s.tell("a1", told)
		r.sync(link)
		journal := r.journal(link)
		r.call("account.bank.statement.line", "create", []any{
			object{"journal_id": journal, "date": "2026-06-01", "amount": -5, "payment_ref": "typed",
				"account_number": "nl20ingb0001234567"},
			object{"journal_id": journal, "date": "2026-01-02", "amount": 1, "payment_ref": "old, typed"}})
		groups := func(from any) []string {
			var out []string
			reply := r.call("account.journal", "find_duplicate_transactions", []any{journal}, from).(object)
			for _, x := range reply["groups"].([]any) {
				g := x.(object)
				text := fmt.Sprint(g["reason"], " ", g["likely"], ":")
				for _, l := range g["lines"].([]any) {
					l := l.(object)
					text += fmt.Sprintf(" %s/%s/%v", l["payment_ref"], l["source"], l["keep"])
				}
				out = append(out, text)
			}
			return out
		}
		want := []string{"same_content true: one/script/true typed/user/false",
			"same_content false: two equal/script/true two equal/script/false"}
		if diff := cmp.Diff(want, groups(nil)); diff != "" {
			t.Error(diff)
		}
		if got := groups("2026-01-01"); len(got) != 3 {
			t.Errorf("from January: %v", got)
		}
		r.call("account.bank.statement.line", "write", []any{r.line("typed")}, object{"is_reconciled": true})
		if _, err := r.try("account.journal", "delete_duplicate_transactions", []any{journal},
			[]any{r.line("one"), r.line("typed")}); !fault.Is(err, fault.User) {
			t.Errorf("a reconciled one: %v", err)
		}
		if got := r.call("account.journal", "delete_duplicate_transactions", []any{journal}, []any{r.line("one")}); got.(float64) != 1 {
			t.Errorf("deleted: %v", got)
		}
		r.sync(link)
		if diff := cmp.Diff([]string{"2026-01-02 old", "2026-01-02 old, typed", "2026-06-01 typed", "2026-06-02 two equal",
			"2026-06-02 two equal"}, r.texts()); diff != "" {
			t.Errorf("after a synchronisation: %s", diff)
		}
	})
}

func TestMissingTransactionsAreListedAndNotImported(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "1", "known"), tx("2", "2026-06-02", "2", "deleted"),
			tx("9", "2026-01-02", "9", "outside the days")))
		r.sync(link)
		journal := r.journal(link)
		r.call("account.bank.statement.line", "unlink", []any{r.line("deleted")})
		told := all(tx("1", "2026-06-01", "1", "known"), tx("2", "2026-06-02", "2", "deleted"), tx("3", "2026-06-03", "3", "missing"),
			tx("8", "2026-01-03", "8", "outside too"))
		told.Pending = []sdk.Transaction{tx("p", "2026-06-16", "-2.50", "coffee")}
		s.tell("a1", told)
		before := r.books()
		reply := r.call("account.journal", "find_missing_transactions", []any{journal}, "2026-06-01").(object)
		texts := func(list string) string {
			var out []string
			for _, x := range reply[list].([]any) {
				out = append(out, x.(object)["payment_ref"].(string))
			}
			return strings.Join(out, ",")
		}
		if texts("missing") != "missing" || texts("pending") != "coffee" || texts("deleted") != "deleted" || reply["told"].(float64) != 3 {
			t.Errorf("reply: %v", reply)
		}
		if diff := cmp.Diff(before, r.books()); diff != "" {
			t.Errorf("looking imported something: %s", diff)
		}
		if last := s.fetches[len(s.fetches)-1]; last.Cursor != nil || last.From.String() != "2026-06-01" {
			t.Errorf("asked %v", last)
		}
		s.failWith("a1", sdk.Errorf(sdk.ConsentExpired, "expired"))
		if _, err := r.try("account.journal", "find_missing_transactions", []any{journal}); err == nil {
			t.Error("a failing bank is no failure")
		}
		r.call("account.online.link", "unlink", []any{link})
		if _, err := r.try("account.journal", "find_missing_transactions", []any{journal}); !fault.Is(err, fault.User) {
			t.Errorf("without a connection: %v", err)
		}
	})
}

func TestComplaint30DeletedLinesComeBackOnlyWhenAsked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(all(tx("1", "2026-06-01", "1", "stays"), tx("2", "2026-06-02", "2", "deleted")),
			balance(sdk.Interim, "2026-06-17", "103")))
		r.sync(link)
		journal := r.journal(link)
		r.call("account.bank.statement.line", "unlink", []any{r.line("deleted")})
		run := r.call("account.journal", "action_refetch", []any{journal}, "2026-06-01", "2026-06-10")
		r.work()
		if got := r.run(run); got["outcome"] != "nothing_new" || got["known"].(float64) != 2 {
			t.Errorf("fetched again: %v", got)
		}
		if last := s.fetches[len(s.fetches)-1]; last.From.String() > "2026-06-01" {
			t.Errorf("asked from %v", last.From)
		}
		run = r.call("account.journal", "action_refetch", []any{journal}, "2026-06-01", "2026-06-10", true)
		r.work()
		if got := r.run(run); got["created"].(float64) != 1 || len(r.texts()) != 2 {
			t.Errorf("asked for: %v %v", got, r.texts())
		}
		if p := r.call("account.journal", "balance_proof", []any{journal}).(object); p["verdict"] != "agrees" {
			t.Errorf("proof: %v", p)
		}
		for _, days := range [][]any{{false}, {"2026-06-10", "2026-06-01"}} {
			if _, err := r.try("account.journal", "action_refetch", append([]any{[]any{journal}}, days...)...); !fault.Is(err, fault.User) {
				t.Errorf("%v: %v", days, err)
			}
		}
	})
}

// decoded is a result as a client reads it.
func decoded(t *testing.T, result any) object {
	t.Helper()
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var out object
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALineExplainsItself(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	first := all()
	first.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-2.50", "coffee")}
	s.tell("a1", first)
	r.sync(link)
	posted := tx("b", "2026-06-16", "-2.50", "coffee")
	posted.PendingID, posted.Raw = "p", []byte(`{"amount":"2.50"}`)
	s.tell("a1", all(posted))
	r.sync(link)
	ask := func(lang string) object {
		result, err := r.db.Call(t.Context(), ormtest.As(2), "account.bank.statement.line", "explain", []any{[]any{r.line("coffee")}},
			map[string]any{"context": map[string]any{"lang": lang}})
		if err != nil {
			t.Fatal(err)
		}
		return decoded(t, result)
	}
	x := ask("en_US")
	if x["source"] != "script" || x["status"] != "posted" || x["raw"] != true || len(x["identifiers"].([]any)) != 2 ||
		x["run"].(object)["id"] == nil || x["edited"] != false {
		t.Errorf("explanation: %v", x)
	}
	for lang, parts := range map[string][]string{
		"en_US": {"First told by script on 2026-06-17", "posted from the pending transaction that script names", "script knows it as",
			"own record is kept"},
		"nl_NL": {"Voor het eerst opgegeven door script", "geboekt uit de lopende transactie", "script kent hem als"},
	} {
		text := fmt.Sprint(ask(lang)["words"])
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q: %s", lang, part, text)
			}
		}
	}
	hand := r.call("account.bank.statement.line", "create", object{"journal_id": r.journal(link), "amount": 1})
	if x := r.call("account.bank.statement.line", "explain", []any{hand}).(object); x["source"] != "user" ||
		!strings.Contains(fmt.Sprint(x["words"]), "no bank told it") {
		t.Errorf("a line by hand: %v", x)
	}
}

func TestWhoMayUseTheTools(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "1", "a")))
	r.sync(link)
	journal := r.journal(link)
	reader, stranger := r.user("reader", account.GroupReadonly), r.user("stranger", "base.group_user")
	type call struct {
		model, method string
		args          []any
	}
	reads := []call{
		{"account.journal", "balance_proof", []any{[]any{journal}}},
		{"account.journal", "find_duplicate_transactions", []any{[]any{journal}}},
		{"account.bank.statement.line", "explain", []any{[]any{r.line("a")}}},
	}
	changes := []call{
		{"account.journal", "delete_duplicate_transactions", []any{[]any{journal}, []any{r.line("a")}}},
		{"account.journal", "find_missing_transactions", []any{[]any{journal}}},
		{"account.journal", "action_refetch", []any{[]any{journal}, "2026-06-01"}},
		{"account.journal", "action_regroup_statements", []any{[]any{journal}}},
		{"account.journal", "create_opening_transaction", []any{[]any{journal}, 5}},
		{"account.online.run", "undo", []any{[]any{r.lastRun()}}},
		{"account.online.run", "undo_preview", []any{[]any{r.lastRun()}}},
		{"account.online.run", "action_reimport", []any{[]any{r.lastRun()}}},
	}
	for _, c := range reads {
		if _, err := r.tryAs(reader, c.model, c.method, c.args...); err != nil {
			t.Errorf("a reader's %s: %v", c.method, err)
		}
	}
	for _, c := range append(reads, changes...) {
		if _, err := r.tryAs(stranger, c.model, c.method, c.args...); !fault.Is(err, fault.Denied) {
			t.Errorf("a stranger's %s: %v", c.method, err)
		}
	}
	for _, c := range append(reads, changes...) {
		args := append([]any{[]any{9999}}, c.args[1:]...)
		if _, err := r.try(c.model, c.method, args...); !fault.Is(err, fault.Missing) {
			t.Errorf("%s of what does not exist: %v", c.method, err)
		}
	}
	for _, c := range changes {
		if _, err := r.tryAs(reader, c.model, c.method, c.args...); !fault.Is(err, fault.Denied) {
			t.Errorf("a reader's %s: %v", c.method, err)
		}
	}
}

func TestUndoMovesTheOpeningBalanceForthAgain(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	recent := with(all(tx("1", "2026-05-10", "10", "a")), balance(sdk.Interim, "2026-06-17", "110"))
	recent.From = day("2026-05-10")
	s.tell("a1", recent)
	r.sync(link)
	before := r.books()
	older := all(tx("0", "2026-04-10", "40", "older"), tx("00", "2026-05-02", "3", "older, in the same month"))
	older.From = day("2026-04-01")
	s.tell("a1", older)
	r.sync(link)
	r.call("account.online.run", "undo", []any{r.rows("account.online.run", []any{}, "id")[0]["id"]})
	if diff := cmp.Diff(before, r.books()); diff != "" {
		t.Error(diff)
	}
}
