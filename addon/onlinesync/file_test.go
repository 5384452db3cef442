package onlinesync_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/filing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// reader reads files of lines "id date amount text"; the first line is the
// account's number.
type reader struct{ emptyCatalogue }

func (reader) ReadStatements(_ context.Context, req sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	text, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(rows) < 2 {
		return sdk.Errorf(sdk.BadRequest, "%s is in no known format", req.Filename)
	}
	b := sdk.StatementBatch{Format: "lines", Account: sdk.Account{Number: rows[0], Currency: "EUR"}}
	for i, row := range rows[1:] {
		parts := strings.SplitN(row, " ", 4)
		if len(parts) < 4 {
			b.Refused = append(b.Refused, sdk.Refusal{Line: i + 2, Reason: "too short"})
			continue
		}
		b.Booked = append(b.Booked, tx(strings.Trim(parts[0], "-"), parts[1], parts[2], parts[3]))
	}
	return emit(b)
}

func (r *rig) importFile(journal float64, text string, dry bool) (*filing.Report, error) {
	r.t.Helper()
	return r.addon.ImportFile(r.t.Context(), r.db, orm.Principal{UID: base.AdminUser},
		filing.Request{Journal: int64(journal), Filename: "june.txt", File: strings.NewReader(text), DryRun: dry})
}

func TestFilesAndFeedsMeetOnOneLine(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.banks["files"] = reader{emptyCatalogue{newScript()}}
		journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
		june := iban.Number + "\n- 2026-06-01 -5 COFFEE CORNER\n- 2026-06-01 -5 COFFEE CORNER\n- 2026-06-02 7 Refund\nbroken"
		dry, err := r.importFile(journal, june, true)
		if err != nil {
			t.Fatal(err)
		}
		if dry.New != 3 || len(dry.Refused) != 1 || r.count("account.bank.statement.line") != 0 || r.count("account.online.account") != 0 {
			t.Errorf("dry run: %+v", dry)
		}
		got, err := r.importFile(journal, june, false)
		if err != nil || got.New != 3 || got.Known != 0 || len(got.Refused) != 1 || r.count("account.bank.statement.line") != 3 {
			t.Fatalf("first: %+v, %v", got, err)
		}
		again, err := r.importFile(journal, june+"\n- 2026-06-03 1 new", false)
		if err != nil || again.New != 1 || again.Known != 3 || r.count("account.bank.statement.line") != 4 {
			t.Errorf("an overlapping file (complaint 10): %+v, %v", again, err)
		}
		run := r.run(again.Run)
		if run["trigger"] != "file" || run["state"] != "done" || run["outcome"] != "ok" || run["created"].(float64) != 1 {
			t.Errorf("run: %v", run)
		}
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "-5", "Card payment Coffee Corner"),
			tx("2", "2026-06-01", "-5", "Card payment Coffee Corner"),
			tx("3", "2026-06-02", "7", "refund"), tx("4", "2026-06-03", "1", "new"), tx("5", "2026-06-04", "9", "only the feed")))
		sync := r.sync(link)
		if n := r.count("account.bank.statement.line"); n != 5 {
			t.Errorf("%d lines after the feed: %v", n, sync)
		}
		if later, err := r.importFile(journal, iban.Number+"\n- 2026-06-04 9 ONLY THE FEED", false); err != nil || later.New != 0 ||
			later.Known != 1 {
			t.Errorf("a file after the feed: %+v, %v", later, err)
		}
	})
}

func TestFilesOfOthersAreRefused(t *testing.T) {
	r := newRig(t, "sqlite")
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	for name, text := range map[string]string{"another account": second.Number + "\n- 2026-06-01 -5 x", "no statement": "hello"} {
		_, err := r.importFile(journal, text, false)
		if !fault.Is(err, fault.User) || fault.MessageOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		t.Log(fault.MessageOf(err))
	}
	if diff := cmp.Diff(0, r.count("account.online.run")); diff != "" {
		t.Error(diff)
	}
	if _, err := r.addon.ImportFile(t.Context(), r.db, orm.Principal{UID: 4},
		filing.Request{Journal: int64(journal), Filename: "x", File: strings.NewReader("y")}); err == nil {
		t.Error("anybody may import")
	}
}
