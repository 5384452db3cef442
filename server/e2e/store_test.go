package e2e

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
)

// freshPostgres makes a database in the tests' PostgreSQL, a copy of another one,
// and drops it at the end of the test.
func freshPostgres(t testing.TB, template string) string {
	t.Helper()
	store, drop, err := dialecttest.NewDatabase(dialecttest.Postgres(t), template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return store
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

// texts reads the first column of every row by SQL.
func texts(t testing.TB, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var first sql.NullString
	dest := make([]any, len(columns))
	for i := range dest {
		dest[i] = new(any)
	}
	dest[0] = &first
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		list = append(list, first.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return list
}

// one reads a number by SQL.
func one(t testing.TB, db *sql.DB, query string) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// intact asks the database itself whether it is whole: SQLite by its
// integrity_check, PostgreSQL by amcheck; both for rows that point nowhere.
func (h *host) intact(t testing.TB) {
	t.Helper()
	db := h.sql(t)
	if h.store == "" {
		for _, check := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
			for _, complaint := range texts(t, db, check) {
				if complaint != "ok" {
					t.Errorf("%s: %s", check, complaint)
				}
			}
		}
		return
	}
	if err := inCluster(h.store, "CREATE EXTENSION IF NOT EXISTS amcheck"); err != nil {
		t.Fatal(err)
	}
	checked := texts(t, db, `SELECT c.relname, public.bt_index_check(c.oid, true) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
		JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid
		AND c.relnamespace = 'db_`+h.db+`'::regnamespace`)
	if len(checked) == 0 {
		t.Error("no index was checked")
	}
}
