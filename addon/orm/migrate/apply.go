package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Version numbers what this program does with a database beyond what the
// descriptors say. A database that a higher number has touched is refused.
const Version = 1

// stateTable remembers in one row what was applied last.
const stateTable = "girosync_schema"

// Progress tells how far an upgrade is; it may be nil.
type Progress func(done, of int, what string)

// Ensure brings the store to what the models say, in one transaction. It
// reads one row when nothing changed since last time.
func Ensure(ctx context.Context, store dialect.Store, models []*schema.Model, progress Progress) error {
	upToDate, err := Current(ctx, store, models)
	if err != nil || upToDate {
		return err
	}
	tx, err := store.Begin(ctx, dialect.ReadWrite)
	if err != nil {
		return fault.Wrap(err, "migrate", nil)
	}
	defer tx.Rollback()
	if err := tx.Lock(ctx, stateTable); err != nil {
		return fault.Wrap(err, "migrate", nil)
	}
	live, err := store.Describe(ctx)
	if err != nil {
		return fault.Wrap(err, "migrate", "describe")
	}
	plan, err := Make(models, live, store.Dialect())
	if err != nil {
		return fault.Wrap(err, "migrate", "plan")
	}
	if err := apply(ctx, tx, plan, progress); err != nil {
		return err
	}
	if err := remember(ctx, tx, store.Dialect(), live, Fingerprint(models, store.Dialect())); err != nil {
		return fault.Wrap(err, "migrate", "remember")
	}
	return fault.Wrap(tx.Commit(), "migrate", "commit")
}

// Current reports whether the models were applied last. It refuses a database
// of a newer version.
func Current(ctx context.Context, store dialect.Store, models []*schema.Model) (bool, error) {
	version, print, err := state(ctx, store)
	if err != nil {
		return false, fault.Wrap(err, "migrate", "read version")
	}
	if version > Version {
		return false, fault.New(fault.User, "This database was upgraded by a newer version of the program (schema %d, this program knows "+
			"%d). Start the newer version, or restore the backup made before the upgrade.", version, Version)
	}
	return version == Version && print == Fingerprint(models, store.Dialect()), nil
}

// Apply runs a plan in one transaction: all of it or nothing.
func Apply(ctx context.Context, store dialect.Store, plan Plan, progress Progress) error {
	tx, err := store.Begin(ctx, dialect.ReadWrite)
	if err != nil {
		return fault.Wrap(err, "migrate", nil)
	}
	defer tx.Rollback()
	if err := apply(ctx, tx, plan, progress); err != nil {
		return err
	}
	return fault.Wrap(tx.Commit(), "migrate", "commit")
}

func apply(ctx context.Context, tx dialect.Tx, plan Plan, progress Progress) error {
	if len(plan.Refused) > 0 {
		return fault.New(fault.User, "The database cannot be upgraded without losing data: %s", strings.Join(plan.Refused, "; "))
	}
	for i, step := range plan.Steps {
		if progress != nil {
			progress(i, len(plan.Steps), step.What)
		}
		if _, err := tx.Exec(ctx, step.SQL); err != nil {
			return fault.Wrap(explain(err, step), "migrate", step.What)
		}
	}
	if progress != nil {
		progress(len(plan.Steps), len(plan.Steps), "")
	}
	return nil
}

// explain says what a person can do when existing rows forbid a step.
func explain(err error, step Step) error {
	var constraint *dialect.ConstraintError
	if errors.As(err, &constraint) && constraint.Kind == "unique" {
		return fault.New(fault.User, "Existing records have equal values where they must differ, so the upgrade cannot %s. "+
			"Make them different first: %w", step.What, err)
	}
	return err
}

func state(ctx context.Context, store dialect.Store) (version int64, print string, err error) {
	tx, err := store.Begin(ctx, dialect.ReadOnly)
	if err != nil {
		return 0, "", err
	}
	defer tx.Rollback()
	rows, err := tx.Query(ctx, existsSQL(store.Dialect()), stateTable)
	if err != nil {
		return 0, "", err
	}
	exists := rows.Next()
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || !exists {
		return 0, "", err
	}
	rows, err = tx.Query(ctx, "SELECT version, fingerprint FROM "+store.Dialect().Quote(stateTable))
	if err != nil {
		return 0, "", err
	}
	if rows.Next() {
		version, print = rows.Int(0), rows.Text(1)
	}
	return version, print, errors.Join(rows.Err(), rows.Close())
}

func existsSQL(d dialect.Dialect) string {
	if d.Name() == "sqlite" {
		return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
	}
	return "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1"
}

func remember(ctx context.Context, tx dialect.Tx, d dialect.Dialect, live []dialect.Table, print string) error {
	known := false
	for _, t := range live {
		known = known || t.Name == stateTable
	}
	if !known {
		number, text := schema.Integer("version", ""), schema.Char("fingerprint", "")
		sql := fmt.Sprintf("CREATE TABLE %s (version %s NOT NULL, fingerprint %s NOT NULL)", d.Quote(stateTable), d.ColumnType(&number),
			d.ColumnDDL(&text))
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM "+d.Quote(stateTable)); err != nil {
		return err
	}
	return tx.Insert(ctx, stateTable, []string{"version", "fingerprint"}, [][]any{{int64(Version), print}})
}

// Fingerprint is a hash of the tables that the models ask for.
func Fingerprint(models []*schema.Model, d dialect.Dialect) string {
	plan, err := Make(models, nil, d)
	if err != nil {
		return "" // Make says the same again, with the error
	}
	sum := sha256.New()
	for _, step := range plan.Steps {
		fmt.Fprintln(sum, step.SQL)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
