package files_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// mostQuestions is how many of the real files leave something open: three tables,
// of which one is a list of accounts, do not tell which column is which, and three
// tables and a QIF file do not tell the order of their dates.
const mostQuestions = 7

// TestQuestionsAreFew counts the real files that are asked about: a reader that
// asks what it could have known is a bad reader.
func TestQuestionsAreFew(t *testing.T) {
	root := fixtures(t)
	asked, read := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == root {
			return err // beside the folders stand notes about them
		}
		read++
		_, err = readFixture(path, nil)
		var question *sdk.Error
		if errors.As(err, &question) && question.Kind == sdk.BadRequest && question.Field != "" {
			asked++
			t.Logf("%s: %s", path[len(root):], question.Field)
		}
		return nil
	})
	t.Logf("SCORE %d of %d real files are asked about, %d at most", asked, read, mostQuestions)
	if err != nil || asked > mostQuestions {
		t.Errorf("%d questions, want at most %d; %v", asked, mostQuestions, err)
	}
}
