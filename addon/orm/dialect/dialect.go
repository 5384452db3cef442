package dialect

import (
	"context"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Dialect is how one database writes SQL. It holds no connection.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Quote quotes a table's or column's name.
	Quote(name string) string
	// Placeholder is the i-th argument's place, from 1.
	Placeholder(i int) string
	// ColumnType is the type of a column that holds f.
	ColumnType(f *schema.Field) string
	// Arg turns a value of f's Go type (see schema) into a driver argument;
	// nil stays nil. It refuses values that the column cannot hold exactly.
	Arg(f *schema.Field, v any) (any, error)
	// Value turns what the driver scanned into f's Go type.
	Value(f *schema.Field, v any) (any, error)
	// Like matches expr against a pattern argument with % and _ as wildcards
	// and \ as escape; fold ignores case, by Unicode, alike on all databases.
	Like(expr, pattern string, fold bool) string
	// Truncate is the first day (or hour) of the period that holds expr:
	// granularity is hour, day, week, month, quarter or year; zone is an IANA
	// name, used for datetimes only ("" is UTC).
	Truncate(f *schema.Field, expr, granularity, zone string) (string, error)
	// Sum is the exact sum of expr, readable by Value.
	Sum(f *schema.Field, expr string) string
	// NullsOrder appends what makes nulls sort as asked.
	OrderTerm(expr string, desc, nullsFirst bool) string
}

// Mode is how a transaction begins.
type Mode int

// Modes.
const (
	// ReadOnly is a snapshot; writing in it fails.
	ReadOnly Mode = iota
	// ReadWrite begins as a writer, so that it cannot fail to become one.
	ReadWrite
)

// Store is one open database in Odoo's sense: an SQLite file or a PostgreSQL schema.
type Store interface {
	Dialect() Dialect
	// Begin starts a transaction. It waits for the single writer of SQLite
	// until ctx ends.
	Begin(ctx context.Context, mode Mode) (Tx, error)
	// Describe tells the tables as they are, for package migrate.
	Describe(ctx context.Context) ([]Table, error)
	// Backup makes a consistent copy at path (SQLite), or fails with ErrNoBackup.
	Backup(ctx context.Context, path string) error
	Close() error
}

// Tx is a transaction. It is used by one goroutine at a time. Errors satisfy
// errors.Is with this package's sentinels where they apply.
type Tx interface {
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	// Exec returns how many rows were changed.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)
	// ReserveIDs returns n fresh ids of a table, ascending, never given before.
	ReserveIDs(ctx context.Context, table string, n int) ([]int64, error)
	// Insert adds rows, each with one argument per column, as fast as the
	// database can.
	Insert(ctx context.Context, table string, columns []string, rows [][]any) error
	// Lock holds the named lock until the transaction ends (advisory on
	// PostgreSQL; nothing to do for SQLite's single writer).
	Lock(ctx context.Context, name string) error
	// Notify wakes listeners of the store when the transaction commits.
	Notify(ctx context.Context, channel, payload string) error
	// Savepoint runs f and undoes its changes alone when it fails.
	Savepoint(ctx context.Context, f func() error) error
	Commit() error
	// Rollback after Commit does nothing.
	Rollback() error
}

// Rows is a result being read, as database/sql reads it.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Table is a table as it is in the database.
type Table struct {
	Name    string
	Columns []Column
	Indexes []string // names
}

// Column is a column as it is in the database.
type Column struct {
	Name    string
	Type    string // as ColumnType writes it, lower case
	NotNull bool
}
