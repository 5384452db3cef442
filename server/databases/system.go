package databases

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

//go:embed steps/*.sql
var steps embed.FS

// SystemSchema is the PostgreSQL schema of the system store.
const SystemSchema = "girosync_system"

// systemFile is the SQLite file of the system store.
const systemFile = "system.db"

// System is the store of what belongs to the host rather than to a database.
type System struct {
	db   *sql.DB
	jobs *sql.DB       // the job engine's own connection; nil on PostgreSQL
	pool *pgxpool.Pool // nil on SQLite
}

// Place is where a host keeps its data: PostgreSQL when URL is set, else SQLite
// files below Dir. Dir holds the key set in both cases.
type Place struct {
	Dir string
	URL string
}

// OpenSystem opens the system store at a place and brings its tables up to date.
func OpenSystem(ctx context.Context, place Place) (*System, error) {
	if place.URL != "" {
		return openPostgres(ctx, place.URL)
	}
	return openSQLite(ctx, place.Dir)
}

func openSQLite(ctx context.Context, dir string) (*System, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := ownersAlone(filepath.Join(dir, systemFile)); err != nil {
		return nil, fmt.Errorf("open system store: %w", err)
	}
	dsn := "file:" + filepath.Join(dir, systemFile) +
		"?_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=10000&_foreign_keys=1&_txlock=immediate"
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open system store: %w", err)
	}
	db.SetMaxOpenConns(2)
	jobs, err := sql.Open("sqlite3", dsn)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("open system store: %w", err)
	}
	jobs.SetMaxOpenConns(1) // River's SQLite driver asks for a single connection
	return migrated(ctx, &System{db: db, jobs: jobs}, goose.DialectSQLite3)
}

// ownersAlone makes a file that only its owner may read or write, and takes the
// rights of others from one that is there, and from those that SQLite keeps beside
// it. It closes no open store: a process that closes a file loses its locks on it.
func ownersAlone(file string) error {
	made, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return made.Close()
	}
	for _, beside := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(file+beside, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func openPostgres(ctx context.Context, url string) (*System, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database-url: %w", err)
	}
	config.ConnConfig.RuntimeParams["search_path"] = SystemSchema
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open system store: %w", err)
	}
	if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{SystemSchema}.Sanitize()); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open system store: %w", err)
	}
	return migrated(ctx, &System{db: stdlib.OpenDBFromPool(pool), pool: pool}, goose.DialectPostgres)
}

func migrated(ctx context.Context, s *System, dialect goose.Dialect) (*System, error) {
	files, err := fs.Sub(steps, "steps")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(dialect, s.db, files, goose.WithVerbose(false))
	if err == nil {
		err = notNewer(ctx, provider)
	}
	if err == nil {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("upgrade system store: %w", err)
	}
	return s, nil
}

// storeError says of an error of the system store what was being done. A full
// disk becomes a fault that users read in their own words.
func storeError(err error, what string, args ...any) error {
	err = fmt.Errorf("%s: %w", fmt.Sprintf(what, args...), err)
	if sqlite.Full(err) || postgres.Full(err) {
		return fault.Say(fault.Unavailable, "fault.disk_full", nil).Because(err)
	}
	return err
}

// ErrNewerStore: a newer girosync has upgraded the system store.
var ErrNewerStore = errors.New("a newer version of girosync has upgraded it; start that version")

// notNewer refuses a store whose steps are not all known here.
func notNewer(ctx context.Context, provider *goose.Provider) error {
	has, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	last := int64(0)
	for _, source := range provider.ListSources() {
		last = max(last, source.Version)
	}
	if has > last {
		return fmt.Errorf("%w (step %d, the last known here is %d)", ErrNewerStore, has, last)
	}
	return nil
}

// Jobs is the store for the job engine on SQLite, nil on PostgreSQL.
func (s *System) Jobs() *sql.DB { return s.jobs }

// Pool is the store for the job engine on PostgreSQL, nil on SQLite.
func (s *System) Pool() *pgxpool.Pool { return s.pool }

// Ping asks whether the store answers.
func (s *System) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// Close closes the store.
func (s *System) Close() error {
	err := s.db.Close()
	if s.jobs != nil {
		err = errors.Join(err, s.jobs.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}
