package onlinesync_test

import (
	"context"
	"slices"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestInterruptedAnywhere ends a synchronisation of 1,100 transactions at every
// hit of every failpoint, takes it up again, and counts.
func TestInterruptedAnywhere(t *testing.T) {
	const n = 1100
	base := newRig(t, ormtest.SQLite)
	hits := map[string]int{}
	base.connect("demo-big-1100", -1, nil)
	base.step = func(name string) { hits[name]++ }
	base.work()
	for _, name := range failpoint.Names() {
		if name[:5] == "sync." && name != "sync.finished" && hits[name] == 0 {
			t.Errorf("%s is never passed", name)
		}
	}
	for name := range hits {
		if !slices.Contains(failpoint.Names(), name) {
			t.Errorf("%s is not listed", name)
		}
	}
	t.Logf("hits: %v", hits)
	for name, total := range hits {
		if name == "sync.finished" {
			continue
		}
		for _, at := range slices.Compact([]int{1, total}) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, ormtest.SQLite)
				link := r.connect("demo-big-1100", -1, nil)
				ctx, cancel := context.WithCancel(t.Context())
				count := 0
				r.step = func(passed string) {
					if passed == name {
						if count++; count == at {
							cancel()
						}
					}
				}
				run := r.rows("account.online.run", []any{}, "id")[0]["id"]
				if err := r.addon.RunSync(ctx, r.db, int64(run.(float64))); err == nil {
					t.Fatal("was not interrupted")
				}
				if r.run(run)["state"] == "done" {
					t.Fatal("interrupted, and yet done")
				}
				r.step = nil
				r.work()
				if got := r.run(run); got["outcome"] != "ok" || got["created"].(float64) != n || got["known"].(float64) != 0 ||
					got["fetched"].(float64) < n {
					t.Errorf("the run says %v", got)
				}
				if lines, posted := r.count("account.bank.statement.line"),
					r.count("account.online.transaction", leaf("status", "=", "posted")); lines != n || posted != n {
					t.Errorf("%d lines, %d posted", lines, posted)
				}
				if again := r.sync(link); again["created"].(float64) != 0 || r.count("account.bank.statement.line") != n {
					t.Errorf("another one: %v", again)
				}
				if left := r.staged(); left != 0 {
					t.Errorf("%d pages left in staging", left)
				}
			})
		}
	}
}
