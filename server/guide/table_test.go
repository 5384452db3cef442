package guide_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/server/guide"
)

func TestEveryPromiseIsHeld(t *testing.T) {
	t.Parallel()
	text, missing, err := guide.Table(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if missing != nil {
		t.Errorf("no test holds %v", missing)
	}
	written, err := os.ReadFile("ROWS.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), string(text)); diff != "" {
		t.Errorf("ROWS.md is not what `go generate ./server/guide` writes:\n%s", diff)
	}
}

func TestAnUnknownPromiseIsRefused(t *testing.T) {
	t.Parallel()
	_, _, err := guide.Table(fstest.MapFS{"server/guide/x_test.go": {Data: []byte(
		"package guide_test\nfunc TestX(t *testing.T) { t.Run(\"S99 nothing\", nil) }\n")}})
	if err == nil {
		t.Error("an id that no promise has was taken")
	}
}
