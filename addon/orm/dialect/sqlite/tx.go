package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/orm/dialect"
)

type tx struct {
	store *Store
	conn  *conn
	pool  chan *conn
	mode  dialect.Mode
	depth int // of savepoints
	notes []note
	over  bool
}

var errOver = errors.New("transaction is over")

func (t *tx) Query(ctx context.Context, sql string, args ...any) (dialect.Rows, error) {
	if t.over {
		return nil, errOver
	}
	r, err := t.conn.query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (t *tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if t.over {
		return 0, errOver
	}
	return t.conn.exec(ctx, sql, args)
}

// ReserveIDs moves the table's counter. One that is missing begins after the
// rows that are there.
func (t *tx) ReserveIDs(ctx context.Context, table string, n int) ([]int64, error) {
	if n <= 0 {
		return nil, nil
	}
	last, err := t.counter(ctx, "INSERT INTO "+counters+" VALUES (?, (SELECT coalesce(max(id), 0) FROM "+Dialect{}.Quote(table)+
		") + ?) ON CONFLICT (name) DO UPDATE SET last = last + ? RETURNING last", table, int64(n), int64(n))
	if err != nil {
		return nil, fmt.Errorf("reserve ids of %s: %w", table, err)
	}
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = last - int64(n-1-i)
	}
	return ids, nil
}

func (t *tx) counter(ctx context.Context, sql string, args ...any) (last int64, err error) {
	rows, err := t.Query(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		last = rows.Int(0)
	}
	return last, errors.Join(rows.Err(), rows.Close())
}

// checkEvery is after how many rows Insert looks whether ctx has ended.
const checkEvery = 512

// Insert runs one prepared statement per row: several rows per statement gain
// nothing here.
func (t *tx) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	if t.over {
		return errOver
	}
	if len(rows) == 0 {
		return nil
	}
	s, err := t.conn.prepare(insertSQL(table, columns))
	if err != nil {
		return err
	}
	defer t.conn.release(s)
	query := s.raw.(driver.StmtQueryContext)
	for i, row := range rows {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.bind(row); err != nil {
			return fmt.Errorf("insert into %s, row %d: %w", table, i, err)
		}
		// Without a cancellable context, as a query: binding and the step are
		// then one crossing into C instead of one per column.
		result, err := query.QueryContext(context.Background(), s.args)
		if err != nil {
			return t.conn.failed(err)
		}
		if err := result.Close(); err != nil {
			return t.conn.failed(err)
		}
	}
	return nil
}

func insertSQL(table string, columns []string) string {
	var d Dialect
	var b strings.Builder
	b.WriteString("INSERT INTO ")
	b.WriteString(d.Quote(table))
	b.WriteString(" (")
	for i, column := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(d.Quote(column))
	}
	b.WriteString(") VALUES (")
	b.WriteString(strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", "))
	b.WriteString(")")
	return b.String()
}

// Lock has nothing to do: a writer is alone.
func (t *tx) Lock(context.Context, string) error { return nil }

func (t *tx) Notify(_ context.Context, channel, payload string) error {
	t.notes = append(t.notes, note{channel, payload})
	return nil
}

func (t *tx) Savepoint(_ context.Context, f func() error) error {
	if t.over {
		return errOver
	}
	t.depth++
	name := "s" + strconv.Itoa(t.depth)
	notes := len(t.notes)
	defer func() { t.depth-- }()
	if err := t.conn.run("SAVEPOINT " + name); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // f panicked; the caller rolls all back
			t.conn.run("ROLLBACK TO " + name)
		}
	}()
	err := f()
	done = true
	if err == nil {
		return t.conn.run("RELEASE " + name)
	}
	t.notes = t.notes[:notes]
	if t.conn.lost != nil { // nothing is left to undo
		return fmt.Errorf("%w: %w", dialect.ErrRolledBack, err)
	}
	if undo := t.conn.run("ROLLBACK TO " + name); undo != nil {
		return errors.Join(err, undo)
	}
	return errors.Join(err, t.conn.run("RELEASE "+name))
}

func (t *tx) Commit() error {
	if t.over {
		return errOver
	}
	if err := t.conn.run("COMMIT"); err != nil {
		return errors.Join(err, t.Rollback())
	}
	t.finish()
	if t.mode == dialect.ReadWrite {
		t.store.log.written()
	}
	t.store.hub.tell(t.notes)
	return nil
}

func (t *tx) Rollback() error {
	if t.over {
		return nil
	}
	var err error
	if t.conn.lost == nil { // else SQLite was first
		err = t.conn.run("ROLLBACK")
	}
	t.finish()
	return err
}

func (t *tx) finish() {
	t.over = true
	t.conn.inside, t.conn.lost = false, nil
	t.pool <- t.conn
}
