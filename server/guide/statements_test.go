package guide_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
)

// listing lets the demo provider list further banks of so many transactions a year.
func listing(bulk string) func(*conf.Config) {
	return func(c *conf.Config) { c.Providers["demo"]["bulk"] = bulk }
}

// only is the journal that a connection feeds.
func (o *office) only(link float64) float64 {
	o.t.Helper()
	journals := o.link(link, "journal_ids")["journal_ids"].(list)
	if len(journals) != 1 {
		o.t.Fatalf("connection %v feeds %v", link, journals)
	}
	return journals[0].(float64)
}

// statement is a statement of a journal, with the days of its lines.
type statement struct {
	id   any
	days []string // ascending
}

// statements are those of a journal, by their first days, and the days of the lines
// that are in none.
func (o *office) statements(journal float64) (all []statement, outside []string) {
	o.t.Helper()
	at := map[any]int{}
	for _, line := range o.rows("account.bank.statement.line", list{leaf("journal_id", "=", journal)}, "date", "statement_id") {
		of, in := line["statement_id"].(list)
		if !in {
			outside = append(outside, line["date"].(string))
			continue
		}
		if _, seen := at[of[0]]; !seen {
			at[of[0]], all = len(all), append(all, statement{id: of[0]})
		}
		s := &all[at[of[0]]]
		s.days = append(s.days, line["date"].(string))
	}
	for _, s := range all {
		slices.Sort(s.days)
	}
	slices.SortFunc(all, func(a, b statement) int { return int(a.start().Sub(b.start())) })
	return all, outside
}

func (s statement) start() time.Time { return civil(s.days[0]) }

func civil(date string) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err) // the host's own
	}
	return at
}

// periods name the period of a day, by the journal's setting.
var periods = map[string]func(date string) string{
	"day":   func(date string) string { return date },
	"week":  func(date string) string { year, week := civil(date).ISOWeek(); return fmt.Sprint(year, "/", week) },
	"month": func(date string) string { return date[:len("2026-01")] },
	"bimonthly": func(date string) string { // half a month
		return fmt.Sprint(date[:len("2026-01")], " ", civil(date).Day() > 15)
	},
}

// sorted reports mistakes where statements are not one for each period.
func sorted(t *testing.T, all []statement, setting string) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range all {
		period := periods[setting](s.days[0])
		if last := periods[setting](s.days[len(s.days)-1]); last != period {
			t.Errorf("by %s: one statement from %s to %s", setting, s.days[0], s.days[len(s.days)-1])
		}
		if seen[period] {
			t.Errorf("by %s: two statements of %s", setting, period)
		}
		seen[period] = true
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite, listing("120"))
	link := o.connect("demo-big-120", 1)
	journal := o.only(link)
	t.Run("S21 a statement covers a month", func(t *testing.T) {
		o := o.in(t)
		all, outside := o.statements(journal)
		sorted(t, all, "month")
		if len(all) < 12 || len(outside) != 0 || o.lines(link) != 120 {
			t.Errorf("%d statements of a year, %v in none, %d lines", len(all), outside, o.lines(link))
		}
	})
	t.Run("S20 what comes later in the same month joins its statement", func(t *testing.T) {
		o := o.in(t)
		before, _ := o.statements(journal)
		last := before[len(before)-1]
		o.later(7 * day) // from 17 to 24 June
		after, _ := o.statements(journal)
		grown := after[len(after)-1]
		if len(after) != len(before) || grown.id != last.id || len(grown.days) <= len(last.days) || grown.start().Month() != time.June {
			t.Errorf("June: %v, before %v; %d statements, before %d", grown, last, len(after), len(before))
		}
	})
	t.Run("S22 another period counts from then on", func(t *testing.T) {
		o := o.in(t)
		before, _ := o.statements(journal)
		o.call("account.journal", "write", list{journal}, object{"bank_statement_creation_groupby": "day"})
		o.later(14 * day) // to 8 July
		after, _ := o.statements(journal)
		if len(after) < len(before)+3 {
			t.Errorf("%d statements more", len(after)-len(before))
		}
		for i, s := range after {
			if i < len(before) && s.id != before[i].id {
				t.Errorf("statement %v became %v", before[i], s)
			}
			if s.start().After(time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC)) {
				sorted(t, []statement{s}, "day")
			}
		}
	})
	t.Run("S22 every period, on request for what is there", func(t *testing.T) {
		o := o.in(t)
		for setting := range periods {
			o.call("account.journal", "write", list{journal}, object{"bank_statement_creation_groupby": setting})
			o.call("account.journal", "action_regroup_statements", list{journal})
			all, outside := o.statements(journal)
			sorted(t, all, setting)
			if len(all) == 0 || len(outside) != 0 {
				t.Errorf("by %s: %d statements, %v in none", setting, len(all), outside)
			}
		}
		o.call("account.journal", "write", list{journal}, object{"bank_statement_creation_groupby": "none"})
		before, _ := o.statements(journal)
		o.later(7 * day)
		if after, outside := o.statements(journal); len(after) != len(before) || len(outside) == 0 {
			t.Errorf("without statements: %d, before %d; %d lines in none", len(after), len(before), len(outside))
		}
	})
}
