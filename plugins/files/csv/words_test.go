package csv_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
			t.Run(l.Language+", "+e.Name, func(t *testing.T) { readExample(t, e) })
		}
	}
	for _, y := range lib.Layouts() {
		for _, e := range y.Examples {
			t.Run(y.Name+", "+e.Name, func(t *testing.T) { readExample(t, e) })
		}
	}
}

// TestManual reads the examples of lang/README.md as a site's files.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../words/lang/README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	blocks := strings.Split(string(manual), "```toml\n")[1:]
	for i, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.toml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lib, err := words.OfSite(dir, table.RoleNames())
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) < 2 || len(lib.Layouts()) < 2 || lib.Layouts()[0].Columns != 5 {
		t.Fatalf("%d examples, %d layouts, a site's own first?", len(blocks), len(lib.Layouts()))
	}
	for _, e := range slices.Concat(lib.Languages[len(lib.Languages)-1].Examples, lib.Layouts()[0].Examples) {
		t.Run(e.Name, func(t *testing.T) { readWith(t, e, lib) })
	}
}

func readExample(t *testing.T, e words.Example) {
	t.Helper()
	readWith(t, e, words.Known())
}

func readWith(t *testing.T, e words.Example, lib *words.Library) {
	t.Helper()
	batches, err := readBy(t, lib, e.Text, nil)
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
	again, err := readBy(t, lib, e.Text, batches[0].ReadAs)
	if err != nil {
		t.Fatalf("read again with %v: %v", batches[0].ReadAs, err)
	}
	if diff := cmp.Diff(e.Lines, statementtest.Lines(again)); diff != "" {
		t.Errorf("read again: %s", diff)
	}
}
