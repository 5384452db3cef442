package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// Duty is work that recurs. It begins with the host, too: intervals begin anew with
// each host, and one that restarts daily would never come to the end of a long one.
// An error is logged; the next time tries again.
type Duty struct {
	Name  string
	Every time.Duration
	// Daily makes it once a day (UTC), however often hosts start; Every is of no
	// account then. One that failed comes again.
	Daily bool
	Do    func(ctx context.Context) error
}

// Options of an engine. Exactly one of Pool and DB is set.
type Options struct {
	Pool *pgxpool.Pool // PostgreSQL
	DB   *sql.DB       // SQLite, with a single connection
	Log  *slog.Logger
	// Sync runs one synchronisation to its end, or finds that it needs none.
	Sync func(ctx context.Context, database string, run int64) error
	// Duties each have a worker of their own on each host: one that waits for a mail
	// server or a bank holds up no other.
	Duties []Duty
	// Syncs is how many synchronisations run at the same time; 0 is 32. Most of
	// their time they wait for a bank; how many of a provider run is the addon's to say.
	Syncs int
	// Minor tells which errors are an administrator's own doing, and warnings
	// therefore; nil: none.
	Minor func(error) bool
	// Hosts may be nil: the job of a host that was killed is then given up when
	// no job would take as long.
	Hosts Hosts
}

// Hosts tells the processes apart that work in one system store.
type Hosts interface {
	// Self names this process; no other ever has the name.
	Self() string
	// Gone reports whether the process of that name is known to have ended.
	Gone(ctx context.Context, name string) bool
}

// longest is how long a job may take. What is cut off then, a sweep takes up; a
// job that is still there later belonged to a host that was killed.
const longest = 6 * time.Hour

// Engine runs jobs until it is stopped.
type Engine struct {
	insert func(ctx context.Context, args river.JobArgs) error
	stop   func(ctx context.Context) error
}

// Start brings River's tables up to date and starts working.
func Start(ctx context.Context, opt Options) (*Engine, error) {
	if opt.Pool != nil {
		return start[pgx.Tx](ctx, riverpgxv5.New(opt.Pool), opt)
	}
	return start[*sql.Tx](ctx, riversqlite.New(opt.DB), opt)
}

func start[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], opt Options) (*Engine, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(opt.Log)})
	if err != nil {
		return nil, fmt.Errorf("job tables: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("job tables: %w", err)
	}
	client, err := river.NewClient(driver, config(opt))
	if err != nil {
		return nil, fmt.Errorf("job engine: %w", err)
	}
	if err := buryOrphans(ctx, driver.GetExecutor(), opt.Hosts); err != nil {
		return nil, fmt.Errorf("jobs of hosts that ended: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start job engine: %w", err)
	}
	return &Engine{
		insert: func(ctx context.Context, args river.JobArgs) error {
			_, err := client.Insert(ctx, args, nil)
			return err
		},
		stop: client.StopAndCancel,
	}, nil
}

func config(opt Options) *river.Config {
	if opt.Syncs == 0 {
		opt.Syncs = 32
	}
	workers, now := river.NewWorkers(), newRounds(opt.Duties)
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[syncArgs]) error {
		return opt.Sync(ctx, job.Args.Database, job.Args.Run)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[dutyArgs]) error {
		return now.do(ctx, job.Args.Duty)
	}))
	config := &river.Config{
		Logger:  quiet(opt.Log),
		Workers: workers,
		Queues: map[string]river.QueueConfig{queueSync: {MaxWorkers: opt.Syncs},
			queueDuties: {MaxWorkers: max(len(opt.Duties), 1)}},
		FetchCooldown:     10 * time.Millisecond,
		FetchPollInterval: time.Second,
		JobTimeout:        longest,
		// Without this the rescuer would wait an hour more.
		RescueStuckJobsAfter: longest,
		ErrorHandler:         failures{opt.Log, opt.Minor},
	}
	for _, duty := range opt.Duties {
		config.PeriodicJobs = append(config.PeriodicJobs, periodic(duty))
	}
	if opt.Hosts != nil {
		config.ID = opt.Hosts.Self()
	}
	return config
}

func periodic(d Duty) *river.PeriodicJob {
	interval, opts := d.Every, once(queueDuties)
	if d.Daily {
		interval = 24 * time.Hour
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByPeriod: interval}
	}
	return river.NewPeriodicJob(river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) { return dutyArgs{d.Name}, &opts }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Wake asks for a run of a database to be synchronised.
func (e *Engine) Wake(ctx context.Context, database string, run int64) error {
	if err := e.insert(ctx, syncArgs{database, run}); err != nil {
		return fmt.Errorf("wake run %d of %s: %w", run, database, err)
	}
	return nil
}

// Stop ends the work under way and waits for it, until ctx ends. What was cut
// off is resumed by the next sweep, here or on another host.
func (e *Engine) Stop(ctx context.Context) error {
	if err := e.stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop job engine: %w", err)
	}
	return nil
}

const (
	queueSync   = "sync"
	queueDuties = "duties"
)

type syncArgs struct {
	Database string `json:"database"`
	Run      int64  `json:"run"`
}

func (syncArgs) Kind() string                 { return "sync" }
func (syncArgs) InsertOpts() river.InsertOpts { return once(queueSync) }

type dutyArgs struct {
	Duty string `json:"duty"`
}

func (dutyArgs) Kind() string { return "duty" }

// once: River does not try again; the run rows say what is left to do.
func once(queue string) river.InsertOpts { return river.InsertOpts{Queue: queue, MaxAttempts: 1} }

// failures logs what jobs could not do.
type failures struct {
	log   *slog.Logger
	minor func(error) bool
}

func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelError
	if f.minor != nil && f.minor(err) {
		level = slog.LevelWarn
	}
	if !errors.Is(err, context.Canceled) {
		f.log.Log(ctx, level, "job failed", "job", job.Kind, "args", string(job.EncodedArgs), "error", err)
	}
	return nil
}

func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", "job", job.Kind, "args", string(job.EncodedArgs), "value", fmt.Sprint(value), "stack", trace)
	return nil
}

// quiet lets through only what an administrator should see of River.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(atLeast{log.Handler(), slog.LevelError})
}

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (a atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= a.level && a.Handler.Enabled(ctx, level)
}

func (a atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{a.Handler.WithAttrs(attrs), a.level}
}
func (a atLeast) WithGroup(name string) slog.Handler {
	return atLeast{a.Handler.WithGroup(name), a.level}
}
