package guide_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// card is the card of a journal on the dashboard.
func (o *office) card(journal float64) (card object) {
	o.t.Helper()
	text := o.row("account.journal", list{leaf("id", "=", journal)}, "kanban_dashboard")["kanban_dashboard"].(string)
	if err := json.Unmarshal([]byte(text), &card); err != nil {
		o.t.Fatal(err)
	}
	return card
}

// press presses Synchronize Now, waits and returns the run.
func (o *office) press(journal float64) object {
	o.t.Helper()
	runs := o.call("account.journal", "manual_sync", list{journal}).(list)
	o.settle()
	if len(runs) != 1 {
		o.t.Fatalf("runs: %v", runs)
	}
	return o.row("account.online.run", list{leaf("id", "=", runs[0])}, "outcome", "trigger", "created", "error_message")
}

// TestFreshness is about a bank that allows one refresh a day and by itself brings
// its data up to date at five each morning.
func TestFreshness(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	link := o.connect("demo-daily", 1)
	journal := o.only(link)
	t.Run("S45 how old the bank's data is stands apart from our last run", func(t *testing.T) {
		o := o.in(t)
		o.later(12 * hour)
		told := o.link(link, "provider_refresh", "last_refresh")
		if told["provider_refresh"] != "2026-06-17 09:00:00" || told["last_refresh"] != "2026-06-17 21:00:00" {
			t.Errorf("in the evening: %v", told)
		}
		card := o.card(journal)
		if card["provider_refresh"] != "2026-06-17T09:00:00Z" || card["last_refresh"] != "2026-06-17T21:00:00Z" {
			t.Errorf("on the dashboard: %v, %v", card["provider_refresh"], card["last_refresh"])
		}
		o.later(12 * hour)
		if told := o.link(link, "provider_refresh", "last_refresh"); told["provider_refresh"] != "2026-06-18 05:00:00" ||
			told["last_refresh"] != "2026-06-18 09:00:00" {
			t.Errorf("in the morning: %v", told)
		}
	})
	t.Run("S46 Synchronize Now asks for a refresh, and then fetches", func(t *testing.T) {
		refreshes(t, o.in(t), link, func(o *office) object { return o.press(journal) })
	})
	t.Run("S48 a second press says when the next refresh is possible", func(t *testing.T) {
		o := o.in(t)
		o.time.Move(hour)
		before, fresh := o.asked(), o.link(link, "provider_refresh")["provider_refresh"]
		run := o.press(journal)
		tomorrow := o.time.Now().Truncate(day).Add(day)
		if words, _ := run["error_message"].(string); !strings.Contains(words, tomorrow.Format("2006-01-02 15:04 UTC")) {
			t.Errorf("told: %v", run["error_message"])
		}
		if run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
			t.Errorf("the second press: %v", run)
		}
		if calls := o.asked().since(before); calls["Refresh"] != 0 || calls["FetchTransactions"] != 1 {
			t.Errorf("calls: %v", calls)
		}
		now := o.link(link, "next_refresh_allowed", "provider_refresh", "attention")
		if now["next_refresh_allowed"] != tomorrow.Format(time.DateTime) || now["provider_refresh"] != fresh || now["attention"] != "none" {
			t.Errorf("the connection: %v", now)
		}
	})
	t.Run("S47 Fetch Transactions asks for a refresh, and then fetches", func(t *testing.T) {
		refreshes(t, o.in(t), link, func(o *office) object { return o.fetch(link) })
	})
}

// refreshes presses a button at the end of the next workday: what the bank learnt
// since the morning comes only if the refresh is asked for first.
func refreshes(t *testing.T, o *office, link float64, press func(*office) object) {
	evening := o.time.Now().Truncate(day).Add(day + 17*hour)
	for evening.Weekday() == time.Saturday || evening.Weekday() == time.Sunday {
		evening = evening.Add(day)
	}
	o.later(evening.Sub(o.time.Now()) - 6*hour)
	o.later(6 * hour)
	before, lines := o.asked(), o.lines(link)
	scheduled := o.runs(link)
	if last := scheduled[len(scheduled)-1]; last["trigger"] != "scheduled" {
		t.Fatalf("the last run by itself: %v", last)
	}
	run := press(o)
	if run["trigger"] != "manual" || run["outcome"] != "ok" || run["created"].(float64) == 0 || o.lines(link) == lines {
		t.Errorf("the run: %v; %d lines, %d before", run, o.lines(link), lines)
	}
	if calls := o.asked().since(before); calls["Refresh"] != 1 || calls["FetchTransactions"] != 1 {
		t.Errorf("calls: %v", calls)
	}
	if told := instant(t, o.link(link, "provider_refresh")["provider_refresh"]); !told.Equal(o.time.Now()) {
		t.Errorf("the bank's data is of %s", told)
	}
}
