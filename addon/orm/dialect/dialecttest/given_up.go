package dialecttest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// endless reads without end and would write what it never finds.
const endless = `INSERT INTO x (c) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'never' FROM n WHERE i < 0`

// testGivenUp lets a deadline end a statement inside a transaction that goes on
// as if nothing had happened: it is kept whole or not at all, and says which.
func testGivenUp(t *testing.T, s dialect.Store) {
	table(t, s)
	for _, ending := range []string{"commit", "rollback"} {
		for _, within := range []string{"", " within a savepoint"} {
			t.Run(ending+within, func(t *testing.T) {
				ctx := context.Background()
				write(t, s, func(tx dialect.Tx) { run(t, tx, "DELETE FROM x") })
				tx := begin(t, s, dialect.ReadWrite)
				insert(t, tx, s, "c", "before")
				stop := func() error {
					soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
					defer cancel()
					_, err := tx.Exec(soon, endless)
					return err
				}
				if within == "" {
					if stop() == nil {
						t.Fatal("the endless statement ended")
					}
				} else if tx.Savepoint(ctx, stop) == nil {
					t.Fatal("the savepoint hides the deadline")
				}
				kept := []string{"before"}
				for _, more := range goOn(tx) {
					if more.do(ctx) == nil && more.writes != "" {
						kept = append(kept, more.writes)
					}
				}
				var err error
				if ending == "commit" {
					err = tx.Commit()
				} else if err := tx.Rollback(); err != nil {
					t.Errorf("rolling back: %v", err)
				}
				if ending == "rollback" || err != nil {
					kept = []string{}
				}
				got := texts(t, begin(t, s, dialect.ReadOnly), "SELECT c FROM x ORDER BY c")
				if slices.Sort(kept); !slices.Equal(got, kept) {
					t.Errorf("%s answered %v, and %q is there, want %q", ending, err, got, kept)
				}
			})
		}
	}
}

// step is something that a careless caller does after an error.
type step struct {
	writes string // the row that stays if it succeeds
	do     func(ctx context.Context) error
}

func goOn(tx dialect.Tx) []step {
	put := func(text string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, err := tx.Exec(ctx, "INSERT INTO x (c) VALUES ('"+text+"')")
			return err
		}
	}
	return []step{
		{"executed", put("executed")},
		{"queried", func(ctx context.Context) error {
			rows, err := tx.Query(ctx, "INSERT INTO x (c) VALUES ('queried') RETURNING id")
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		}},
		{"inserted", func(ctx context.Context) error {
			return tx.Insert(ctx, "x", []string{"c"}, [][]any{{"inserted"}})
		}},
		{"", func(ctx context.Context) error {
			_, err := tx.ReserveIDs(ctx, "x", 3)
			return err
		}},
		{"in a savepoint", func(ctx context.Context) error {
			return tx.Savepoint(ctx, func() error { return put("in a savepoint")(ctx) })
		}},
	}
}
