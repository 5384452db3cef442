package databases

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// spot is where one database's store lies: a file on SQLite, else a schema.
type spot struct{ file, schema string }

// home is a database's spot.
func (p Place) home(name string) spot {
	if p.URL != "" {
		return spot{schema: "db_" + name}
	}
	return spot{file: filepath.Join(p.folder(), name+".db")}
}

func (p Place) folder() string { return filepath.Join(p.Dir, "databases") }

// What a workshop's name begins with; no database can be called so.
const (
	workshopFile   = ".making-"
	workshopSchema = "making_"
)

// workshop is a new spot, where a database is made before it gets its name.
// Its name tells when, so that what a crash left can be told from work.
func (p Place) workshop(now time.Time) spot {
	name := strconv.FormatInt(now.Unix(), 10) + "_" + strings.ToLower(rand.Text())
	if p.URL != "" {
		return spot{schema: workshopSchema + name}
	}
	return spot{file: filepath.Join(p.folder(), workshopFile+name+".db")}
}

// open opens the store at a spot, which must be there.
func (p Place) open(ctx context.Context, at spot) (dialect.Store, error) {
	if p.URL != "" {
		return postgres.Open(ctx, p.URL, at.schema, postgres.Options{})
	}
	return sqlite.Open(at.file, sqlite.Options{Existing: true})
}

// create makes an empty store at a spot and opens it.
func (p Place) create(ctx context.Context, at spot) (dialect.Store, error) {
	if p.URL != "" {
		if err := postgres.Create(ctx, p.URL, at.schema); err != nil {
			return nil, err
		}
		return p.open(ctx, at)
	}
	if err := os.MkdirAll(p.folder(), 0o700); err != nil {
		return nil, err
	}
	return sqlite.Open(at.file, sqlite.Options{})
}

// remove deletes the store at a spot; one that is not there is no error.
func (p Place) remove(ctx context.Context, at spot) error {
	if p.URL != "" {
		if err := postgres.Drop(ctx, p.URL, at.schema); !errors.Is(err, postgres.ErrNoSchema) {
			return err
		}
		return nil
	}
	return removeFile(at.file)
}

func removeFile(file string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// abandonedAfter is how old a workshop is when nobody works in it any more.
const abandonedAfter = 24 * time.Hour

// Tidy removes what crashes left of databases that were being made.
func (p Place) Tidy(ctx context.Context, now time.Time) error {
	var errs []error
	if p.URL != "" {
		names, err := postgres.List(ctx, p.URL, workshopSchema)
		errs = append(errs, err)
		for _, name := range names {
			if abandoned(name[len(workshopSchema):], now) {
				errs = append(errs, p.remove(ctx, spot{schema: name}))
			}
		}
		return errors.Join(errs...)
	}
	entries, err := os.ReadDir(p.folder())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tidy: %w", err)
	}
	for _, entry := range entries {
		name, ok := strings.CutPrefix(entry.Name(), workshopFile)
		if ok && abandoned(name, now) {
			errs = append(errs, os.Remove(filepath.Join(p.folder(), entry.Name())))
		}
	}
	return errors.Join(errs...)
}

func abandoned(name string, now time.Time) bool {
	began, _, _ := strings.Cut(name, "_")
	seconds, err := strconv.ParseInt(began, 10, 64)
	return err == nil && now.Sub(time.Unix(seconds, 0)) > abandonedAfter
}
