package files_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestTables reads tables of every kind of trouble that banks' files make.
func TestTables(t *testing.T) {
	var list struct {
		Table []struct {
			Name, Text, Asks string
			Lines            []string
		}
	}
	if _, err := toml.DecodeFile("testdata/tables.toml", &list); err != nil {
		t.Fatal(err)
	}
	for _, table := range list.Table {
		t.Run(table.Name, func(t *testing.T) {
			var batches []sdk.StatementBatch
			err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{Filename: "table.csv"},
				bytes.NewReader([]byte(table.Text)), func(b sdk.StatementBatch) error {
					batches = append(batches, b)
					return statementtest.Check(b)
				})
			if len(table.Lines) == 0 {
				var asked *sdk.Error
				if !errors.As(err, &asked) || asked.Kind != sdk.BadRequest || asked.Field != table.Asks {
					t.Fatalf("error %v, want a bad request about %q; read %v", err, table.Asks, statementtest.Lines(batches))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(table.Lines, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
