package jobs_test

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"github.com/girosync/girosync/server/jobs"
)

// diary writes down what was asked of it.
type diary struct {
	syncs chan [2]any
	swept chan struct{}
}

func (d *diary) Sync(_ context.Context, database string, run int64) error {
	if database == "panics" {
		panic("a bad run")
	}
	d.syncs <- [2]any{database, run}
	return nil
}
func (d *diary) Sweep(context.Context) error {
	select {
	case d.swept <- struct{}{}:
	default:
	}
	return nil
}
func (d *diary) Housekeep(context.Context) error { return nil }

func TestAWakeReachesTheWorkerAndAPanicHarmsNoOther(t *testing.T) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "jobs.db")+"?_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	work := &diary{syncs: make(chan [2]any, 8), swept: make(chan struct{}, 1)}
	engine, err := jobs.Start(t.Context(), jobs.Options{DB: db, Work: work, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := engine.Stop(ctx); err != nil {
			t.Error(err)
		}
	}()
	for _, wake := range []struct {
		database string
		run      int64
	}{{"panics", 1}, {"demo", 7}} {
		if err := engine.Wake(t.Context(), wake.database, wake.run); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case got := <-work.syncs:
		if got != [2]any{"demo", int64(7)} {
			t.Errorf("worked on %v, want run 7 of demo", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the run was never worked on")
	}
}
