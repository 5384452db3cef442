package onlinesync_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/addon/onlinesync"
)

// TestChunkLongerThanHeartbeat lets a chunk take longer than the lease and many
// heartbeats: it is written at the first attempt all the same.
func TestChunkLongerThanHeartbeat(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.connect("demo-big-1100", -1, nil)
		opt := r.options
		opt.Lease = 150 * time.Millisecond
		host := onlinesync.New(opt)
		chunks := 0
		r.step = func(name string) {
			if name == "sync.chunk.ledger" {
				chunks++
				time.Sleep(4 * opt.Lease)
			}
		}
		run := r.rows("account.online.run", []any{}, "id")[0]["id"]
		if err := host.RunSync(t.Context(), r.db, int64(run.(float64))); err != nil {
			t.Fatal(err)
		}
		if got := r.run(run); got["outcome"] != "ok" || got["created"] != 1100.0 || chunks != 3 {
			t.Errorf("%d chunks were written for the run %v", chunks, got)
		}
	})
}
