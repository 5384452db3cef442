package server_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

// eachHost runs a test with a whole host, all addons in it, on both databases.
// It has one database, books.
func eachHost(t *testing.T, test func(t *testing.T, host *server.Host, books *orm.Database)) {
	t.Parallel()
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			host := openFurnished(t, kind, io.Discard)
			test(t, host, books(t, host))
		})
	}
}

// openFurnished opens a host of a changed configuration that has the database
// books, whose administrator's password is admin.
func openFurnished(t testing.TB, kind ormtest.Kind, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	return openHouse(t, furnished(t, kind), log, change...)
}

// openEmpty opens a host without any database.
func openEmpty(t testing.TB, kind ormtest.Kind, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	return openHouse(t, emptyHouse(t, kind), log, change...)
}

func openHouse(t testing.TB, h house, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	host, err := h.open(log, change...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error("close host:", err)
		}
	})
	return host
}

// open opens a host whose passwords cost little to hash: with the race detector
// a real one costs more than most tests do.
func (h house) open(log io.Writer, change ...func(*conf.Config)) (*server.Host, error) {
	config := conf.Default()
	config.Server.DataDir = h.dir
	config.Secrets.KeySetFile = h.keys()
	config.Plugins.Dir = filepath.Join(h.dir, "plugins")
	config.Database.URL = conf.Secret(h.url)
	config.Passwords.HashMemory, config.Passwords.HashPasses = 64<<10, 1
	// However slow and busy the machine is, no call takes too long, and whoever
	// guesses has to wait longer than a test takes.
	config.Limits.CallTime, config.Login.LockTime, config.Login.LongestLock = time.Hour, time.Hour, 24*time.Hour
	for _, f := range change {
		f(&config)
	}
	return server.Open(context.Background(), config, slog.New(slog.NewTextHandler(log, nil)))
}

// setup is how the database of a furnished house is made.
func setup() addon.Setup {
	return addon.Setup{Password: "admin", Company: "Own", Currency: "EUR", Country: "BE"}
}

// books is the database of a furnished house.
func books(t testing.TB, host *server.Host) *orm.Database {
	t.Helper()
	db, err := host.Databases.Open(context.Background(), "books")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// patience is how long an answer may take on a slow and busy machine.
const patience = 10 * time.Minute

// asSystem runs a function with all rights in one transaction.
func asSystem(t testing.TB, db *orm.Database, do func(env *orm.Env) error) {
	t.Helper()
	if err := db.Within(context.Background(), orm.Principal{System: true}, orm.TxWrite, do); err != nil {
		t.Fatal(err)
	}
}
