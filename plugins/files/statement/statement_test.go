package statement_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestParseAmount(t *testing.T) {
	tests := map[string]string{
		"12.34": "12.34", "12,34": "12.34", " 7 ": "7", "+5": "5", "-5.10": "-5.10", "0012,50": "12.50", ".5": "0.5", "9,": "9",
		"1,234.56": "1234.56", "1.234,56": "1234.56", "1,234,567": "1234567", "12,345,678.9": "12345678.9", "-0.00": "0.00",
		"1,50,000.00": "150000.00", "-12,34,567.80": "-1234567.80", "1,00,00,000": "10000000", "1.50.000,00": "error",
		"1,50,0000.00": "error", "150,00,000.00": "error", "1,50,00.00": "error", "1,500,00,000.00": "error",
		"995.4190396554627": "995.4190396554627",
		"":                  "error", "-": "error", ".": "error", "12..34": "error", "1,2,3": "error", "1 000": "error", "1e3": "error",
		"0x1":      "error",
		"1.234.56": "error", "12,34.567,8": "error", "--1": "error", "1O": "error", "٣": "error", strings.Repeat("9", 37): "error",
	}
	for text, want := range tests {
		amount, err := statement.ParseAmount(text)
		got := amount.String()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// TestAmountsStayExact compares with arbitrary precision.
func TestAmountsStayExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[-+]?[0-9]{1,15}([.,][0-9]{0,12})?`).Draw(t, "amount")
		amount, err := statement.ParseAmount(text)
		if err != nil {
			t.Fatal(err)
		}
		want, ok := new(big.Rat).SetString(strings.TrimSuffix(strings.Replace(text, ",", ".", 1), "."))
		got, ok2 := new(big.Rat).SetString(amount.String())
		if !ok || !ok2 || got.Cmp(want) != 0 {
			t.Fatalf("%q became %q", text, amount)
		}
	})
}

func TestDates(t *testing.T) {
	iso := func(s string) (sdk.Date, error) { return statement.ParseISO(s) }
	tests := []struct {
		parse      func(string) (sdk.Date, error)
		text, want string
	}{
		{iso, "2024-02-29", "2024-02-29"}, {iso, "2024-12-31T23:59:59-08:00", "2024-12-31"}, {iso, "2024-12-31Z", "2024-12-31"},
		{iso, "2023-02-29", ""}, {iso, "24-02-29", ""}, {iso, "", ""}, {iso, "0000-01-01", ""}, {iso, "2024/01/01", ""},
		{statement.ParseCompact, "20240229120000[-5:EST]", "2024-02-29"}, {statement.ParseCompact, "20241301", ""},
		{statement.ParseCompact, "2024", ""},
		{statement.ParseShort, "240131", "2024-01-31"}, {statement.ParseShort, "991231", "1999-12-31"},
		{statement.ParseShort, "230230", "2023-02-28"},
		{statement.ParseShort, "230229", "2023-02-28"}, {statement.ParseShort, "240230", "2024-02-29"},
		{statement.ParseShort, "240431", ""}, {statement.ParseShort, "24013", ""},
	}
	for _, test := range tests {
		got, err := test.parse(test.text)
		if got.String() != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%q is %q, %v; want %q", test.text, got, err, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{"": "", "a b": "a b", " a  b\n c ": "a b c", "\u00a0é ": "é", " ": ""} {
		if got := statement.Words(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := statement.Clip("aéb", 2); got != "a" {
		t.Errorf("clipped to %q, want no half character", got)
	}
}

func TestReferences(t *testing.T) {
	for _, ref := range []string{"", " ", "NONREF", "NotProvided", "0", "000000", "---"} {
		if got := statement.Reference(ref); got != "" {
			t.Errorf("%q counts as the reference %q", ref, got)
		}
	}
	if got := statement.Reference(" R1 "); got != "R1" {
		t.Errorf("reference %q", got)
	}
}

// collect returns a builder and the batches it emits.
func collect() (*statement.Builder, *[]sdk.StatementBatch) {
	var batches []sdk.StatementBatch
	return statement.NewBuilder(func(b sdk.StatementBatch) error {
		batches = append(batches, b)
		return nil
	}), &batches
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func tx(day int, amount string) sdk.Transaction {
	return sdk.Transaction{Date: sdk.Date{Year: 2024, Month: 1, Day: day}, Amount: amount, Direction: sdk.In, Currency: "EUR"}
}

// TestBatches holds a statement together over several batches: opening on the
// first, closing on the last, a thousand transactions at most in each.
func TestBatches(t *testing.T) {
	b, batches := collect()
	must(t, b.Begin("x"))
	b.Account.Number = "A"
	b.Opening = &sdk.Balance{Kind: sdk.Opening, Amount: "1", Date: sdk.Date{Year: 2024, Month: 1, Day: 1}}
	b.Closing = &sdk.Balance{Kind: sdk.Closing, Amount: "2"}
	for i := range 2500 {
		must(t, b.Book(tx(1+i/100, "1"), ""))
	}
	must(t, b.End())
	must(t, b.End())
	var shape []string
	for _, got := range *batches {
		shape = append(shape, fmt.Sprint(got.Account.Number, len(got.Booked), got.Opening != nil, got.Closing != nil))
	}
	if diff := cmp.Diff([]string{"A1000 true false", "A1000 false false", "A500 false true"}, shape); diff != "" {
		t.Error(diff)
	}
}

func TestLargeEvidenceMakesSmallBatches(t *testing.T) {
	b, batches := collect()
	must(t, b.Begin("x"))
	for range 1000 {
		big := tx(1, "1")
		big.Raw = make([]byte, statement.MaxRaw)
		must(t, b.Book(big, ""))
	}
	must(t, b.End())
	for _, got := range *batches {
		if n := len(got.Booked) * statement.MaxRaw; n > 2<<20 {
			t.Errorf("a batch of %d bytes", n)
		}
	}
}

// TestOpeningDate gives the balance the first day for which it is an opening one.
func TestOpeningDate(t *testing.T) {
	tests := map[string]struct {
		days []int
		want int
	}{
		"entries that day":     {[]int{5, 6}, 5},
		"entries later":        {[]int{7, 8}, 6},
		"entries later, mixed": {[]int{8, 7}, 6},
		"entry before":         {[]int{7, 4}, 5},
		"no entries":           {nil, 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b, batches := collect()
			must(t, b.Begin("x"))
			b.Account.Number = "A"
			b.Opening = &sdk.Balance{Amount: "1", Date: sdk.Date{Year: 2024, Month: 1, Day: 5}}
			for _, day := range test.days {
				must(t, b.Book(tx(day, "1"), ""))
			}
			must(t, b.End())
			if got := (*batches)[0].Opening.Date.Day; got != test.want {
				t.Errorf("opening on day %d, want %d", got, test.want)
			}
		})
	}
}

// TestIds holds rows 6, 9 and 11.
func TestIds(t *testing.T) {
	b, batches := collect()
	must(t, b.Begin("x"))
	for _, ref := range []string{"REF12345", "REF12345", "NONREF", "12345", "0000012345", "abcdefgh", ""} {
		must(t, b.Book(tx(1, "1"), ref))
	}
	must(t, b.Book(tx(2, "1"), "REF12345"))
	must(t, b.End())
	var ids []string
	for _, got := range (*batches)[0].Booked {
		ids = append(ids, got.ID)
	}
	want := []string{"REF12345/2024-01-01/+1", "REF12345/2024-01-01/+1/2", "", "", "", "", "", "REF12345/2024-01-02/+1"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func TestEmitFails(t *testing.T) {
	full := errors.New("no more")
	b := statement.NewBuilder(func(sdk.StatementBatch) error { return full })
	must(t, b.Begin("x"))
	must(t, b.Book(tx(1, "1"), ""))
	if err := b.End(); !errors.Is(err, full) {
		t.Errorf("error %v, want emit's", err)
	}
}
