package files_test

import (
	"fmt"
	"strings"
	"testing"
)

// workbook is one that a test builds.
type workbook struct {
	from1904 bool
	sheets   []worksheet
}

// worksheet is a sheet: a text, a number, a day (as its number) or nil in each
// cell, and the ranges that are merged.
type worksheet struct {
	name   string
	rows   [][]any
	merged []string
	hidden bool
}

// shown is a number that a cell's format shows as a day.
type shown float64

// bytes builds the workbook.
func (w workbook) bytes(t *testing.T) []byte {
	t.Helper()
	pr, sheets, links, parts := "", "", "", []string{}
	if w.from1904 {
		pr = `<workbookPr date1904="1"/>`
	}
	for i, s := range w.sheets {
		state := ""
		if s.hidden {
			state = ` state="hidden"`
		}
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d"%s r:id="rId%[2]d"/>`, s.name, i+1, state)
		links += fmt.Sprintf(`<Relationship Id="rId%d" Target="worksheets/sheet%[1]d.xml"/>`, i+1)
		parts = append(parts, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), s.text())
	}
	return zipped(t, append(parts,
		"xl/workbook.xml", `<workbook xmlns:r="x">`+pr+`<sheets>`+sheets+`</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships>`+links+`</Relationships>`,
		"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`)...)
}

func (s worksheet) text() string {
	var b strings.Builder
	b.WriteString("<worksheet><sheetData>")
	for n, row := range s.rows {
		fmt.Fprintf(&b, `<row r="%d">`, n+1)
		for at, cell := range row {
			place := fmt.Sprintf(`r="%c%d"`, 'A'+rune(at), n+1)
			switch v := cell.(type) {
			case string:
				fmt.Fprintf(&b, `<c %s t="inlineStr"><is><t>%s</t></is></c>`, place, v)
			case shown:
				fmt.Fprintf(&b, `<c %s s="1"><v>%v</v></c>`, place, float64(v))
			case float64:
				fmt.Fprintf(&b, `<c %s><v>%v</v></c>`, place, v)
			}
		}
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData>")
	for _, r := range s.merged {
		fmt.Fprintf(&b, `<mergeCells><mergeCell ref="%s"/></mergeCells>`, r)
	}
	return b.String() + "</worksheet>"
}

// The days of March 2024 that the workbooks tell, as either system counts them.
const (
	march17      = 45368.0
	march18      = 45369.0
	since1904    = 1462.0
	paid, earned = -600.0, 2500.0
)

// books are the variants in workbooks.
func books(t *testing.T) []variant {
	one := func(rows ...[]any) workbook { return workbook{sheets: []worksheet{{name: "Sheet1", rows: rows}}} }
	heads := []any{"Date", "Description", "Amount"}
	lines := []string{"xlsx   ", "  2024-03-17 out 600  |  |  | Rent", "  2024-03-18 in 2500  |  |  | Salary"}
	signed := func(first, second any) [][]any {
		return [][]any{heads, {first, "Rent", paid}, {second, "Salary", earned}}
	}
	moves := worksheet{name: "Moves", rows: signed(shown(march17), shown(march18))}
	cover := worksheet{name: "Cover", rows: [][]any{{"Example Bank"}, {"Printed", shown(march18)}}}
	old := one(signed(march17-since1904, march18-since1904)...)
	old.from1904 = true
	oldShown := one(signed(shown(march17-since1904), shown(march18-since1904))...)
	oldShown.from1904 = true
	merged := one([]any{"Buchungstag", "Verwendungszweck", "Umsatz", nil, "Saldo"}, []any{nil, nil, "Soll", "Haben", nil},
		[]any{shown(march17), "Miete", 600.0, nil, 400.0}, []any{shown(march18), "Lohn", nil, 2500.0, 2900.0})
	merged.sheets[0].merged = []string{"C1:D1"}
	italian := one([]any{"Estratto conto", nil, nil, nil}, []any{"Data contabile", "Descrizione", "Importo", nil},
		[]any{nil, nil, "Dare", "Avere"}, []any{shown(march17), "Affitto", 600.0, nil}, []any{shown(march18), "Stipendio", nil, 2500.0})
	italian.sheets[0].merged = []string{"A1:D1", "C2:D2"}
	hidden := moves
	hidden.name, hidden.hidden = "Draft", true
	return []variant{
		{Kind: "day as a bare number", Name: "of the newer system", raw: one(signed(march17, march18)...).bytes(t), Lines: lines},
		{Kind: "day as a bare number", Name: "with a time", raw: one(signed(march17+0.75, march18+0.25)...).bytes(t), Lines: lines},
		{Kind: "day as a bare number", Name: "of the older system", raw: old.bytes(t), Lines: lines},
		{Kind: "day as a bare number", Name: "of the older system, shown as a day", raw: oldShown.bytes(t), Lines: lines},
		{Kind: "day as a bare number", Name: "in a table of text", Text: "Date,Description,Amount\n45368,Rent,-600.00\n", Asks: "columns"},
		{Kind: "merged cells", Name: "a workbook, one heading above two", raw: merged.bytes(t),
			Lines: []string{"xlsx    closing 2024-03-18 2900 ", "  2024-03-17 out 600  |  |  | Miete",
				"  2024-03-18 in 2500  |  |  | Lohn"}},
		{Kind: "merged cells", Name: "a workbook with a title over all columns", raw: italian.bytes(t),
			Lines: []string{"xlsx   ", "  2024-03-17 out 600  |  |  | Affitto", "  2024-03-18 in 2500  |  |  | Stipendio"}},
		{Kind: "several sheets", Name: "a cover before the movements", Lines: lines,
			raw: workbook{sheets: []worksheet{cover, moves}}.bytes(t)},
		{Kind: "several sheets", Name: "two with movements",
			raw:  workbook{sheets: []worksheet{moves, {name: "Savings", rows: moves.rows}}}.bytes(t),
			Asks: "sheet", Refused: "Moves, Savings"},
		{Kind: "several sheets", Name: "the chosen one", Options: map[string]string{"sheet": "savings"},
			raw: workbook{sheets: []worksheet{cover, {name: "Savings", rows: moves.rows}, moves}}.bytes(t), Lines: lines},
		{Kind: "several sheets", Name: "one that is hidden", raw: workbook{sheets: []worksheet{moves, hidden}}.bytes(t), Lines: lines},
		{Kind: "file that was cut", Name: "workbook", raw: one(signed(march17, march18)...).bytes(t)[:700], Refused: "damaged"},
	}
}
