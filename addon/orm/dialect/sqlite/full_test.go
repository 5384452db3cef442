package sqlite_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// room limits how many pages of 8 KiB the file may have.
func room(t testing.TB, s *sqlite.Store, pages string) {
	t.Helper()
	tx := begin(t, s, dialect.ReadWrite)
	rows, err := tx.Query(context.Background(), "PRAGMA max_page_count = "+pages)
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	if err := errors.Join(rows.Err(), rows.Close(), tx.Commit()); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, s *sqlite.Store) int64 {
	t.Helper()
	tx := begin(t, s, dialect.ReadOnly)
	defer tx.Rollback()
	rows, err := tx.Query(context.Background(), "SELECT count(*) FROM t")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	rows.Next()
	return rows.Int(0)
}

// Whatever finds the disk full, and whatever is done afterwards: nothing of the
// transaction stays, its end says so, and the store goes on once there is room.
func TestFullDiskKeepsNothing(t *testing.T) {
	ctx := context.Background()
	big := strings.Repeat("x", 100_000)
	fillers := map[string]func(tx dialect.Tx) error{
		"exec": func(tx dialect.Tx) error {
			for range 30 {
				if _, err := tx.Exec(ctx, "INSERT INTO t (text) VALUES (?)", big); err != nil {
					return err
				}
			}
			return nil
		},
		"query": func(tx dialect.Tx) error {
			rows, err := tx.Query(ctx, `INSERT INTO t (text) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
				SELECT ? FROM n RETURNING id`, big)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		},
		"insert": func(tx dialect.Tx) error {
			rows := make([][]any, 30)
			for i := range rows {
				rows[i] = []any{big}
			}
			return tx.Insert(ctx, "t", []string{"text"}, rows)
		},
	}
	for name, filler := range fillers {
		for _, ending := range []string{"commit", "rollback"} {
			t.Run(name+" "+ending, func(t *testing.T) {
				s := open(t)
				tx := begin(t, s, dialect.ReadWrite)
				exec(t, tx, "CREATE TABLE t (id integer PRIMARY KEY, text text)")
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
				room(t, s, "100")
				tx = begin(t, s, dialect.ReadWrite)
				exec(t, tx, "INSERT INTO t (text) VALUES ('before')")
				err := tx.Savepoint(ctx, func() error { return filler(tx) })
				if !errors.Is(err, dialect.ErrFull) || !errors.Is(err, dialect.ErrUnavailable) {
					t.Fatalf("filled with %v", err)
				}
				goOn(t, tx)
				keep := int64(0)
				if ending == "rollback" {
					err = tx.Rollback()
				} else if err = tx.Commit(); err == nil { // SQLite gave up the statement alone
					keep = 4
				} else if err = nil; tx.Rollback() != nil {
					t.Error("the rollback after a failed commit fails")
				}
				if err != nil {
					t.Errorf("%s: %v", ending, err)
				}
				if got := count(t, s); got != keep {
					t.Errorf("%d rows stay, want %d", got, keep)
				}
				room(t, s, "1000000")
				tx = begin(t, s, dialect.ReadWrite)
				if err := filler(tx); err != nil {
					t.Fatal(err)
				}
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
				if got := count(t, s); got != keep+30 {
					t.Errorf("%d rows once there is room, want %d", got, keep+30)
				}
			})
		}
	}
}

// goOn does small things that would still find room.
func goOn(t *testing.T, tx dialect.Tx) {
	t.Helper()
	ctx := context.Background()
	_, one := tx.Exec(ctx, "INSERT INTO t (text) VALUES ('after')")
	two := tx.Insert(ctx, "t", []string{"text"}, [][]any{{"after"}})
	three := tx.Savepoint(ctx, func() error {
		_, err := tx.Exec(ctx, "INSERT INTO t (text) VALUES ('after')")
		return err
	})
	if (one == nil) != (two == nil) || (two == nil) != (three == nil) {
		t.Errorf("some of it went on: %v, %v, %v", one, two, three)
	}
	if one != nil && !errors.Is(one, dialect.ErrRolledBack) {
		t.Errorf("refused with %v", one)
	}
}
