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

// wrap puts records into one account of a whole file.
func wrap(records, total string) string {
	return "01,a,b,240301,0200,1,,,2/\n02,b,a,1,240229,,USD,2/\n03,0101,USD,,,,/\n" + records +
		"49," + total + ",4/\n98," + total + ",1,6/\n99," + total + ",1,8/"
}

// TestSlashesInText cuts a line at a "/" only where a record ends.
func TestSlashesInText(t *testing.T) {
	tests := map[string]struct {
		records, total string
		want           []string
	}{
		"what looks like a detail": {"16,195,500,,R,C,INV 4711/ 16,000.00 USD PART\n", "500",
			[]string{"  2024-02-29 in 5.00 USD |  |  | INV 4711/ 16,000.00 USD PART"}},
		"what looks like a detail of whole numbers": {"16,195,500,,R,C,INV 4711/ 16,100,000, and more\n", "500",
			[]string{"  2024-02-29 in 5.00 USD |  |  | INV 4711/ 16,100,000, and more"}},
		"what looks like a trailer": {"16,195,500,,R,C,INV/ 49,95 USD\n16,475,100,,R,C,CHECK\n", "600",
			[]string{"  2024-02-29 in 5.00 USD |  |  | INV/ 49,95 USD", "  2024-02-29 out 1.00 USD |  |  | CHECK"}},
		"in a continuation": {"16,195,500,,R,C,INV\n88,4711/ 03,15 part/ 98,1 and 2\n", "500",
			[]string{"  2024-02-29 in 5.00 USD |  |  | INV 4711/ 03,15 part/ 98,1 and 2"}},
		"what looks like a continuation": {"16,195,500,,R,C,WEIGHT/ 88,5 KG\n", "500",
			[]string{"  2024-02-29 in 5.00 USD |  |  | WEIGHT/ 88,5 KG"}},
		"two details on a line": {"16,195,500,,R,C,WIRE PPD/ 16,475,100,Z,,,CHECK/\n", "600",
			[]string{"  2024-02-29 in 5.00 USD |  |  | WIRE PPD", "  2024-02-29 out 1.00 USD |  |  | CHECK"}},
		"two details without text": {"16,195,500,,R,C,/ 16,475,100,,R,C,CHECK/\n", "600",
			[]string{"  2024-02-29 in 5.00 USD |  |  | Incoming wire", "  2024-02-29 out 1.00 USD |  |  | CHECK"}},
		"a total among the details": {"16,195,500,,R,C,WIRE/\n16,100,500,,,,TOTAL CREDITS/\n", "1000",
			[]string{"  2024-02-29 in 5.00 USD |  |  | WIRE", `  refused line 5: transaction: the type code "100" is a total of other transactions`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := statementtest.Batches(bai2.Read, wrap(test.records, test.total))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{"bai2 0101 USD "}, test.want...), statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTotals holds the trailers of group and file against what went before.
func TestTotals(t *testing.T) {
	whole := wrap("16,195,500,,R,C,WIRE/\n", "500")
	tests := map[string][2]string{
		"98,500,1,6/": {"98,700,1,6/", "group: it gives 700 as its control total, but its accounts come to 500"},
		"99,500,1,8/": {"99,501,1,8/", "file: it gives 501 as its control total, but its groups come to 500"},
		"500,1,6/":    {"500,2,6/", "group: its trailer counts 2 accounts, but there are 1"},
		"500,1,8/":    {"500,3,8/", "file: its trailer counts 3 groups, but there are 1"},
	}
	for was, test := range tests {
		batches, err := statementtest.Batches(bai2.Read, strings.Replace(whole, was, test[0], 1))
		if err != nil {
			t.Fatal(err)
		}
		if lines := statementtest.Lines(batches); !strings.Contains(strings.Join(lines, "\n"), ": "+test[1]) {
			t.Errorf("%s: told %q", test[0], lines)
		}
	}
	if batches, err := statementtest.Batches(bai2.Read, whole); err != nil || len(batches) != 1 || len(batches[0].Refused) > 0 {
		t.Errorf("a whole file: %+v, %v", batches, err)
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
