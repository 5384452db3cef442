package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// Options of a store.
type Options struct {
	// Readers is how many connections read beside the writer; 0 is 3.
	Readers int
	// Busy is how long to wait for another process that writes; 0 is 10 s.
	Busy time.Duration
	// CacheMiB is the page cache of the writer; 0 is 4. More gains nothing: what is
	// not in it is in the system's. Readers have SQLite's 2 MiB: each commit of the
	// writer empties them.
	CacheMiB int
	// Statements is how many statements stay prepared per connection; 0 is 256.
	Statements int
	// LogMiB is how much the write-ahead log gathers before it is copied into
	// the file; 0 is 64. Later is faster: pages of indexes are written once.
	LogMiB int
	// Existing refuses a file that is missing instead of making it.
	Existing bool
}

// Store is one open file.
type Store struct {
	path    string
	opt     Options
	writer  chan *conn // holds the one writing connection while it is free
	readers chan *conn
	hub     hub
	log     checkpointer

	mu     sync.Mutex
	conns  []*conn
	closed bool
}

var (
	_ dialect.Store    = (*Store)(nil)
	_ dialect.Listener = (*Store)(nil)
)

// Open opens the file at path, making it when it is missing. The folder must exist.
func Open(path string, opt Options) (*Store, error) {
	if opt.Readers <= 0 {
		opt.Readers = 3
	}
	if opt.Busy <= 0 {
		opt.Busy = 10 * time.Second
	}
	if opt.CacheMiB <= 0 {
		opt.CacheMiB = 4
	}
	if opt.Statements <= 0 {
		opt.Statements = 256
	}
	if opt.LogMiB <= 0 {
		opt.LogMiB = 64
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	s := &Store{path: path, opt: opt, writer: make(chan *conn, 1), readers: make(chan *conn, opt.Readers)}
	s.log = checkpointer{store: s, every: int64(opt.LogMiB) << 20}
	c, err := s.connect(false)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	s.conns = append(s.conns, c)
	s.writer <- c
	for range opt.Readers {
		s.readers <- nil // opened when first needed
	}
	return s, nil
}

// Path is where the file is.
func (s *Store) Path() string { return s.path }

// Dialect is the same for every file.
func (s *Store) Dialect() dialect.Dialect { return Dialect{} }

// dsn names the file as a URI, so that no character of its path is an option.
func (s *Store) dsn() string {
	abs, err := filepath.Abs(s.path)
	if err != nil {
		abs = s.path
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=rwc"}
	if s.opt.Existing {
		u.RawQuery = "mode=rw"
	}
	return u.String()
}

// lateCheckpoint is the page of the log at which SQLite makes a checkpoint of its
// own, in a commit: half a gigabyte, where the one beside the writer cannot follow.
const lateCheckpoint = 64_000

func (s *Store) connect(readOnly bool) (*conn, error) {
	pragmas := []string{
		fmt.Sprintf("PRAGMA busy_timeout = %d", s.opt.Busy.Milliseconds()),
		"PRAGMA page_size = 8192", // of a new file: half the pages to log of an import's many indexes
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = NORMAL",
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", lateCheckpoint),
		"PRAGMA journal_size_limit = 1048576",
		"PRAGMA temp_store = MEMORY",
		"PRAGMA foreign_keys = ON",
	}
	if readOnly {
		pragmas = append(pragmas, "PRAGMA query_only = ON")
	} else {
		pragmas = append(pragmas, fmt.Sprintf("PRAGMA cache_size = -%d", s.opt.CacheMiB*1024), makeCounters)
	}
	return dial(s.dsn(), pragmas, s.opt.Statements)
}

// Begin waits for a connection until ctx ends: for the single writer, or for
// one of the readers.
func (s *Store) Begin(ctx context.Context, mode dialect.Mode) (dialect.Tx, error) {
	pool, begin := s.readers, "BEGIN"
	if mode == dialect.ReadWrite {
		pool, begin = s.writer, "BEGIN IMMEDIATE"
	}
	var c *conn
	select {
	case c = <-pool:
	default:
		select {
		case c = <-pool:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a connection: %w: %w", dialect.ErrUnavailable, ctx.Err())
		}
	}
	c, err := s.ready(c)
	if err != nil {
		pool <- c
		return nil, err
	}
	if err := c.run(begin); err != nil {
		pool <- c
		return nil, err
	}
	c.inside = true
	return &tx{store: s, conn: c, pool: pool, mode: mode}, nil
}

// ready opens a reader at its first use, and refuses once the store is closed.
func (s *Store) ready(c *conn) (*conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return c, fmt.Errorf("database %s is closed: %w", s.path, dialect.ErrUnavailable)
	}
	if c != nil {
		return c, nil
	}
	c, err := s.connect(true)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", s.path, err)
	}
	s.conns = append(s.conns, c)
	return c, nil
}

// Close waits for running transactions, then closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	for range s.opt.Readers {
		<-s.readers
	}
	<-s.writer
	s.log.close()
	var errs []error
	for _, c := range s.conns {
		errs = append(errs, c.close())
	}
	for range s.opt.Readers { // whoever still waits is told that it is closed
		s.readers <- nil
	}
	s.writer <- nil
	return errors.Join(errs...)
}

// Backup makes a consistent, compact copy at path, beside running
// transactions. path must not exist.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("backup to %s: %w", path, os.ErrExist)
	}
	c, err := s.connect(false)
	if err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	defer c.close()
	if _, err := c.exec(ctx, "VACUUM INTO ?", []any{path}); err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

// Describe lists tables with their columns and indexes, without SQLite's own.
func (s *Store) Describe(ctx context.Context) ([]dialect.Table, error) {
	t, err := s.Begin(ctx, dialect.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer t.Rollback()
	var tables []dialect.Table
	at := map[string]int{}
	rows, err := t.Query(ctx, `SELECT m.name, p.name, p.type, p."notnull" FROM sqlite_master m, pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name <> '`+counters+`' ORDER BY m.name, p.cid`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		name := rows.Text(0)
		i, known := at[name]
		if !known {
			i = len(tables)
			at[name] = i
			tables = append(tables, dialect.Table{Name: name})
		}
		tables[i].Columns = append(tables[i].Columns, dialect.Column{
			Name: rows.Text(1), Type: strings.ToLower(rows.Text(2)), NotNull: rows.Bool(3),
		})
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	rows, err = t.Query(ctx, `SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY tbl_name, name`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		if i, known := at[rows.Text(0)]; known {
			tables[i].Indexes = append(tables[i].Indexes, rows.Text(1))
		}
	}
	return tables, errors.Join(rows.Err(), rows.Close())
}
