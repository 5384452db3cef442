package charset_test

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/girosync/girosync/plugins/files/charset"
)

func TestDecode(t *testing.T) {
	const german = "Müller & Söhne, Köln, Straße, Ägypten, 5 Stück"
	tests := []struct {
		name     string
		enc      encoding.Encoding // nil: UTF-8 as it is
		declared string
		text     string
		want     string // encoding found
	}{
		{"UTF-8", nil, "", german, "utf-8"},
		{"UTF-8 with a mark", unicode.UTF8BOM, "", german, "utf-8"},
		{"UTF-8 declared Windows", nil, "1252", german, "utf-8"},
		{"ASCII declared Windows", nil, "1252", "plain", "utf-8"},
		{"Windows", charmap.Windows1252, "", german + " €", "windows-1252"},
		{"Windows declared UTF-8", charmap.Windows1252, "UTF-8", german, "windows-1252"},
		{"DOS", charmap.CodePage850, "", german, "cp850"},
		{"DOS declared ASCII", charmap.CodePage437, "USASCII", german, "cp850"},
		{"old DOS, declared", charmap.CodePage437, "437", "Größe ≥ 5", "cp437"},
		{"Central Europe, declared", charmap.ISO8859_2, "ISO-8859-2", "Łódź", "iso-8859-2"},
		{"Euro in Latin-9, declared", charmap.ISO8859_15, "iso-8859-15", "5 €", "iso-8859-15"},
		{"UTF-16 little", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "", german, "utf-16le"},
		{"UTF-16 big", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "", german, "utf-16be"},
		{"UTF-16 without a mark", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "", german, "utf-16le"},
		{"several bytes a character, declared", japanese.ShiftJIS, "Shift_JIS", "銀行", "shift_jis"},
		{"unknown name", charmap.Windows1252, "martian", german, "windows-1252"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			raw := []byte(test.text)
			if test.enc != nil {
				var err error
				if raw, err = test.enc.NewEncoder().Bytes(raw); err != nil {
					t.Fatal(err)
				}
			}
			for _, src := range []io.Reader{bytes.NewReader(raw), iotest.OneByteReader(bytes.NewReader(raw))} {
				r := charset.NewReader(bufio.NewReaderSize(src, 64<<10), test.declared)
				got, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != test.text || r.Encoding() != test.want {
					t.Errorf("%q in %s, want %q in %s", got, r.Encoding(), test.text, test.want)
				}
			}
		})
	}
}

// TestLateUmlaut decodes a sign that comes long after what is looked at.
func TestLateUmlaut(t *testing.T) {
	raw := strings.Repeat("a", 200_000) + "\xfc" + strings.Repeat("b", 100_000) + "ü"
	got, err := io.ReadAll(charset.NewReader(bufio.NewReaderSize(strings.NewReader(raw), 64<<10), ""))
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(raw, "\xfc", "ü", 1); string(got) != want {
		t.Error("the late letter was not decoded")
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("M\xfcller"), "")
	f.Add([]byte("\xff\xfea\x00"), "utf-16")
	f.Add([]byte("\xe2\x82"), "cp850")
	f.Fuzz(func(t *testing.T, raw []byte, declared string) {
		whole, err := io.ReadAll(charset.NewReader(bufio.NewReaderSize(bytes.NewReader(raw), 64<<10), declared))
		if err != nil || !utf8.Valid(whole) {
			t.Fatalf("%q as %q: %v, not UTF-8", raw, declared, err)
		}
		charset.Head(bufio.NewReader(bytes.NewReader(raw)))
	})
}
