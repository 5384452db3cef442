package onlinesync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/filing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// TestAFileWaitsForASynchronisation drops a file while its account is being
// synchronised: the file comes in afterwards, and knows what the feed brought.
func TestAFileWaitsForASynchronisation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.banks["files"] = reader{emptyCatalogue{newScript()}}
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "-5", "coffee")))
		journal := int64(r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"].(float64))
		type outcome struct {
			report *filing.Report
			err    error
		}
		drop := func(patience time.Duration, waiting func(string)) outcome {
			report, err := r.addon.ImportFile(t.Context(), r.db, orm.Principal{UID: base.AdminUser}, filing.Request{Journal: journal,
				Filename: "june.txt", File: strings.NewReader(iban.Number + "\n- 2026-06-01 -5 COFFEE\n- 2026-06-02 7 Refund"),
				Patience: patience, Waiting: waiting})
			return outcome{report, err}
		}
		imported := make(chan outcome, 1)
		s.before = func() {
			s.before = nil
			refused := drop(time.Millisecond, nil)
			if !fault.Is(refused.err, fault.User) || !strings.Contains(fault.MessageOf(refused.err), "Waits until") {
				t.Errorf("a file without patience: %+v, %v", refused.report, refused.err)
			}
			waits := make(chan string, 1)
			go func() { imported <- drop(time.Minute, func(what string) { waits <- what }) }()
			if what := <-waits; !strings.Contains(what, "Scripted Bank") {
				t.Errorf("it waits for %q", what)
			}
			queued := r.rows("account.online.run", []any{leaf("trigger", "=", "file"), leaf("state", "=", "queued")}, "error_message")
			if len(queued) != 1 || !strings.Contains(queued[0]["error_message"].(string), "Scripted Bank") {
				t.Errorf("while it waits: %v", queued)
			}
		}
		r.sync(link)
		got := <-imported
		if got.err != nil || got.report.New != 1 || got.report.Known != 1 {
			t.Fatalf("its turn: %+v, %v", got.report, got.err)
		}
		if n := r.count("account.bank.statement.line"); n != 2 {
			t.Errorf("%d lines", n)
		}
		outcomes := map[any]int{}
		for _, run := range r.rows("account.online.run", []any{leaf("trigger", "=", "file")}, "state", "outcome") {
			outcomes[run["outcome"]]++
			if run["state"] != "done" {
				t.Errorf("a run is %v", run)
			}
		}
		if outcomes["ok"] != 1 || outcomes["refused"] != 1 {
			t.Errorf("runs of files: %v", outcomes)
		}
	})
}
