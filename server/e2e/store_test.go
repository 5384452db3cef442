package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

var databasesMade atomic.Int64

// freshPostgres makes an empty database in the tests' PostgreSQL and drops it at
// the end of the test.
func freshPostgres(t testing.TB) string {
	t.Helper()
	store, drop, err := makePostgres(dialecttest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return store
}

// makePostgres makes an empty database in a cluster.
func makePostgres(cluster string) (store string, drop func(), err error) {
	u, err := url.Parse(cluster)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("e2e_%s_%d", filepath.Base(built.dir)[len("girosync-e2e-"):], databasesMade.Add(1))
	u.Path = "/" + name
	drop = func() { _ = inCluster(cluster, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") } // else the cluster's end removes it
	return u.String(), drop, inCluster(cluster, "CREATE DATABASE "+name)
}

func inCluster(cluster, statement string) error {
	ctx := context.Background() // also after the test
	conn, err := pgx.Connect(ctx, cluster)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// sql opens what the host's database lies in.
func (h *host) sql(t testing.TB) *sql.DB {
	t.Helper()
	db, err := h.openSQL()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func (h *host) openSQL() (*sql.DB, error) {
	if h.store == "" {
		return sql.Open("sqlite3", "file:"+filepath.Join(h.dir, "databases", h.db+".db")+"?_busy_timeout=10000&mode=ro")
	}
	return sql.Open("pgx", h.store+"&search_path=db_"+h.db)
}

// one reads a number by SQL.
func one(t testing.TB, db *sql.DB, query string) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
