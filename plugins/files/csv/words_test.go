package csv_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestExamples reads the examples of every language.
func TestExamples(t *testing.T) {
	lib, err := words.Load("", table.RoleNames())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lib.Languages {
		for _, e := range l.Examples {
			t.Run(l.Language+", "+e.Name, func(t *testing.T) {
				batches, err := read(t, e.Text, nil)
				var asked *sdk.Error
				if e.Asks != "" {
					if !errors.As(err, &asked) || asked.Field != e.Asks {
						t.Errorf("error %v, want a question about %s", err, e.Asks)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(e.Lines, statementtest.Lines(batches)); diff != "" {
					t.Error(diff)
				}
				again, err := read(t, e.Text, batches[0].ReadAs)
				if err != nil {
					t.Fatalf("read again with %v: %v", batches[0].ReadAs, err)
				}
				if diff := cmp.Diff(e.Lines, statementtest.Lines(again)); diff != "" {
					t.Errorf("read again: %s", diff)
				}
			})
		}
	}
}
