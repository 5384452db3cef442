package coda_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/coda"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func file(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/statement.cod")
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
