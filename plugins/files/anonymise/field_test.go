package anonymise_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files/anonymise"
)

// TestRealFiles makes samples of the collections of files that banks wrote.
// Few of them may be refused, and none for a sample that reads otherwise.
func TestRealFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	made, refused, otherwise := 0, 0, []string{}
	for _, root := range []string{"../../../../shared/fixtures", "../../../../shared/field"} {
		if _, err := os.Stat(root); err != nil {
			t.Skip("the collections of files in ../shared are not here")
		}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			kinds := []string{".csv", ".tsv", ".txt", ".xml", ".ofx", ".qfx", ".sgml", ".sta", ".swi", ".mt940", ".qif"}
			if err != nil || d.IsDir() || !slices.Contains(kinds, strings.ToLower(filepath.Ext(path))) {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil || len(raw) > 256<<10 {
				return err
			}
			_, err = anonymise.Sample(raw, anonymise.Options{Filename: filepath.Base(path), Key: []byte(path)})
			switch {
			case err == nil:
				made++
			case strings.Contains(err.Error(), "no sample of this file is read"):
				otherwise = append(otherwise, strings.TrimPrefix(path, root)+": "+err.Error())
			default:
				refused++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("samples of %d files; %d refused, %d would be read otherwise", made, refused, len(otherwise))
	for _, why := range otherwise {
		t.Log(why)
	}
	if len(otherwise)*20 > made {
		t.Errorf("%d of %d files have no sample", len(otherwise), made+len(otherwise))
	}
}
