package xlsx

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/sdk"
)

// Archive opens the parts of a workbook.
type Archive struct {
	Files []*zip.File
	// Open opens a part, within the bounds of what may be unpacked.
	Open func(*zip.File) (io.ReadCloser, error)
}

// Bounds on what is held of a workbook.
const (
	maxShared  = 32 << 20 // bytes of shared texts
	maxFormats = 1 << 16
	maxSheets  = 256
)

// IsBook reports whether an archive is a workbook.
func IsBook(files []*zip.File) bool {
	for _, f := range files {
		if f.Name == "xl/workbook.xml" {
			return true
		}
	}
	return false
}

// book is a workbook's directory.
type book struct {
	Archive
	sheets []sheet
	from   table.Epoch
	shared []string
	days   []bool // whether a cell's format, by number, shows a day
	looks  []look // what it shows beside a number
}

// sheet is a name and the part that holds it.
type sheet struct {
	name, relation, part string
	hidden               bool
}

func open(a Archive) (*book, error) {
	b := &book{Archive: a, from: table.Epoch1900}
	parts := map[string]string{} // relation → part
	for _, step := range []struct {
		part string
		take func(*markup.Scanner, *markup.Token) error
	}{
		{"xl/workbook.xml", b.takeSheet},
		{"xl/_rels/workbook.xml.rels", func(_ *markup.Scanner, t *markup.Token) error {
			if t.Name == "Relationship" && len(parts) < 4*maxSheets {
				parts[t.Attr("Id")] = t.Attr("Target")
			}
			return nil
		}},
		{"xl/styles.xml", b.styles()},
		{"xl/sharedStrings.xml", b.takeShared()},
	} {
		if err := b.scan(step.part, step.take); err != nil {
			return nil, err
		}
	}
	for i := range b.sheets {
		target := parts[b.sheets[i].relation]
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		b.sheets[i].part = strings.TrimPrefix(target, "/")
	}
	return b, nil
}

// scan gives the start tags of a part to take; an absent part has none.
func (b *book) scan(part string, take func(*markup.Scanner, *markup.Token) error) error {
	in, err := b.part(part)
	if err != nil || in == nil {
		return err
	}
	defer in.Close()
	scan := markup.New(in, markup.XML)
	for {
		tok, err := scan.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil && tok.Kind == markup.Start {
			err = take(scan, &tok)
		}
		if err != nil {
			return damaged(part, err)
		}
	}
}

// part opens a part by its name; nil when there is none.
func (b *book) part(name string) (io.ReadCloser, error) {
	for _, f := range b.Files {
		if strings.EqualFold(f.Name, name) {
			return b.Open(f)
		}
	}
	return nil, nil
}

// damaged makes a clean error of a part that cannot be read.
func damaged(part string, err error) error {
	var broken *markup.Error
	if errors.As(err, &broken) {
		return &sdk.Error{Kind: sdk.BadRequest, Message: "XLSX file: " + part + ": " + broken.What, Cause: err}
	}
	return err
}

func (b *book) takeSheet(_ *markup.Scanner, t *markup.Token) error {
	switch t.Name {
	case "workbookPr":
		on := t.Attr("date1904")
		if on == "1" || on == "true" {
			b.from = table.Epoch1904
		}
	case "sheet":
		if len(b.sheets) < maxSheets {
			b.sheets = append(b.sheets, sheet{name: t.Attr("name"), relation: t.Attr("id"),
				hidden: strings.HasSuffix(strings.ToLower(t.Attr("state")), "hidden")})
		}
	}
	return nil
}

// styles notes which formats show a sign or a word for one, and which show days: those of cellXfs, whose numFmtId is a
// date's of the standard, or one that the workbook makes of days or years.
func (b *book) styles() func(*markup.Scanner, *markup.Token) error {
	own, looks := map[string]bool{}, map[string]look{}
	inside := false
	return func(_ *markup.Scanner, t *markup.Token) error {
		switch t.Name {
		case "numFmt":
			if len(own) < maxFormats {
				own[t.Attr("numFmtId")] = showsDay(t.Attr("formatCode"))
				looks[t.Attr("numFmtId")] = lookOf(t.Attr("formatCode"))
			}
		case "cellXfs":
			inside = true
		case "cellStyles", "dxfs":
			inside = false
		case "xf":
			if id := t.Attr("numFmtId"); inside && len(b.days) < maxFormats {
				n, _ := strconv.Atoi(id) // no number is no date
				standard := n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58
				b.days = append(b.days, own[id] || standard)
				b.looks = append(b.looks, looks[id])
			}
		}
		return nil
	}
}

// showsDay reports whether a format's code has a day or a year outside quotes,
// brackets and escapes.
func showsDay(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && strings.IndexByte("dDyY", c) >= 0:
			return true
		}
	}
	return false
}

var errShared = &markup.Error{What: "the cells share more text than 32 MiB; save the sheet as CSV"}

// takeShared gathers the texts that cells share.
func (b *book) takeShared() func(*markup.Scanner, *markup.Token) error {
	held := 0
	return func(scan *markup.Scanner, t *markup.Token) error {
		if t.Name != "si" {
			return nil
		}
		text, err := innerText(scan, "si")
		if err != nil {
			return err
		}
		if held += len(text) + 16; held > maxShared {
			return errShared
		}
		b.shared = append(b.shared, text)
		return nil
	}
}

// innerText joins the texts of <t> up to the end of an element; what is written
// above a text to say how it sounds (<rPh>) is none.
func innerText(scan *markup.Scanner, until string) (string, error) {
	var text []byte
	inText, phonetic := false, false
	for {
		tok, err := scan.Next()
		if err != nil {
			return "", cut(scan, err)
		}
		switch {
		case tok.Kind == markup.End && tok.Name == until:
			return string(text), nil
		case tok.Kind == markup.Text:
			if inText && !phonetic && len(text) < maxText {
				text = append(text, tok.Text...)
			}
		case tok.Name == "t":
			inText = tok.Kind == markup.Start
		case tok.Name == "rPh":
			phonetic = tok.Kind == markup.Start
		}
	}
}

// maxText bounds the text of one cell, in bytes.
const maxText = 64 << 10

func cut(scan *markup.Scanner, err error) error {
	if err == io.EOF {
		return &markup.Error{Line: scan.Line(), What: "it ends inside an element"}
	}
	return err
}
