package webtable_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/webtable"
	"github.com/girosync/girosync/plugins/sdk"
)

func read(t testing.TB, text string, options map[string]string) ([]sdk.StatementBatch, error) {
	t.Helper()
	return statementtest.Batches(func(r io.Reader, emit func(sdk.StatementBatch) error) error {
		return webtable.Read(r, []byte(text), options, nil, emit)
	}, text)
}

const page = `<html><head><style>td > b { x }</style></head><body><table><tr><td>Estratto conto<br>di prova</td></tr></table>
<TABLE border=1><TR><TH>Data contabile<TH>Descrizione</TH><TH colspan="2">Importo</TH></TR>
<tr><td>02/01/2024</td><td>Caff&egrave; &amp; latte</td><td>2.500,00</td></tr>
<tr><td>15/01/2024</td><td>Affitto&nbsp;<b>gennaio</b></td><td>-850,00</td></tr></TABLE></body></html>`

const book = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="One"><Table><Row><Cell><Data ss:Type="String">Date</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Description</Data>
</Cell><Cell><Data ss:Type="String">Amount</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2024-01-02T00:00:00.000</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">A &lt;b&gt;</Data></Cell>
<Cell><Data ss:Type="Number">-1234.5</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Empty"><Table></Table></Worksheet></Workbook>`

func TestRead(t *testing.T) {
	second := strings.Replace(book, `"Empty"><Table>`, `"Two"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row>`, 1)
	tests := map[string]struct {
		text    string
		options map[string]string
		want    []string
	}{
		"page": {page, nil, []string{"html   ", "  2024-01-02 in 2500.00  |  |  | Caffè & latte",
			"  2024-01-15 out 850.00  |  |  | Affitto gennaio"}},
		"workbook": {book, nil, []string{"spreadsheetml   ", "  2024-01-02 out 1234.5  |  |  | A <b>"}},
		"workbook, a sheet by name": {second, map[string]string{"sheet": "one"},
			[]string{"spreadsheetml   ", "  2024-01-02 out 1234.5  |  |  | A <b>"}},
		"a table in a cell": {"<table><tr><td><table><tr><td>Date</td><td>Amount</td></tr><tr><td>2024-01-02</td><td>1.50</td></tr></table>" +
			"</td></tr></table>", nil, []string{"html   ", "  2024-01-02 in 1.50  |  |  | "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if !webtable.Recognises([]byte(test.text), nil) {
				t.Error("not recognised")
			}
			batches, err := read(t, test.text, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, statementtest.Lines(batches)); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := read(t, second, nil)
	var asked *sdk.Error
	if !errors.As(err, &asked) || asked.Field != "sheet" || !strings.Contains(asked.Message, "One and Two") {
		t.Errorf("error %v, want a question about the sheet", err)
	}
}

// TestWhatIsNotShown passes over what a page hides or strikes out, and carries
// days down to the rows that they cover, but no amount.
func TestWhatIsNotShown(t *testing.T) {
	const text = `<table><tr><th>Date</th><th>Description</th><th>Debit</th><th>Credit</th></tr>
<tr><td rowspan=2>2024-03-05</td><td hidden class="key">7</td><td>A</td><td>1.00</td><td></td></tr>
<tr><td>B</td><td>2.00</td><td></td></tr>
<tr style="Display: none"><td>2024-03-06</td><td>C</td><td>4.00</td><td></td></tr>
<tr><td>2024-03-07</td><td>D<span style='display:none'>hidden</span></td><td><s>8.00</s></td><td></td></tr>
<tr><td>2024-03-08</td><td colspan="1">E</td><td></td><td>16.00</td></tr>
<tr><td>2024-03-09</td><td>F</td><td rowspan="2">32.00</td><td></td></tr>
<tr><td>2024-03-10</td><td>G</td><td></td></tr>
<tbody style="display:none"><tr><td>2024-03-11</td><td>H</td><td>64.00</td><td></td></tr></tbody></table>`
	batches, err := read(t, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"html   ", "  2024-03-05 out 1.00  |  |  | A", "  2024-03-05 out 2.00  |  |  | B", "  2024-03-08 in 16.00  |  |  | E",
		"  2024-03-09 out 32.00  |  |  | F", "  refused line 5: row: it has no amount", "  refused line 8: row: it has no amount"}
	if diff := cmp.Diff(want, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
}

// TestCut finds every cut inside a table.
func TestCut(t *testing.T) {
	for _, text := range []string{page, book} {
		from := strings.LastIndex(text, "2024")
		to := strings.LastIndex(strings.ToLower(text), "</table>")
		if text == book {
			to = strings.Index(text, "</Table>")
		}
		for i := from; i < to; i++ {
			if _, err := read(t, text[:i], nil); sdk.KindOf(err) != sdk.BadRequest {
				t.Errorf("cut at %d: error %v", i, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(page)
	f.Add(book)
	f.Fuzz(func(t *testing.T, text string) {
		webtable.Recognises([]byte(text), nil)
		statementtest.Sound(t, func(r io.Reader, emit func(sdk.StatementBatch) error) error {
			return webtable.Read(r, []byte(text), nil, nil, emit)
		}, text)
	})
}
