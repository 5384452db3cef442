package guide_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What is typed into flows and may be found nowhere afterwards.
const (
	canary    = "Kanarie7f3e9b2cZwaluw"
	company   = "3141592653"
	birthDate = "1971-03-08"
)

func TestWhatIsTypedStaysNowhere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("S19 what is typed while connecting is stored nowhere", func(t *testing.T) {
			o := o.in(t)
			left := o.submit(o.begin("demo-mfa"), object{"user": "left", "password": canary}) // in the middle
			refused := o.submit(o.begin("demo-slow"), object{"user": "x", "password": canary, "delay_ms": canary})
			if words, _ := refused["error_message"].(string); wrong(refused) != "delay_ms" || !strings.Contains(words, "•••") {
				t.Errorf("a refusal that repeats what was typed: %v", refused)
			}
			dashboard := o.listen("res.company/1", fmt.Sprintf("account.online.flow/%v", left["flow_id"]),
				fmt.Sprintf("account.online.flow/%v", refused["flow_id"]))
			if at := o.submit(left, object{"code": canary}); wrong(at) != "code" {
				t.Errorf("a wrong code: %v", at)
			}
			if at := o.submit(refused, object{"user": canary, "password": canary, "delay_ms": "much " + canary}); wrong(at) != "delay_ms" {
				t.Errorf("a wrong delay: %v", at)
			}
			o.walk(o.begin("demo-questions"), 0, object{"password": canary, "company_number": company, "birth_date": birthDate})
			link := o.walk(o.begin("demo-daily"), 1, object{"password": canary})
			o.settle()
			run := o.call("account.online.link", "action_fetch_transactions", list{link})
			all, pushed := dashboard.until("the end of the run", ended(run))
			if steps := count(all, "account.online.flow/step"); steps < 2 {
				t.Errorf("%d steps of the flows were pushed", steps)
			}
			o.look("the bus", pushed)
			o.look("the log", []byte(o.log.String()))
			bundle := o.call("account.online.link", "action_support_bundle", list{link})
			o.look("the support bundle", fmt.Append(nil, bundle))
			o.lookAtData("Demo Bank Once a Day")
		})
	})
}

func count(all []news, kind string) (n int) {
	for _, m := range all {
		if m.Message.Type == kind {
			n++
		}
	}
	return n
}

func (o *office) look(where string, text []byte) {
	o.t.Helper()
	if len(text) == 0 {
		o.t.Errorf("%s is empty", where)
	}
	for _, typed := range []string{canary, company, birthDate} {
		if at := bytes.Index(text, []byte(typed)); at >= 0 {
			o.t.Errorf("%s in %s: %q", typed, where, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

// lookAtData looks at all that the host keeps, where it has to find what is kept.
func (o *office) lookAtData(kept string) {
	o.t.Helper()
	found := false
	err := filepath.WalkDir(o.house.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || bytes.Contains(text, []byte(kept))
		if len(text) > 0 {
			o.look(path, text)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	if o.house.URL != "" {
		found = o.inTables(kept) > 0
		for _, typed := range []string{canary, company, birthDate} {
			if n := o.inTables(typed) + o.inTables(hex.EncodeToString([]byte(typed))); n > 0 {
				o.t.Errorf("%d rows of PostgreSQL hold %s", n, typed)
			}
		}
	}
	if !found {
		o.t.Errorf("the data do not hold %q either", kept)
	}
}

// inTables counts the rows of PostgreSQL that hold a text.
func (o *office) inTables(text string) (all int) {
	o.t.Helper()
	conn, err := pgx.Connect(o.t.Context(), o.house.URL)
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Close(o.t.Context())
	rows, err := conn.Query(o.t.Context(), `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
		WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)
	if err != nil {
		o.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.t.Fatal(err)
	}
	for _, table := range tables {
		n := 0
		err := conn.QueryRow(o.t.Context(), "SELECT count(*) FROM "+table+" t WHERE position($1 in t::text) > 0", text).Scan(&n)
		if err != nil {
			o.t.Fatal(err)
		}
		all += n
	}
	return all
}
