package markup_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/plugins/files/markup"
)

// tokens shows every token of a text, and the error that ended it.
func tokens(src io.Reader, dialect markup.Dialect) []string {
	var shown []string
	s := markup.New(src, dialect)
	for {
		tok, err := s.Next()
		if err == io.EOF {
			return shown
		}
		if err != nil {
			return append(shown, "error "+err.Error())
		}
		shown = append(shown, map[markup.Kind]string{markup.Start: "<", markup.End: "/", markup.Text: "="}[tok.Kind]+tok.Name+
			string(tok.Text))
	}
}

func TestTokens(t *testing.T) {
	tests := []struct {
		name, text string
		dialect    markup.Dialect
		want       []string
	}{
		{"elements", "<?xml version='1.0'?><a:b x='1'>t<c/></a:b>", markup.XML, []string{"<b", "=t", "<c", "/c", "/b"}},
		{"blank text", "<a>\n \t</a>", markup.XML, []string{"<a", "/a"}},
		{"comment", "<a><!-- <b> -- ></a> -->x</a>", markup.XML, []string{"<a", "=x", "/a"}},
		{"CDATA", "<a><![CDATA[<&]]></a>", markup.XML, []string{"<a", "=<&", "/a"}},
		{"entities", "<a>&lt;&amp;&#65;&#x42;&nope;&</a>", markup.XML, []string{"<a", "=<&AB&nope;&", "/a"}},
		{"sign in a value", `<a b=">" c='"'>x</a>`, markup.XML, []string{"<a", "=x", "/a"}},
		{"sign in a text", "<a>1 < 2</a>", markup.XML, []string{"<a", "=1 ", "error line 1: a tag has no name"}},
		{"sign in SGML", "<A>1 < 2<B>3", markup.SGML, []string{"<A", "=1 < 2", "<B", "=3"}},
		{"line", "<a>\n\n<b", markup.XML, []string{"<a", "error line 3: the file ends inside a tag"}},
		{"doctype", "<!DOCTYPE a><a/>", markup.XML, []string{"<a", "/a"}},
		{"doctype with a subset", "<!DOCTYPE a [ ]><a/>", markup.XML,
			[]string{"error line 1: a document type with declarations is not accepted"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, tokens(strings.NewReader(test.text), test.dialect)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, tokens(iotest.OneByteReader(strings.NewReader(test.text)), test.dialect)); diff != "" {
				t.Error("one byte at a time:", diff)
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	s := markup.New(strings.NewReader(`<Amt x:Kind="a&amp;b" Ccy = 'EUR' bad>`), markup.XML)
	tok, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Ccy": "EUR", "Kind": "a&b", "bad": "", "none": ""} {
		if got := tok.Attr(name); got != want {
			t.Errorf("attribute %s is %q, want %q", name, got, want)
		}
	}
}

func TestRecording(t *testing.T) {
	text := "<a>" + strings.Repeat("<b>x</b>\n", 40_000) + "</a><c/>"
	for _, max := range []int{10, 1 << 20} {
		s := markup.New(strings.NewReader(text), markup.XML)
		for {
			tok, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			if tok.Kind == markup.Start && tok.Name == "a" {
				s.Mark(max)
			}
			if tok.Kind == markup.End && tok.Name == "a" {
				break
			}
		}
		want := strings.TrimSuffix(text, "<c/>")
		if got := string(s.Recorded()); got != want[:min(max, len(want))] {
			t.Errorf("recorded %d bytes, want %d", len(got), min(max, len(want)))
		}
	}
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("wire cut")
	s := markup.New(io.MultiReader(strings.NewReader("<a>text"), iotest.ErrReader(broken)), markup.XML)
	var err error
	for err == nil {
		_, err = s.Next()
	}
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the source's", err)
	}
}

// TestLikeTheStandardDecoder compares with encoding/xml on well-formed text.
func TestLikeTheStandardDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		write(t, &b, 0)
		want, err := standard(b.String())
		if err != nil {
			t.Fatalf("the text is not well-formed: %v\n%s", err, b.String())
		}
		if diff := cmp.Diff(want, merged(tokens(strings.NewReader(b.String()), markup.XML))); diff != "" {
			t.Fatalf("%s\n%s", b.String(), diff)
		}
	})
}

// write makes a well-formed element.
func write(t *rapid.T, b *strings.Builder, depth int) {
	name := rapid.StringMatching(`[A-Za-z_][A-Za-z0-9._-]{0,8}`).Draw(t, "name")
	attr := ""
	if rapid.Bool().Draw(t, "attribute") {
		attr = fmt.Sprintf(" %s=%q", "Ccy", rapid.StringMatching(`[A-Za-z> /]{0,5}`).Draw(t, "value"))
	}
	if rapid.IntRange(0, 5).Draw(t, "empty") == 0 {
		fmt.Fprintf(b, "<%s%s />", name, attr)
		return
	}
	fmt.Fprintf(b, "<%s%s>", name, attr)
	for range rapid.IntRange(0, 3).Draw(t, "children") {
		switch rapid.IntRange(0, 4).Draw(t, "child") {
		case 0:
			if err := xml.EscapeText(b, []byte(rapid.StringMatching(`[a-zé<>&'" \n]{0,12}`).Draw(t, "text"))); err != nil {
				t.Fatal(err)
			}
		case 1:
			b.WriteString("<!-- " + rapid.StringMatching(`[a-z<>& ]{0,9}`).Draw(t, "comment") + " -->")
		case 2:
			b.WriteString("<![CDATA[" + rapid.StringMatching(`[a-z<>& ]{0,9}`).Draw(t, "data") + "]]>")
		default:
			if depth < 4 {
				write(t, b, depth+1)
			}
		}
	}
	fmt.Fprintf(b, "</%s >", name)
}

// standard shows the tokens that encoding/xml finds.
func standard(text string) ([]string, error) {
	var shown []string
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return merged(shown), nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			shown = append(shown, "<"+tok.Name.Local)
		case xml.EndElement:
			shown = append(shown, "/"+tok.Name.Local)
		case xml.CharData:
			if strings.TrimSpace(string(tok)) != "" {
				shown = append(shown, "="+string(tok))
			}
		}
	}
}

// merged joins neighbouring texts: where text, comments and CDATA meet is no
// matter.
func merged(shown []string) []string {
	var out []string
	for _, s := range shown {
		if last := len(out) - 1; last >= 0 && s[0] == '=' && out[last][0] == '=' {
			out[last] += s[1:]
			continue
		}
		out = append(out, s)
	}
	return out
}

func FuzzScanner(f *testing.F) {
	f.Add("<a b='c'>t &amp; u<!-- x --><![CDATA[y]]></a>", true)
	f.Add("<!DOCTYPE a><A>1 < 2<B>", false)
	f.Fuzz(func(t *testing.T, text string, strict bool) {
		dialect := markup.SGML
		if strict {
			dialect = markup.XML
		}
		whole := tokens(strings.NewReader(text), dialect)
		if diff := cmp.Diff(whole, tokens(iotest.HalfReader(strings.NewReader(text)), dialect)); diff != "" {
			t.Fatal("how the source is cut changes what is read:", diff)
		}
		if len(whole) > 2*len(text)+1 {
			t.Fatalf("%d tokens from %d bytes", len(whole), len(text))
		}
	})
}

// The comparison that doc.go speaks of.
func BenchmarkScanner(b *testing.B) {
	text := "<a>" + strings.Repeat("<Ntry><Amt Ccy=\"EUR\">1.00</Amt>\n  <Sts>BOOK</Sts>\n <Nm>Some &amp; name</Nm></Ntry>\n",
		10_000) + "</a>"
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s := markup.New(strings.NewReader(text), markup.XML)
			for err := error(nil); err != io.EOF; {
				if _, err = s.Next(); err != nil && err != io.EOF {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("standard", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			d := xml.NewDecoder(strings.NewReader(text))
			for err := error(nil); err != io.EOF; {
				if _, err = d.RawToken(); err != nil && err != io.EOF {
					b.Fatal(err)
				}
			}
		}
	})
}
