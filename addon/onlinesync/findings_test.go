package onlinesync_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// found shows findings, one a line.
func found(list any) string {
	var lines []string
	for _, f := range list.([]any) {
		lines = append(lines, fmt.Sprint(f.(object)["kind"], ": ", f.(object)["text"]))
	}
	return strings.Join(lines, "\n")
}

// TestAFileSaysWhatItProves says in a test of the mapping, in a preview and in the
// report of the import what a table proves, denies and leaves out, in the words of
// whoever asks.
func TestAFileSaysWhatItProves(t *testing.T) {
	r := newRig(t, "sqlite")
	journal := fileRig(t, r, "")
	const table = "Date,Details,Amount,Balance,Status\n2026-03-01,a,10.00,110.00,booked\n2026-03-02,b,-4.00,%s,booked\n" +
		"2026-03-02,c,3.00,,declined\n2026-03-02,d,3.00,,declined\n2026-03-03,e,1.00,,pending\n"
	whole, broken := fmt.Sprintf(table, "106.00"), fmt.Sprintf(table, "116.00")
	left := "choice: 2 rows of rejected payments were left out."
	want := "proof: The balance column agrees with all 2 rows.\n" + left
	test := r.call("account.journal", "test_mapping", []any{journal}, "a.csv", inBase64(whole), nil, 1).(object)
	if diff := cmp.Diff(want, found(test["findings"])); diff != "" || len(test["rows"].([]any)) != 1 {
		t.Errorf("test: %s, rows %v", diff, test["rows"])
	}
	want += "\nchoice: 1 pending row is left out until it is booked."
	for _, dry := range []bool{true, false} {
		report, err := r.send(journal, "a.csv", whole, nil, dry, false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, found(report["findings"])); diff != "" || report["doubts"] != nil {
			t.Errorf("dry %v: %s, doubts %v", dry, diff, report["doubts"])
		}
	}
	report, err := r.addon.ImportFile(t.Context(), r.db, orm.Principal{UID: base.AdminUser, Language: "nl_NL"},
		filing.Request{Journal: int64(journal), Filename: "b.csv", File: strings.NewReader(broken), DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	doubt := "De saldokolom klopt met 1 van de 2 rijen. De eerste die niet klopt is regel 3: daar kan een rij ontbreken, of een bedrag heeft " +
		"het verkeerde teken."
	if diff := cmp.Diff([]string{doubt}, report.Doubts); diff != "" {
		t.Error(diff)
	}
	if first := report.Findings[0]; first.Kind != "doubt" || first.Code != "balance_column_breaks" || first.Values["line"] != "3" {
		t.Errorf("the first finding: %v", first)
	}
}

// prover reads any file as many statements that say what a later version knows.
type prover struct {
	emptyCatalogue
	statements int
}

func (p prover) ReadStatements(_ context.Context, _ sdk.ReadRequest, _ io.Reader, emit func(sdk.StatementBatch) error) error {
	for n := range p.statements {
		b := sdk.StatementBatch{Format: "lines", Account: sdk.Account{Currency: "EUR"},
			Booked: []sdk.Transaction{tx("", "2026-03-01", "5", fmt.Sprint(n))}}
		b.Findings = []sdk.Finding{
			{Kind: sdk.FindingProof, Code: "closing_balance", Text: "agrees", Values: map[string]string{"entries": "2", "statements": "1"}},
			{Kind: sdk.FindingProof, Code: "seal", Text: "the seal of the bank is whole"},
			{Kind: sdk.FindingDoubt, Code: "closing_balance", Text: "the sum is wrong", Values: map[string]string{"told": fmt.Sprint(n)}},
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// TestFindingsOfOthers joins what many statements prove, shows a reader's own text
// where the host has no words, and keeps a bound.
func TestFindingsOfOthers(t *testing.T) {
	r := newRig(t, "sqlite")
	journal := fileRig(t, r, "")
	r.banks["files"] = prover{emptyCatalogue{newScript()}, 250}
	report, err := r.send(journal, "x", "x", nil, true, false)
	if err != nil {
		t.Fatal(err)
	}
	list := report["findings"].([]any)
	told := strings.Split(found(list), "\n")
	if len(list) != 102 || report["more_findings"] != 150.0 || told[0] != "doubt: The sum is wrong." ||
		told[100] != "proof: The closing balances of all 250 statements agree with their opening balances and entries (500)." ||
		told[101] != "proof: The seal of the bank is whole." {
		t.Errorf("%d findings, %v more: %s", len(list), report["more_findings"], told[max(0, len(told)-3):])
	}
}
