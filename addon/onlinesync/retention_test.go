package onlinesync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/plugins/sdk"
)

// letGo does the daily deletion, after which runs are kept for 30 days and what
// banks sent for 10.
func (r *rig) letGo() (runs, raw int) {
	r.t.Helper()
	r.options.KeepRuns, r.options.KeepRaw = 30*24*time.Hour, 10*24*time.Hour
	r.addon = onlinesync.New(r.options)
	runs, raw, err := r.addon.LetGo(r.t.Context(), r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	return runs, raw
}

// history is how runs ended, the oldest first.
func (r *rig) history() []string {
	r.t.Helper()
	var out []string
	for _, x := range r.rows("account.online.run", []any{}, "id", "trigger", "outcome", "created") {
		out = append([]string{fmt.Sprint(x["id"], " ", x["trigger"], " ", x["outcome"], " ", x["created"])}, out...)
	}
	return out
}

// TestRunsThatBroughtNothingGo keeps what undo and explain need, the newest of all,
// and the newest good one.
func TestRunsThatBroughtNothingGo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		first := all(tx("1", "2026-06-01", "1", "a"))
		s.tell("a1", first)
		r.sync(link) // 1: brought a line
		r.sync(link) // 2: nothing
		pending := all(tx("1", "2026-06-01", "1", "a"))
		pending.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-2.50", "coffee")}
		s.tell("a1", pending)
		r.sync(link) // 3: told what is pending
		r.banks["files"] = reader{emptyCatalogue{newScript()}}
		if _, err := r.importFile(r.journal(link), iban.Number+"\n- 2026-06-01 1 a", false); err != nil { // 4: known
			t.Fatal(err)
		}
		r.sync(link) // the newest good one
		s.failWith("a1", sdk.Errorf(sdk.BankUnavailable, "closed"))
		r.sync(link)
		r.sync(link) // the newest one
		before := r.history()
		if runs, _ := r.letGo(); runs != 0 {
			t.Fatalf("%d went on the first day", runs)
		}
		r.later(31 * 24 * time.Hour)
		runs, _ := r.letGo()
		after := r.history()
		if runs != 2 || len(before)-len(after) != 2 {
			t.Errorf("%d went\n%s", runs, strings.Join(after, "\n"))
		}
		want := append(append([]string{before[0]}, before[2:len(before)-2]...), before[len(before)-1])
		if diff := cmp.Diff(want, after); diff != "" {
			t.Error(diff)
		}
		if got := r.rows("account.online.link", []any{}, "runs_gone")[0]["runs_gone"]; got != 2.0 {
			t.Errorf("the connection counts %v", got)
		}
		if again, _ := r.letGo(); again != 0 {
			t.Errorf("%d more went", again)
		}
		page := r.call("account.online.link", "run_history", []any{link}).(object)
		if page["gone"] != 2.0 || page["total"] != float64(len(after)-1) { // the file's is its account's
			t.Errorf("history: %v of %v", page["gone"], page["total"])
		}
		x := r.call("account.bank.statement.line", "explain", []any{r.line("a")}).(object)
		if x["run"].(object)["id"] != 1.0 {
			t.Errorf("the line explains itself by %v", x["run"])
		}
		if _, err := r.try("account.online.run", "undo", []any{2}); !fault.Is(err, fault.Missing) ||
			!strings.Contains(err.Error(), "not kept any more") {
			t.Errorf("undo of a run that went: %v", err)
		}
		if _, err := r.try("account.online.run", "undo", []any{999}); !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("undo of a run that never was: %v", err)
		}
		r.call("account.online.run", "undo", []any{1})
		if n := r.count("account.bank.statement.line"); n != 0 {
			t.Errorf("undo of an old run left %d lines", n)
		}
	})
}

// TestWhatTheBankSentGoes empties raw and nothing else of the ledger.
func TestWhatTheBankSentGoes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		raw := func(x sdk.Transaction) sdk.Transaction {
			x.Raw = []byte(`{"secret":"` + x.ID + `"}`)
			return x
		}
		told := all(raw(tx("1", "2026-06-01", "1", "old")), raw(tx("2", "2026-06-02", "-7", "asked about")))
		told.Pending = []sdk.Transaction{raw(tx("p", "2026-06-15", "-2.50", "coffee"))}
		s.tell("a1", told)
		r.sync(link)
		told.Booked = told.Booked[:1:1]
		told.Booked = append(told.Booked, raw(tx("3", "2026-06-03", "-7", "asked about")))
		s.tell("a1", told)
		r.sync(link) // 2 is told no longer, 3 says the same: a question
		if n := r.count("account.online.review", leaf("state", "=", "open")); n == 0 {
			t.Fatal("no question is open")
		}
		ledger := func(field string) map[string]bool {
			out := map[string]bool{}
			for _, x := range r.rows("account.online.transaction", []any{}, "identifiers", "payment_ref", field) {
				text := fmt.Sprint(x["identifiers"])
				out[text[strings.Index(text, "id:"):strings.Index(text, " since")]] = x[field] != false
			}
			return out
		}
		fields := []string{"status", "payment_ref", "identifiers", "fingerprint", "line_id", "first_seen"}
		rows := r.rows("account.online.transaction", []any{}, fields...)
		if _, raw := r.letGo(); raw != 0 {
			t.Errorf("%d went at once", raw)
		}
		r.later(11 * 24 * time.Hour)
		if _, raw := r.letGo(); raw != 1 {
			t.Errorf("%d went", raw)
		}
		if diff := cmp.Diff(map[string]bool{"id:1": false, "id:2": true, "id:3": true, "id:p": true}, ledger("raw")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(rows, r.rows("account.online.transaction", []any{}, fields...)); diff != "" {
			t.Errorf("something else of the ledger went: %s", diff)
		}
		if got := r.sync(link); got["created"] != 0.0 {
			t.Errorf("the next run: %v", got)
		}
	})
}
