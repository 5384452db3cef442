package databases_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server/databases"
)

// full makes a database with a value of every kind, and some that are hard to
// carry from one kind of database to the other.
func full(t *testing.T, m *databases.Manager, name string) *orm.Database {
	t.Helper()
	db := initialise(t, m, name)
	for _, call := range []struct {
		model, method string
		args          []any
	}{
		{"res.partner", "create",
			[]any{map[string]any{"name": "Zoë \"Łódź\" \U0001F600\n\t\\ <b>", "email": "zoe@example.com", "comment": "<p>a &amp; b</p>"}}},
		{"account.journal", "create", []any{map[string]any{"name": "Bank", "code": "BNK9", "type": "bank"}}},
	} {
		if _, err := db.Call(t.Context(), admin, call.model, call.method, call.args, nil); err != nil {
			t.Fatalf("%s.%s: %v", call.model, call.method, err)
		}
	}
	journals, err := db.Call(t.Context(), admin, "account.journal", "search", []any{[]any{[]any{"code", "=", "BNK9"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	journal := journals.([]int64)[0]
	var lines []any
	for i := range 1100 { // more than one batch
		lines = append(lines, map[string]any{"journal_id": journal, "date": fmt.Sprintf("2024-02-%02d", i%28+1),
			"payment_ref": fmt.Sprint("line ", i), "amount": json.Number(fmt.Sprintf("%d.%04d", i*1234567-99, i))})
	}
	if _, err := db.Call(t.Context(), admin, "account.bank.statement.line", "create", []any{lines}, nil); err != nil {
		t.Fatal(err)
	}
	return db
}

var admin = orm.Principal{UID: base.AdminUser}

func dumped(t *testing.T, m *databases.Manager, name string) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := m.Dump(t.Context(), name, &file, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// content is a dump's lines below its header and without its end: the rows.
func content(t *testing.T, file []byte) []string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[1 : len(lines)-1]
}

func packed(t *testing.T, lines ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestDumpTravels restores what one kind of database wrote in the other kind,
// dumps that, and compares every row.
func TestDumpTravels(t *testing.T) {
	onBoth(t, func(t *testing.T, from databases.Place) {
		m := newManager(t, from, openSystem(t, from))
		full(t, m, "books")
		last := partnerAfter(t, m, "books") // and deleted again
		file := dumped(t, m, "books")
		if len(content(t, file)) < 1100 {
			t.Fatalf("the dump has %d lines only", len(content(t, file)))
		}
		onBothHere(t, func(t *testing.T, to databases.Place) {
			other := newManager(t, to, openSystem(t, to))
			var told []string
			db, err := other.Restore(t.Context(), "moved", bytes.NewReader(file), false,
				func(_, _ int, what string) { told = append(told, what) })
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(told, "rows") {
				t.Errorf("progress told %v", slices.Compact(told))
			}
			if diff := cmp.Diff(content(t, file), content(t, dumped(t, other, "moved"))); diff != "" {
				t.Errorf("rows (-want +got):\n%.3000s", diff)
			}
			if next := partnerAfter(t, other, "moved"); next != last+1 {
				t.Errorf("the next partner is %d, want %d: an id of a deleted record came again, or many were lost", next, last+1)
			}
			if _, err := other.Restore(t.Context(), "again", bytes.NewReader(file), false, nil); err == nil ||
				!strings.Contains(fault.MessageOf(err), "moved") {
				t.Errorf("two databases with one identity: %v", err)
			}
			if _, err := other.Restore(t.Context(), "moved", bytes.NewReader(file), true, nil); !errors.Is(err, databases.ErrExists) {
				t.Errorf("restore over a database: %v", err)
			}
			copied, err := other.Restore(t.Context(), "copied", bytes.NewReader(file), true, nil)
			if err != nil {
				t.Fatal(err)
			}
			if identityOf(t, copied) == identityOf(t, db) || identityOf(t, copied) == "" {
				t.Error("a copy has the identity of its original")
			}
			wantNames(t, other, "copied", "moved")
		})
	})
}

// onBothHere is onBoth within a test that runs in parallel already.
func onBothHere(t *testing.T, test func(t *testing.T, place databases.Place)) {
	t.Run("to sqlite", func(t *testing.T) { test(t, databases.Place{Dir: t.TempDir()}) })
	t.Run("to postgres", func(t *testing.T) { test(t, databases.Place{Dir: t.TempDir(), URL: ownPostgres(t)}) })
}

// partnerAfter makes a partner and returns its id, as the database counts.
func partnerAfter(t *testing.T, m *databases.Manager, name string) int64 {
	t.Helper()
	db, err := m.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	id, err := db.Call(t.Context(), admin, "res.partner", "create", []any{map[string]any{"name": "next"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Call(t.Context(), admin, "res.partner", "unlink", []any{[]any{id}}, nil); err != nil {
		t.Fatal(err)
	}
	return id.(int64)
}

func identityOf(t *testing.T, db *orm.Database) (uuid string) {
	t.Helper()
	err := db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) (err error) {
		uuid, err = base.Param(env, base.UUID, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uuid
}

// TestBadDumps: whatever stands in a file, the answer is clear and nothing stays.
func TestBadDumps(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		m := newManager(t, place, openSystem(t, place))
		initialise(t, m, "books")
		file := dumped(t, m, "books")
		r, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		partner := slices.IndexFunc(lines, func(s string) bool { return s == `{"table":"res_partner"}` })
		changed := func(at int, line string) []byte {
			other := slices.Clone(lines)
			other[at] = line
			return packed(t, other...)
		}
		header := func(old, new string) []byte { return changed(0, strings.Replace(lines[0], old, new, 1)) }
		sealed := func(at int, line string) []byte { // as one would who wants to be believed
			other := slices.Clone(lines)
			other[at] = line
			return packed(t, append(other[:len(other)-1], ending(other[:len(other)-1], lines[len(lines)-1]))...)
		}
		flipped := bytes.Clone(file)
		flipped[len(flipped)/2] ^= 0x40
		bad := map[string]struct {
			file []byte
			want string
		}{
			"empty":               {nil, "no dump"},
			"text":                {[]byte("hello, this is no dump at all"), "no dump"},
			"a ZIP file":          {[]byte("PK\x03\x04 a backup of Odoo"), "ZIP"},
			"gzip of nothing":     {packed(t, ""), "no dump"},
			"gzip of other JSON":  {packed(t, `{"tables": 3}`), "no dump"},
			"a newer form":        {header(`"girosync_dump":1`, `"girosync_dump":2`), "newer"},
			"an unknown table":    {header(`{"table":"res_partner"`, `{"table":"res_ghost"`), "res_ghost"},
			"an unknown column":   {header(`{"name":"email"`, `{"name":"ghost"`), "ghost"},
			"another type":        {header(`{"name":"email","type":"char"}`, `{"name":"email","type":"integer"}`), "email"},
			"a table's injection": {header(`{"table":"res_partner"`, `{"table":"res_partner\"; DROP TABLE res_users; --"`), "newer"},
			"a table twice":       {header(`{"table":"res_partner"`, `{"table":"res_bank"`), "header"},
			"a wrong identity":    {header(`"uuid":"`, `"uuid":"0`), "checksum"},
			"changed":             {changed(partner+1, strings.Replace(lines[partner+1], "My Company", "Our Company", 1)), "checksum"},
			"not a row":           {changed(partner+1, `{"id":1}`), "no row"},
			"too few values":      {changed(partner+1, `[1,"x"]`), "values"},
			"a wrong type":        {changed(partner+1, strings.Replace(lines[partner+1], "[1,", `["one",`, 1)), "column id"},
			"id twice":            {changed(partner+2, strings.Replace(lines[partner+2], "[2,", `[1,`, 1)), "unique"},
			"id of nothing":       {sealed(partner+1, strings.Replace(lines[partner+1], "[1,", `[777,`, 1)), "foreign key"},
			"no identity":         {sealed(0, strings.Replace(lines[0], `"uuid":"`, `"uuid":"0`, 1)), "whose data"},
			"a flipped bit":       {flipped, "dump"},
			"something behind":    {packed(t, append(slices.Clone(lines), "more")...), "follows"},
			"without its end":     {packed(t, lines[:len(lines)-1]...), "ends early"},
			"rows lost":           {packed(t, slices.Delete(slices.Clone(lines), partner+1, partner+2)...), "damaged"},
		}
		for _, cut := range []int{1, 9, 200, len(file) / 3, len(file) - 9, len(file) - 1} {
			bad[fmt.Sprintf("cut at %d of %d", cut, len(file))] = struct {
				file []byte
				want string
			}{file[:cut], "dump"}
		}
		for name, c := range bad {
			if place.URL != "" && !slices.Contains([]string{"changed", "id twice", "id of nothing", "a wrong type", "rows lost",
				"no identity"}, name) {
				continue // the file alone decides
			}
			_, err := m.Restore(t.Context(), "bad", bytes.NewReader(c.file), true, nil)
			message := fault.MessageOf(err)
			if err == nil || !fault.Is(err, fault.User) || !strings.Contains(message, c.want) && c.want != "damaged" {
				t.Errorf("%s: %q (%v), want a clear refusal with %q", name, message, err, c.want)
			}
			if strings.Contains(message, "SQL") || strings.Contains(message, "constraint \"") {
				t.Errorf("%s: the message shows the inside: %q", name, message)
			}
		}
		wantNames(t, m, "books")
		nothingHalfMade(t, place)
		addPartner(t, initialise(t, m, "bad"), "Ada") // the name is free
	})
}

// ending is the right last line for other lines.
func ending(lines []string, last string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	return regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(last, hex.EncodeToString(sum[:]))
}

// nothingHalfMade looks for workshops that were left.
func nothingHalfMade(t *testing.T, place databases.Place) {
	t.Helper()
	if place.URL != "" {
		system, err := databases.OpenSystem(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		defer system.Close()
		if n := onSystem(t, system, `SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'making%' OR nspname LIKE 'lost%'`); n != 0 {
			t.Errorf("%d half-made schemas are left", n)
		}
		return
	}
	entries, err := os.ReadDir(filepath.Join(place.Dir, "databases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") || strings.Contains(entry.Name(), "lost") {
			t.Errorf("%s is left", entry.Name())
		}
	}
}
