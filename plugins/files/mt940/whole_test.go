package mt940_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/mt940"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// head and two entries of a statement, line by line.
const (
	head  = ":20:X\n:25:ACC1\n:28C:1\n:60F:C240101EUR10,00\n"
	first = ":61:2401020102C5,00NMSCREF1\n:86:one\n"
	other = ":61:2401030103D2,50NMSCREF2\n:86:two\n"
	foot  = ":62F:C240103EUR12,50\n"
)

// TestCut notices a file that was cut, wherever.
func TestCut(t *testing.T) {
	whole := head + first + other + foot + "-\n"
	end := strings.Index(whole, foot)
	for at := strings.Index(whole, ":28C:"); at < end; at++ {
		for before, text := range map[string]string{"": whole[:at], "a whole one": whole + whole[:at]} {
			batches, err := statementtest.Batches(mt940.Read, text)
			lines := strings.Join(statementtest.Lines(batches), "\n")
			switch {
			case sdk.KindOf(err) == sdk.BadRequest && strings.Contains(err.Error(), "something is missing"):
			case before == "" && strings.Contains(lines, "no closing one: something is missing"):
				for i := range batches[0].Booked { // never a figure cut in two
					if a := batches[0].Booked[i].Amount; a != "5.00" && a != "2.50" {
						t.Errorf("cut behind %q: booked %s", text[len(text)-8:], a)
					}
				}
			default:
				t.Errorf("cut behind %q, before it %s: %v, told %s", text[len(text)-8:], before, err, lines)
			}
		}
	}
	for at := end + 1; at < end+len(foot)-1; at++ {
		batches, err := statementtest.Batches(mt940.Read, whole[:at])
		if err == nil && len(batches[0].Refused) == 0 && whole[:at] != whole[:end+len(foot)-2] {
			t.Errorf("cut behind %q: %q", whole[end:at], statementtest.Lines(batches))
		}
	}
}

// TestClosingBalance holds it against the opening one and the entries, page by
// page, and tells a statement without one.
func TestClosingBalance(t *testing.T) {
	const denied = "  refused line 9: statement: its closing balance is 12.51, but the opening one and the entries come to 12.50: something is " +
		"missing or was changed"
	pages := strings.NewReplacer(":28C:1", ":28C:1/1", ":62F:", ":62M:").Replace(head+first) + ":62M:C240102EUR15,00\n-\n" +
		strings.NewReplacer(":28C:1", ":28C:1/2", ":60F:C240101EUR10,00", ":60M:C240102EUR15,00").Replace(head) + other + foot + "-\n"
	tests := map[string]struct {
		text string
		want []string
	}{
		"another figure": {head + first + other + strings.Replace(foot, "12,50", "12,51", 1) + "-\n", []string{denied}},
		"another sign": {head + first + strings.Replace(other, "D2", "C2", 1) + foot + "-\n",
			[]string{strings.NewReplacer("is 12.51", "is 12.50", "to 12.50", "to 17.50").Replace(denied)}},
		"pages": {pages, nil},
		"none, and another statement": {head + first + head + first + other + foot,
			[]string{"  refused line 8: statement: it has an opening balance and no closing one: something is missing, or it was cut"}},
		"announced entries do not count": {head + first + ":61:240103ED2,50NMSC\n" + strings.Replace(foot, "12,50", "15,00", 1), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var refused []string
			for _, line := range statementtest.Lines(read(t, test.text)) {
				if strings.Contains(line, "refused") {
					refused = append(refused, line)
				}
			}
			if diff := cmp.Diff(test.want, refused); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLoneDash reads on where a "-" stands inside a statement.
func TestLoneDash(t *testing.T) {
	want := []string{
		"mt940 ACC1 EUR 1 opening 2024-01-02 10.00 EUR closing 2024-01-03 12.50 EUR",
		"  2024-01-02 in 5.00 EUR |  |  | one", "  2024-01-03 out 2.50 EUR |  |  | two",
	}
	for name, text := range map[string]string{
		"behind the opening balance": head + "-\n" + first + other + foot + "-\n",
		"between entries":            head + first + "-\n" + other + foot,
		"before the closing balance": head + first + other + " - \r\n" + foot + "-\n",
		"everywhere":                 head + "-\n" + first + "-\n" + other + "-\n" + foot + "-\n",
	} {
		if diff := cmp.Diff(want, statementtest.Lines(read(t, text))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	without := head + first + other + "-\n:25:ACC2\n:28C:2\n:60F:C240101EUR1,00\n:62F:C240101EUR1,00\n-\n"
	lines := statementtest.Lines(read(t, without))
	if len(lines) != 5 || lines[4] != "mt940 ACC2 EUR 2 opening 2024-01-01 1.00 EUR closing 2024-01-01 1.00 EUR" {
		t.Errorf("a statement that a dash ends: %q", lines)
	}
}

// TestSupplements keeps every text of an entry, each in its place.
func TestSupplements(t *testing.T) {
	tests := map[string]struct {
		entry   string
		want    string
		details []string
	}{
		"text below :61:": {":61:240102C1,NMSC\nEXTRA FROM BANK\n:86:804?00DEBIT?20SVWZ+Short", " |  |  | Short",
			[]string{"Code=NMSC", "additional_information=EXTRA FROM BANK", "booking_text=DEBIT", "transaction_code=804"}},
		"text below :61: alone": {":61:240102C1,NMSC\nEXTRA FROM BANK", " |  |  | EXTRA FROM BANK", []string{"Code=NMSC"}},
		"a name behind the reference, and another": {":61:240102C1,NMSC1234567890123456ANN\n:86:/NAME/BOB/REMI/hi/", " | BOB |  | hi",
			[]string{"Code=NMSC", "additional_information=ANN", "customer_reference=1234567890123456"}},
		"amount and rate": {":61:240102C1,NMSC\n/OCMT/USD11,50/EXCH/1,15\n:86:804?20SVWZ+Card", " |  |  | Card | 11.50 USD at 1.15",
			[]string{"Code=NMSC", "transaction_code=804"}},
		"amount and rate, two slashes": {":61:240102C1,NMSC\n/OCMT/USD11,50//EXCH/1,15/\n:86:804?20SVWZ+Card",
			" |  |  | Card | 11.50 USD at 1.15", []string{"Code=NMSC", "transaction_code=804"}},
		"amount and charges": {":61:240102C1,NMSC\n/OCMT/USD11,50/CHGS/EUR0,30/\n:86:804?20SVWZ+Card", " |  |  | Card | 11.50 USD at ",
			[]string{"Code=NMSC", "charges=EUR0,30", "transaction_code=804"}},
		"a German amount": {":61:240102C1,NMSC\n:86:804?20OAMT+GBP9,10 SVWZ+Card", " |  |  | Card | 9.10 GBP at ",
			[]string{"Code=NMSC", "transaction_code=804"}},
		"an amount in the account's own currency": {":61:240102C1,NMSC\n:86:804?20OAMT+EUR9,10 COAM+EUR3,00 SVWZ+Back", " |  |  | Back",
			[]string{"Code=NMSC", "compensation_amount=EUR3,00", "original_amount=EUR9,10", "transaction_code=804"}},
		"an unknown word": {":61:240102C1,NMSC\n/OCMT/USD11,50/ZZZZ/what/CHGS/EUR1,/\n:86:hi", " |  |  | hi | 11.50 USD at ",
			[]string{"Code=NMSC", "charges=EUR1,", "word_zzzz=what"}},
		"an unknown word in :86:": {":61:240102C1,NMSC\n:86:/TRTP/SEPA/QQQQ/odd/REMI/a/ABCD/b/", " |  |  | a/ABCD/b",
			[]string{"Code=NMSC", "booking_text=SEPA", "word_qqqq=odd"}},
		"a reference with slashes": {":61:240102C1,NMSC\n:86:/EREF/2024/ACME/12//QQQQ/odd/REMI/hi/", " |  |  | hi",
			[]string{"Code=NMSC", "EndToEndID=2024/ACME/12", "word_qqqq=odd"}},
		"the code, then the structure": {":61:240102C1,NMSC\n:86:020\n:86:020~00IBCG\n~20Faktura\n~21 styczen\n~29PL11111111111111111111111111\n~32FIRMA" +
			"\n~38PL11111111111111111111111111", " | FIRMA | PL11111111111111111111111111 | Faktura styczen",
			[]string{"Code=NMSC", "booking_text=IBCG", "transaction_code=020"}},
		"text, then the structure": {":61:240102C1,NMSC\n:86:CARD 4711\n:86:/NAME/BOB/REMI/hi/", " | BOB |  | hi",
			[]string{"Code=NMSC", "additional_information=CARD 4711"}},
		"a structure in several": {":61:240102C1,NMSC\n:86:/NAME/BOB/REM\n:86:I/hi there/", " | BOB |  | hi there", []string{"Code=NMSC"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tx := read(t, statement(test.entry))[0].Booked[0]
			if diff := cmp.Diff("2024-01-02 in 1 EUR"+test.want, statementtest.Line(&tx)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.details, statementtest.Details(&tx)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSlashBeforeAccount(t *testing.T) {
	batches := read(t, strings.Replace(statement(), ":25:ACC1", ":25:/PL61109010140000071219812874", 1))
	if a := batches[0].Account; a.Number != "PL61109010140000071219812874" {
		t.Errorf("account %+v", a)
	}
}

// TestDayOfAnotherYear takes the 30th of February for its last day, but not where
// the whole statement is of another year.
func TestDayOfAnotherYear(t *testing.T) {
	text := ":20:A\n:25:11111111\n:28C:1\n:60F:C240228EUR10,00\n:61:2402300301C5,00NTRFA\n:61:2302290301C5,00NTRFB\n:62F:C240301EUR20,00\n"
	want := []string{
		"mt940 11111111 EUR 1 opening 2024-02-29 10.00 EUR closing 2024-03-01 20.00 EUR",
		"  2024-03-01 (2024-02-29) in 5.00 EUR |  |  | A",
		`  refused line 6: entry: date "230229": no such day, and far from the statement's`,
	}
	if diff := cmp.Diff(want, statementtest.Lines(read(t, text))); diff != "" {
		t.Error(diff)
	}
}

// TestCarriageReturns reads lines that only carriage returns end as those that
// line feeds end.
func TestCarriageReturns(t *testing.T) {
	for _, name := range []string{"german.sta", "dutch.sta"} {
		text := strings.ReplaceAll(file(t, name), "\r\n", "\n")
		want, got := statementtest.Lines(read(t, text)), statementtest.Lines(read(t, strings.ReplaceAll(text, "\n", "\r")))
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 3 {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
