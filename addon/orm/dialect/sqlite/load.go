package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// counters is the table that remembers the last id that each other table gave
// away, as PostgreSQL's sequences do. SQLite's own AUTOINCREMENT looks its counter
// up, and writes it, with every row.
const (
	counters     = "id_counter"
	makeCounters = "CREATE TABLE IF NOT EXISTS " + counters + " (name text PRIMARY KEY, last integer NOT NULL) WITHOUT ROWID"
)

func (t *tx) LastID(ctx context.Context, table string) (int64, error) {
	last, err := t.counter(ctx, "SELECT last FROM "+counters+" WHERE name = ?", table)
	if err != nil {
		return 0, fmt.Errorf("last id of %s: %w", table, err)
	}
	return last, nil
}

func (t *tx) SkipIDs(ctx context.Context, table string, last int64) error {
	_, err := t.Exec(ctx, "INSERT INTO "+counters+" VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
		table, last)
	if err != nil {
		return fmt.Errorf("skip ids of %s: %w", table, err)
	}
	return nil
}

// Unordered puts off the check of foreign keys; what the commit would find is
// found at its end, by table.
func (t *tx) Unordered(ctx context.Context, f func() error) error {
	if _, err := t.Exec(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	rows, err := t.Query(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	var broken error
	if rows.Next() {
		table, parent := rows.Text(0), rows.Text(2)
		broken = &dialect.ConstraintError{Kind: "foreign key", Table: table, Name: table + " → " + parent,
			Cause: errors.New("a row of " + table + " points at a row of " + parent + " that is not there")}
	}
	return errors.Join(broken, rows.Err(), rows.Close())
}

// Settle brings all of a closed database into its one file, so that the file
// can be moved. It fails with ErrUnavailable while anybody has it open.
func Settle(path string) error {
	s := &Store{path: path, opt: Options{Existing: true, Busy: time.Second, Statements: 16}}
	c, err := dial(s.dsn(), []string{"PRAGMA busy_timeout = 1000"}, s.opt.Statements)
	if err != nil {
		return fmt.Errorf("settle %s: %w", path, err)
	}
	defer c.close()
	mode := ""
	r, err := c.query(context.Background(), "PRAGMA journal_mode = DELETE", nil) // only who is alone may leave the WAL
	if err == nil {
		if r.Next() {
			mode = r.Text(0)
		}
		err = errors.Join(r.Err(), r.Close())
	}
	if err != nil {
		return fmt.Errorf("settle %s: %w", path, err)
	}
	if mode != "delete" {
		return fmt.Errorf("settle %s: %w: it is open elsewhere", path, dialect.ErrUnavailable)
	}
	return nil
}
