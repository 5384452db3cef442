package server_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/servertest"
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
	return openHouse(t, servertest.Furnished(t, kind), log, change...)
}

// openEmpty opens a host without any database.
func openEmpty(t testing.TB, kind ormtest.Kind, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	return openHouse(t, servertest.Empty(t, kind), log, change...)
}

func openHouse(t testing.TB, h servertest.House, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	host, err := h.Open(log, change...)
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
