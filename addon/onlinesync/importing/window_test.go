package importing_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestWindow(t *testing.T) {
	known := importing.Coverage{{From: "2026-01-01", To: "2026-05-31"}, {From: "2026-06-05", To: "2026-06-10"}}
	tests := []struct {
		name string
		rule importing.WindowRule
		want importing.Window
	}{
		{"first, empty journal: everything (D05)", importing.WindowRule{First: true}, importing.Window{}},
		{"first, after the journal's last line (D05)", importing.WindowRule{First: true, LastLine: "2026-05-31"},
			importing.Window{From: "2026-06-01", Floor: "2026-06-01"}},
		{"first, lock date", importing.WindowRule{First: true, LockDate: "2026-03-31"},
			importing.Window{From: "2026-04-01", Floor: "2026-04-01"}},
		{"first, consent's scope", importing.WindowRule{First: true, HistoryFrom: "2026-03-17"}, importing.Window{From: "2026-03-17"}},
		{"look-back from the first hole (complaint 14)", importing.WindowRule{Coverage: known, LookBack: 10},
			importing.Window{From: "2026-05-21"}},
		{"never before the first import (complaint 31)", importing.WindowRule{Coverage: known, LookBack: 300, ImportFrom: "2026-02-01"},
			importing.Window{From: "2026-02-01", Floor: "2026-02-01"}},
		{"a line of the last days does not move a later fetch",
			importing.WindowRule{Coverage: known, LookBack: 10, LastLine: "2026-06-16"}, importing.Window{From: "2026-05-21"}},
		{"from the days that were taken back", importing.WindowRule{Coverage: known[1:], LookBack: 10, AskFrom: "2026-02-01"},
			importing.Window{From: "2026-02-01"}},
		{"all was taken back", importing.WindowRule{Coverage: known[1:], LookBack: 10, AskFrom: importing.Beginning}, importing.Window{}},
		{"all was taken back, within bounds", importing.WindowRule{Coverage: known[1:], LookBack: 10, AskFrom: importing.Beginning,
			ImportFrom: "2026-01-01", LockDate: "2026-01-31", HistoryFrom: "2026-03-01"},
			importing.Window{From: "2026-03-01", Floor: "2026-02-01"}},
		{"taken back after the first hole", importing.WindowRule{Coverage: known, LookBack: 10, AskFrom: "2026-06-09"},
			importing.Window{From: "2026-05-21"}},
		{"locked beyond today", importing.WindowRule{Coverage: known, LockDate: "2026-12-31"},
			importing.Window{From: "2026-06-17", Floor: "2027-01-01"}},
	}
	for _, test := range tests {
		test.rule.Today = "2026-06-17"
		test.want.To = "2026-06-17"
		if diff := cmp.Diff(test.want, test.rule.Plan()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestPeriods(t *testing.T) {
	tests := []struct {
		grouping importing.Grouping
		day      schema.Date
		want     importing.Period
	}{
		{importing.NoStatement, "2026-02-28", importing.Period{From: "2026-02-28", To: "2026-02-28"}},
		{importing.PerDay, "2026-02-28", importing.Period{Key: "day:2026-02-28", From: "2026-02-28", To: "2026-02-28",
			Label: "2026-02-28"}},
		{importing.PerWeek, "2026-01-01", importing.Period{Key: "week:2025-12-29", From: "2025-12-29", To: "2026-01-04",
			Label: "2026-W01"}},
		{importing.PerHalf, "2026-02-15", importing.Period{Key: "bimonthly:2026-02-01", From: "2026-02-01", To: "2026-02-15",
			Label: "2026-02-01"}},
		{importing.PerHalf, "2026-02-16", importing.Period{Key: "bimonthly:2026-02-16", From: "2026-02-16", To: "2026-02-28",
			Label: "2026-02-16"}},
		{importing.PerMonth, "2028-02-29", importing.Period{Key: "month:2028-02-01", From: "2028-02-01", To: "2028-02-29",
			Label: "2028-02"}},
		{"", "2026-12-31", importing.Period{Key: "month:2026-12-01", From: "2026-12-01", To: "2026-12-31", Label: "2026-12"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, importing.PeriodOf(test.grouping, test.day)); diff != "" {
			t.Errorf("%s %s: %s", test.grouping, test.day, diff)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom([]importing.Grouping{importing.PerDay, importing.PerWeek, importing.PerHalf, importing.PerMonth}).Draw(t,
			"grouping")
		day := schema.Date("2024-01-01").AddDays(rapid.IntRange(0, 2000).Draw(t, "day"))
		p := importing.PeriodOf(g, day)
		if day < p.From || p.To < day || importing.PeriodOf(g, p.From) != p || importing.PeriodOf(g, p.To) != p {
			t.Fatalf("%s is in %+v", day, p)
		}
		if next := importing.PeriodOf(g, p.To.AddDays(1)); next.From != p.To.AddDays(1) || next.Key == p.Key {
			t.Fatalf("after %+v comes %+v", p, next)
		}
	})
}

func TestAccountIdentity(t *testing.T) {
	base := importing.AccountFacts{Provider: "p", Institution: "b", Link: "u", ID: "1", Currency: "EUR"}
	of := func(change func(*importing.AccountFacts)) string {
		f := base
		change(&f)
		return importing.AccountIdentity(f)
	}
	ibanned := of(func(f *importing.AccountFacts) { f.Number = "NL91 ABNA 0417 1643 00" })
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"an IBAN through another provider", ibanned, of(func(f *importing.AccountFacts) {
			f.Number, f.Provider, f.Link, f.StableID = "nl91abna0417164300", "q", "v", "s"
		}), true},
		{"an IBAN in another currency", ibanned, of(func(f *importing.AccountFacts) {
			f.Number, f.Currency = "NL91ABNA0417164300",
				"USD"
		}), false},
		{"a number that is no IBAN at two banks", of(func(f *importing.AccountFacts) { f.Number = "12345678" }),
			of(func(f *importing.AccountFacts) { f.Number, f.Institution = "12345678", "c" }), false},
		{"the same under another consent", of(func(f *importing.AccountFacts) { f.Number = "12345678" }),
			of(func(f *importing.AccountFacts) { f.Number, f.Link, f.ID = "12345678", "v", "9" }), true},
		{"masked card numbers", of(func(f *importing.AccountFacts) { f.Number = "**** **** **** 1234" }),
			of(func(f *importing.AccountFacts) { f.Number, f.ID = "**** **** **** 1234", "2" }), false},
		{"a stable id", of(func(f *importing.AccountFacts) { f.StableID = "h" }),
			of(func(f *importing.AccountFacts) { f.StableID, f.ID, f.Link = "h", "2", "v" }), true},
	}
	for _, test := range tests {
		if (test.a == test.b) != test.same {
			t.Errorf("%s: %s, %s", test.name, test.a, test.b)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("1", "12.50", "Coffee\x00\u202e", "EUR", "in", 2026, 2, 28)
	f.Add("", "99999999999999999999", "\xff", "", "out", 0, 13, 40)
	f.Add("x", "-1", "", "USD", "sideways", 99999, 1, 1)
	f.Add("x", "1e400", "", "EUR", "in", 2026, 1, 1)
	f.Fuzz(func(t *testing.T, id, amount, text, currency, dir string, year, month, day int) {
		in := sdk.Transaction{ID: id, Amount: amount, Reference: text, Counterparty: text, Raw: []byte(text), Currency: currency,
			Direction:      sdk.Direction(dir),
			OriginalAmount: amount, OriginalCurrency: text}
		in.Date = sdk.Date{Year: year, Month: time.Month(month), Day: day}
		e, err := importing.Check(in, "EUR", false)
		if err != nil {
			return
		}
		if e.Date.Time().IsZero() || e.Amount.Scale() > 4 || len(e.Text) > 4096 {
			t.Fatalf("%+v", e)
		}
		if !utf8.ValidString(e.Text) || strings.ContainsFunc(e.Text, unicode.IsControl) {
			t.Fatalf("%q is not clean", e.Text)
		}
		importing.Fingerprint(&e)
	})
}

// What a bank's memory does not reach of a wish.
func TestUnreached(t *testing.T) {
	covered := importing.Coverage{{From: "2026-02-01", To: "2026-03-10"}, {From: "2026-05-01", To: "2026-06-16"}}
	tests := []struct {
		name, from, limit string
		covered           importing.Coverage
		want              importing.Interval
		cut               bool
	}{
		{"no limit", "2026-01-01", "", nil, importing.Interval{}, false},
		{"all there is", "", "2026-03-17", nil, importing.Interval{From: "", To: "2026-03-16"}, true},
		{"a year, of which three months come", "2025-06-17", "2026-03-17", importing.Coverage{{From: "2026-03-18", To: "2026-06-16"}},
			importing.Interval{From: "2025-06-17", To: "2026-03-16"}, true},
		{"the limit moves on, what is known stays", "2025-06-17", "2026-04-30", importing.Coverage{{From: "2026-03-18", To: "2026-06-16"}},
			importing.Interval{From: "2025-06-17", To: "2026-03-17"}, true},
		{"within the bank's memory", "2026-06-06", "2026-03-17", covered, importing.Interval{}, false},
		{"a hole that cannot heal", "2026-03-01", "2026-06-01", covered, importing.Interval{From: "2026-03-11", To: "2026-04-30"}, true},
		{"a hole that heals in part", "2026-03-01", "2026-04-01", covered, importing.Interval{From: "2026-03-11", To: "2026-03-31"}, true},
		{"a hole that heals", "2026-03-01", "2026-03-11", covered, importing.Interval{}, false},
		{"all of it known", "2026-02-01", "2026-03-05", covered, importing.Interval{}, false},
	}
	for _, test := range tests {
		gap, cut := importing.Window{From: schema.Date(test.from)}.Unreached(schema.Date(test.limit), test.covered)
		if cut != test.cut || cut && gap != test.want {
			t.Errorf("%s: %v %v, want %v %v", test.name, gap, cut, test.want, test.cut)
		}
	}
}
