package databases

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// file is where a database lies on SQLite.
func (p Place) file(name string) string { return filepath.Join(p.Dir, "databases", name+".db") }

// schema is a database's name on PostgreSQL.
func (p Place) schema(name string) string { return "db_" + name }

// store opens a database's store, making it if it is not there.
func (p Place) store(ctx context.Context, name string) (dialect.Store, error) {
	if p.URL != "" {
		if err := postgres.Create(ctx, p.URL, p.schema(name)); err != nil && !errors.Is(err, postgres.ErrHaveSchema) {
			return nil, err
		}
		return postgres.Open(ctx, p.URL, p.schema(name), postgres.Options{})
	}
	if err := os.MkdirAll(filepath.Dir(p.file(name)), 0o700); err != nil {
		return nil, err
	}
	return sqlite.Open(p.file(name), sqlite.Options{})
}

// remove deletes a database's store; one that is not there is no error.
func (p Place) remove(ctx context.Context, name string) error {
	if p.URL != "" {
		return postgres.Drop(ctx, p.URL, p.schema(name))
	}
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(p.file(name) + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
