package dialecttest

import (
	"context"
	"errors"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
)

func testCounters(t *testing.T, s dialect.Store) {
	table(t, s)
	ctx := context.Background()
	last := func(tx dialect.Tx) int64 {
		t.Helper()
		n, err := tx.LastID(ctx, "x")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	write(t, s, func(tx dialect.Tx) {
		if n := last(tx); n != 0 {
			t.Errorf("a new table gave %d", n)
		}
		if _, err := tx.ReserveIDs(ctx, "x", 7); err != nil {
			t.Fatal(err)
		}
		if n := last(tx); n != 7 {
			t.Errorf("after seven: %d", n)
		}
	})
	for _, step := range []struct{ skip, want int64 }{{40, 40}, {12, 40}, {41, 41}} { // never back
		write(t, s, func(tx dialect.Tx) {
			if err := tx.SkipIDs(ctx, "x", step.skip); err != nil {
				t.Fatal(err)
			}
			if n := last(tx); n != step.want {
				t.Errorf("skip to %d: last is %d, want %d", step.skip, n, step.want)
			}
		})
	}
	write(t, s, func(tx dialect.Tx) {
		ids, err := tx.ReserveIDs(ctx, "x", 1)
		if err != nil || ids[0] != 42 {
			t.Errorf("next id %v, %v", ids, err)
		}
	})
}

// testUnordered fills two tables that point at each other.
func testUnordered(t *testing.T, s dialect.Store) {
	d := s.Dialect()
	number := " " + d.ColumnType(fieldOf("i"))
	write(t, s, func(tx dialect.Tx) {
		run(t, tx, "CREATE TABLE hen (id "+d.IDColumn()+", egg"+number+")")
		run(t, tx, "CREATE TABLE egg (id "+d.IDColumn()+", hen"+number+" REFERENCES hen (id))")
		run(t, tx, "CREATE TABLE chick (id "+d.IDColumn()+", egg"+number+" REFERENCES egg (id), twin"+number+" REFERENCES chick (id))")
	})
	ctx := context.Background()
	fill := func(tx dialect.Tx, hen int64) error {
		return tx.Unordered(ctx, func() error {
			for _, rows := range []struct {
				table   string
				columns []string
				row     []any
			}{
				{"chick", []string{"id", "egg", "twin"}, []any{int64(1), int64(1), int64(2)}},
				{"chick", []string{"id", "egg", "twin"}, []any{int64(2), int64(1), int64(1)}},
				{"egg", []string{"id", "hen"}, []any{int64(1), hen}},
				{"hen", []string{"id"}, []any{int64(1)}},
			} {
				if err := tx.Insert(ctx, rows.table, rows.columns, [][]any{rows.row}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	tx := begin(t, s, dialect.ReadWrite)
	var constraint *dialect.ConstraintError
	if err := fill(tx, 5); !errors.As(err, &constraint) || constraint.Kind != "foreign key" {
		t.Errorf("an egg of no hen: %v", err)
	}
	tx.Rollback()
	write(t, s, func(tx dialect.Tx) {
		if err := fill(tx, 1); err != nil {
			t.Fatal(err)
		}
	})
	tx = begin(t, s, dialect.ReadWrite) // and the keys hold as before
	if _, err := tx.Exec(ctx, "DELETE FROM hen"); !errors.As(err, &constraint) || constraint.Kind != "foreign key" {
		t.Errorf("deleted the hen of an egg: %v", err)
	}
}
