package dialecttest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Run checks that a database behaves as package dialect promises. open gives a
// fresh, empty store.
func Run(t *testing.T, open func(t testing.TB) dialect.Store) {
	tests := []struct {
		name string
		run  func(t *testing.T, s dialect.Store)
	}{
		{"values come back", testValues},
		{"values that cannot be held are refused", testRefusedValues},
		{"insert few and many", testInsert},
		{"ids are reserved", testReserve},
		{"the last id given", testCounters},
		{"rows that point forward", testUnordered},
		{"rollback and savepoint", testSavepoint},
		{"a transaction given up", testGivenUp},
		{"read only", testReadOnly},
		{"a snapshot stays", testSnapshot},
		{"the first of two writers wins", testWriters},
		{"constraints", testConstraints},
		{"notifications", testNotify},
		{"waiting ends with the context", testWaiting},
		{"patterns", testPatterns},
		{"letters fold alike", testFold},
		{"text sorts by code point", testTextOrder},
		{"order of nulls", testNullOrder},
		{"membership", testIn},
		{"periods", testTruncate},
		{"figures", testFigures},
		{"describe", testDescribe},
		{"closed", testClosed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// fields has one of every type that has a column.
func fields() []schema.Field {
	return []schema.Field{
		schema.Char("c", ""), schema.Text("t", ""), schema.HTML("h", ""), schema.Integer("i", ""), schema.Float("f", ""),
		schema.Monetary("m", "", "cur"), schema.Boolean("b", ""), schema.Day("d", ""), schema.Datetime("dt", ""),
		schema.Selection("s", ""), schema.Many2one("r", "", "other"), schema.JSON("j", ""), schema.Binary("bin", ""),
	}
}

func fieldOf(name string) *schema.Field {
	for _, f := range fields() {
		if f.Name == name {
			return &f
		}
	}
	panic("no field " + name)
}

// table makes a table "x" with a column per field.
func table(t testing.TB, s dialect.Store) {
	t.Helper()
	d := s.Dialect()
	sql := "CREATE TABLE x (id " + d.IDColumn()
	for _, f := range fields() {
		sql += ", " + d.Quote(f.Name) + " " + d.ColumnDDL(&f)
	}
	write(t, s, func(tx dialect.Tx) { run(t, tx, sql+")") })
}

func begin(t testing.TB, s dialect.Store, mode dialect.Mode) dialect.Tx {
	t.Helper()
	tx, err := s.Begin(context.Background(), mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() })
	return tx
}

// write runs f in a transaction and commits it.
func write(t testing.TB, s dialect.Store, f func(tx dialect.Tx)) {
	t.Helper()
	tx := begin(t, s, dialect.ReadWrite)
	f(tx)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, tx dialect.Tx, sql string, args ...any) int64 {
	t.Helper()
	n, err := tx.Exec(context.Background(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// query reads all rows; each calls one per row.
func query(t testing.TB, tx dialect.Tx, each func(r dialect.Rows), sql string, args ...any) {
	t.Helper()
	rows, err := tx.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for rows.Next() {
		each(rows)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func ints(t testing.TB, tx dialect.Tx, sql string, args ...any) []int64 {
	t.Helper()
	out := []int64{}
	query(t, tx, func(r dialect.Rows) { out = append(out, r.Int(0)) }, sql, args...)
	return out
}

func texts(t testing.TB, tx dialect.Tx, sql string, args ...any) []string {
	t.Helper()
	out := []string{}
	query(t, tx, func(r dialect.Rows) { out = append(out, r.Text(0)) }, sql, args...)
	return out
}

// insert adds rows of one column of x.
func insert(t testing.TB, tx dialect.Tx, s dialect.Store, column string, values ...any) {
	t.Helper()
	f := fieldOf(column)
	rows := make([][]any, len(values))
	for i, v := range values {
		arg, err := s.Dialect().Arg(f, v)
		if err != nil {
			t.Fatal(err)
		}
		rows[i] = []any{arg}
	}
	if err := tx.Insert(context.Background(), "x", []string{column}, rows); err != nil {
		t.Fatal(err)
	}
}

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return at
}
