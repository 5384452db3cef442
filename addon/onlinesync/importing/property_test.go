package importing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/schema"
)

// payment is what really happened at the bank.
type payment struct {
	seen, booked int // days; seen < booked: it was pending in between
	amount       int64
	text         string
}

const firstDay = schema.Date("2026-01-05")

// manner is how a provider tells of it.
type manner struct {
	ids      string // "stable", "reissued" with each consent, "none"
	linked   bool   // posted ones name their pending id
	pendings bool
}

// answer is what the provider tells on a day of the window that begins from.
func (m manner) answer(all []payment, day, from, consent int) importing.Told {
	told := importing.Told{Source: "a", StableIDs: m.ids == "stable", PendingComplete: m.pendings,
		From: firstDay.AddDays(from), To: firstDay.AddDays(day)}
	for i, p := range all {
		e := importing.Entry{Amount: decimal.MustNew(p.amount, 0), Text: p.text}
		switch {
		case p.booked <= day && p.booked >= from:
			e.Date = firstDay.AddDays(p.booked)
			e.ID = m.id("b", i, consent)
			if m.linked && p.seen < p.booked {
				e.PendingID = m.id("p", i, consent)
			}
			told.Booked = append(told.Booked, e)
		case m.pendings && p.seen <= day && p.booked > day:
			e.Date = firstDay.AddDays(p.seen)
			e.ID = m.id("p", i, consent)
			e.Text = "pending"
			told.Pending = append(told.Pending, e)
		}
	}
	return told
}

func (m manner) id(kind string, i, consent int) string {
	switch m.ids {
	case "stable":
		return fmt.Sprint(kind, i)
	case "reissued":
		return fmt.Sprint(kind, i, "/", consent)
	}
	return ""
}

// statementFile tells what was booked from a day on, without ids and in other words.
func statementFile(all []payment, day, from int) importing.Told {
	told := importing.Told{Source: "files"}
	for _, p := range all {
		if from <= p.booked && p.booked <= day {
			told.Booked = append(told.Booked, importing.Entry{Date: firstDay.AddDays(p.booked), Amount: decimal.MustNew(p.amount, 0),
				Text: "STMT " + p.text})
		}
	}
	return told
}

// TestEveryPostedTransactionBecomesOneLine lets a provider tell of a made-up
// account over days, in windows that overlap, pages that repeat, consents that
// change ids, and with imports that are interrupted anywhere.
func TestEveryPostedTransactionBecomesOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := manner{ids: rapid.SampledFrom([]string{"stable", "reissued", "none"}).Draw(t, "ids"),
			linked: rapid.Bool().Draw(t, "linked"), pendings: rapid.Bool().Draw(t, "pendings")}
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) payment {
			seen := rapid.IntRange(0, 14).Draw(t, "seen")
			return payment{seen, seen + rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "wait"), rapid.Int64Range(-3, 3).Draw(t, "amount"),
				rapid.SampledFrom([]string{"Coffee", "coffee ", "Rent", ""}).Draw(t, "text")}
		}), 0, 25).Draw(t, "payments")
		b := newBook()
		consent := 0
		for day := 0; day <= 20; day += rapid.IntRange(1, 4).Draw(t, "gap") {
			from := max(0, day-rapid.IntRange(5, 20).Draw(t, "look back"))
			if rapid.IntRange(0, 3).Draw(t, "renewed") == 0 {
				consent++
			}
			if rapid.IntRange(0, 3).Draw(t, "file") == 0 {
				file := statementFile(all, day, rapid.IntRange(0, day).Draw(t, "file from"))
				if err := b.carryOut(importing.Decide(&file, b.known()), -1); err != nil {
					t.Fatal(err)
				}
			}
			told := m.answer(all, day, from, consent)
			if m.ids != "none" { // a page told twice
				told.Booked = append(told.Booked, told.Booked[:len(told.Booked)/2]...)
			}
			if rapid.Bool().Draw(t, "newest first") {
				slices.Reverse(told.Booked)
			}
			for range rapid.IntRange(0, 2).Draw(t, "interruptions") {
				again := told
				again.Booked = slices.Clone(told.Booked)
				if err := b.carryOut(importing.Decide(&again, b.known()), rapid.IntRange(0, 30).Draw(t, "after")); err != nil {
					t.Fatal(err)
				}
			}
			again := told
			again.Booked = slices.Clone(told.Booked)
			if err := b.carryOut(importing.Decide(&again, b.known()), -1); err != nil {
				t.Fatal(err)
			}
		}
		told := m.answer(all, 20, 0, consent)
		if err := b.carryOut(importing.Decide(&told, b.known()), -1); err != nil {
			t.Fatal(err)
		}
		want := []string{}
		for i := range told.Booked {
			want = append(want, string(told.Booked[i].Date)+" "+told.Booked[i].Amount.String())
		}
		got := []string{}
		for _, k := range b.rows {
			if k.Status == importing.Posted {
				got = append(got, string(k.Date)+" "+k.Amount.String())
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("lines (-bank +book):\n%s", diff)
		}
		once := m.answer(all, 20, 0, consent)
		if plan := importing.Decide(&once, b.known()); len(plan.New)+len(plan.Postings)+len(plan.Changes)+len(plan.Removals) > 0 {
			t.Fatalf("telling it again changes something: %+v", plan)
		}
	})
}

func TestCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c importing.Coverage
		days := map[int]bool{}
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			from := rapid.IntRange(0, 60).Draw(t, "from")
			to := from + rapid.IntRange(-2, 15).Draw(t, "length")
			v := importing.Interval{From: firstDay.AddDays(from), To: firstDay.AddDays(to)}
			add := rapid.IntRange(0, 3).Draw(t, "what") > 0
			if add {
				c = c.Add(v)
			} else {
				c = c.Remove(v)
			}
			for d := from; d <= to; d++ {
				days[d] = add
			}
		}
		for i, v := range c {
			if v.To < v.From || i > 0 && v.From <= c[i-1].To.AddDays(1) {
				t.Fatalf("not disjoint and in order: %v", c)
			}
		}
		for d := range 80 {
			day, in := firstDay.AddDays(d), false
			for _, v := range c {
				in = in || v.From <= day && day <= v.To
			}
			if in != days[d] {
				t.Fatalf("%s covered: %v, want %v", day, in, days[d])
			}
		}
		text, err := c.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := importing.ParseCoverage(text); err != nil || !cmp.Equal(c, back) {
			t.Fatalf("%s reads as %v, %v", text, back, err)
		}
	})
}
