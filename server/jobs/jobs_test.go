package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"github.com/girosync/girosync/server/jobs"
)

// diary writes down what was asked of it.
type diary struct {
	syncs chan [2]any
	swept chan struct{}
	kept  chan struct{} // housekeeping

	failure error // of housekeeping
}

func (d *diary) sync(_ context.Context, database string, run int64) error {
	if database == "panics" {
		panic("a bad run")
	}
	d.syncs <- [2]any{database, run}
	return nil
}

func (d *diary) sweep(context.Context) error {
	select {
	case d.swept <- struct{}{}:
	default:
	}
	return nil
}

func (d *diary) housekeep(context.Context) error {
	d.kept <- struct{}{}
	return d.failure
}

// options let an engine write into the diary.
func (d *diary) options(db *sql.DB, log slog.Handler) jobs.Options {
	return jobs.Options{DB: db, Sync: d.sync, Log: slog.New(log), Duties: []jobs.Duty{
		{Name: "sweep", Every: time.Hour, Do: d.sweep}, {Name: "housekeep", Daily: true, Do: d.housekeep}}}
}

func newDiary() *diary {
	return &diary{syncs: make(chan [2]any, 8), swept: make(chan struct{}, 1), kept: make(chan struct{}, 8)}
}

// store is a fresh system store of the engine's.
func store(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "jobs.db")+"?_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func start(t *testing.T, opt jobs.Options) (stop func()) {
	t.Helper()
	engine, err := jobs.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		if err := engine.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
}

func happens(t *testing.T, what string, c chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s does not happen", what)
	}
}

// names are hosts of a made-up store; only "dead" has ended.
type names string

func (n names) Self() string                           { return string(n) }
func (names) Gone(_ context.Context, name string) bool { return name == "dead" }

func state(t *testing.T, db *sql.DB, id int64) (state string) {
	t.Helper()
	if err := db.QueryRow("SELECT state FROM river_job WHERE id = $1", id).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// Jobs that a host began and did not end are given up once it is gone; those of
// one that lives stay.
func TestJobsOfAKilledHostAreGivenUp(t *testing.T) {
	db := store(t)
	opt := newDiary().options(db, slog.DiscardHandler)
	opt.Hosts = names("first")
	start(t, opt)() // makes the tables
	var ids []int64
	for _, by := range []string{"dead", "alive", "dead"} {
		for range 300 { // more than are looked at together
			done, err := db.Exec(`INSERT INTO river_job (args, attempt, attempted_at, attempted_by, kind, max_attempts, queue, state)
				VALUES
				('{"database": "demo", "run": 1}', 1, datetime('now', '-1 second'), json_array('before', $1), 'sync', 1, 'sync',
					'running')`, by)
			if err != nil {
				t.Fatal(err)
			}
			id, err := done.LastInsertId()
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	opt.Hosts = names("second")
	start(t, opt)()
	for i, id := range ids {
		want := "discarded"
		if i/300 == 1 {
			want = "running"
		}
		if got := state(t, db, id); got != want {
			t.Fatalf("job %d is %s, want %s", i, got, want)
		}
	}
}

// What recurs begins with the host. Housekeeping is done once a day however often
// hosts start.
func TestWhatRecursBeginsWithTheHost(t *testing.T) {
	db := store(t)
	work := newDiary()
	opt := work.options(db, slog.DiscardHandler)
	day := time.Now().UTC().Day()
	for range 3 {
		stop := start(t, opt)
		happens(t, "the sweep at the start", work.swept)
		stop()
	}
	happens(t, "housekeeping", work.kept)
	var done int
	if err := db.QueryRow("SELECT count(*) FROM river_job WHERE args LIKE '%housekeep%'").Scan(&done); err != nil {
		t.Fatal(err)
	}
	if done != 1 && day == time.Now().UTC().Day() {
		t.Errorf("housekeeping %d times on a day", done)
	}
}

// What an administrator did is a warning, everything else an error.
func TestAJobsFailureIsAsSeriousAsItsReason(t *testing.T) {
	untrusted := errors.New("not trusted")
	for _, test := range []struct {
		failure error
		want    string
	}{{untrusted, "WARN"}, {errors.New("no network"), "ERROR"}} {
		work, heard := newDiary(), &lines{said: make(chan string, 100)}
		work.failure = test.failure
		opt := work.options(store(t), slog.NewTextHandler(heard, nil))
		opt.Minor = func(err error) bool { return errors.Is(err, untrusted) }
		stop := start(t, opt)
		for line := range heard.said {
			if strings.Contains(line, "job failed") {
				if !strings.Contains(line, "level="+test.want) || !strings.Contains(line, test.failure.Error()) {
					t.Errorf("want %s: %s", test.want, line)
				}
				break
			}
		}
		stop()
	}
}

// lines hands on what is logged.
type lines struct{ said chan string }

func (l *lines) Write(line []byte) (int, error) {
	select {
	case l.said <- string(line):
	default: // nobody listens any more
	}
	return len(line), nil
}

func TestAWakeReachesTheWorkerAndAPanicHarmsNoOther(t *testing.T) {
	db, work := store(t), newDiary()
	engine, err := jobs.Start(t.Context(), work.options(db, slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Stop(context.Background()); err != nil {
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
	if got := <-work.syncs; got != [2]any{"demo", int64(7)} {
		t.Errorf("worked on %v, want run 7 of demo", got)
	}
}

// A duty that does not end holds up no other, and is not begun again beside itself.
func TestASlowDutyHoldsUpNoOther(t *testing.T) {
	began, goOn, quick := make(chan struct{}, 8), make(chan struct{}), make(chan struct{}, 100)
	slow := func(ctx context.Context) error {
		began <- struct{}{}
		select {
		case <-goOn:
		case <-ctx.Done():
		}
		return nil
	}
	often := func(context.Context) error { quick <- struct{}{}; return nil }
	stop := start(t, jobs.Options{DB: store(t), Log: slog.New(slog.DiscardHandler), Duties: []jobs.Duty{
		{Name: "slow", Every: 100 * time.Millisecond, Do: slow}, {Name: "often", Every: 100 * time.Millisecond, Do: often}}})
	happens(t, "the slow duty", began)
	for range 5 {
		happens(t, "the other duty", quick)
	}
	if len(began) > 0 {
		t.Error("the slow duty was begun beside itself")
	}
	close(goOn)
	happens(t, "the slow duty, once more", began)
	stop()
}
