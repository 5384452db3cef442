package qif_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/qif"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func with(o qif.Options) statementtest.Read {
	return func(r io.Reader, emit func(sdk.StatementBatch) error) error { return qif.Read(r, o, emit) }
}

// TestAccounts reads an account list, two accounts, an opening balance, a
// split, and says what it cannot read.
func TestAccounts(t *testing.T) {
	text, err := os.ReadFile("testdata/accounts.qif")
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"\n", "\r\n", "\r"} {
		batches, err := statementtest.Batches(with(qif.Options{}), strings.ReplaceAll(string(text), "\n", end))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"qif    opening 2020-01-03 1000.00 ",
			"  2020-02-14 out 1067.50  | T-Mobile |  | two lines",
			"  2020-02-15 in 32  | Post Office |  | Post Office",
			`  refused line 46: transaction: date "February": not a date`,
			"  refused line 49: transaction: it has no date",
			`  refused line 52: transaction: amount "1e5": not an amount`,
			"qif   ",
			"  2020-02-17 out 9.99  | Books |  | Books",
			"  refused line 64: what an investment account tells is not read: 2 of its records are no bank transactions",
			`  refused line 73: the section "!Type:Nonsense" is not known`,
		}
		if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
			t.Fatalf("ends %q: %s", end, diff)
		}
		if diff := cmp.Diff([]string{"House", "Card"}, []string{batches[0].Account.ID, batches[1].Account.ID}); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]string{"date_order": "mdy", "decimal": "."}, batches[0].ReadAs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"category=Bills:Cell Phone", "check_number=1005", "counterparty_address=Some Street 1, Town"},
			statementtest.Details(&batches[0].Booked[0])); diff != "" {
			t.Error(diff)
		}
	}
}

func record(date, amount string) string { return "D" + date + "\nT" + amount + "\nPX\n^\n" }

// TestChoices reads one way what the file or the user decides, and asks about
// the rest.
func TestChoices(t *testing.T) {
	tests := map[string]struct {
		options qif.Options
		records string
		want    string // the first transaction, or the field of the question
	}{
		"a day above twelve decides": {qif.Options{}, record("3/4/2020", "5.00") + record("3/13/2020", "1.00"), "2020-03-04 in 5.00"},
		"European": {qif.Options{}, record("3.4.2020", "1.000,50") + record("13.4.2020", "1,00"),
			"2020-04-03 in 1000.50"},
		"the user decides":           {qif.Options{DateOrder: "dmy", Mark: ','}, record("3/4/2020", "1.000"), "2020-04-03 in 1000"},
		"nothing decides the date":   {qif.Options{}, record("3/4/2020", "5.00"), "date_order"},
		"nothing decides the amount": {qif.Options{}, record("2020-03-04", "1.000"), "decimal"},
		"the same either way":        {qif.Options{}, record("5/5/2020", "5"), "2020-05-05 in 5"},
		"dates that contradict": {qif.Options{}, record("13/1/2020", "5") + record("1/13/2020", "5") + record("1/2/2020", "5"),
			"date_order"},
		"year first needs no choice":    {qif.Options{}, record("2020-03-04", "-5.00"), "2020-03-04 out 5.00"},
		"a choice that does not fit":    {qif.Options{DateOrder: "mdy"}, record("13/1/2020", "5"), "refused"},
		"a year that Quicken shortened": {qif.Options{}, record("5/ 5'01", "1.00"), "2001-05-05 in 1.00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := statementtest.Batches(with(test.options), "!Type:Bank\n"+test.records)
			var asked *sdk.Error
			got := ""
			switch {
			case errors.As(err, &asked):
				got = asked.Field
			case err != nil:
				t.Fatal(err)
			case len(batches[0].Booked) == 0:
				got = "refused"
			default:
				got = strings.TrimSpace(strings.Split(statementtest.Line(&batches[0].Booked[0]), "|")[0])
			}
			if got != test.want {
				t.Errorf("%q, want %q (%v)", got, test.want, err)
			}
		})
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{"!Type:Bank\n": true, "\r\n# x\r\n^\r!account\r": true, "!Option:AutoSwitch": true,
		"Dear bank\n!Type:Bank": false, "": false, "!": false} {
		if qif.Is([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func FuzzRead(f *testing.F) {
	text, err := os.ReadFile("testdata/accounts.qif")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text), "", "")
	f.Add("!Type:Bank\n"+record("1/2/20", "1,000"), "dmy", ".")
	f.Add("D1/ 1'00\r^\r!Type:Oth A\rT(5)\rD240131\r", "ymd", ",")
	f.Fuzz(func(t *testing.T, text, order, mark string) {
		o := qif.Options{}
		if parsed, err := statement.ParseOrder(order); err == nil {
			o.DateOrder = parsed
		}
		if parsed, err := statement.ParseMark(mark); err == nil {
			o.Mark = parsed
		}
		statementtest.Sound(t, with(o), text)
		qif.Is([]byte(text))
	})
}
