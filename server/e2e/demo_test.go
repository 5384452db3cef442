package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDemo starts the demonstration, synchronises again, and starts it again.
func TestDemo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		h := newHost(t, on)
		release := h.holdDemo(t)
		h.start(t, "demo")
		until(t, "an answer of the host", func() bool {
			status, _ := get(h.url + "/readyz")
			if status == http.StatusOK {
				t.Fatal("/readyz says that the host is ready, while the demonstration cannot be prepared")
			}
			return status == http.StatusServiceUnavailable
		})
		release()
		first := h.waitReady(t)
		if status, body := get(h.url + "/healthz"); status != http.StatusOK {
			t.Errorf("/healthz: %d %s", status, body)
		}
		day := today()
		c := h.client().login(t)
		links := c.rows(t, "account.online.link", nil, "state", "attention")
		if len(links) != 1 || links[0]["state"] != "connected" {
			t.Fatalf("connections: %v", links)
		}
		link := int64(links[0]["id"].(float64))
		lines := c.linesAreRight(t)
		run := c.fetch(t, link)
		again := c.linesAreRight(t)
		if today() != day {
			t.Skip("the bank has a new day")
		}
		if run["outcome"] != "nothing_new" || run["created"] != 0.0 {
			t.Errorf("the second synchronisation: %v", run)
		}
		if again != lines {
			t.Errorf("%d lines became %d by a second synchronisation", lines, again)
		}
		before := c.made(t)
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		h.start(t, "demo")
		second := h.waitReady(t)
		t.Logf("first start %v, second %v, %d lines", first.Round(time.Millisecond), second.Round(time.Millisecond), lines)
		c = h.client()
		if diff := cmp.Diff(before, c.made(t)); diff != "" {
			t.Errorf("the second start did again what the first did (-before +after):\n%s", diff)
		}
		if again := c.linesAreRight(t); again != lines {
			t.Errorf("%d lines became %d by a restart", lines, again)
		}
		if on == onSQLite {
			h.getsOlder(t, link, lines)
		}
	})
}

// getsOlder puts a demonstration's clock ahead: each day is synchronised as the
// schedule has it, and a restart keeps the time.
func (h *host) getsOlder(t *testing.T, link int64, lines int) {
	t.Helper()
	clock := func(args ...string) string {
		return h.girosync(t, "", append([]string{"demo", "clock", "--listen", strings.TrimPrefix(h.url, "http://")}, args...)...)
	}
	c := h.client().login(t)
	runs := len(c.rows(t, "account.online.run", list{leaf("link_id", "=", link)}, "id"))
	later := time.Now().AddDate(0, 0, 5)
	if told := clock("+5d"); !strings.Contains(told, later.UTC().Format("2 January 2006")) {
		t.Errorf("five days later: %s", told)
	}
	scheduled := c.rows(t, "account.online.run", list{leaf("link_id", "=", link), leaf("trigger", "=", "scheduled")}, "outcome", "state")
	if len(scheduled) < 5 || len(c.rows(t, "account.online.run", list{leaf("link_id", "=", link)}, "id")) != runs+len(scheduled) {
		t.Errorf("in five days: %v", scheduled)
	}
	if again := c.linesAreRight(t); again <= lines {
		t.Errorf("%d lines became %d in five days", lines, again)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.start(t, "demo")
	h.waitReady(t)
	if told := clock(); !strings.Contains(told, later.UTC().Format("2 January 2006")) {
		t.Errorf("after a restart: %s", told)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.serve(t)
	if status, text := get(h.url + "/_demo/clock"); strings.Contains(text, `"now"`) {
		t.Errorf("the clock of a host that is served: %d %s", status, text)
	}
}

// holdDemo keeps the demonstration from being prepared until release is called:
// the demo bank's program waits before it does anything.
func (h *host) holdDemo(t *testing.T) (release func()) {
	t.Helper()
	h.ownPlugins(t)
	beside := func(name string) string { return filepath.Join(filepath.Dir(h.dir), name) }
	program, held, gate, opened := filepath.Join(h.plugin, "girosync-provider-demo"), beside("held"), beside("gate"), beside("opened")
	script := fmt.Sprintf("#!/bin/sh\n[ -e '%s' ] || read word <'%s'\nexec '%s'\n", opened, gate, held)
	err := errors.Join(os.Rename(program, held), os.WriteFile(program, []byte(script), 0o755), syscall.Mkfifo(gate, 0o600),
		inRoot("scripts/trust", h.plugin))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		waiting, err := os.OpenFile(gate, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { waiting.Close() })
		if err := os.WriteFile(opened, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := waiting.WriteString(strings.Repeat("go\n", 8)); err != nil { // for as many as wait already
			t.Fatal(err)
		}
	}
}

// made counts the records of what a demonstration is made of.
func (c *client) made(t testing.TB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, model := range []string{"account.online.link", "account.online.flow", "account.online.run", "account.online.institution",
		"account.journal", "account.bank.statement", "account.bank.statement.line", "res.partner", "mail.message"} {
		counts[model] = c.count(t, model, nil)
	}
	return counts
}

// linesAreRight checks every journal that is fed: each line once, and what its
// statements add up to is what the bank says. It returns how many lines there are.
func (c *client) linesAreRight(t testing.TB) int {
	t.Helper()
	lines := c.rows(t, "account.bank.statement.line", nil, "amount", "journal_id", "online_transaction_identifier", "statement_id")
	seen := map[string]bool{}
	ends := map[any]cents{}
	for _, line := range lines {
		id, _ := line["online_transaction_identifier"].(string)
		if id == "" || seen[id] {
			t.Fatalf("line %v has the identifier %q, which another has too, or none", line["id"], id)
		}
		seen[id] = true
		if line["statement_id"] == false {
			t.Errorf("line %v belongs to no statement", line["id"])
		}
		ends[line["journal_id"].(list)[0]] += toCents(line["amount"])
	}
	journals := c.rows(t, "account.journal", list{leaf("account_online_account_id", "!=", false)}, "name", "account_online_account_id")
	if len(journals) == 0 || len(lines) == 0 {
		t.Fatalf("%d journals are fed by %d lines", len(journals), len(lines))
	}
	for _, journal := range journals {
		statements := c.rows(t, "account.bank.statement", list{leaf("journal_id", "=", journal["id"])}, "balance_start", "balance_end",
			"balance_end_real", "is_valid", "is_complete", "date", "first_line_index")
		account := c.rows(t, "account.online.account", list{leaf("id", "=", journal["account_online_account_id"].(list)[0])}, "balance",
			"balance_date")[0]
		first, last := statements[0], statements[0]
		for _, s := range statements {
			if s["first_line_index"] == false {
				continue
			}
			if s["first_line_index"].(string) < first["first_line_index"].(string) {
				first = s
			}
			if s["first_line_index"].(string) > last["first_line_index"].(string) {
				last = s
			}
			if s["is_valid"] != true {
				t.Errorf("statement %v of %v does not begin where the one before ends", s, journal["name"])
			}
		}
		end := toCents(first["balance_start"]) + ends[journal["id"]]
		if end != toCents(last["balance_end"]) {
			t.Errorf("%v: start and lines give %d, the last statement ends with %v", journal["name"], end, last["balance_end"])
		}
		if end != toCents(account["balance"]) {
			t.Errorf("%v: start and lines give %d, the bank says %v on %v", journal["name"], end, account["balance"],
				account["balance_date"])
		}
	}
	return len(lines)
}

// cents is an amount in hundredths.
type cents int64

func toCents(v any) cents {
	f, _ := v.(float64)
	if f < 0 {
		return -cents(-f*100 + 0.5)
	}
	return cents(f*100 + 0.5)
}
