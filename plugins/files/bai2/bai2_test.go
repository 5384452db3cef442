package bai2_test

import (
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
const report = `01,SENDER,RECEIVER,240301,0200,1,80,,2/
02,RECEIVER,BANKID,1,240229,2359,,2/
03,0123456789,,010,+4350000,,,015,4790000,,,045/
88,4700000,,,100,450000,1,D,2,0,200000,1,250000/
16,115,450000,S,100000,200000,150000,BANKREF001,CUST1,LOCK BOX NO.68751, paid / in full/
88,second line of text/
16,475,10000,V,240302,,,,/
16,890,0,Z,,,only words/
16,999,bad,Z,,,x/
16,050,5,Z,,,x/
49,14750005,9/  03,987,JPY,010,500,,/ 16,495,200,Z,WIRE123456,,TO TOKYO/ 49,700,3/
03,55,USD,,,,/
16,142,2500,0,,,A/
16,142,-100,0,,,correction/
49,2401,4/
98,19291106,3,17/
02,RECEIVER,BANKID,2,240229,2359,,2/
03,0123456789,,,,,/
16,142,1,,,,/
49,1,3/
02,RECEIVER,BANKID,1,999999,2359,,2/
99,0,2,30/
`

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
		"  refused line 15: account: the file gives 2401 as its control total, but its amounts add up to 2400: something is missing or was changed",
		"bai2   ",
		"  refused line 17: group: it takes back what was reported before; nothing of it is booked",
		"bai2   ",
		`  refused line 21: group: date "999999": no such day`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Code=115", "ID=BANKREF001/2024-02-29/+4500.00", "bank_reference=BANKREF001", "booking_text=Lockbox deposit", "customer_reference=CUST1"},
		statementtest.Details(&batches[0].Booked[0])); diff != "" {
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
	for text, want := range map[string]bool{report: true, " \n01,a,b,240101,,1": true, "01,a,b": false, "00,0004,1/2/345,06/0321": false, "01,Amount,Date,Description,x,y": false, "": false} {
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
