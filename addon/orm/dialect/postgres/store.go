package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options of a store.
type Options struct {
	Conns int // most connections at once; 0 is four per processor
	// Application is what the server's administrators see; "girosync" if empty.
	Application string
	// Idle is how long a transaction may do nothing before the server ends it:
	// what a program holds that was frozen would be held for ever. 0 is 5 min.
	Idle time.Duration
}

// Store is one schema of a server.
type Store struct {
	pool    *pgxpool.Pool
	schema  string
	dialect Dialect
}

var (
	_ dialect.Store    = (*Store)(nil)
	_ dialect.Listener = (*Store)(nil)
)

// Open connects to the server at url and uses the schema, which must exist
// (see Create). The server's database must be in UTF-8.
func Open(ctx context.Context, url, schema string, opt Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", errors.New("it is not a PostgreSQL url"))
	}
	if opt.Conns <= 0 {
		opt.Conns = 4 * runtime.NumCPU()
	}
	if opt.Application == "" {
		opt.Application = "girosync"
	}
	if opt.Idle <= 0 {
		opt.Idle = 5 * time.Minute
	}
	config.MaxConns = int32(opt.Conns)
	params := config.ConnConfig.RuntimeParams
	params["search_path"] = Dialect{}.Quote(schema)
	params["timezone"] = "UTC"
	params["idle_in_transaction_session_timeout"] = strconv.FormatInt(opt.Idle.Milliseconds(), 10)
	params["application_name"] = opt.Application
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", schema, mapError(err))
	}
	s := &Store{pool: pool, schema: schema}
	if err := s.inspect(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database %s: %w", schema, err)
	}
	return s, nil
}

// inspect checks the server and finds the collation to fold with.
func (s *Store) inspect(ctx context.Context) error {
	var encoding string
	var exists bool
	err := s.pool.QueryRow(ctx, `SELECT current_setting('server_encoding'), EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`,
		s.schema).Scan(&encoding, &exists)
	switch {
	case err != nil:
		return mapError(err)
	case encoding != "UTF8":
		return fmt.Errorf("the server's database is in %s, not in UTF8", encoding)
	case !exists:
		return ErrNoSchema
	}
	// By preference: the built-in one of PostgreSQL 17, the C library's, ICU's
	// (which lowers a Greek word's last Σ to ς, unlike the others).
	err = s.pool.QueryRow(ctx, `SELECT collname FROM pg_collation
		WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu') AND collencoding IN (-1, pg_char_to_encoding('UTF8'))
		ORDER BY array_position(ARRAY['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu'], collname::text) LIMIT 1`).Scan(&s.dialect.Fold)
	if errors.Is(err, pgx.ErrNoRows) {
		return errors.New("the server has none of the collations pg_c_utf8, C.utf8 and und-x-icu")
	}
	return mapError(err)
}

// Dialect folds by the collation that the server has.
func (s *Store) Dialect() dialect.Dialect { return s.dialect }

// Schema is the schema's name.
func (s *Store) Schema() string { return s.schema }

// Begin takes a snapshot (REPEATABLE READ) for either mode. It waits for a connection until ctx
// ends.
func (s *Store) Begin(ctx context.Context, mode dialect.Mode) (dialect.Tx, error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	if mode == dialect.ReadWrite {
		options.AccessMode = pgx.ReadWrite
	}
	raw, err := s.pool.BeginTx(ctx, options)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("wait for a connection: %w: %w", dialect.ErrUnavailable, err)
		}
		return nil, mapError(err)
	}
	return &tx{store: s, ctx: ctx, raw: raw}, nil
}

// Backup fails with ErrNoBackup: pg_dump and dumps of the host are there for it.
func (s *Store) Backup(context.Context, string) error { return dialect.ErrNoBackup }

// Close waits for the connections that are in use.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// Describe lists the schema's tables with their columns and indexes.
func (s *Store) Describe(ctx context.Context) ([]dialect.Table, error) {
	t, err := s.Begin(ctx, dialect.ReadOnly)
	if err != nil {
		return nil, err
	}
	defer t.Rollback()
	var tables []dialect.Table
	at := map[string]int{}
	rows, err := t.Query(ctx, `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY c.relname, a.attnum`)
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
		tables[i].Columns = append(tables[i].Columns, dialect.Column{Name: rows.Text(1), Type: rows.Text(2), NotNull: rows.Bool(3)})
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	rows, err = t.Query(ctx, `SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE `+
		`'%\_pkey' ORDER BY tablename, indexname`)
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

// channel is a notification channel of this schema alone, within the 63 bytes
// that PostgreSQL allows.
func (s *Store) channel(name string) string {
	full := s.schema + ":" + name
	if len(full) <= 63 {
		return full
	}
	sum := sha256.Sum256([]byte(full))
	return "girosync_" + hex.EncodeToString(sum[:16])
}

// Listen holds a connection of its own and makes a new one when it breaks.
func (s *Store) Listen(ctx context.Context, channel string, heard func(payload string)) error {
	const longest = 10 * time.Second
	pause := 100 * time.Millisecond
	for {
		start := time.Now()
		err := s.listen(ctx, s.channel(channel), heard)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(start) > longest {
			pause = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		if pause = min(2*pause, longest); err == nil {
			pause = 100 * time.Millisecond
		}
	}
}

func (s *Store) listen(ctx context.Context, channel string, heard func(payload string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return mapError(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+Dialect{}.Quote(channel)); err != nil {
		return mapError(err)
	}
	heard("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		heard(n.Payload)
	}
}
