package coda_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/coda"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func file(t testing.TB) string { return named(t, "statement.cod") }

func named(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestStatement reads a structured reference, a direct debit, salaries that
// were totalled, a movement with details of its costs, and refuses two.
func TestStatement(t *testing.T) {
	batches, err := statementtest.Batches(coda.Read, file(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"coda BE68539007547034 EUR 042 opening 2024-03-15 1000.50 EUR closing 2024-03-15 1199.335 EUR",
		"  2024-03-15 in 250.00 EUR | Bakkerij Peeters | BE71096123456769 | +++090/9337/55493+++",
		"  2024-03-15 (2024-03-16) out 12.50 EUR | Stroom NV | BE43068999999501 | Electricity March",
		"  2024-03-15 out 10.00 EUR | An Claes | BE71096123456769 | Salary An",
		"  2024-03-15 out 20.00 EUR |  |  | Salary Bo",
		"  2024-03-15 out 9.90 EUR |  |  | COMMISSION ON FOREIGN PAYMENT",
		"  2024-03-15 in 1.235 EUR |  |  | Interest with mills",
		`  refused line 19: movement: date "240332": no such day`,
		"  refused line 20: movement: the sign is neither 0 nor 1",
		"  refused line 24: file: it gives 252.471 as the sum of all credits, but its movements add up to 252.47: something is missing " +
			"or was changed",
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Code=00501000", "EndToEndID=E2E-9", "ID=ABCD00000002/2024-03-15/-12.50", "bank_reference=ABCD00000002",
		"counterparty_bic=KREDBEBB", "creditor_id=BE69ZZZ0123456789", "mandate_id=MANDATE-77"},
		statementtest.Details(&batches[0].Booked[1])); diff != "" {
		t.Error(diff)
	}
}

// TestGroupsOfOne reads a totalled amount with a single part: the part says
// whose it is, the total what it leaves open. A part that is not the whole of
// it changes nothing.
func TestGroupsOfOne(t *testing.T) {
	batches, err := statementtest.Batches(coda.Read, named(t, "groups.cod"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"coda BE68539007547034 EUR 042 opening 2024-03-15 1000.00 EUR closing 2024-03-15 795.50 EUR",
		"  2024-03-15 out 250.00 EUR | Drukkerij Maas | BE71096123456769 | Factuur 12",
		"  2024-03-15 in 75.50 EUR | Lut Smets | BE43068999999501 | INNINGEN",
		"  2024-03-15 out 30.00 EUR |  |  | BETALINGEN",
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Code=10101000", "EndToEndID=E2E-12", "ID=AAAA00000001/2024-03-15/-250.00", "bank_reference=AAAA00000001",
		"booking_text=OVERZICHT", "counterparty_bic=KREDBEBB"}, statementtest.Details(&batches[0].Booked[0])); diff != "" {
		t.Error(diff)
	}
	if id := batches[0].Booked[1].ID; id != "AAAA00000002/2024-03-15/+75.50" {
		t.Errorf("the id %q is not the total's, by which it was known before", id)
	}
}

// TestOwnAccount reads the account whatever the bank says of its structure.
func TestOwnAccount(t *testing.T) {
	text, was := named(t, "groups.cod"), "12042BE68539007547034                  EUR"
	const refused = `  refused line 2: account: no number is known in "%s"`
	tests := map[string]struct{ record, number, refused string }{
		"no structure":                  {"1 042BE68539007547034                  EUR", "BE68539007547034", ""},
		"structure of a Belgian number": {"10042BE68539007547034                  EUR", "BE68539007547034", ""},
		"unknown structure":             {"17042NL91ABNA0417164300                EUR", "NL91ABNA0417164300", ""},
		"twelve digits":                 {"1 042539007547034 EUR0BE                  ", "539007547034", ""},
		"foreign number":                {"11042123456789                         EUR", "123456789", ""},
		"neither":                       {"17042ACCOUNT-77                        EUR", "", fmt.Sprintf(refused, "7042ACCOUNT-77 EUR")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			batches, err := statementtest.Batches(coda.Read, strings.Replace(text, was, test.record, 1))
			if err != nil {
				t.Fatal(err)
			}
			if a := batches[0].Account; a.Number != test.number || a.Currency != "EUR" {
				t.Errorf("account %+v", a)
			}
			if lines := statementtest.Lines(batches); test.refused != "" && lines[len(lines)-1] != test.refused ||
				test.refused == "" && len(lines) != 4 {
				t.Errorf("told %q", lines)
			}
		})
	}
}

// TestNewBalance holds the new balance against the old one and the movements.
func TestNewBalance(t *testing.T) {
	for _, change := range [][2]string{{"EUR0000000001000000140324", "EUR0000000001000010140324"},
		{"EUR0000000000795500150324", "EUR1000000000795500150324"}, {"EUR0000000000795500150324", "EUR0000000000795510150324"}} {
		batches, err := statementtest.Batches(coda.Read, strings.Replace(named(t, "groups.cod"), change[0], change[1], 1))
		if err != nil {
			t.Fatal(err)
		}
		if r := batches[0].Refused; len(r) != 1 || r[0].Line != 12 || !strings.Contains(r[0].Reason,
			"the old one and the movements come to") {
			t.Errorf("%s: refused %+v", change[1], r)
		}
	}
}

func TestCut(t *testing.T) {
	text := file(t)
	_, err := statementtest.Batches(coda.Read, text[:130*20])
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Line != 20 {
		t.Errorf("error %v", err)
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{file(t): true, "\r\n" + file(t): true, "00000": false, "": false,
		strings.Repeat("0", 200): false} {
		if coda.Is([]byte(text)) != want {
			t.Errorf("%.20q: %v", text, !want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f))
	f.Add("0\n1\n21\n22\n31é\n8\n9")
	f.Fuzz(func(t *testing.T, text string) {
		statementtest.Sound(t, coda.Read, text)
		coda.Is([]byte(text))
	})
}
