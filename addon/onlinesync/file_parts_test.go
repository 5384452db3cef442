package onlinesync_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/filing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// fileInParts imports a file as an addon does that decides few transactions at once.
func (r *rig) fileInParts(journal float64, most int, text string, dry bool) (*filing.Report, error) {
	r.t.Helper()
	opt := r.options
	opt.FilePart = most
	return onlinesync.New(opt).ImportFile(r.t.Context(), r.db, orm.Principal{UID: base.AdminUser},
		filing.Request{Journal: int64(journal), Filename: "year.txt", File: strings.NewReader(text), DryRun: dry})
}

// twoTellings makes up what a bank's feed tells of some days, and a file that
// tells all of them: equal payments, and days that differ by one.
func twoTellings(seed uint64) (feed []sdk.Transaction, file string) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	rows := []string{iban.Number}
	start := day("2026-03-01")
	for d := range 60 {
		for range rnd.IntN(8) {
			booked := start.AddDays(d)
			amount, text := fmt.Sprint(-1-rnd.IntN(4)), []string{"coffee", "bread", "rent"}[rnd.IntN(3)]
			rows = append(rows, fmt.Sprintf("- %s %s %s", booked, amount, text))
			if rnd.IntN(3) > 0 {
				feed = append(feed, tx(fmt.Sprintf("f%d", len(feed)), booked.AddDays(rnd.IntN(2)).String(), amount, "Card "+text))
			}
		}
	}
	if rnd.IntN(2) == 0 { // the newest first
		for i, k := 1, len(rows)-1; i < k; i, k = i+1, k-1 {
			rows[i], rows[k] = rows[k], rows[i]
		}
	}
	return feed, strings.Join(rows, "\n")
}

// A file that is too large to be decided at once becomes the same lines in parts.
func TestAFileInPartsIsTheFile(t *testing.T) {
	for seed := range uint64(8) {
		feed, file := twoTellings(seed)
		outcome := func(most int, feed []sdk.Transaction) (lines []string, reports [3]filing.Report, questions []string) {
			r := newRig(t, ormtest.SQLite)
			r.banks["files"] = reader{emptyCatalogue{newScript()}}
			s, link := scripted(r, iban)
			s.tell("a1", all(feed...))
			r.sync(link)
			journal := r.rows("account.journal", []any{leaf("type", "=", "bank")}, "id")[0]["id"].(float64)
			for i, dry := range []bool{true, false, false} {
				report, err := r.fileInParts(journal, most, file, dry)
				if err != nil {
					t.Fatal(err)
				}
				reports[i] = *report
				reports[i].Run, reports[i].Attachments = 0, nil
			}
			for _, s := range r.rows("account.bank.statement", []any{}, "name", "balance_start", "balance_end_real", "is_valid",
				"is_complete") {
				lines = append(lines, fmt.Sprint(s["name"], s["balance_start"], s["balance_end_real"], s["is_valid"], s["is_complete"]))
			}
			for _, q := range r.reviews("open") {
				questions = append(questions, fmt.Sprint(q["kind"], " ", q["reason"]))
			}
			slices.Sort(questions)
			return append(lines, r.texts()...), reports, questions
		}
		if seed%2 == 0 { // the feed tells nothing of some weeks, where the file can be cut
			feed = slices.DeleteFunc(feed, func(t sdk.Transaction) bool {
				return t.Date.String() > "2026-03-10" && t.Date.String() < "2026-04-10"
			})
		}
		lines, reports, questions := outcome(100_000, feed)
		partLines, partReports, partQuestions := outcome(40, feed)
		if diff := cmp.Diff(lines, partLines); diff != "" {
			t.Errorf("seed %d: lines (-whole +parts):\n%s", seed, diff)
		}
		for i := range reports {
			whole, parts := reports[i], partReports[i]
			if diff := cmp.Diff(whole, parts); diff != "" {
				t.Errorf("seed %d, report %d (-whole +parts):\n%s", seed, i, diff)
			}
		}
		if again := partReports[2]; again.New != 0 || again.Known == 0 {
			t.Errorf("seed %d: imported again: %+v", seed, again)
		}
		if diff := cmp.Diff(questions, partQuestions); diff != "" {
			t.Errorf("seed %d: questions (-whole +parts):\n%s", seed, diff)
		}
	}
}

// An import that fails between two parts leaves the first, and the next one
// brings the rest.
func TestAFileInPartsIsTakenUpAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.banks["files"] = reader{emptyCatalogue{newScript()}}
		journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
		_, file := twoTellings(3)
		all := strings.Count(file, "\n")
		committed := 0
		r.step = func(name string) {
			if name == "sync.account.committed" {
				if committed++; committed == 2 {
					panic("the end of the process")
				}
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = r.fileInParts(journal, 40, file, false)
		}()
		r.step = nil
		some := r.count("account.bank.statement.line")
		if some == 0 || some == all {
			t.Fatalf("%d of %d lines before the end", some, all)
		}
		r.later(r.options.Lease + 2*60*1e9)
		r.addon.Sweep(t.Context(), r.db)
		report, err := r.fileInParts(journal, 40, file, false)
		if err != nil || report.New != all-some || r.count("account.bank.statement.line") != all {
			t.Errorf("after it: %+v, %v; %d lines of %d", report, err, r.count("account.bank.statement.line"), all)
		}
	})
}

func TestADayThatIsTooLargeIsRefused(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	file := iban.Number + "\n- 2026-03-01 -1 first" + strings.Repeat("\n- 2026-03-02 -1 same", 30)
	if _, err := r.fileInParts(journal, 20, file, false); !fault.Is(err, fault.User) ||
		!strings.Contains(fault.MessageOf(err), "21 transactions from 2026-03-02 to 2026-03-02, which have to be decided together; at most 20 can be") {
		t.Errorf("error %v", err)
	}
	if n := r.count("account.bank.statement.line") + r.count("account.online.run"); n != 0 {
		t.Errorf("%d lines and runs", n)
	}
}

// TestAnInterruptedFirstFileStillSaysWhereTheJournalBegins: what concerns the
// account as a whole is written with the last part, so that the import that
// brings the rest still lets the journal begin with the bank's balance.
func TestAnInterruptedFirstFileStillSaysWhereTheJournalBegins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		journal := fileRig(t, r, "NL91ABNA0417164300")
		var file strings.Builder
		file.WriteString(":20:X\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C260301EUR1000,00\n")
		for d := range 28 {
			for n := range 3 {
				fmt.Fprintf(&file, ":61:2603%02d03%02dC1,00NTRFNONREF\n:86:Payment %d\n", d+1, d+1, n)
			}
		}
		file.WriteString(":62F:C260328EUR1084,00\n-\n")
		r.step = func(name string) {
			if name == "sync.account.committed" {
				panic("the end of the process")
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = r.fileInParts(journal, 20, file.String(), false)
		}()
		r.step = nil
		if n := r.count("account.bank.statement.line"); n == 0 || n == 84 {
			t.Fatalf("%d of 84 lines before the end", n)
		}
		r.later(r.options.Lease + 2*60*1e9)
		r.addon.Sweep(t.Context(), r.db)
		if _, err := r.fileInParts(journal, 20, file.String(), false); err != nil {
			t.Fatal(err)
		}
		got := r.rows("account.bank.statement", []any{}, "balance_start", "balance_end_real", "is_valid", "is_complete")
		if len(got) != 1 || got[0]["balance_start"] != 1000.0 || got[0]["balance_end_real"] != 1084.0 || got[0]["is_valid"] != true ||
			got[0]["is_complete"] != true {
			t.Errorf("statements: %v", got)
		}
	})
}
