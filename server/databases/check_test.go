package databases_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/server/databases"
)

// overwrite destroys the first page of a table in a database's file.
func overwrite(t *testing.T, file, table string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var page, size int64
	var mode string
	for query, into := range map[string]any{
		"PRAGMA journal_mode=DELETE": &mode, // so that the page lies in the file and not beside it
		"PRAGMA page_size":           &size,
		"SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'": &page,
	} {
		if err := db.QueryRow(query).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	disk, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = disk.WriteAt(bytes.Repeat([]byte{0xA5}, int(size)), (page-1)*size)
	if err := errors.Join(err, disk.Close()); err != nil {
		t.Fatal(err)
	}
}

// A page that was overwritten on the disk is found, in one database and in no
// other; and what is sound again is called so.
func TestADamagedPageIsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system := openSystem(t, place)
		m := newManager(t, place, system)
		for _, name := range []string{"books", "sound"} {
			initialise(t, m, name)
			if err := m.Check(t.Context(), name); err != nil {
				t.Errorf("a new database: %v", err)
			}
		}
		if err := m.CheckSystem(t.Context()); err != nil {
			t.Errorf("the system store: %v", err)
		}
		if err := m.Check(t.Context(), "nobody"); place.URL == "" && !errors.Is(err, databases.ErrUnknown) {
			t.Errorf("a database that is not there: %v", err)
		}
		if place.URL != "" {
			return // it has no file
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		damaged := func(books bool) {
			t.Helper()
			found, err := system.Damaged(t.Context())
			if diff := cmp.Diff(map[string]bool{"books": books, "sound": false}, found); err != nil || diff != "" {
				t.Errorf("damaged databases: %v\n%s", err, diff)
			}
		}
		file := filepath.Join(place.Dir, "databases", "books.db")
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		overwrite(t, file, "mail_message")
		var damage databases.Damage
		if err := m.Check(t.Context(), "books"); !errors.As(err, &damage) || len(damage) == 0 {
			t.Errorf("a page that was overwritten: %v", err)
		}
		damaged(true)
		if err := os.WriteFile(file, before[:len(before)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(t.Context(), "books"); !errors.As(err, &damage) {
			t.Errorf("half of a file: %v", err)
		}
		if err := os.WriteFile(file, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(t.Context(), "books"); !errors.As(err, &damage) {
			t.Errorf("another file: %v", err)
		}
		if err := os.WriteFile(file, before, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(t.Context(), "books"); err != nil {
			t.Errorf("the file as it was: %v", err)
		}
		damaged(false)
	})
}
