package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/jackc/pgx/v5"
)

type tx struct {
	store *Store
	ctx   context.Context // of Begin; commit and rollback outlive it
	raw   pgx.Tx
	depth int
	over  bool
}

func (t *tx) Query(ctx context.Context, sql string, args ...any) (dialect.Rows, error) {
	r, err := t.raw.Query(ctx, sql, args...)
	if err != nil {
		return nil, mapError(err)
	}
	return newRows(r), nil
}

func (t *tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := t.raw.Exec(ctx, sql, args...)
	if err != nil {
		return 0, mapError(err)
	}
	return tag.RowsAffected(), nil
}

func (t *tx) ReserveIDs(ctx context.Context, table string, n int) ([]int64, error) {
	if n <= 0 {
		return nil, nil
	}
	rows, err := t.Query(ctx, "SELECT nextval(pg_get_serial_sequence($1, 'id')::regclass) FROM generate_series(1, $2)",
		Dialect{}.Quote(table), int64(n))
	if err != nil {
		return nil, fmt.Errorf("reserve ids of %s: %w", table, err)
	}
	ids := make([]int64, 0, n)
	for rows.Next() {
		ids = append(ids, rows.Int(0))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("reserve ids of %s: %w", table, err)
	}
	return ids, nil
}

// copyFrom is the number of rows from which COPY beats statements: it asks for
// the columns' types first.
const copyFrom = 20

func (t *tx) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if len(rows) >= copyFrom {
		_, err := t.raw.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return mapError(err)
	}
	var batch pgx.Batch
	sql := insertSQL(table, columns)
	for _, row := range rows {
		batch.Queue(sql, row...)
	}
	return mapError(t.raw.SendBatch(ctx, &batch).Close())
}

func insertSQL(table string, columns []string) string {
	var d Dialect
	var names, places strings.Builder
	for i, column := range columns {
		if i > 0 {
			names.WriteString(", ")
			places.WriteString(", ")
		}
		names.WriteString(d.Quote(column))
		places.WriteString(d.Placeholder(i + 1))
	}
	return "INSERT INTO " + d.Quote(table) + " (" + names.String() + ") VALUES (" + places.String() + ")"
}

func (t *tx) Lock(ctx context.Context, name string) error {
	_, err := t.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", t.store.schema+"\n"+name)
	return err
}

func (t *tx) Notify(ctx context.Context, channel, payload string) error {
	_, err := t.Exec(ctx, "SELECT pg_notify($1, $2)", t.store.channel(channel), payload)
	return err
}

func (t *tx) Savepoint(ctx context.Context, f func() error) error {
	t.depth++
	name := "s" + strconv.Itoa(t.depth)
	defer func() { t.depth-- }()
	if _, err := t.Exec(ctx, "SAVEPOINT "+name); err != nil {
		return err
	}
	if err := f(); err != nil {
		_, undo := t.Exec(context.WithoutCancel(ctx), "ROLLBACK TO SAVEPOINT "+name+"; RELEASE SAVEPOINT "+name)
		return errors.Join(err, undo)
	}
	_, err := t.Exec(ctx, "RELEASE SAVEPOINT "+name)
	return err
}

func (t *tx) Commit() error {
	if t.over {
		return errOver
	}
	t.over = true
	return mapError(t.raw.Commit(context.WithoutCancel(t.ctx)))
}

var errOver = errors.New("transaction is over")

func (t *tx) Rollback() error {
	if t.over {
		return nil
	}
	t.over = true
	lost := t.raw.Conn().IsClosed() // a deadline closes it, and the server keeps nothing
	if err := t.raw.Rollback(context.WithoutCancel(t.ctx)); !lost {
		return mapError(err)
	}
	return nil
}
