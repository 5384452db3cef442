package files_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestWhatIsTheTrouble says of files that cannot be read what keeps them from it.
func TestWhatIsTheTrouble(t *testing.T) {
	for text, want := range map[string]string{
		"Date,Description,Amount\n113/03/05,POS,1.50\n113/03/06,POS,2.50\n": `its ` +
			`column "Date" holds no dates that can be read, such as "113/03/05"`,
		"03/25/2024,SHOP,25.50,,974.50\n03/26/2024,PAY,,1.00,975.50\n": "it " +
			"has no row of headings that are known; its first row is 03/25/2024",
		"aa,bb,cc\n2024-03-15,x,1.50\n2024-03-16,y,2.50\n": "" +
			"its columns are not known by their headings (aa | bb | cc)",
		"<?xml version=\"1.0\"?><Document><CstmrCdtTrfInitn></CstmrCdtTrfInitn></Document>": "the file is a payment order (pain)",
	} {
		err := files.Provider{}.ReadStatements(t.Context(), sdk.ReadRequest{Filename: "a.csv"}, strings.NewReader(text),
			func(sdk.StatementBatch) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}
