package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecretsStayOut types a password into a connection flow and looks for it in
// everything that is kept, logged or told (S19).
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		const canary = "Canary-7f3e9b2c-Zwaluw"
		h := furnishedHost(t, on, "GIROSYNC_LOG_LEVEL=debug")
		h.serve(t)
		c := h.client().login(t)
		watch := c.listen(t, 0, "res.company/1")
		link := c.connect(t, "demo-checking", map[string]string{"password": canary})
		told := watch.until(t, "the end of the run", finished)
		// a flow that is left in the middle, with the password typed
		var at step
		c.call(t, &at, "account.online.flow", "start", list{object{"institution_id": c.institution(t, "demo-mfa")}}, nil)
		values := at.answer(map[string]string{"password": canary})
		if values["password"] != canary {
			t.Fatalf("the demo bank asks no password: %+v", at)
		}
		c.call(t, &at, "account.online.flow", "submit", list{at.FlowID, values}, nil)
		if at.State != "asking" {
			t.Fatalf("the flow is %s", at.State)
		}
		c.fetch(t, link)
		// ways in which it may be written
		forms := map[string][]byte{"plain": []byte(canary), "base64": []byte(base64.StdEncoding.EncodeToString([]byte(canary)))[:24],
			"hex": []byte(hex.EncodeToString([]byte(canary)))}
		look := func(where string, text []byte) {
			for form, bytesOf := range forms {
				if bytes.Contains(text, bytesOf) {
					t.Errorf("the password stands %s in %s", form, where)
				}
			}
		}
		bus, err := json.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		look("the bus", bus)
		look("the log", []byte(h.logText()))
		if !strings.Contains(h.logText(), "level=DEBUG") {
			t.Error("the log has nothing of level debug")
		}
		lookAtFiles := func(when string) {
			files := 0
			err := filepath.WalkDir(filepath.Dir(h.dir), func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				text, err := os.ReadFile(path)
				if os.IsNotExist(err) {
					return nil
				}
				files++
				look(path+" "+when, text)
				return err
			})
			if err != nil || files < 2 {
				t.Errorf("%d files, %v", files, err)
			}
		}
		lookAtFiles("while the host runs")
		if on == onPostgres {
			look("PostgreSQL", h.dumpPostgres(t))
		}
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		lookAtFiles("after the host stopped")
	})
}

// dumpPostgres is every row of every table, as text.
func (h *host) dumpPostgres(t testing.TB) []byte {
	t.Helper()
	db := h.sql(t)
	tables, err := db.QueryContext(t.Context(), `SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
		WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	var names []string
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	var dump bytes.Buffer
	for _, name := range names {
		var text string
		err := db.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(row::text, E'\n'), '') FROM `+name+` AS row`).Scan(&text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		dump.WriteString(text)
	}
	if len(names) < 40 || dump.Len() < 100_000 {
		t.Errorf("only %d tables with %d bytes", len(names), dump.Len())
	}
	return dump.Bytes()
}
