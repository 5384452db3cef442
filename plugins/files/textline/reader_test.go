package textline_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/textline"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestLineEnds(t *testing.T) {
	tests := map[string][]string{
		"":                     nil,
		"a":                    {"a"},
		"a\n":                  {"a"},
		"a\r\nb\rc\n\nd":       {"a", "b", "c", "", "d"},
		"a\r\r\nb\r\r\r\nc":    {"a", "b", "", "c"},
		"\n\r\n":               {"", ""},
		strings.Repeat("x", 9): {"xxxxxxxxx"},
	}
	for text, want := range tests {
		for _, src := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text))} {
			r := textline.New(src, "test")
			r.Head()
			var got []string
			for {
				line, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, line); r.Line() != len(got) {
					t.Errorf("%q: line %d, want %d", text, r.Line(), len(got))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q: %s", text, diff)
			}
		}
	}
}

func TestLongLine(t *testing.T) {
	fits := strings.Repeat("x", textline.MaxLine-1)
	r := textline.New(strings.NewReader(fits+"\n"+fits+"yyy\n"), "test")
	if line, err := r.Next(); err != nil || line != fits {
		t.Errorf("%d bytes, %v", len(line), err)
	}
	_, err := r.Next()
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Line != 2 {
		t.Errorf("error %v", err)
	}
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("broken")
	r := textline.New(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), "test")
	if line, err := r.Next(); line != "a" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	if _, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
