package onlinesync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// limits are the messages on connections about a history that is limited.
func (r *rig) limits() int {
	return r.count("mail.message", leaf("model", "=", "account.online.link"), leaf("body", "ilike", "History limited"))
}

// A bank that gives three months is asked for a year: what it cut is said once, kept
// with run and account, and a file fills the gap (S60).
func TestWhatABanksMemoryCutsIsSaidOnceAndAFileFillsIt(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s := newScript(iban, second)
	s.since = day("2026-03-17") // told when connecting already, so that nobody asks for more
	r.banks["script"], r.banks["files"] = s, reader{emptyCatalogue{newScript()}}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	link := r.connect("bank", -1, nil)
	journal := r.journal(link)
	r.call("account.bank.statement.line", "create", object{"journal_id": journal, "date": "2025-06-16", "amount": 1, "payment_ref": "old"})
	cut := all(tx("1", "2026-04-01", "-10", "oldest"))
	cut.From = day("2026-03-17")
	s.tell("a1", cut)
	s.tell("a2", cut)
	run := r.sync(link)
	if text, _ := run["error_message"].(string); run["outcome"] != "ok" || run["error_reference"] != false ||
		!strings.Contains(text, "History limited to 2026-03-17") || !strings.Contains(text, "import a statement file") {
		t.Errorf("run: %v", run)
	}
	days := r.rows("account.online.run", []any{}, "history_limited_to", "oldest_date")[0]
	if days["history_limited_to"] != "2026-03-17" || days["oldest_date"] != "2026-04-01" {
		t.Errorf("the run's days: %v", days)
	}
	if n := r.limits(); n != 1 {
		t.Errorf("%d messages for two accounts", n)
	}
	gaps := func() any {
		return r.rows("account.online.account", []any{leaf("online_identifier", "=", "a1")}, "coverage_gaps")[0]["coverage_gaps"]
	}
	gap := object{"from": "2025-06-17", "to": "2026-03-16", "why": "history_limited", "lines": 0.0}
	if diff := cmp.Diff([]any{gap}, gaps()); diff != "" {
		t.Errorf("gaps: %s", diff)
	}
	if again := r.sync(link); again["error_message"] != false || r.limits() != 1 {
		t.Errorf("said again: %v", again)
	}
	if _, err := r.importFile(journal, iban.Number+"\n- 2025-12-24 -5 from a file\n- 2026-02-01 -6 from a file, too", false); err != nil {
		t.Fatal(err)
	}
	gap["lines"] = 2.0
	if diff := cmp.Diff([]any{gap}, gaps()); diff != "" {
		t.Errorf("gaps after a file: %s", diff)
	}
	// After a long time without a host, the bank remembers too little again.
	r.later(200 * 24 * time.Hour)
	late := sdk.Batch{HistoryFrom: day("2026-10-05"), From: day("2026-10-05"), To: day("2027-01-03"),
		RefreshedAt: time.Date(2027, 1, 3, 9, 0, 0, 0, time.UTC)}
	s.tell("a1", late)
	s.tell("a2", late)
	if run := r.sync(link); !strings.Contains(run["error_message"].(string), "limited to 2026-10-05") || r.limits() != 2 {
		t.Errorf("after a long time: %v", run)
	}
	if run := r.sync(link); run["error_message"] != false || r.limits() != 2 {
		t.Errorf("said again: %v", run)
	}
	later := object{"from": "2026-06-16", "to": "2026-10-05", "why": "history_limited", "lines": 0.0}
	if diff := cmp.Diff([]any{gap, later}, gaps()); diff != "" {
		t.Errorf("gaps: %s", diff)
	}
}
