package databases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// incarnation tells whether a name still means the database that it meant; ""
// and ErrUnknown when it means none.
func (s *System) incarnation(ctx context.Context, name string) (string, error) {
	var is string
	err := s.db.QueryRowContext(ctx, `SELECT incarnation FROM girosync_database WHERE name = $1`, name).Scan(&is)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("database %q: %w", name, ErrUnknown)
	}
	return is, err
}

// publish gives a database that was made in a workshop its name, in one step:
// there is either no such database or a whole one. Of several makers one wins,
// on whichever host; the others get ErrExists.
func (s *System) publish(ctx context.Context, place Place, from spot, name string, now time.Time) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO girosync_database (name, created_at, incarnation) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO NOTHING`, name, now.Unix(), rand.Text())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("database %q: %w", name, ErrExists))
		}
		return move(ctx, tx, place, from, place.home(name))
	})
}

// rename gives a database another name, and ends the sessions of the old one.
func (s *System) rename(ctx context.Context, place Place, from, to string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM girosync_database WHERE name = $1`, to).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fmt.Errorf("database %q: %w", to, ErrExists)
		}
		done, err := tx.ExecContext(ctx, `UPDATE girosync_database SET name = $1, incarnation = $2 WHERE name = $3`, to, rand.Text(), from)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("database %q: %w", from, ErrUnknown))
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM girosync_session WHERE db = $1`, from); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE girosync_connection SET db = $1 WHERE db = $2`, to, from); err != nil {
			return err
		}
		if err := place.renameBackup(from, to); err != nil {
			return err
		}
		return move(ctx, tx, place, place.home(from), place.home(to))
	})
}

// within runs f in a transaction of the system store, as its only writer on SQLite.
func (s *System) within(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return storeError(err, "system store")
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return storeError(err, "system store")
	}
	return nil
}

// move moves a store that nobody has open. What lies at the new spot belongs to
// no database, for its name is being recorded just now: it is set aside, since
// the system store may have been lost rather than the data be left by a crash.
func move(ctx context.Context, tx *sql.Tx, place Place, from, to spot) error {
	aside := fmt.Sprintf("lost_%d_%s", time.Now().Unix(), strings.ToLower(rand.Text()[:8]))
	if place.URL == "" {
		if err := sqlite.Settle(from.file); err != nil {
			return err
		}
		if err := os.Rename(to.file, to.file+"."+aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Rename(from.file, to.file)
	}
	var lies bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, to.schema).Scan(&lies); err != nil {
		return err
	}
	steps := [][2]string{{from.schema, to.schema}}
	if lies {
		steps = [][2]string{{to.schema, aside}, steps[0]}
	}
	for _, step := range steps {
		statement := "ALTER SCHEMA " + pgx.Identifier{step[0]}.Sanitize() + " RENAME TO " + pgx.Identifier{step[1]}.Sanitize()
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("move schema %s: %w", step[0], err)
		}
	}
	return nil
}
