package dialect

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
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
	// Like matches expr, a text, against a pattern that stands at placeholder.
	// pattern has % and _ as wildcards and \ as escape; fold ignores case by the
	// rule of Fold. It returns the condition and the
	// argument that belongs at placeholder.
	Like(expr, placeholder, pattern string, fold bool) (sql string, arg any, err error)
	// Text is expr, a column of f, as text: what like compares.
	Text(f *schema.Field, expr string) string
	// In is true when expr, a column of f, is one of list, made by Arg and
	// without nil. It returns args with what it needs appended; placeholders
	// count on from len(args).
	In(f *schema.Field, expr string, list, args []any) (sql string, out []any)
	// InIDs is In for ids, cheap for hundreds of thousands of them.
	InIDs(expr string, ids []int64, args []any) (sql string, out []any)
	// Loose is expr for a condition that records are not to be looked up by,
	// whatever index there is.
	Loose(expr string) string
	// Truncate is the first day (or hour) of the period that holds expr:
	// granularity is hour, day, week (from Monday), week_sunday, month, quarter or year;
	// zone is an IANA name, used for datetimes only ("" is UTC). The result is
	// a date, for hour a datetime, in that zone.
	Truncate(f *schema.Field, expr, granularity, zone string) (string, error)
	// Part is a whole number taken from expr: year_number, quarter_number,
	// month_number, iso_week_number, day_of_year, day_of_month, day_of_week
	// (Sunday is 0), hour_number, minute_number, second_number; zone as in Truncate.
	Part(f *schema.Field, expr, part, zone string) (string, error)
	// Sum is the exact sum of expr, readable by Value; NULL for no values.
	Sum(f *schema.Field, expr string) string
	// Avg is the mean of expr as a float.
	Avg(f *schema.Field, expr string) string
	// List is a JSON array, as text, of expr in the order of by.
	List(f *schema.Field, expr, by string) string
	// OrderTerm is expr with its direction and the place of nulls.
	// notNull promises that expr is never NULL.
	OrderTerm(expr string, desc, nullsFirst, notNull bool) string
	// IDColumn is the definition of a table's primary key "id", which counts up
	// and never gives an id twice.
	IDColumn() string
	// ColumnDDL is the definition of f's column without name and constraints.
	ColumnDDL(f *schema.Field) string
	// Widen is the statement that makes a column of type from hold f as well,
	// "" when nothing needs doing; ok is false when values could be lost.
	Widen(table string, f *schema.Field, from string) (sql string, ok bool)
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
	// They are the only source of ids: one that the database makes up for a row
	// inserted without may be given again.
	ReserveIDs(ctx context.Context, table string, n int) ([]int64, error)
	// LastID is the highest id that a table ever gave, 0 if none; SkipIDs makes
	// it give only higher ones than last from now on.
	LastID(ctx context.Context, table string) (int64, error)
	SkipIDs(ctx context.Context, table string, last int64) error
	// Unordered runs f, in which rows may come before those that they point at.
	// At its end every reference must be right; else it fails with a
	// ConstraintError of kind "foreign key". It is for filling a database that
	// nobody else uses, once per transaction.
	Unordered(ctx context.Context, f func() error) error
	// Insert adds rows, each with one argument per column, as fast as the
	// database can.
	Insert(ctx context.Context, table string, columns []string, rows [][]any) error
	// Lock holds the named lock until the transaction ends (advisory on
	// PostgreSQL; nothing to do for SQLite's single writer).
	Lock(ctx context.Context, name string) error
	// Notify wakes listeners of the store when the transaction commits.
	Notify(ctx context.Context, channel, payload string) error
	// Savepoint runs f and undoes its changes alone when it fails, or fails with
	// ErrRolledBack when the database gave up the whole transaction.
	Savepoint(ctx context.Context, f func() error) error
	// Commit keeps all of it or, when it fails, nothing.
	Commit() error
	// Rollback keeps nothing, also when the database was first to give up.
	// After Commit it does nothing.
	Rollback() error
}

// Rows is a result being read, row by row.
//
// The typed methods read a column of the current row by its position, from 0,
// and are the fast way: no reflection, no boxing. The caller knows from the
// statement which field type stands where. A NULL gives the zero value; Null
// tells it apart. A value of another kind than asked for is reported by Err.
type Rows interface {
	Next() bool
	// Scan copies the current row as database/sql does, into *any, *int64,
	// *string, *float64, *bool, *[]byte.
	Scan(dest ...any) error
	Null(i int) bool
	Int(i int) int64               // integer, many2one, id, counts
	Float(i int) float64           // float, averages
	Bool(i int) bool               // boolean
	Text(i int) string             // char, text, html, selection, json; of binary, its bytes
	Decimal(i int) decimal.Decimal // monetary
	Date(i int) schema.Date        // date
	Time(i int) time.Time          // datetime, in UTC
	Err() error
	Close() error
}

// Listener is a store that hears what other processes notify.
type Listener interface {
	// Listen calls heard for every payload on the channel until ctx ends, and
	// once with "" after each (re)connection, when payloads may have been missed.
	Listen(ctx context.Context, channel string, heard func(payload string)) error
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
