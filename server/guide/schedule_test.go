package guide_test

import (
	"maps"
	"testing"
	"time"
)

// instant reads a moment that a client gets.
func instant(t *testing.T, v any) time.Time {
	t.Helper()
	text, _ := v.(string)
	at, err := time.Parse(time.DateTime, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// amounts are the lines of a journal, by what they say, with how often.
func (o *office) amounts(journal float64) map[string]int {
	o.t.Helper()
	said := map[string]int{}
	for _, line := range o.rows("account.bank.statement.line", list{leaf("journal_id", "=", journal)}, "online_transaction_identifier") {
		said[line["online_transaction_identifier"].(string)]++
	}
	return said
}

func TestSchedule(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		link := o.connect("demo-checking", 1)
		t.Run("S25 every twelve hours", func(t *testing.T) { everyTwelveHours(t, o.in(t), link) })
		t.Run("S01 what banks post is in the books, once, without anybody", func(t *testing.T) { byItself(t, o.in(t), link) })
		t.Run("S49 S50 what is pending becomes one line when it is posted", func(t *testing.T) { pendingPosts(t, o.in(t), link) })
		t.Run("S63 nothing new is a success", func(t *testing.T) { nothingNew(t, o.in(t), link) })
	})
}

func everyTwelveHours(t *testing.T, o *office, link float64) {
	before := len(o.runs(link))
	next := instant(t, o.link(link, "next_refresh")["next_refresh"])
	if gap := next.Sub(o.time.Now()); gap < 12*hour || gap > 13*hour {
		t.Fatalf("the next synchronisation is in %s", gap)
	}
	o.later(12*hour - time.Minute)
	if n := len(o.runs(link)); n != before {
		t.Fatalf("%d runs before twelve hours were over, %d at the beginning", n, before)
	}
	o.later(next.Sub(o.time.Now()))
	runs := o.runs(link)
	if len(runs) != before+1 || runs[before]["trigger"] != "scheduled" {
		t.Errorf("after twelve hours: %v", runs)
	}
	o.call("account.online.link", "write", list{link}, object{"interval_hours": 6})
	o.later(6 * hour)
	if n := len(o.runs(link)); n != before+2 {
		t.Errorf("six hours were set, and there are %d runs after them, %d before", n, before+1)
	}
	o.call("account.online.link", "write", list{link}, object{"interval_hours": 0})
}

// byItself lets days pass. That the bank's balance and the lines agree shows that
// each posted transaction is there.
func byItself(t *testing.T, o *office, link float64) {
	journal := o.only(link)
	before, runs := o.lines(link), len(o.runs(link))
	for range 12 {
		o.later(12 * hour)
	}
	since := o.runs(link)[runs:]
	created := 0.0
	for _, run := range since {
		if run["trigger"] != "scheduled" || run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
			t.Errorf("a run: %v", run)
		}
		created += run["created"].(float64)
	}
	if after := o.lines(link); len(since) != 12 || created == 0 || float64(after-before) > created {
		t.Errorf("%d runs made %v lines; %d lines, %d before", len(since), created, after, before)
	}
	proof := o.call("account.journal", "balance_proof", list{journal}).(object)
	if proof["verdict"] != "agrees" {
		t.Errorf("bank and lines: %v, first on %v", proof["verdict"], proof["first_disagreement"])
	}
	for id, n := range o.amounts(journal) {
		if n != 1 {
			t.Errorf("%d lines of %s", n, id)
		}
	}
}

// pendingPosts waits, day by day, for what is pending to be posted.
func pendingPosts(t *testing.T, o *office, link float64) {
	pending := func() (ids list) {
		for _, row := range o.rows("account.online.transaction", list{leaf("status", "=", "pending")}, "line_id") {
			if row["line_id"] != false {
				t.Errorf("what is pending has the line %v", row["line_id"])
			}
			ids = append(ids, row["id"])
		}
		return ids
	}
	waiting := pending()
	for range 7 {
		if len(waiting) > 0 {
			break
		}
		o.later(day)
		waiting = pending()
	}
	posted := o.count("account.online.transaction", leaf("status", "=", "posted"))
	if lines := o.lines(link); len(waiting) == 0 || lines != posted {
		t.Fatalf("%d pending, %d posted, %d lines", len(waiting), posted, lines)
	}
	o.later(5 * day)
	became := map[any]int{}
	for _, row := range o.rows("account.online.transaction", list{leaf("id", "in", waiting)}, "status", "line_id", "identifiers",
		"pending_since") {
		became[row["status"]]++
		if row["status"] != "posted" {
			continue
		}
		if ids := row["identifiers"].(list); len(ids) != 2 {
			t.Errorf("posted under another id, it is known by %v", ids)
		}
		line := row["line_id"].(list)[0]
		if n := o.count("account.online.transaction", leaf("line_id", "=", line)); n != 1 {
			t.Errorf("line %v is that of %d transactions", line, n)
		}
	}
	lines, posted := o.lines(link), o.count("account.online.transaction", leaf("status", "=", "posted"))
	if became["posted"] == 0 || lines != posted {
		t.Errorf("five days later: %v; %d posted, %d lines", became, posted, lines)
	}
}

func nothingNew(t *testing.T, o *office, link float64) {
	o.fetch(link)
	before := o.amounts(o.only(link))
	run := o.fetch(link)
	now := o.link(link, "state", "attention", "error_message")
	if run["outcome"] != "nothing_new" || run["created"] != 0.0 || run["error_message"] != false || run["error_reference"] != false {
		t.Errorf("the run: %v", run)
	}
	if now["state"] != "connected" || now["attention"] != "none" || now["error_message"] != false {
		t.Errorf("the connection: %v", now)
	}
	if after := o.amounts(o.only(link)); !maps.Equal(after, before) {
		t.Errorf("%d lines, %d before", len(after), len(before))
	}
}
