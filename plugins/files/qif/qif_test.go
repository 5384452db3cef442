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
		if diff := cmp.Diff([]string{"category=Bills:Cell Phone", "check_number=1005", "counterparty_address=Some Street 1, Town",
			"splits=Bills -1,000.00 (sign up); Bills -67.50"},
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

// TestOpenings tells an opening balance from a movement, in any language, where
// the file has it.
func TestOpenings(t *testing.T) {
	rent := "D2024-01-20\nT-250.00\nPRent\nLHousing\n^\n"
	named := func(more ...string) string { return "D2024-01-15\nT10.00\n" + strings.Join(more, "\n") + "\n^\n" }
	opened := []string{"qif    opening 2024-01-16 10.00 ", "  2024-01-20 out 250.00  | Rent |  | Rent"}
	tests := map[string]struct {
		records string
		want    []string
	}{
		"Dutch":                {named("PBeginsaldo", "L[Loopende rekening]") + rent, opened},
		"Italian, no category": {named("PSaldo iniziale") + rent, opened},
		"Swedish":              {named("PIngående saldo", "CX") + rent, opened},
		"in the memo":          {named("MSaldo anterior") + rent, opened},
		"newest first":         {rent + named("POpening Balance", "L[House]"), opened},
		"its own category":     {named("POpening Balance", "LOpening Balance") + rent, opened},
		"a movement's category": {named("POpening Balance", "LSalary") + rent,
			[]string{"qif   ", "  2024-01-15 in 10.00  | Opening Balance |  | Opening Balance", opened[1]}},
		"told twice": {named("PSolde initial") + named("PSolde initial") + rent,
			append(opened[:2:2], "  refused line 6: opening balance: the account has one already, or it stands too far behind")},
		"a closing one": {rent + named("PSaldo final"), []string{"qif   ", opened[1], "  refused line 7: transaction: it reads like a " +
			"balance or a sum of other records, and nothing in the file proves what it is"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := statementtest.Batches(with(qif.Options{}), "!Type:Bank\n"+test.records)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
		})
	}
	own := "!Account\nNZzz\nTBank\n^\n!Type:Bank\n" + named("PAvausmerkintä", "L[Zzz]") + rent
	if batches, err := statementtest.Batches(with(qif.Options{}), own); err != nil || batches[0].Opening == nil ||
		len(batches[0].Booked) != 1 {
		t.Errorf("a transfer from the account to itself: %+v, %v", batches, err)
	}
}

// TestWholeRecords reads what one record tells in several lines, and refuses one
// that contradicts itself or was cut.
func TestWholeRecords(t *testing.T) {
	tests := map[string]struct{ record, want string }{
		"a memo of two fields":  {"D2024-01-20\nT-1.00\nMone\nMtwo\n^\n", "  2024-01-20 out 1.00  |  |  | one two"},
		"a memo of two rows":    {"D2024-01-20\nT-1.00\nMone\n2 of it\n^\n", "  2024-01-20 out 1.00  |  |  | one 2 of it"},
		"no split without S":    {"D2024-01-20\nT-1.00\n$-5.00\nPx\n^\n", "  2024-01-20 out 1.00  | x |  | x"},
		"the older amount":      {"D2024-01-20\nU-2.00\nT-1.00\nPx\n^\n", "  2024-01-20 out 1.00  | x |  | x"},
		"two amounts":           {"D2024-01-20\nT-1.00\nT-2.00\n^\n", "  refused line 2: transaction: it has two amounts, -1.00 and -2.00"},
		"cut inside an amount":  {"D2024-01-20\nT-1", `  refused line 2: transaction: the file ends before its "^", so something is missing`},
		"cut behind its amount": {"D2024-01-20\nT-1.00\n", `  refused line 2: transaction: the file ends before its "^", so something is missing`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := statementtest.Batches(with(qif.Options{DateOrder: "ymd", Mark: '.'}), "!Type:Bank\n"+test.record)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"qif   ", test.want}, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAutoSwitch knows whose records they are, however a list of accounts is
// written.
func TestAutoSwitch(t *testing.T) {
	list := "!Option:AutoSwitch\n!Account\nNOne\nTBank\n^\nNTwo\nTCCard\n^\n"
	own := func(name string) string {
		return "!Account\nN" + name + "\nTBank\n^\n!Type:Bank\nD2024-01-20\nT1.00\nPx\n^\n"
	}
	nameless := "!Type:Bank\nD2024-01-20\nT1.00\nPx\n^\n"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"cleared, on again":   {list + "!Clear:AutoSwitch\n!Option:AutoSwitch\n" + own("One") + own("Two"), []string{"One", "Two"}},
		"never cleared":       {list + own("Two") + own("One"), []string{"Two", "One"}},
		"cleared at the end":  {list + own("One") + "!Clear:AutoSwitch\n" + nameless, []string{"One", ""}},
		"a list and no owner": {list + nameless, []string{""}},
	} {
		batches, err := statementtest.Batches(with(qif.Options{}), test.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range batches {
			got = append(got, b.Account.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
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
