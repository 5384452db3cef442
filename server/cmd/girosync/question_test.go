package main

import (
	"context"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestQuestionsNameTheirOption reads files that leave something open, or are
// given a wrong option. The line below the question shows that very option.
func TestQuestionsNameTheirOption(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string
		options    map[string]string
	}{
		"date_order": {file: "a.qif", text: "!Type:Bank\nD03/04/2024\nT5.00\nPx\n^\n"},
		"decimal":    {file: "a.qif", text: "!Type:Bank\nD13/04/2024\nT1,000\nPx\n^\n"},
		"columns":    {file: "a.csv", text: "aa,bb,cc\n2024-03-15,x,1.50\n2024-03-16,y,2.50\n"},
		"debit_words": {file: "a.csv", text: "Datum;Bedrag;Af/Bij;Naam\n2024-03-15;1,50;zz;A\n2024-03-16;2,50;qq;B\n" +
			"2024-03-17;2,50;qq;B\n"},
		"invert": {file: "a.csv", text: "Date,Amount,Balance,Description\n2024-03-15,1.50,98.50,A\n2024-03-16,2.50,96.00,B\n" +
			"2024-03-17,3.50,92.50,C\n"},
		"delimiter": {file: "a.csv", text: "Date,Amount\n2024-03-15,1.50\n", options: map[string]string{"delimiter": "x"}},
		"skip_rows": {file: "a.csv", text: "Date,Amount\n2024-03-15,1.50\n", options: map[string]string{"skip_rows": "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := readFile(t.Context(), test.file, test.text, test.options)
			how := asksFor(err)
			if !strings.Contains(how, "--option "+name+"=") || !strings.HasSuffix(withOption(err.Error(), err), "\n"+how) {
				t.Fatalf("%v\nis answered with %q", err, how)
			}
		})
	}
	if how := asksFor(&sdk.Error{Kind: sdk.BadRequest, Field: "username"}); how != "" {
		t.Errorf("a field of a form: %q", how)
	}
}

func readFile(ctx context.Context, name, text string, options map[string]string) error {
	return files.Provider{}.ReadStatements(ctx, sdk.ReadRequest{Filename: name, Options: options}, strings.NewReader(text),
		func(sdk.StatementBatch) error { return nil })
}
