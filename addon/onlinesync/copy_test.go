package onlinesync_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// firstDay holds the databases of an owner's first day, of which each rig gets a
// copy: to make one takes longer than most tests.
var firstDay model

func TestMain(m *testing.M) {
	status := m.Run()
	firstDay.drop()
	os.Exit(status)
}

// model is a database of each kind, made when it is first asked for.
type model struct {
	mu       sync.Mutex
	sqlite   []byte // the file; nil until it is made
	postgres string // the url; empty until it is made
	drops    []func()
}

// schemaOfAll is where the tables are in each PostgreSQL database.
const schemaOfAll = "books"

// copied is a store that is a copy, and the folder in which an SQLite one lies.
type copied struct {
	dialect.Store
	folder string
}

// copy opens a copy of the model, which furnish makes of an empty store and
// closes.
func (m *model) copy(t testing.TB, kind ormtest.Kind, furnish func(dialect.Store) error) copied {
	t.Helper()
	if kind == ormtest.Postgres {
		return copied{Store: m.copyPostgres(t, furnish)}
	}
	file, err := m.ofSQLite(furnish)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return copied{store, folder}
}

func (m *model) ofSQLite(furnish func(dialect.Store) error) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sqlite != nil {
		return m.sqlite, nil
	}
	folder, err := os.MkdirTemp("", "girosync-model-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "model.db")
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if err := furnish(store); err != nil {
		return nil, err
	}
	m.sqlite, err = os.ReadFile(path)
	return m.sqlite, err
}

func (m *model) copyPostgres(t testing.TB, furnish func(dialect.Store) error) dialect.Store {
	t.Helper()
	server := dialecttest.Postgres(t)
	of, err := m.ofPostgres(server, furnish)
	if err != nil {
		t.Fatal(err)
	}
	url, drop, err := dialecttest.NewDatabase(server, of)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	store, err := openPostgres(url)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// ofPostgres names the database of the model.
func (m *model) ofPostgres(server string, furnish func(dialect.Store) error) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.postgres != "" {
		return dialecttest.Named(m.postgres)
	}
	url, drop, err := dialecttest.NewDatabase(server, dialecttest.Empty)
	if err != nil {
		return "", err
	}
	m.drops = append(m.drops, drop)
	if err := postgres.Create(context.Background(), url, schemaOfAll); err != nil {
		return "", err
	}
	store, err := openPostgres(url)
	if err == nil {
		err = furnish(store)
	}
	if err != nil {
		return "", errors.Join(errors.New("the model"), err)
	}
	m.postgres = url
	return dialecttest.Named(url)
}

func openPostgres(url string) (dialect.Store, error) {
	return postgres.Open(context.Background(), url, schemaOfAll, postgres.Options{Conns: 8})
}

func (m *model) drop() {
	for _, drop := range m.drops {
		drop()
	}
}
