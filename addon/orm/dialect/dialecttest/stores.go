package dialecttest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/postgres"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// SQLite opens a fresh file, closed and removed at the test's end.
func SQLite(t testing.TB) dialect.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Schema makes an empty schema on the test server and drops it at the test's end.
func Schema(t testing.TB) (url, schema string) {
	t.Helper()
	url = Postgres(t)
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		t.Fatal(err)
	}
	schema = "test_" + hex.EncodeToString(random)
	if err := postgres.Create(context.Background(), url, schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := postgres.Drop(context.Background(), url, schema); err != nil {
			t.Error(err)
		}
	})
	return url, schema
}

// PostgresStore opens a fresh schema, dropped at the test's end.
func PostgresStore(t testing.TB) dialect.Store {
	t.Helper()
	url, schema := Schema(t)
	s, err := postgres.Open(context.Background(), url, schema, postgres.Options{Conns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Each runs f on every database.
func Each(t *testing.T, f func(t *testing.T, open func(t testing.TB) dialect.Store)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite) })
	t.Run("postgres", func(t *testing.T) { f(t, PostgresStore) })
}
