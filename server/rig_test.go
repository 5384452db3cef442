package server_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

// eachHost runs a test with a whole host, all addons in it, on both databases.
// It has one database, books.
func eachHost(t *testing.T, test func(t *testing.T, host *server.Host, books *orm.Database)) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			host := openHost(t, kind)
			test(t, host, makeBooks(t, host, "books"))
		})
	}
}

func openHost(t testing.TB, kind ormtest.Kind) *server.Host {
	t.Helper()
	return openLogged(t, kind, io.Discard)
}

func openLogged(t testing.TB, kind ormtest.Kind, log io.Writer, change ...func(*conf.Config)) *server.Host {
	t.Helper()
	dir := t.TempDir()
	config := conf.Default()
	config.Server.DataDir = dir
	config.Secrets.KeySetFile = filepath.Join(dir, "keys")
	config.Plugins.Dir = filepath.Join(dir, "plugins")
	if kind == ormtest.Postgres {
		config.Database.URL = conf.Secret(ownPostgres(t))
	}
	for _, f := range change {
		f(&config)
	}
	host, err := server.Open(context.Background(), config, slog.New(slog.NewTextHandler(log, nil)))
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

func makeBooks(t testing.TB, host *server.Host, name string) *orm.Database {
	t.Helper()
	db, err := host.Databases.Init(context.Background(), name, addon.Setup{Password: "admin", Company: "Own", Currency: "EUR", Country: "BE"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// ownPostgres makes a PostgreSQL database for one host, for the system store's
// schema has a fixed name.
func ownPostgres(t testing.TB) string {
	t.Helper()
	cluster := dialecttest.Postgres(t)
	name := "girosync_server_" + strings.ToLower(rand.Text())
	execute(t, cluster, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, cluster, "DROP DATABASE "+name+" WITH (FORCE)") })
	own, err := url.Parse(cluster)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

func execute(t testing.TB, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// asSystem runs a function with all rights in one transaction.
func asSystem(t testing.TB, db *orm.Database, do func(env *orm.Env) error) {
	t.Helper()
	if err := db.Within(context.Background(), orm.Principal{System: true}, orm.TxWrite, do); err != nil {
		t.Fatal(err)
	}
}
