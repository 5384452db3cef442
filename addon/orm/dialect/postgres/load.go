package postgres

import (
	"context"
	"errors"
	"fmt"
)

// LastID reads the table's sequence. Sequences stand outside transactions: it
// may be higher than what a snapshot shows, never lower.
func (t *tx) LastID(ctx context.Context, table string) (int64, error) {
	last, err := t.lastID(ctx, table)
	if err != nil {
		return 0, fmt.Errorf("last id of %s: %w", table, err)
	}
	return last, nil
}

func (t *tx) lastID(ctx context.Context, table string) (last int64, err error) {
	rows, err := t.Query(ctx, `SELECT coalesce(s.last_value, 0) FROM pg_sequences s
		WHERE quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename) = pg_get_serial_sequence($1, 'id')`, Dialect{}.Quote(table))
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		last = rows.Int(0)
	}
	return last, errors.Join(rows.Err(), rows.Close())
}

func (t *tx) SkipIDs(ctx context.Context, table string, last int64) error {
	known, err := t.lastID(ctx, table)
	if err == nil && last > known {
		_, err = t.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id')::regclass, $2)", Dialect{}.Quote(table), last)
	}
	if err != nil {
		return fmt.Errorf("skip ids of %s: %w", table, err)
	}
	return nil
}

// Unordered takes the foreign keys off and puts them back, which checks them.
func (t *tx) Unordered(ctx context.Context, f func() error) error {
	keys, err := t.foreignKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := t.Exec(ctx, "ALTER TABLE "+k.table+" DROP CONSTRAINT "+k.name); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := t.Exec(ctx, "ALTER TABLE "+k.table+" ADD CONSTRAINT "+k.name+" "+k.definition); err != nil {
			return err
		}
	}
	return nil
}

// foreignKey is a constraint, its names quoted.
type foreignKey struct{ table, name, definition string }

func (t *tx) foreignKeys(ctx context.Context) (keys []foreignKey, err error) {
	rows, err := t.Query(ctx, `SELECT quote_ident(c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		keys = append(keys, foreignKey{rows.Text(0), rows.Text(1), rows.Text(2)})
	}
	return keys, errors.Join(rows.Err(), rows.Close())
}
