package guide_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
)

// TestUndoing takes a synchronisation back, and waits for the next one.
func TestUndoing(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite, func(c *conf.Config) { c.Retention.Raw, c.Retention.Run = 3*day, 3*day })
	link := o.connect("demo-checking", 1)
	runs := o.runs(link)
	first, lines := runs[0]["id"], o.lines(link)
	if lines == 0 {
		t.Fatal("the bank told nothing")
	}
	t.Run("a preview counts, and says what comes again and when", func(t *testing.T) {
		o := o.in(t)
		seen := o.call("account.online.run", "undo_preview", list{first}).(list)[0].(object)
		back := seen["returns"].(object)
		if seen["lines"] != float64(lines) || seen["refused"] != false || back["lines"] != float64(lines) {
			t.Errorf("%d lines: %v", lines, seen)
		}
		next := o.link(link, "next_refresh")["next_refresh"]
		if by := back["connections"].(list); len(by) != 1 || by[0].(object)["next_refresh"] != next {
			t.Errorf("brought by %v, the next run is at %v", by, next)
		}
		if n := o.lines(link); n != lines {
			t.Errorf("a preview left %d of %d lines", n, lines)
		}
	})
	t.Run("what is held back stays out until it is let in", func(t *testing.T) {
		o := o.in(t)
		if reply := o.call("account.online.run", "undo", list{first}, true); reply != true {
			t.Errorf("the answer: %v", reply)
		}
		o.later(13 * hour)
		news := o.runs(link)[len(runs)]
		if n := o.lines(link); n != int(news["created"].(float64)) {
			t.Errorf("%d lines, of which %v are new", n, news["created"])
		}
		if made := o.call("account.online.run", "action_reimport", list{first}).(list); len(made) != lines {
			t.Errorf("%d lines let in, %d held back", len(made), lines)
		}
		if n := o.lines(link); n != lines+int(news["created"].(float64)) {
			t.Errorf("%d lines, %d before and %v new", n, lines, news["created"])
		}
	})
	t.Run("without a word it comes again, and undo says so", func(t *testing.T) {
		o := o.in(t)
		before := o.lines(link)
		reply := o.call("account.online.run", "undo", list{first}).(object)
		if text, _ := reply["message"].(string); reply["undone"] != true || !strings.Contains(text, "hold_back") {
			t.Errorf("the answer: %v", reply)
		}
		o.later(13 * hour)
		if n := o.lines(link); n < before {
			t.Errorf("%d lines came again, there were %d", n, before)
		}
	})
	t.Run("what the bank sent is kept as long as the configuration says", func(t *testing.T) {
		o := o.in(t)
		raw := func() int { return o.count("account.online.transaction", leaf("raw", "!=", false)) }
		rows := o.count("account.online.transaction")
		if _, _, err := o.host.Sync.LetGo(t.Context(), o.db); err != nil || raw() == 0 {
			t.Fatalf("%d have what the bank sent, %v", raw(), err)
		}
		o.time.Move(4 * day)
		if _, gone, err := o.host.Sync.LetGo(t.Context(), o.db); err != nil || gone == 0 || raw() > rows-gone {
			t.Errorf("%d of %d have it, %d let go, %v", raw(), rows, gone, err)
		}
		if n := o.count("account.online.transaction"); n != rows {
			t.Errorf("%d transactions are known, there were %d", n, rows)
		}
	})
}
