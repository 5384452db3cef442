package onlinesync_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// sql runs statements below the models, in one transaction.
func (r *rig) sql(statements ...string) (first int64) {
	r.t.Helper()
	tx, err := r.db.Store().Begin(r.t.Context(), dialect.ReadWrite)
	if err != nil {
		r.t.Fatal(err)
	}
	defer tx.Rollback()
	for _, statement := range statements {
		rows, err := tx.Query(r.t.Context(), statement)
		if err != nil {
			r.t.Fatalf("%s: %v", statement, err)
		}
		if rows.Next() {
			first = rows.Int(0)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			r.t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		r.t.Fatal(err)
	}
	return first
}

// fill leaves room for a number of pages more.
func (r *rig) fill(pages int64) {
	r.t.Helper()
	r.sql(fmt.Sprintf("PRAGMA max_page_count = %d", r.sql("PRAGMA page_count")+pages))
}

// whole fails the test unless every line has its ledger row and every chunk is
// there as a whole.
func (r *rig) whole(chunk int) {
	r.t.Helper()
	lines, posted := r.count("account.bank.statement.line"), r.count("account.online.transaction", leaf("status", "=", "posted"))
	if lines != posted || lines%chunk != 0 && lines != 1100 {
		r.t.Errorf("%d lines, %d ledger rows; a chunk has %d", lines, posted, chunk)
	}
}

// A disk that is full at any moment of a synchronisation leaves whole chunks,
// and each transaction is one line once there is room.
func TestFullDiskInASynchronisation(t *testing.T) {
	for _, pages := range []int64{0, 10, 45, 70, 110} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			link := r.connect("demo-big-1100", -1, nil)
			run := r.rows("account.online.run", []any{}, "id")[0]["id"]
			r.fill(pages)
			err := r.addon.RunSync(t.Context(), r.db, int64(run.(float64)))
			if err == nil {
				t.Fatal("the disk was not full")
			}
			if !errors.Is(err, dialect.ErrFull) || !fault.Is(err, fault.Unavailable) {
				t.Errorf("ended with %v", err)
			}
			r.whole(r.options.Chunk)
			t.Logf("%d lines were there", r.count("account.bank.statement.line"))
			if got := r.run(run); got["state"] == "done" {
				t.Errorf("the run says %v", got)
			}
			r.sql("PRAGMA max_page_count = 1000000")
			r.later(2 * time.Minute) // where there was no room to give the lease back
			r.work()
			if got := r.run(run); got["outcome"] != "ok" || got["created"].(float64) != 1100 {
				t.Errorf("the run says %v", got)
			}
			if got := r.count("account.bank.statement.line"); got != 1100 {
				t.Errorf("%d lines", got)
			}
			r.whole(r.options.Chunk)
			if again := r.sync(link); again["created"].(float64) != 0 || again["outcome"] != "nothing_new" {
				t.Errorf("another one: %v", again)
			}
		})
	}
}

// The same of a statement file, whose user reads why.
func TestFullDiskInAStatementFile(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	var file strings.Builder
	file.WriteString(iban.Number)
	for i := range 1100 {
		fmt.Fprintf(&file, "\nf%d 2026-06-%02d -5 Coffee %d", i, 1+i%15, i)
	}
	r.fill(40)
	_, err := r.importFile(journal, file.String(), false)
	if !errors.Is(err, dialect.ErrFull) || fault.Localize(err, "nl_NL") == fault.Localize(err, "en_US") {
		t.Errorf("ended with %v: %s", err, fault.Localize(err, "nl_NL"))
	}
	r.whole(r.options.Chunk)
	r.sql("PRAGMA max_page_count = 1000000")
	r.later(2 * time.Minute)
	for range 2 {
		if _, err := r.importFile(journal, file.String(), false); err != nil {
			t.Fatal(err)
		}
		if got := r.count("account.bank.statement.line"); got != 1100 {
			t.Errorf("%d lines", got)
		}
		r.whole(r.options.Chunk)
	}
}

// A deadline that ends a statement which writes makes SQLite give up the whole
// transaction; what was applied in it comes again.
func TestDeadlineInsideAWriteOfASynchronisation(t *testing.T) {
	for _, table := range []string{"account_online_account", "account_online_run"} {
		t.Run(table, func(t *testing.T) {
			r := newRig(t, ormtest.SQLite)
			link := r.connect("demo-big-1100", -1, nil)
			run := r.rows("account.online.run", []any{}, "id")[0]["id"]
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			count := 0
			r.step = func(name string) {
				if name != "sync.chunk.ledger" {
					return
				}
				if count++; count == 3 { // the last chunk: the next update of the table only ends with ctx
					time.AfterFunc(200*time.Millisecond, cancel)
				}
			}
			r.sql("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
				"CREATE TRIGGER slow AFTER UPDATE ON "+table+" WHEN (SELECT count(*) FROM account_bank_statement_line) > 1000 "+
					"BEGIN SELECT max(i) FROM endless; END")
			if err := r.addon.RunSync(ctx, r.db, int64(run.(float64))); err == nil || ctx.Err() == nil {
				t.Fatalf("ended with %v", err)
			}
			r.sql("DROP TRIGGER slow", "DROP VIEW endless")
			if got := r.count("account.bank.statement.line"); got != 1000 {
				t.Errorf("%d lines stay", got)
			}
			r.whole(r.options.Chunk)
			r.step = nil
			r.later(2 * time.Minute)
			r.work()
			if got := r.run(run); got["outcome"] != "ok" || got["created"].(float64) != 1100 {
				t.Errorf("the run says %v", got)
			}
			if again := r.sync(link); again["created"].(float64) != 0 {
				t.Errorf("another one: %v", again)
			}
			r.whole(r.options.Chunk)
		})
	}
}
