package onlinesync_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// euros are transactions of one euro each; the account had a hundred before.
var euros = []sdk.Transaction{tx("1", "2026-01-10", "1", "one"), tx("2", "2026-03-10", "1", "two"), tx("3", "2026-06-03", "1", "three"),
	tx("4", "2026-06-10", "1", "four"), tx("5", "2026-06-20", "1", "five"), tx("6", "2026-07-05", "1", "six")}

// until lets a bank that remembers everything since a day be asked until another, and
// answers the day from which it was asked.
func (r *rig) until(s *script, link float64, since, from, to string) string {
	r.t.Helper()
	b := sdk.Batch{From: day(max(from, since)), To: day(to)}
	sum := 100
	for _, x := range euros {
		if x.Date.String() <= to {
			sum++
			if b.From.String() <= x.Date.String() {
				b.Booked = append(b.Booked, x)
			}
		}
	}
	now, err := time.Parse(time.DateOnly, to)
	if err != nil {
		r.t.Fatal(err)
	}
	r.later(now.Add(12 * time.Hour).Sub(r.clock()))
	b.RefreshedAt = r.clock()
	s.tell("a1", with(b, balance(sdk.Interim, to, strconv.Itoa(sum))))
	if run := r.sync(link); run["error_reference"] != false {
		r.t.Fatalf("%s: %v", to, run)
	}
	asked := s.fetches[len(s.fetches)-1].From
	if !asked.Valid() {
		return ""
	}
	return asked.String()
}

// proves checks that a journal has what its bank reported.
func (r *rig) proves(link float64, when string) {
	r.t.Helper()
	r.balances()
	p := r.call("account.journal", "balance_proof", []any{r.journal(link)}).(object)
	if p["verdict"] != "agrees" {
		r.t.Errorf("%s: %v", when, p)
	}
}

// What an undo takes away at the front is asked for again, once: the bank may not
// have it any more.
func TestAnUndoneFirstRunComesAgainWhereLaterOnesStay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.until(s, link, "2026-01-01", "2026-01-01", "2026-06-17")
		run := r.lastRun()
		r.until(s, link, "2026-01-01", "2026-06-07", "2026-06-24")
		r.proves(link, "before")
		before := r.books()
		r.call("account.online.run", "undo", []any{run})
		if diff := cmp.Diff([]string{"2026-06-20 five"}, r.texts()); diff != "" {
			t.Fatal(diff)
		}
		r.proves(link, "undone")
		gaps := func() any { return r.rows("account.online.account", []any{}, "coverage_gaps")[0]["coverage_gaps"] }
		gap := object{"from": false, "to": "2026-06-17", "why": "not_fetched", "lines": 0.0}
		if diff := cmp.Diff([]any{gap}, gaps()); diff != "" {
			t.Errorf("gaps: %s", diff)
		}
		if from := r.until(s, link, "2026-01-01", "", "2026-06-24"); from != "" {
			t.Errorf("asked from %s", from)
		}
		if diff := cmp.Diff(before, r.books()); diff != "" {
			t.Errorf("fetched again: %s", diff)
		}
		if diff := cmp.Diff([]any{}, gaps()); diff != "" {
			t.Errorf("gaps: %s", diff)
		}
		if from := r.until(s, link, "2026-01-01", "2026-06-13", "2026-06-25"); from != "2026-06-13" {
			t.Errorf("then asked from %s", from)
		}
		r.proves(link, "after")
	})
}

// Days that the bank has no more are not asked for at each run, whether it says so
// or just begins later.
func TestAFrontThatTheBankForgotIsAskedForOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.until(s, link, "2026-01-01", "2026-01-01", "2026-06-17")
		run := r.lastRun()
		r.until(s, link, "2026-01-01", "2026-06-07", "2026-06-24")
		r.call("account.online.run", "undo", []any{run})
		for i, want := range []string{"", "2026-06-14", "2026-06-15"} {
			to := []string{"2026-06-25", "2026-06-26", "2026-06-27"}[i]
			if from := r.until(s, link, "2026-05-01", max("2026-05-01", want), to); from != want {
				t.Errorf("on %s asked from %q", to, from)
			}
		}
		if diff := cmp.Diff([]string{"2026-06-03 three", "2026-06-10 four", "2026-06-20 five"}, r.texts()); diff != "" {
			t.Error(diff)
		}
		r.proves(link, "after")
	})
}

// out are the ways in which lines leave the books and come in again; each answers how
// they come in.
var out = map[string]func(r *rig) func(){
	"held back": func(r *rig) func() {
		run := r.lastRun()
		r.call("account.online.run", "undo", []any{run}, true)
		return func() { r.call("account.online.run", "action_reimport", []any{run}) }
	},
	"all deleted":        func(r *rig) func() { return r.deleted(4) },
	"the oldest deleted": func(r *rig) func() { return r.deleted(3) },
	"deleted, and in again one by one": func(r *rig) func() {
		var again []func()
		for range 4 {
			again = append(again, r.deleted(1))
		}
		return func() {
			for _, i := range []int{1, 3, 0, 2} {
				again[i]()
			}
		}
	},
}

// deleted deletes the oldest lines, and answers how they are imported again.
func (r *rig) deleted(count int) func() {
	var ids, lines []any
	for _, x := range r.call("account.online.transaction", "search_read", []any{leaf("line_id", "!=", false)}, []any{"line_id"}, 0, count,
		"date, id").([]any) {
		ids, lines = append(ids, x.(object)["id"]), append(lines, x.(object)["line_id"].([]any)[0])
	}
	r.call("account.bank.statement.line", "unlink", lines)
	return func() { r.call("account.online.transaction", "action_reimport", ids) }
}

// Whatever was out of the books, once all is in again a journal has what its bank
// reported, and right away it is as it was.
func TestBooksAreAsBeforeOnceAllIsInAgain(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		for name, takeOut := range out {
			for _, meanwhile := range []string{"", "2026-06-24", "2026-07-06"} {
				if kind != ormtest.SQLite && meanwhile == "2026-06-24" {
					continue
				}
				t.Run(string(kind)+", "+name+" until "+meanwhile, func(t *testing.T) {
					r := newRig(t, kind)
					s, link := scripted(r, iban)
					r.until(s, link, "2026-01-01", "2026-01-01", "2026-06-17")
					before := r.books()
					letIn := takeOut(r)
					if meanwhile != "" {
						r.until(s, link, "2026-01-01", "2026-06-06", meanwhile)
					}
					letIn()
					if diff := cmp.Diff(before, r.books()); diff != "" && meanwhile == "" {
						t.Errorf("right away: %s", diff)
					}
					r.proves(link, "let in")
					r.until(s, link, "2026-01-01", "2026-06-06", "2026-07-07")
					r.proves(link, "and a run later")
					if start := r.balances()[0][0]; start != 100 {
						t.Errorf("begins with %v", start)
					}
				})
			}
		}
	}
}
