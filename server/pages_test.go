package server_test

import (
	"bytes"
	"database/sql"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/server/servertest"
)

// spoil overwrites the first page of a table on the disk.
func spoil(t *testing.T, file, table string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	must(t, err)
	defer db.Close()
	var mode string
	var page, size int64
	must(t, db.QueryRow("PRAGMA journal_mode=DELETE").Scan(&mode)) // so that the page lies in the file and not beside it
	must(t, db.QueryRow("PRAGMA page_size").Scan(&size))
	must(t, db.QueryRow("SELECT rootpage FROM sqlite_master WHERE name = $1", table).Scan(&page))
	disk, err := os.OpenFile(file, os.O_WRONLY, 0)
	must(t, err)
	_, err = disk.WriteAt(bytes.Repeat([]byte{0xA5}, int(size)), (page-1)*size)
	must(t, errors.Join(err, disk.Close()))
}

// Once a day a host looks for damaged pages. It says what it finds in its log, to
// monitoring, and to administrators, in their language.
func TestADamagedDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	h := servertest.Furnished(t, ormtest.SQLite)
	host, err := h.Open(&bytes.Buffer{})
	must(t, err)
	asSystem(t, books(t, host), func(env *orm.Env) error {
		return env.Write("res.users", []int64{base.AdminUser}, orm.Values{"lang": "nl_NL"})
	})
	must(t, host.Close())
	spoil(t, filepath.Join(h.Dir, "databases", "books.db"), "mail_message")

	var log bytes.Buffer
	host, err = h.Open(&log)
	must(t, err)
	defer func() { must(t, host.Close()) }()
	if err := host.Housekeep(t.Context()); err != nil {
		t.Error("housekeeping:", err)
	}
	if !strings.Contains(log.String(), "a database is damaged") || !strings.Contains(log.String(), "database=books") {
		t.Errorf("the log: %s", log.String())
	}
	asSystem(t, books(t, host), func(env *orm.Env) error {
		heard, err := bus.Since(env, 0, 100)
		if err != nil || len(heard) != 1 || !strings.Contains(string(heard[0].Body), `"simple_notification"`) ||
			!strings.Contains(string(heard[0].Body), "vond beschadigde pagina's in het bestand van books") {
			t.Errorf("on the bus: %v %v", err, heard)
		}
		return nil
	})
	answer := httptest.NewRecorder()
	host.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(answer.Body.String(), `girosync_database_damaged{database="books"} 1`) {
		t.Error("the metrics do not say it")
	}
}
