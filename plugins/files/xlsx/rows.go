package xlsx

import (
	"io"
	"math"
	"strconv"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/sdk"
)

// maxCells bounds a row; what stands right of it is dropped.
const maxCells = 512

// rows is a sheet being read.
type rows struct {
	book *book
	part string
	in   io.ReadCloser
	scan *markup.Scanner
	last int // number of the row before
}

func (b *book) rows(s sheet) (*rows, error) {
	in, err := b.part(s.part)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return nil, &sdk.Error{Kind: sdk.BadRequest, Message: "XLSX file: the sheet " + statement.Clip(s.name, 40) + " is missing"}
	}
	return &rows{book: b, part: s.part, in: in, scan: markup.New(in, markup.XML)}, nil
}

// Next implements table.Source. A row's line is its number in the sheet.
func (r *rows) Next() (table.Row, error) {
	for {
		tok, err := r.scan.Next()
		if err == io.EOF {
			return table.Row{}, io.EOF
		}
		if err != nil {
			return table.Row{}, damaged(r.part, err)
		}
		if tok.Kind == markup.Start && tok.Name == "row" {
			row, err := r.row(&tok)
			if err != nil {
				return table.Row{}, damaged(r.part, err)
			}
			return row, nil
		}
	}
}

func (r *rows) row(t *markup.Token) (table.Row, error) {
	r.last++
	if n, err := strconv.Atoi(t.Attr("r")); err == nil && n >= r.last && n <= 1<<30 {
		r.last = n
	}
	row := table.Row{Line: r.last, Epoch: r.book.from}
	for {
		tok, err := r.scan.Next()
		if err != nil {
			return row, cut(r.scan, err)
		}
		switch {
		case tok.Kind == markup.End && tok.Name == "row":
			return row, nil
		case tok.Kind == markup.Start && tok.Name == "c":
			at := columnOf(tok.Attr("r"), len(row.Cells))
			cell, err := r.cell(tok.Attr("t"), tok.Attr("s"))
			if err != nil {
				return row, err
			}
			if at < maxCells {
				for len(row.Cells) <= at {
					row.Cells = append(row.Cells, table.Cell{})
				}
				row.Cells[at] = cell
			}
		}
	}
}

// columnOf reads the letters of a reference such as "AB12"; next when there is
// none.
func columnOf(reference string, next int) int {
	n := 0
	for i := 0; i < len(reference) && reference[i] >= 'A' && reference[i] <= 'Z' && i < 4; i++ {
		n = n*26 + int(reference[i]-'A') + 1
	}
	if n == 0 {
		return next
	}
	return n - 1
}

// cell reads up to the end of a cell of a type and format.
func (r *rows) cell(kind, style string) (table.Cell, error) {
	var value []byte
	inValue := false
	for {
		tok, err := r.scan.Next()
		if err != nil {
			return table.Cell{}, cut(r.scan, err)
		}
		switch {
		case tok.Kind == markup.End && tok.Name == "c":
			return r.valueOf(kind, style, string(value)), nil
		case tok.Kind == markup.Text:
			if inValue && len(value) < maxText {
				value = append(value, tok.Text...)
			}
		case tok.Name == "v" || tok.Name == "t":
			inValue = tok.Kind == markup.Start
		}
	}
}

func (r *rows) valueOf(kind, style, value string) table.Cell {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(value); err == nil && i >= 0 && i < len(r.book.shared) {
			return table.Cell{Text: r.book.shared[i]}
		}
		return table.Cell{}
	case "str", "inlineStr", "d":
		return table.Cell{Text: value}
	case "e":
		return table.Cell{}
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return table.Cell{Text: value}
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(r.book.days) && r.book.days[i] {
		if day, ok := r.book.from.Day(number); ok {
			return table.Cell{Day: day}
		}
	} else if err == nil && i >= 0 && i < len(r.book.looks) && r.book.looks[i].turns(number) {
		number = -number
	}
	return table.Cell{Text: decimal(number), Number: true}
}

// decimal writes a number as people see it: fifteen digits, which is what a
// sheet shows, so that 45.990000000000002 is 45.99.
func decimal(number float64) string {
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64); err == nil {
		number = rounded
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}
