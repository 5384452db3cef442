package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

func open(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "a b?c#d%20.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
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

func exec(t testing.TB, tx dialect.Tx, sql string, args ...any) {
	t.Helper()
	if _, err := tx.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestPathIsTakenLiterally(t *testing.T) {
	s := open(t)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(s.Path()), "*.db"))
	if err != nil || len(found) != 1 || found[0] != s.Path() {
		t.Errorf("files %q, want %q: %v", found, s.Path(), err)
	}
}

func TestOpenWithoutFolder(t *testing.T) {
	if _, err := sqlite.Open(filepath.Join(t.TempDir(), "no", "x.db"), sqlite.Options{}); err == nil {
		t.Error("opened in a folder that does not exist")
	}
}

func TestCancelledQueryStops(t *testing.T) {
	s := open(t)
	tx := begin(t, s, dialect.ReadOnly)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	rows, err := tx.Query(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n`)
	if err == nil {
		for rows.Next() {
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Minute {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestManyStatementsStayPrepared(t *testing.T) {
	s := open(t)
	tx := begin(t, s, dialect.ReadOnly)
	for i := range 1000 { // more than are kept
		rows, err := tx.Query(context.Background(), fmt.Sprintf("SELECT %d", i))
		if err != nil {
			t.Fatal(err)
		}
		if !rows.Next() || rows.Int(0) != int64(i) {
			t.Fatalf("row %d: %d", i, rows.Int(0))
		}
		rows.Close()
	}
}

// A table that was filled by another hand gives no id of its rows again.
func TestIDsBeginAfterRowsThatAreThere(t *testing.T) {
	s := open(t)
	tx := begin(t, s, dialect.ReadWrite)
	defer tx.Rollback()
	exec(t, tx, "CREATE TABLE t (id integer PRIMARY KEY, name text)")
	exec(t, tx, "INSERT INTO t (id, name) VALUES (7, 'there')")
	for _, want := range []int64{8, 10} {
		ids, err := tx.ReserveIDs(context.Background(), "t", 2)
		if err != nil || ids[0] != want {
			t.Errorf("ids %v, %v; want the first to be %d", ids, err, want)
		}
	}
}

func TestBackupIsACopyOfWhatIsCommitted(t *testing.T) {
	s := open(t)
	tx := begin(t, s, dialect.ReadWrite)
	exec(t, tx, "CREATE TABLE t (id integer PRIMARY KEY, name text)")
	exec(t, tx, "INSERT INTO t (name) VALUES ('kept')")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	tx = begin(t, s, dialect.ReadWrite)
	exec(t, tx, "INSERT INTO t (name) VALUES ('not committed')")
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), path); err == nil {
		t.Error("overwrote a file")
	}
	copied, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	read := begin(t, copied, dialect.ReadOnly)
	rows, err := read.Query(context.Background(), "SELECT name FROM t")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		names = append(names, rows.Text(0))
	}
	rows.Close()
	read.Rollback()
	if len(names) != 1 || names[0] != "kept" {
		t.Errorf("copy holds %q", names)
	}
}

const benchRows = 100_000

func fill(t testing.TB, s *sqlite.Store) {
	tx := begin(t, s, dialect.ReadWrite)
	exec(t, tx, "CREATE TABLE tx (id integer PRIMARY KEY, account_id integer, external_id text, date text, amount integer, currency "+
		"text, payee text, ref text)")
	rows := make([][]any, benchRows)
	for i := range rows {
		rows[i] = []any{int64(i%50 + 1), fmt.Sprintf("ext-%012d", i*7919%benchRows), "2026-03-04", int64(i * 100), "EUR",
			fmt.Sprintf("Payee number %d Ltd", i%977), "Invoice 2026/" + fmt.Sprint(i)}
	}
	if err := tx.Insert(context.Background(), "tx", []string{"account_id", "external_id", "date", "amount", "currency", "payee", "ref"},
		rows); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkRead80 reads 80 rows of 8 columns, the page of search_read.
func BenchmarkRead80(b *testing.B) {
	s := open(b)
	fill(b, s)
	b.ReportAllocs()
	b.ResetTimer()
	type row struct {
		id, account, amount               int64
		external, date, currency, p, note string
	}
	for b.Loop() {
		tx, err := s.Begin(context.Background(), dialect.ReadOnly)
		if err != nil {
			b.Fatal(err)
		}
		rows, err := tx.Query(context.Background(), "SELECT id,account_id,external_id,date,amount,currency,payee,ref FROM tx WHERE id < "+
			"? ORDER BY id DESC LIMIT ?", int64(90_000), int64(80))
		if err != nil {
			b.Fatal(err)
		}
		out := make([]row, 0, 80)
		for rows.Next() {
			out = append(out, row{rows.Int(0), rows.Int(1), rows.Int(4), rows.Text(2), rows.Text(3), rows.Text(5), rows.Text(6),
				rows.Text(7)})
		}
		if rows.Err() != nil || len(out) != 80 {
			b.Fatal(rows.Err(), len(out))
		}
		rows.Close()
		tx.Rollback()
	}
}

func BenchmarkInsert(b *testing.B) {
	for b.Loop() {
		fill(b, open(b))
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkIlike counts matches among 100,000 rows.
func BenchmarkIlike(b *testing.B) {
	s := open(b)
	fill(b, s)
	for _, pattern := range []string{"%number 77%", "%invoice%", "%né%"} {
		b.Run(pattern, func(b *testing.B) {
			for b.Loop() {
				condition, arg, err := sqlite.Dialect{}.Like("payee", "?", pattern, true)
				if err != nil {
					b.Fatal(err)
				}
				tx, _ := s.Begin(context.Background(), dialect.ReadOnly)
				rows, err := tx.Query(context.Background(), "SELECT count(*) FROM tx WHERE "+condition, arg)
				if err != nil {
					b.Fatal(err)
				}
				rows.Next()
				rows.Close()
				tx.Rollback()
			}
		})
	}
}
