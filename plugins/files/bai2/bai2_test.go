package bai2_test

import (
	_ "embed"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/bai2"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// report has two accounts, continuations, every availability, several records
// on a line, an entry of unknown way, and a total that is wrong.
//
//go:embed testdata/report.bai
var report string

func TestReport(t *testing.T) {
	batches, err := statementtest.Batches(bai2.Read, report)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"bai2 0123456789 USD  opening 2024-02-29 43500.00 USD closing 2024-02-29 47900.00 USD",
		"  2024-02-29 in 4500.00 USD |  |  | LOCK BOX NO.68751, paid / in full second line of text",
		"  2024-02-29 (2024-03-02) out 100.00 USD |  |  | Check paid",
		"  refused line 9: transaction: the amount is no whole number",
		`  refused line 10: transaction: the type code "050" is neither a credit nor a debit`,
		"bai2 987 JPY  opening 2024-02-29 500 JPY",
		"  2024-02-29 out 200 JPY |  |  | TO TOKYO",
		"bai2 55 USD ",
		"  2024-02-29 in 25.00 USD |  |  | A",
		"  2024-02-29 out 1.00 USD |  |  | correction",
		"  refused line 15: account: the file gives 2401 as its control total, but its amounts add up to 2400: something is missing or " +
			"was changed",
		"bai2   ",
		"  refused line 17: group: it takes back what was reported before; nothing of it is booked",
		"bai2   ",
		`  refused line 21: group: date "999999": no such day`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Code=115", "ID=BANKREF001/2024-02-29/+4500.00", "bank_reference=BANKREF001",
		"booking_text=Lockbox deposit", "customer_reference=CUST1"}, statementtest.Details(&batches[0].Booked[0])); diff != "" {
		t.Error(diff)
	}
	if got := batches[0].Account.Balances; len(got) != 1 || got[0].Kind != sdk.Available || got[0].Amount != "47000.00" {
		t.Errorf("available %+v", got)
	}
}

func TestCut(t *testing.T) {
	_, err := statementtest.Batches(bai2.Read, strings.Split(report, "98,")[0])
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Line != 15 {
		t.Errorf("error %v", err)
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{report: true, " \n01,a,b,240101,,1": true, "01,a,b": false, "00,0004,1/2/345,06/0321": false,
		"01,Amount,Date,Description,x,y": false, "": false} {
		if bai2.Is([]byte(text)) != want {
			t.Errorf("%.20q: %v", text, !want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(report)
	f.Add("01,a,b,240101,,1/\n02,,,,240101/\n03,1,KWD,010,5,,D,99/\n16,195,1,D,x/\n88,,,\n99/")
	f.Fuzz(func(t *testing.T, text string) {
		statementtest.Sound(t, bai2.Read, text)
		bai2.Is([]byte(text))
	})
}
