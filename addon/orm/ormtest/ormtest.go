package ormtest

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// Kind is a database.
type Kind string

// The databases.
const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{SQLite, Postgres} }

// Setup says what a test wants opened.
type Setup struct {
	Kind Kind
	// Directory of users; People{…} with Admin and Clerk if nil.
	Directory orm.Directory
	// Now is the clock; the real one if nil.
	Now    func() time.Time
	Limits orm.Limits
}

// On is a setup with the usual people and the real clock.
func On(kind Kind) Setup { return Setup{Kind: kind} }

// New opens a fresh database with parts and migrates it. It is closed when the
// test ends.
func New(t testing.TB, setup Setup, parts ...orm.Part) *orm.Database {
	t.Helper()
	registry, err := orm.NewRegistry(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return Open(t, setup, registry, Store(t, setup.Kind))
}

// Open opens a store with a registry and migrates it.
func Open(t testing.TB, setup Setup, registry *orm.Registry, store dialect.Store) *orm.Database {
	t.Helper()
	if setup.Directory == nil {
		setup.Directory = Usual()
	}
	db, err := orm.Open(context.Background(), registry, store, orm.Options{
		Directory: setup.Directory, Now: setup.Now, Limits: setup.Limits,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	if err := db.Migrate(context.Background(), nil); err != nil {
		t.Fatal("migrate:", err)
	}
	return db
}

// Store opens an empty database of a kind.
func Store(t testing.TB, kind Kind) dialect.Store {
	t.Helper()
	if kind == Postgres {
		return postgresStore(t)
	}
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// Each runs a test on both databases. open makes a fresh one, with the usual people.
func Each(t *testing.T, test func(t *testing.T, open func(parts ...orm.Part) *orm.Database)) {
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			test(t, func(parts ...orm.Part) *orm.Database {
				t.Helper()
				return New(t, On(kind), parts...)
			})
		})
	}
}

// The usual people.
const (
	Admin int64 = 2 // base.group_user, base.group_system; company 1
	Clerk int64 = 6 // base.group_user; company 1
)

// People is a directory of made-up users by id.
type People map[int64]orm.User

// Usual returns Admin and Clerk.
func Usual() People {
	return People{
		Admin: Person(Admin, "base.group_user", "base.group_system"),
		Clerk: Person(Clerk, "base.group_user"),
	}
}

// Person is an active user of company 1 in groups.
func Person(id int64, groups ...string) orm.User {
	u := orm.User{ID: id, Active: true, Company: 1, Companies: []int64{1}, Lang: "en_US", Groups: map[string]bool{}}
	for _, group := range groups {
		u.Groups[group] = true
	}
	return u
}

// User finds a user; Missing for another id.
func (p People) User(_ *orm.Env, uid int64) (orm.User, error) {
	u, ok := p[uid]
	if !ok {
		return orm.User{}, fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: res.users(%d,), User: %d)", uid,
			uid)
	}
	return u, nil
}

// System is the principal with all rights.
func System() orm.Principal { return orm.Principal{System: true} }

// As is a user as principal.
func As(uid int64) orm.Principal { return orm.Principal{UID: uid} }

// testWriter shows warnings of the kernel in the test's log.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s", p)
	return len(p), nil
}
