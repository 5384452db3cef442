package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

// TestConformance holds the provider to the authors' suite, in process and
// over the wire, with a file of each format.
func TestConformance(t *testing.T) {
	for _, name := range []string{"camt/testdata/statement.xml", "mt940/testdata/german.sta", "ofx/testdata/bank_v102.ofx",
		"qif/testdata/accounts.qif", "csv/testdata/dutch.csv", "bai2/testdata/report.bai", "coda/testdata/statement.cod"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sdktest.Run(t, sdktest.Suite{
				New:      func() sdk.Provider { return files.Provider{} },
				Filename: filepath.Base(name),
				File:     raw,
			})
		})
	}
}
