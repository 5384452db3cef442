package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/xlsx"
	"github.com/girosync/girosync/plugins/sdk"
)

// parts are a workbook's: a cover, and a statement with days as numbers, texts
// of every kind, a formula, an error, gaps, and numbers as programs save them.
func parts() map[string]string {
	return map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="x"><workbookPr/><sheets><sheet name="Cover" sheetId="1" r:id="rId1"/><sheet ` +
			`name="Moves" sheetId="2" r:id="rId2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" ` +
			`Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;day&quot; ` +
			`yyyy\-mm"/><numFmt numFmtId="165" formatCode="[Red]0.00 &quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/>` +
			`</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst><si><t>Date</t></si><si><r><t>Amo</t></r><r><t>unt</t></r><rPh><t>no</t></rPh></si><si>` +
			`<t>Description</t></si><si><t xml:space="preserve"> Rent &amp; heat </t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Hello</t></is></c></row>` +
			`</sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData><row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" ` +
			`t="s"><v>2</v></c></row>` +
			`<row r="4"><c r="A4" s="1"><v>45293.5</v></c><c r="C4" s="3"><v>-45.990000000000002</v></c><c r="D4" t="s"><v>3</v>` +
			`</c></row>` +
			`<row r="6"><c r="A6" s="2"><v>45294</v></c><c r="C6"><f>1+1</f><v>1.2E3</v></c><c r="D6" t="str"><v>sum</v></c></row>` +
			`<row r="7"><c r="A7" t="inlineStr"><is><t>2024-01-04</t></is></c><c r="C7" t="inlineStr"><is><t>7,5</t></is></c></row>` +
			`<row><c s="1"><v>45295</v></c><c/><c t="e"><v>#REF!</v></c></row></sheetData></worksheet>`,
	}
}

func archive(t testing.TB, parts map[string]string) xlsx.Archive {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range parts {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return xlsx.Archive{Files: r.File, Open: func(f *zip.File) (io.ReadCloser, error) { return f.Open() }}
}

func read(t testing.TB, a xlsx.Archive, options map[string]string) ([]sdk.StatementBatch, error) {
	t.Helper()
	return statementtest.Batches(func(_ io.Reader, emit func(sdk.StatementBatch) error) error {
		return xlsx.Read(a, options, nil, emit)
	}, "")
}

func TestSheet(t *testing.T) {
	batches, err := read(t, archive(t, parts()), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"xlsx   ",
		"  2024-01-02 out 45.99  |  |  | Rent & heat",
		"  2024-01-03 in 1200  |  |  | sum",
		"  2024-01-04 in 7.5  |  |  | ",
		"  refused line 8: row: it has no amount",
	}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if got := batches[0].ReadAs["sheet"]; got != "Moves" {
		t.Errorf("sheet %q", got)
	}
}

func TestOldEpochs(t *testing.T) {
	p := parts()
	p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<workbookPr/>", `<workbookPr date1904="1"/>`, 1)
	batches, err := read(t, archive(t, p), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := batches[0].Booked[0].Date.String(); got != "2028-01-03" {
		t.Errorf("day %s", got)
	}
}

func TestTrouble(t *testing.T) {
	tests := map[string]struct {
		change  func(p map[string]string)
		options map[string]string
		says    string
	}{
		"unknown sheet":   {func(map[string]string) {}, map[string]string{"sheet": "Foo"}, "no sheet of that name, but Cover, Moves"},
		"unknown columns": {func(map[string]string) {}, map[string]string{"sheet": "cover"}, "choose which of them"},
		"no sheets":       {func(p map[string]string) { p["xl/workbook.xml"] = "<workbook/>" }, nil, "it has no sheet"},
		"sheet missing": {func(p map[string]string) {
			delete(p, "xl/worksheets/sheet1.xml")
			delete(p, "xl/worksheets/sheet2.xml")
		}, nil, "is missing"},
		"cut": {func(p map[string]string) { p["xl/worksheets/sheet2.xml"] = p["xl/worksheets/sheet2.xml"][:400] },
			map[string]string{"sheet": "Moves"}, "ends inside"},
		"too much text": {func(p map[string]string) {
			p["xl/sharedStrings.xml"] = "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("x", 60<<10)+"</t></si>", 560) + "</sst>"
		}, nil, "more text than 32 MiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := parts()
			test.change(p)
			_, err := read(t, archive(t, p), test.options)
			var told *sdk.Error
			if !errors.As(err, &told) || told.Kind != sdk.BadRequest || !strings.Contains(told.Message, test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
}

// TestSignsOfFormats takes a number with the sign that its format shows.
func TestSignsOfFormats(t *testing.T) {
	for code, want := range map[string]string{
		`&quot;-&quot;0.00`:   "2024-01-01 out 25.5",
		`0.00&quot; Dr&quot;`: "2024-01-01 out 25.5",
		`0.00\-`:              "2024-01-01 out 25.5",
		`(#,##0.00)`:          "2024-01-01 out 25.5",
		`0.00&quot; Cr&quot;`: "2024-01-01 in 25.5",
		`_-* #,##0.00_-;-* #,##0.00_-;_-* &quot;-&quot;??_-`: "2024-01-01 in 25.5",
		`[$-409]#,##0.00;[Red]-#,##0.00`:                     "2024-01-01 in 25.5",
		`000-000`:                                            "2024-01-01 in 25.5",
		`0.00;(0.00)|-`:                                      "2024-01-01 out 25.5",
		`0.00;0.00|-`:                                        "2024-01-01 out 25.5",
		`0.00 &quot;DR&quot;;0.00 &quot;CR&quot;|-`:          "2024-01-01 in 25.5",
	} {
		p := parts()
		code, minus, _ := strings.Cut(code, "|")
		p["xl/styles.xml"] = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="` + code + `"/></numFmts><cellXfs><xf ` +
			`numFmtId="0"/>` +
			`<xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`
		p["xl/worksheets/sheet2.xml"] = `<worksheet><sheetData><row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row>` +
			`<row r="4"><c r="A4" s="1"><v>45292</v></c><c r="C4" s="2"><v>` + minus + `25.5</v></c></row></sheetData></worksheet>`
		batches, err := read(t, archive(t, p), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(statementtest.Lines(batches), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s, %s25.5: %s; want %s", code, minus, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	p := parts()
	f.Add(p["xl/worksheets/sheet2.xml"], p["xl/styles.xml"], p["xl/sharedStrings.xml"], p["xl/workbook.xml"])
	f.Fuzz(func(t *testing.T, sheet, styles, shared, book string) {
		p := parts()
		p["xl/worksheets/sheet2.xml"], p["xl/styles.xml"], p["xl/sharedStrings.xml"], p["xl/workbook.xml"] =
			strings.ToValidUTF8(sheet, "?"), strings.ToValidUTF8(styles, "?"), strings.ToValidUTF8(shared, "?"),
			strings.ToValidUTF8(book, "?")
		a := archive(t, p)
		statementtest.Sound(t, func(_ io.Reader, emit func(sdk.StatementBatch) error) error { return xlsx.Read(a, nil, nil, emit) }, "")
	})
}
