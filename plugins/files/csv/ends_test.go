package csv_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files/statement/statementtest"
)

// What the end of the file may have taken a part of, and what does not say that
// it is booked where others do, is refused and never booked.
func TestDoubtfulRowsAreRefused(t *testing.T) {
	const head, states = "Date;Description;Amount\n", "Date;Description;Amount;Status\n"
	for name, test := range map[string]struct {
		text    string
		booked  int
		refused string // a word of the reason; empty for none
	}{
		"whole":                       {head + "2024-03-01;one;10.00\n2024-03-02;two;-12.50\n", 2, ""},
		"no end of line":              {head + "2024-03-01;one;10.00\n2024-03-02;two;-12.50", 2, ""},
		"brackets, no end of line":    {head + "2024-03-01;one;(10.00)\n2024-03-02;two;(1.00)\n2024-03-03;three;12.50", 3, ""},
		"cut behind the mark":         {head + "2024-03-01;one;10.00\n2024-03-02;two;-12.", 1, "ends inside"},
		"cut in the decimals":         {head + "2024-03-01;one;10.00\n2024-03-02;two;-12.5", 1, "ends inside"},
		"cut in the whole":            {head + "2024-03-01;one;10.00\n2024-03-02;two;20.00\n2024-03-03;three;31", 2, "ends inside"},
		"cut before the sign":         {head + "2024-03-01;one;10.00-\n2024-03-02;two;5.00-\n2024-03-03;three;12.50", 2, "ends inside"},
		"no state where others say":   {states + "2024-03-01;one;10.00;booked\n2024-03-02;two;11.00;\n2024-03-03;three;12.00;pending\n", 1, "status"},
		"no state where none says so": {states + "2024-03-01;one;10.00;\n2024-03-02;two;11.00;\n2024-03-03;three;12.00;pending\n", 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			batches, err := read(t, test.text, nil)
			if err != nil {
				t.Fatal(err)
			}
			booked, reasons := 0, ""
			for _, b := range batches {
				booked += len(b.Booked)
				for _, r := range b.Refused {
					reasons += r.Reason + "\n"
				}
			}
			if booked != test.booked || (test.refused == "") != (reasons == "") || !strings.Contains(reasons, test.refused) {
				t.Errorf("%d booked, want %d; refused %q, want %q\n%s", booked, test.booked, reasons, test.refused,
					strings.Join(statementtest.Lines(batches), "\n"))
			}
		})
	}
}
