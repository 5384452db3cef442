package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
)

// A long log is copied into the file while the store goes on, and begins anew.
func TestLogDoesNotGrowForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.db")
	s, err := sqlite.Open(path, sqlite.Options{LogMiB: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write := func(sql string) {
		tx := begin(t, s, dialect.ReadWrite)
		exec(t, tx, sql)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	write("CREATE TABLE t (text text)")
	insert := "INSERT INTO t VALUES ('" + strings.Repeat("x", 100_000) + "')"
	for range 40 {
		write(insert)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for size(path) < 2<<20 || size(path+"-wal") > 3<<20 {
		if time.Now().After(deadline) {
			t.Fatalf("the file has %d bytes, its log %d", size(path), size(path+"-wal"))
		}
		time.Sleep(10 * time.Millisecond)
		write(insert)
	}
	read := begin(t, s, dialect.ReadOnly)
	defer read.Rollback()
	rows, err := read.Query(t.Context(), "SELECT count(*) >= 40, min(length(text)) FROM t")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() || rows.Int(0) != 1 || rows.Int(1) != 100_000 {
		t.Error("rows are missing")
	}
}
