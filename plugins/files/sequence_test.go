package files_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestStatementsFollowEachOther reads files of several statements: those between
// which one is missing, and those that are told twice, are doubtful.
func TestStatementsFollowEachOther(t *testing.T) {
	mt := func(account string, day int, opening, closing, kinds string) string {
		return fmt.Sprintf(":20:X\n:25:%s\n:28C:1\n:60%c:C2403%02dEUR%s,\n:61:2403%02dC5,NMSCREF1\n:62%c:C2403%02dEUR%s,\n-\n",
			account, kinds[0], day, opening, day, kinds[1], day, closing)
	}
	one, two, late := mt("111111", 1, "10", "15", "FF"), mt("111111", 2, "15", "20", "FF"), mt("111111", 4, "25", "30", "FF")
	statement := func(text string) string {
		return text[strings.Index(text, "<Stmt>") : strings.Index(text, "</Stmt>")+len("</Stmt>")]
	}
	camt := func(texts ...string) string {
		return "<Document><BkToCstmrStmt>" + strings.Join(texts, "") + "</BkToCstmrStmt></Document>"
	}
	first, next := statement(camtStatement("Stmt", "100.00", "106.00", "")), statement(camtStatement("Stmt", "106.00", "112.00", ""))
	bai := fmt.Sprintf(bai2Statement("2", "1500", "500"), "3500") + "\n"
	const twice = "doubt statement_repeated closing=%s entries=%d number= opening=%s"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"oldest first":    {one + two, nil},
		"newest first":    {two + one, nil},
		"in no order":     {mt("111111", 3, "20", "25", "FF") + one + two, nil},
		"another account": {one + mt("222222", 4, "25", "30", "FF"), nil},
		"pages":           {mt("111111", 1, "10", "15", "FM") + mt("111111", 1, "15", "20", "MF"), nil},
		"one is missing":  {one + two + late, []string{"doubt statements_gap come=20 date=2024-03-04 told=25"}},
		"missing, newest": {late + two + one, []string{"doubt statements_gap come=20 date=2024-03-04 told=25"}},
		"twice":           {one + two + one, []string{fmt.Sprintf(strings.Replace(twice, "number=", "number=1", 1), "15", 1, "10")}},
		"camt":            {camt(first, next), nil},
		"camt, a gap": {camt(next, statement(camtStatement("Stmt", "90.00", "96.00", ""))),
			[]string{"doubt statements_gap come=112.00 date=2024-03-01 told=90.00"}},
		"camt, twice": {camt(first, first), []string{fmt.Sprintf(twice, "106.00", 2, "100.00")}},
		"coda, twice": {codaText + "\n" + codaText,
			[]string{fmt.Sprintf(strings.Replace(twice, "number=", "number=001", 1), "10.00", 1, "0.00")}},
		"bai2, a gap": {bai + strings.ReplaceAll(bai, "010,1000,,,015,1500", "010,1100,,,015,1600"),
			[]string{"doubt statements_gap come=15.00 date=2026-03-02 told=11.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			var batches []sdk.StatementBatch
			err := files.Provider{}.ReadStatements(t.Context(), sdk.ReadRequest{Filename: "a"}, bytes.NewReader([]byte(test.text)),
				func(b sdk.StatementBatch) error {
					batches = append(batches, b)
					return statementtest.Check(b)
				})
			if err != nil {
				t.Fatal(err)
			}
			var doubts []string
			for _, f := range statementtest.Findings(batches) {
				if strings.HasPrefix(f, "doubt") {
					doubts = append(doubts, f)
				}
			}
			if diff := cmp.Diff(test.want, doubts); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(statementtest.Lines(batches), "\n"))
			}
		})
	}
}
