package importing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/schema"
)

func entry(id, day, amount, text string) importing.Entry {
	return importing.Entry{ID: id, Date: schema.Date("2026-03-" + day), Amount: decimal.MustParse(amount), Text: text}
}

func list(e ...importing.Entry) []importing.Entry { return e }

// window is a complete answer for all of March.
func window(booked ...importing.Entry) importing.Told {
	return importing.Told{Source: "a", From: "2026-03-01", To: "2026-03-31", Booked: booked, PendingComplete: true}
}

func TestDecide(t *testing.T) {
	coffee := func(id string) importing.Entry { return entry(id, "05", "-2.5", "Coffee Corner") }
	pendingPaid := func(e importing.Entry, pendingID string) importing.Entry { e.PendingID = pendingID; return e }
	stable := func(told importing.Told) importing.Told { told.StableIDs = true; return told }
	delta := func(told importing.Told) importing.Told { told.From, told.To = "", ""; return told }
	// further answers a cursor: what changed, and of which days all is told by now.
	further := func(told importing.Told) importing.Told {
		told.StableIDs, told.Differences, told.Over = true, true, told.To
		return told
	}
	with := func(told importing.Told, pending ...importing.Entry) importing.Told {
		told.Pending = pending
		return told
	}
	removed := func(told importing.Told, ids ...string) importing.Told { told.Removed = ids; return told }
	modified := func(told importing.Told, e ...importing.Entry) importing.Told { told.Modified = e; return told }
	from := func(source string, told importing.Told) importing.Told { told.Source = source; return told }

	tests := []struct {
		name  string
		told  []importing.Told // one after the other
		lines []string
	}{
		{"new ones", []importing.Told{window(coffee("1"), entry("2", "06", "10", "Refund"))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-06 10 Refund"}},
		{"told again (S01)", []importing.Told{window(coffee("1")), window(coffee("1"))}, []string{"2026-03-05 -2.5 Coffee Corner"}},
		{"no ids, told again (complaint 7)", []importing.Told{window(coffee("")), window(coffee(""))},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"two equal payments without ids (complaint 6)", []importing.Told{window(coffee(""), coffee("")), window(coffee(""), coffee(""))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"a second equal payment comes later", []importing.Told{window(coffee("")), window(coffee(""), coffee(""))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"two equal payments with ids", []importing.Told{stable(window(coffee("1"), coffee("2"))), stable(delta(window(coffee("3"))))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"an equal payment among differences", []importing.Told{stable(window(coffee("1"))), further(window(coffee("2")))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"new id among differences, old taken back",
			[]importing.Told{stable(window(coffee("1"))), removed(further(window(coffee("2"))), "1")},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"overlapping pages", []importing.Told{window(coffee("1"), coffee("1"))}, []string{"2026-03-05 -2.5 Coffee Corner"}},
		{"new ids after a renewal (complaint 8)", []importing.Told{window(coffee("1")), window(coffee("9"))},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"new ids and other words after a renewal (complaint 8)",
			[]importing.Told{window(coffee("1")), window(entry("9", "05", "-2.5", "CARD 1234 COFFEE CORNER BV"))},
			[]string{"2026-03-05 -2.5 CARD 1234 COFFEE CORNER BV"}},
		{"new id beside the old one is another payment", []importing.Told{window(coffee("1")), window(coffee("1"), coffee("9"))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"new id, old taken back", []importing.Told{stable(delta(window(coffee("1")))), removed(stable(delta(window(coffee("9")))), "1")},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"a reference that payments share (complaint 9)",
			[]importing.Told{window(entry("TAX", "05", "-100", "Tax"), entry("TAX", "06", "-90", "Tax")),
				window(entry("TAX", "06", "-90", "Tax"), entry("TAX", "05", "-100", "Tax")), window(entry("TAX", "25", "-80", "Tax"))},
			[]string{"2026-03-05 -100 Tax", "2026-03-06 -90 Tax", "2026-03-25 -80 Tax"}},
		{"pending is no line (S49)", []importing.Told{with(window(), entry("p", "05", "-2.5", "Coffee"))}, []string{}},
		{"posted under the same id (S50)", []importing.Told{with(window(), entry("p", "05", "-2.5", "Coffee")),
			window(entry("p", "06", "-2.5", "Coffee Corner"))},
			[]string{"2026-03-06 -2.5 Coffee Corner"}},
		{"posted under a new id that names the old", []importing.Told{with(window(), entry("p", "05", "-2.5", "Coffee")),
			removed(window(pendingPaid(entry("b", "06", "-2.5", "Coffee Corner"), "p")), "p"),
			window(entry("b", "06", "-2.5", "Coffee Corner"))},
			[]string{"2026-03-06 -2.5 Coffee Corner"}},
		{"the pending id is taken back later", []importing.Told{stable(delta(with(window(), entry("p", "05", "-2.5", "Coffee")))),
			stable(delta(window(pendingPaid(entry("b", "06", "-2.5", "Coffee Corner"), "p")))), removed(stable(delta(window())), "p")},
			[]string{"2026-03-06 -2.5 Coffee Corner"}},
		{"the pending ghost comes back (complaint 2)", []importing.Told{with(window(), entry("p", "05", "-2.5", "Coffee")),
			window(pendingPaid(entry("b", "06", "-2.5", "Coffee Corner"), "p")),
			with(window(entry("b", "06", "-2.5", "Coffee Corner")), entry("p", "05", "-2.5", "Coffee"))},
			[]string{"2026-03-06 -2.5 Coffee Corner"}},
		{"pending and posted without ids", []importing.Told{with(window(), entry("", "05", "-2.5", "Coffee")),
			window(entry("", "07", "-2.5", "COFFEE CORNER 7")),
			with(window(entry("", "07", "-2.5", "COFFEE CORNER 7")), entry("", "05", "-2.5", "Coffee"))},
			[]string{"2026-03-07 -2.5 COFFEE CORNER 7"}},
		{"pending and booked in one answer", []importing.Told{with(window(entry("x", "05", "-2.5", "Coffee")),
			entry("x", "05", "-2.5", "Coffee"))},
			[]string{"2026-03-05 -2.5 Coffee"}},
		{"a pending one that never posts (complaint 4)", []importing.Told{with(window(), entry("p", "05", "-2.5", "Coffee")), window(),
			window(entry("b", "09", "-2.5", "Coffee"))},
			[]string{"2026-03-09 -2.5 Coffee"}},
		{"taken back", []importing.Told{stable(delta(window(coffee("1"), entry("2", "06", "10", "Refund")))),
			removed(stable(delta(window())), "1")},
			[]string{"2026-03-06 10 Refund"}},
		{"taken back and told again", []importing.Told{stable(delta(window(coffee("1")))), removed(stable(delta(window())), "1"),
			stable(delta(window(coffee("1"))))},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"changed", []importing.Told{stable(window(coffee("1"))),
			modified(stable(delta(window())), entry("1", "07", "-3", "Coffee and cake"))},
			[]string{"2026-03-07 -3 Coffee and cake"}},
		{"changed without having been told", []importing.Told{modified(stable(delta(window())), coffee("1"))},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"told and taken back in one answer", []importing.Told{removed(stable(delta(window(coffee("1")))), "1")}, []string{}},
		{"a file after the feed (complaint 10)", []importing.Told{window(coffee("1")),
			from("files", window(entry("SRV/9", "05", "-2.5", "POS COFFEE CORNER 12:30")))},
			[]string{"2026-03-05 -2.5 Coffee Corner"}},
		{"a file with one payment more", []importing.Told{window(coffee("1")),
			from("files", window(entry("", "05", "-2.5", "A"), entry("", "05", "-2.5", "B")))},
			[]string{"2026-03-05 -2.5 B", "2026-03-05 -2.5 Coffee Corner"}},
		{"another provider (complaint 44)", []importing.Told{window(coffee("1"), coffee("2")),
			from("b", window(coffee("x"), coffee("y"))), from("a", window(coffee("1"), coffee("2")))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-05 -2.5 Coffee Corner"}},
		{"a feed that books a day later than the file",
			[]importing.Told{from("files", delta(window(entry("", "06", "-2.5", "Coffee corner")))), window(coffee("1"))},
			[]string{"2026-03-06 -2.5 Coffee corner"}},
		{"a file's payment besides one of the day after",
			[]importing.Told{from("files", delta(window(entry("", "06", "-2.5", "Coffee corner")))),
				window(coffee("1"), entry("2", "06", "-2.5", "coffee"))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-06 -2.5 Coffee corner"}},
		{"late and back-dated (complaint 13)", []importing.Told{window(entry("9", "20", "1", "x")),
			window(entry("9", "20", "1", "x"), coffee("1"))},
			[]string{"2026-03-05 -2.5 Coffee Corner", "2026-03-20 1 x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBook()
			for i, told := range test.told {
				if err := b.carryOut(importing.Decide(&told, b.known()), -1); err != nil {
					t.Fatalf("answer %d: %v", i, err)
				}
			}
			if diff := cmp.Diff(test.lines, b.told()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of what an answer to a cursor leaves out, nothing follows: it did not change.
func TestDifferencesRaiseNoDoubtOfWhatStays(t *testing.T) {
	b := newBook()
	first := window(entry("1", "05", "-50", "Card payment"), entry("2", "05", "-40", "Transfer"))
	first.StableIDs = true
	if err := b.carryOut(importing.Decide(&first, b.known()), -1); err != nil {
		t.Fatal(err)
	}
	news := window(entry("3", "06", "-50", "Card payment"), entry("4", "06", "-45", "Transfer"))
	news.StableIDs, news.Differences, news.Over = true, true, "2026-03-31"
	asked := func() []importing.DoubtKind {
		plan, kinds := importing.Decide(&news, b.known()), []importing.DoubtKind{}
		for _, n := range plan.New {
			if n.Doubt != nil {
				kinds = append(kinds, n.Doubt.Kind)
			}
		}
		for _, d := range plan.Doubts {
			kinds = append(kinds, d.Kind)
		}
		return kinds
	}
	if kinds := asked(); len(kinds) > 0 {
		t.Errorf("asked %v", kinds)
	}
	news.Removed = []string{"1"}
	if diff := cmp.Diff([]importing.DoubtKind{importing.Reissued}, asked()); diff != "" {
		t.Errorf("one was taken back: %s", diff)
	}
}

func TestDeletedLinesStayDeleted(t *testing.T) {
	b := newBook()
	told := window(entry("1", "05", "-2.5", "Coffee"))
	told.StableIDs = true
	if err := b.carryOut(importing.Decide(&told, b.known()), -1); err != nil {
		t.Fatal(err)
	}
	b.rows[0].Line, b.rows[0].Deleted = 0, true
	clear(b.lines)
	for _, again := range []importing.Told{told, {Source: "a", Modified: list(entry("1", "05", "-3", "Coffee"))},
		{Source: "files", Booked: list(entry("", "05", "-2.5", "COFFEE"))},
		{Source: "a", StableIDs: true, Removed: []string{"1"}}, told} {
		if err := b.carryOut(importing.Decide(&again, b.known()), -1); err != nil {
			t.Fatal(err)
		}
		if len(b.lines) != 0 {
			t.Fatalf("came back: %v", b.told())
		}
	}
}

func TestFloorLeavesOut(t *testing.T) {
	told := window(entry("1", "05", "-2.5", "Coffee"), entry("2", "06", "1", "x"))
	told.Pending = list(entry("3", "04", "1", "y"))
	told.Floor = "2026-03-06"
	plan := importing.Decide(&told, nil)
	if len(plan.New) != 1 || plan.Skipped != 1 || plan.New[0].ID != "2" {
		t.Errorf("%d new, %d skipped", len(plan.New), plan.Skipped)
	}
}

func TestOwnRowsOfAnInterruptedRunAreNotKnown(t *testing.T) {
	b := newBook()
	told := window(entry("1", "05", "-2.5", "Coffee"), entry("2", "06", "1", "x"))
	told.Run = 7
	if err := b.carryOut(importing.Decide(&told, nil), 1); err != nil {
		t.Fatal(err)
	}
	b.rows[0].Run = 7
	plan := importing.Decide(&told, b.known())
	if len(plan.New) != 1 || plan.Known != 0 {
		t.Errorf("%d new, %d known", len(plan.New), plan.Known)
	}
}
