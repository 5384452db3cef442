package e2e

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// lookAround looks everywhere.
func (l *lookout) lookAround(t *testing.T, when string) {
	t.Helper()
	log := l.logText()
	l.look("the log", []byte(log))
	if !strings.Contains(log, "level=DEBUG") {
		t.Error("the log has nothing of level debug")
	}
	for _, page := range []string{"/metrics", "/readyz", "/institutions?q=wild"} {
		_, body := get(l.url + page)
		l.look(page, []byte(body))
	}
	l.look("the list of plugins", []byte(l.girosync(t, "", "plugin", "list", "--json")))
	if l.store != "" {
		l.look("PostgreSQL", l.dumpPostgres(t))
	} else {
		l.look("the database", dumpSQLite(t, filepath.Join(l.dir, "databases", l.db+".db"), 40))
		l.look("the system store", dumpSQLite(t, filepath.Join(l.dir, "system.db"), 5))
	}
	l.lookAtFiles(t, when)
	l.lookAtProcesses(t, when)
}

func (l *lookout) lookTold(where string, told any) {
	text, err := json.Marshal(told)
	if err != nil {
		panic(err) // it came as JSON
	}
	l.look(where, text)
}

// lookAtFiles looks at all that the host keeps, and into its temporary folder;
// core files would lie there, too.
func (l *lookout) lookAtFiles(t *testing.T, when string) {
	t.Helper()
	files := 0
	for _, dir := range []string{filepath.Dir(l.dir), l.temp} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if os.IsNotExist(err) || err == nil && !entry.Type().IsRegular() {
				return nil
			}
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if os.IsNotExist(err) {
				return nil
			}
			files++
			l.look(path+" "+when, text)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if files < 2 {
		t.Errorf("%d files", files)
	}
}

var coreLimit = regexp.MustCompile(`(?m)^Max core file size +0 +0 `)

// lookAtProcesses looks at what everybody can read of the host's processes, and
// whether they leave core files.
func (l *lookout) lookAtProcesses(t *testing.T, when string) {
	t.Helper()
	seen := 0
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if pid != l.pid() && parent(pid) != l.pid() {
			continue
		}
		for _, name := range []string{"environ", "cmdline"} {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				l.look(fmt.Sprintf("%s of process %d %s", name, pid, when), text)
			}
		}
		if limits, err := os.ReadFile(filepath.Join(dir, "limits")); err == nil && stateOf(pid) != "Z" {
			seen++
			if !coreLimit.Match(limits) {
				t.Errorf("process %d may leave a core file:\n%s", pid, limits)
			}
		}
	}
	if seen < 2 {
		t.Errorf("%d processes %s, not the host and its plugins", seen, when)
	}
}

// dumpSQLite is every row of every table, of which there are so many at least.
func dumpSQLite(t testing.TB, path string, least int) []byte {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=10000&mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var dump bytes.Buffer
	names := texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	for _, name := range names {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+name+`"`)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, value := range values {
				dump.Write(append(value, '\n'))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if len(names) < least || dump.Len() == 0 {
		t.Errorf("%s has only %d tables with %d bytes", path, len(names), dump.Len())
	}
	return dump.Bytes()
}

// dumpPostgres is every row of every table, as text.
func (h *host) dumpPostgres(t testing.TB) []byte {
	t.Helper()
	db := h.sql(t)
	var dump bytes.Buffer
	names := texts(t, db, `SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
		WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`)
	for _, name := range names {
		var text string
		err := db.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(row::text, E'\n'), '') FROM `+name+` AS row`).Scan(&text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// as text a row doubles its quotes
		dump.WriteString(strings.ReplaceAll(text, `""`, `"`))
	}
	if len(names) < 40 || dump.Len() < 100_000 {
		t.Errorf("only %d tables with %d bytes", len(names), dump.Len())
	}
	return dump.Bytes()
}
