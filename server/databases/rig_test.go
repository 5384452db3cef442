package databases_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server/databases"
)

// onBoth runs a test on SQLite and on PostgreSQL, each in a place of its own.
func onBoth(t *testing.T, test func(t *testing.T, place databases.Place)) {
	t.Parallel() // most of the time is waiting for PostgreSQL to make databases
	t.Run("sqlite", func(t *testing.T) { test(t, databases.Place{Dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		test(t, databases.Place{Dir: t.TempDir(), URL: ownPostgres(t)})
	})
}

// ownPostgres makes a PostgreSQL database for one test, for the system store's
// schema has a fixed name.
func ownPostgres(t *testing.T) string {
	t.Helper()
	cluster := dialecttest.Postgres(t)
	name := "girosync_databases_" + strings.ToLower(rand.Text())
	execute(t, t.Context(), cluster, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, context.Background(), cluster, "DROP DATABASE "+name+" WITH (FORCE)") })
	own, err := url.Parse(cluster)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

func execute(t *testing.T, ctx context.Context, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func openSystem(t *testing.T, place databases.Place) *databases.System {
	t.Helper()
	system, err := databases.OpenSystem(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	})
	return system
}

// clock is a time that tests move.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)} }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// newManager makes a manager with the addons up to account.
func newManager(t *testing.T, place databases.Place, system *databases.System, change ...func(*databases.Options)) *databases.Manager {
	t.Helper()
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	ordered, registry, err := addon.Join(people.Addon(), bus.Addon(), mail.Addon(), account.Addon())
	if err != nil {
		t.Fatal(err)
	}
	options := databases.Options{
		Place: place, System: system, Addons: ordered, Registry: registry, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Database: orm.Options{Directory: people.Directory()},
	}
	for _, f := range change {
		f(&options)
	}
	m := databases.New(options)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func initialise(t *testing.T, m *databases.Manager, name string) *orm.Database {
	t.Helper()
	db, err := m.Init(t.Context(), name, addon.Setup{Password: "admin", Currency: "EUR", Country: "BE"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// addPartner makes a record to be looked for.
func addPartner(t *testing.T, db *orm.Database, name string) {
	t.Helper()
	if _, err := db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, "res.partner", "create", []any{map[string]any{"name": name}},
		nil); err != nil {
		t.Fatal(err)
	}
}

func countPartners(t *testing.T, db *orm.Database, name string) int64 {
	t.Helper()
	n, err := db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, "res.partner", "search_count",
		[]any{[]any{[]any{"name", "=", name}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	switch v := n.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	}
	t.Fatalf("search_count returned %T", n)
	return 0
}
