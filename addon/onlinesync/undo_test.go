package onlinesync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// lastRun is the id of the newest run.
func (r *rig) lastRun() any { return r.rows("account.online.run", []any{}, "id")[0]["id"] }

// undoTwo is a connection whose second run posted a coffee, told a late line, and
// changed another one.
func undoTwo(r *rig) (s *script, link float64, second sdk.Batch) {
	s, link = scripted(r, iban)
	first := all(tx("1", "2026-05-01", "10", "stays"), tx("2", "2026-06-02", "20", "changes"))
	first.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-2.50", "coffee")}
	s.tell("a1", with(first, balance(sdk.Interim, "2026-06-16", "130")))
	r.sync(link)
	posted := tx("b", "2026-06-16", "-2.50", "coffee")
	posted.PendingID = "p"
	second = sdk.Batch{Booked: []sdk.Transaction{posted, tx("4", "2026-06-10", "4", "fresh")},
		Modified: []sdk.Transaction{tx("2", "2026-06-02", "21", "changes")}}
	s.tell("a1", second)
	r.sync(link)
	return s, link, second
}

func TestUndoSaysWhatComesAgainAndWhen(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	_, link, _ := undoTwo(r)
	run := r.lastRun()
	next := r.link(link)["next_refresh"]
	before := r.books()
	seen := r.call("account.online.run", "undo_preview", []any{run}).([]any)[0].(object)
	if diff := cmp.Diff(before, r.books()); diff != "" {
		t.Errorf("a preview changed something: %s", diff)
	}
	back := seen["returns"].(object)
	if seen["lines"] != 2.0 || seen["changed"] != 1.0 || seen["refused"] != false || back["lines"] != 2.0 || back["out_of_reach"] != 0.0 {
		t.Errorf("preview: %v", seen)
	}
	by := back["connections"].([]any)[0].(object)
	if by["link_id"] != link || by["next_refresh"] != next || !strings.Contains(back["message"].(string), "2 lines again") {
		t.Errorf("what comes again: %v, next is %v", back, next)
	}
	reply := r.call("account.online.run", "undo", []any{run}).(object)
	if reply["undone"] != true || !strings.Contains(reply["message"].(string), "hold_back") ||
		!strings.Contains(reply["message"].(string), next.(string)[:16]) {
		t.Errorf("reply: %v", reply)
	}
	if again := r.call("account.online.run", "undo", []any{run}); again != true {
		t.Errorf("undone twice: %v", again)
	}
}

// Where nothing fetches by itself, undo has nothing to say.
func TestUndoIsSilentWhereNothingComesByItself(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	_, link, _ := undoTwo(r)
	r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
	if seen := r.call("account.online.run", "undo_preview", []any{r.lastRun()}).([]any)[0].(object); seen["lines"] != 2.0 ||
		seen["returns"].(object)["lines"] != 0.0 {
		t.Errorf("preview: %v", seen)
	}
	if reply := r.call("account.online.run", "undo", []any{r.lastRun()}); reply != true {
		t.Errorf("reply: %v", reply)
	}
}

func TestHeldBackLinesStayOutUntilTheyAreLetIn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link, second := undoTwo(r)
		run, after := r.lastRun(), r.texts()
		if reply := r.call("account.online.run", "undo", []any{run}, true); reply != true {
			t.Errorf("reply: %v", reply)
		}
		held := []string{"2026-05-01 stays", "2026-06-02 changes"}
		if diff := cmp.Diff(held, r.texts()); diff != "" {
			t.Fatalf("held back: %s", diff)
		}
		whole := all(tx("1", "2026-05-01", "10", "stays"), tx("2", "2026-06-02", "21", "changes"), second.Booked[0], second.Booked[1])
		s.tell("a1", whole)
		if got := r.sync(link); got["created"] != 0.0 || got["updated"] != 0.0 {
			t.Errorf("the next run: %v", got)
		}
		if diff := cmp.Diff(held, r.texts()); diff != "" {
			t.Errorf("after the next run: %s", diff)
		}
		if n := r.count("account.online.review", leaf("state", "=", "open"), leaf("kind", "=", "changed_held")); n != 1 {
			t.Errorf("%d questions about the change that was taken back", n)
		}
		row := r.rows("account.online.run", []any{leaf("id", "=", run)}, "held_back", "undone_at")[0]
		if row["held_back"] != 2.0 || row["undone_at"] == false {
			t.Errorf("the run says %v", row)
		}
		if made := r.call("account.online.run", "action_reimport", []any{run}).([]any); len(made) != 2 {
			t.Errorf("let in: %v", made)
		}
		if diff := cmp.Diff(after, r.texts()); diff != "" {
			t.Errorf("let in: %s", diff)
		}
		if _, err := r.try("account.online.run", "action_reimport", []any{run}); !fault.Is(err, fault.User) {
			t.Errorf("let in twice: %v", err)
		}
		if got := r.sync(link); got["created"] != 0.0 {
			t.Errorf("and once more: %v", got)
		}
		r.balances()
	})
}

// A record that is named twice is acted upon once.
func TestARecordNamedTwiceIsActedUponOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "1", "a"), tx("2", "2026-06-02", "2", "b")))
		r.sync(link)
		journal, run := r.journal(link), r.lastRun()
		a := r.rows("account.online.transaction", []any{leaf("payment_ref", "=", "a")}, "id")[0]["id"]
		line := r.line("a")
		if got := r.call("account.journal", "delete_duplicate_transactions", []any{journal}, []any{line, line}); got != 1.0 {
			t.Errorf("deleted %v", got)
		}
		if made := r.call("account.online.transaction", "action_reimport", []any{a, a}).([]any); len(made) != 1 {
			t.Errorf("imported again: %v", made)
		}
		both := []string{"2026-06-01 a", "2026-06-02 b"}
		if diff := cmp.Diff(both, r.texts()); diff != "" {
			t.Error(diff)
		}
		if seen := r.call("account.online.run", "undo_preview", []any{run, run}).([]any); len(seen) != 1 {
			t.Errorf("preview: %v", seen)
		}
		r.call("account.online.run", "undo", []any{run, run}, true)
		if made := r.call("account.online.run", "action_reimport", []any{run, run}).([]any); len(made) != 2 {
			t.Errorf("let in: %v", made)
		}
		if diff := cmp.Diff(both, r.texts()); diff != "" {
			t.Error(diff)
		}
		r.balances()
	})
}

// status is what the ledger says of the transaction with a text.
func (r *rig) status(text string) any {
	r.t.Helper()
	return r.rows("account.online.transaction", []any{leaf("payment_ref", "=", text)}, "status")[0]["status"]
}

// What the bank takes back while it is held back is not let in, until the bank
// tells it again.
func TestWhatTheBankTookBackMeanwhileIsNotLetIn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		told := all(tx("1", "2026-06-01", "1", "stays"), tx("2", "2026-06-02", "2", "goes"), tx("3", "2026-06-03", "3", "back"))
		s.tell("a1", told)
		r.sync(link)
		run := r.lastRun()
		r.call("account.online.run", "undo", []any{run}, true)
		s.tell("a1", sdk.Batch{Removed: []string{"2", "3"}})
		r.sync(link)
		s.tell("a1", sdk.Batch{Booked: told.Booked[2:]})
		r.sync(link)
		if r.status("goes") != "removed" || r.status("back") != "posted" {
			t.Errorf("goes is %v, back is %v", r.status("goes"), r.status("back"))
		}
		row := r.rows("account.online.transaction", []any{leaf("payment_ref", "=", "goes")}, "id")[0]["id"]
		if _, err := r.try("account.online.transaction", "action_reimport", []any{row}); !fault.Is(err, fault.User) {
			t.Errorf("one that the bank took back: %v", err)
		}
		if made := r.call("account.online.run", "action_reimport", []any{run}).([]any); len(made) != 2 {
			t.Errorf("let in: %v", made)
		}
		in := []string{"2026-06-01 stays", "2026-06-03 back"}
		if diff := cmp.Diff(in, r.texts()); diff != "" {
			t.Error(diff)
		}
		notes := r.count("mail.message", leaf("body", "like", "1 transaction was held back and was not let in"))
		if notes != 1 {
			t.Errorf("%d notes", notes)
		}
		s.tell("a1", all(told.Booked...))
		r.sync(link)
		if diff := cmp.Diff([]string{"2026-06-01 stays", "2026-06-02 goes", "2026-06-03 back"}, r.texts()); diff != "" {
			t.Errorf("told again: %s", diff)
		}
		r.balances()
	})
}

// A removal that is undone stays done where lines are held back; otherwise the bank
// is asked anew, and its word counts again.
func TestAnUndoneRemovalDoesNotBookWhatTheBankTookBack(t *testing.T) {
	removed := func(r *rig) (s *script, link float64) {
		s, link = scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "1", "stays"), tx("2", "2026-02-02", "2", "goes")))
		r.sync(link)
		s.tell("a1", sdk.Batch{Removed: []string{"2"}, From: day("2026-06-10"), To: day("2026-06-17")})
		r.sync(link)
		return s, link
	}
	stays := []string{"2026-06-01 stays"}
	each(t, func(t *testing.T, r *rig) {
		s, link := removed(r)
		r.call("account.online.run", "undo", []any{r.lastRun()}, true)
		s.tell("a1", all(tx("1", "2026-06-01", "1", "stays")))
		r.sync(link)
		if diff := cmp.Diff(stays, r.texts()); diff != "" || r.status("goes") != "removed" {
			t.Errorf("held back: %s, %v", diff, r.status("goes"))
		}
	})
	for _, way := range []string{"told", "left out"} {
		t.Run(way, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			s, link := removed(r)
			r.call("account.online.run", "undo", []any{r.lastRun()}, false)
			if len(r.texts()) != 2 || r.status("goes") != "posted" {
				t.Fatalf("undone: %v, %v", r.texts(), r.status("goes"))
			}
			if n := r.count("account.online.transaction", leaf("removed_reason", "!=", false)); n != 0 {
				t.Errorf("%d rows say why they were removed", n)
			}
			again := all(tx("1", "2026-06-01", "1", "stays"))
			if way == "told" {
				again.Removed = []string{"2"}
			}
			s.tell("a1", again)
			r.sync(link)
			if asked := s.fetches[len(s.fetches)-1]; asked.From.Valid() && asked.From.String() > "2026-02-02" {
				t.Errorf("asked from %v", asked.From)
			}
			if way == "told" {
				if diff := cmp.Diff(stays, r.texts()); diff != "" {
					t.Error(diff)
				}
				return
			}
			r.one("not_told")
		})
	}
}

// A line whose change was taken back and is to be asked is nobody's work: an
// earlier run can still be undone, and one that a user edits cannot.
func TestAHeldChangeIsNoUsersEdit(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	undoTwo(r)
	runs := r.rows("account.online.run", []any{}, "id")
	r.call("account.online.run", "undo", []any{runs[0]["id"]}, true)
	if x := r.call("account.bank.statement.line", "explain", []any{r.line("changes")}).(object); x["edited"] != false {
		t.Errorf("explanation: %v", x)
	}
	preview := func() any {
		return r.call("account.online.run", "undo_preview", []any{runs[1]["id"]}).([]any)[0].(object)["refused"]
	}
	if refused := preview(); refused != false {
		t.Errorf("refused: %v", refused)
	}
	r.call("account.bank.statement.line", "write", []any{r.line("changes")}, object{"payment_ref": "mine"})
	words, _ := preview().(string)
	if !strings.HasPrefix(words, "1 line of this synchronisation was changed by a user or reconciled, so it cannot be undone: "+
		"2026-06-02 20 mine. ") || strings.Contains(words, "Nothing was undone") {
		t.Errorf("refused: %s", words)
	}
	r.call("account.bank.statement.line", "unlink", []any{r.line("mine")})
	r.call("account.online.run", "undo", []any{runs[1]["id"]}, true)
	if got := r.texts(); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// A line that comes again has the id under which its transaction is posted, as one
// that never went.
func TestALineThatComesAgainHasItsPostedID(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	undoTwo(r)
	run := r.lastRun()
	id := func() any {
		const field = "online_transaction_identifier"
		return r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "coffee")}, field)[0][field]
	}
	before := id()
	r.call("account.online.run", "undo", []any{run}, true)
	r.call("account.online.run", "action_reimport", []any{run})
	if got := id(); got != before || got != "b" {
		t.Errorf("%v before, %v after", before, got)
	}
}

// A line that a user deleted stays deleted, whatever is undone (complaint 30).
func TestUndoLeavesDeletedLinesDeleted(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "1", "stays"), tx("2", "2026-06-02", "2", "deleted")))
	r.sync(link)
	r.call("account.bank.statement.line", "unlink", []any{r.line("deleted")})
	run := r.lastRun()
	if seen := r.call("account.online.run", "undo_preview", []any{run}).([]any)[0].(object); seen["deleted"] != 1.0 ||
		seen["lines"] != 1.0 {
		t.Errorf("preview: %v", seen)
	}
	r.call("account.online.run", "undo", []any{run})
	r.sync(link)
	if diff := cmp.Diff([]string{"2026-06-01 stays"}, r.texts()); diff != "" {
		t.Error(diff)
	}
}

// What lies before the bank's history does not come again, and undo says so.
func TestUndoCountsWhatTheBankGivesNoMore(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	told := all(tx("1", "2026-03-01", "1", "old"), tx("2", "2026-06-02", "2", "young"))
	told.HistoryFrom = day("2026-05-01")
	s.tell("a1", told)
	r.sync(link)
	back := r.call("account.online.run", "undo_preview", []any{r.lastRun()}).([]any)[0].(object)["returns"].(object)
	if back["lines"] != 1.0 || back["out_of_reach"] != 1.0 || !strings.Contains(back["message"].(string), "Another 1") {
		t.Errorf("returns: %v", back)
	}
}

// Two accounts of one run have windows of their own: what an undo takes back is
// asked for again of both.
func TestAnUndoneRunOfTwoAccountsComesAgainWhole(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban, second)
	s.failWith("a1", sdk.Errorf(sdk.BankUnavailable, "closed"))
	s.tell("a2", all(tx("2", "2026-06-05", "2", "second account")))
	r.sync(link)
	s.failWith("a1", nil)
	s.tell("a1", all(tx("1", "2026-01-05", "1", "first account")))
	r.sync(link)
	r.call("account.online.run", "undo", []any{r.lastRun()})
	r.sync(link)
	if asked := s.fetches[len(s.fetches)-2]; asked.AccountID != "a1" || asked.From.Valid() && asked.From.String() > "2026-01-05" {
		t.Errorf("asked %s from %v", asked.AccountID, asked.From)
	}
}

// Of one payment that two sources told, and that a user called one, undoing either
// run leaves the line.
func TestUndoLeavesALineThatAnotherRunToldAsWell(t *testing.T) {
	for _, which := range []string{"the first", "the second"} {
		t.Run(which, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			a, first := scripted(r, iban)
			a.tell("a1", all(tx("1", "2026-06-01", "-10", "Payment to Alder")))
			r.sync(first)
			run := r.lastRun()
			b := newScript(sdk.Account{ID: "south-1", Name: "Main", Number: iban.Number, Currency: "EUR", Kind: sdk.Checking})
			r.banks["other"] = otherBank{b}
			if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
				t.Fatal(err)
			}
			b.tell("south-1", all(tx("x", "2026-06-02", "-10", "ALDER POS")))
			last := r.connect("otherbank", -1, nil)
			r.work()
			if which == "the second" {
				run = r.lastRun()
			}
			r.call("account.online.review", "accept", []any{r.one("other_day")["id"]})
			if seen := r.call("account.online.run", "undo_preview", []any{run}).([]any)[0].(object); seen["shared"] != 1.0 ||
				seen["lines"] != 0.0 {
				t.Errorf("preview: %v", seen)
			}
			r.call("account.online.run", "undo", []any{run})
			if n := r.count("account.bank.statement.line"); n != 1 {
				t.Fatalf("%d lines: %v", n, r.texts())
			}
			for range 2 { // both tell it again
				r.call("account.journal", "manual_sync", []any{r.journal(last)})
				r.work()
			}
			// As if the undone one came for the first time: two lines, and the question.
			if diff := cmp.Diff([]string{"2026-06-01 Payment to Alder", "2026-06-02 ALDER POS"}, r.texts()); diff != "" {
				t.Error(diff)
			}
			r.one("other_day")
			r.balances()
		})
	}
}
