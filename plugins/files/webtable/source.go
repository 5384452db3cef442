package webtable

import (
	"html"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds on what a hostile file may make the reader hold.
const (
	maxCells = 512
	maxText  = 64 << 10 // bytes of a cell
)

// source parts markup into rows.
type source struct {
	scan   *markup.Scanner
	isBook bool
	sheet  string // the one that is read; "" the only one
	first  string // the sheet that rows were read of
	at     string // the sheet that is being passed
	inside int    // tables that are open
	inRow  bool
	inCell bool
	row    table.Row
	kind   string // of a workbook's value
	span   int    // columns that the cell covers beside its own
	rows   int    // that it covers beside its own
	text   []byte
	muted  string  // the element whose text is passed over
	depth  int     // of such elements in each other
	above  []below // by column
	hidden bool    // inside a part of a table that is not shown
	out    outside
	queue  []table.Row // that stand above the open table
}

func newSource(r io.Reader, isBook bool, sheet string) *source {
	return &source{scan: markup.New(r, markup.SGML), isBook: isBook, sheet: sheet}
}

// Next implements table.Source. A row's line is that of its beginning in the file.
func (s *source) Next() (table.Row, error) {
	for {
		if len(s.queue) > 0 {
			row := s.queue[0]
			s.queue = s.queue[1:]
			return row, nil
		}
		tok, err := s.scan.Next()
		if err == io.EOF {
			if s.inRow || s.inside > 0 {
				return table.Row{}, &sdk.Error{Kind: sdk.BadRequest, Line: s.scan.Line(), Message: "table: the file ends inside it"}
			}
			return table.Row{}, io.EOF
		}
		if err != nil {
			return table.Row{}, damaged(err)
		}
		done, err := s.take(&tok)
		if err != nil {
			return table.Row{}, err
		}
		if done && len(s.row.Cells) > 0 {
			return s.row, nil
		}
	}
}

// take takes a token and reports whether a row ends with it.
func (s *source) take(t *markup.Token) (ended bool, err error) {
	if s.inside == 0 && !s.isBook {
		s.out.take(t, s.scan.Line())
	}
	if t.Kind == markup.Text {
		if s.inCell && s.muted == "" && len(s.text) < maxText {
			s.text = append(s.text, t.Text...)
		}
		return false, nil
	}
	name := strings.ToLower(t.Name)
	if !s.isBook && s.mute(name, t) {
		return false, nil
	}
	switch {
	case !s.isBook && (name == "tbody" || name == "thead" || name == "tfoot"):
		s.hidden = t.Kind == markup.Start && isHidden(t)
	case name == "worksheet" && s.isBook && t.Kind == markup.Start:
		s.at = t.Attr("Name")
	case name == "table":
		s.nest(t.Kind)
	case name == "tr" && !s.isBook || name == "row" && s.isBook:
		return s.edge(t)
	case name == "br" && s.inCell:
		s.text = append(s.text, ' ')
	case name == "td" || name == "th" || name == "cell" && s.isBook:
		s.cell(t)
	case name == "data" && s.isBook && t.Kind == markup.Start:
		s.kind = t.Attr("Type")
	}
	return false, nil
}

// endRow ends a row whose end tag a page leaves out.
func (s *source) endRow() {
	if !s.inRow || s.isBook {
		return
	}
	if s.keep(); len(s.row.Cells) > 0 {
		s.fill()
		s.queue = append(s.queue, s.row)
	}
	s.inRow = false
}

func (s *source) nest(kind markup.Kind) {
	if kind == markup.End {
		s.endRow()
	}
	if kind == markup.Start {
		if s.inside++; s.inside == 1 && !s.isBook {
			s.queue, s.out.rows = s.out.rows, nil
		}
	} else if s.inside > 0 {
		s.inside--
	}
	s.above, s.hidden = nil, false
	s.inRow = s.inRow && kind == markup.End // a table in a cell: its rows count, not the cell's
}

// edge begins or ends a row.
func (s *source) edge(t *markup.Token) (ended bool, err error) {
	if t.Kind == markup.End {
		s.keep()
		if ended = s.inRow; ended {
			s.fill()
		}
		s.inRow = false
		return ended, nil
	}
	s.endRow()
	s.inRow, s.inCell, s.muted = s.isBook || !s.hidden && !isHidden(t), false, ""
	s.row = table.Row{Line: t.Line}
	if !s.isBook || s.at == s.first {
		return false, nil
	}
	switch {
	case s.sheet != "":
		s.inRow = statement.Fold(s.at) == statement.Fold(s.sheet)
	case s.first != "":
		return false, &sdk.Error{Kind: sdk.BadRequest, Field: "sheet",
			Message: "the workbook has several sheets with rows, such as " + statement.Clip(s.first, 40) + " and " +
				statement.Clip(s.at, 40) +
				": choose the sheet"}
	default:
		s.first = s.at
	}
	return false, nil
}

// cell begins or ends a cell.
func (s *source) cell(t *markup.Token) {
	if s.keep(); t.Kind == markup.End || !s.inRow || !s.isBook && isHidden(t) {
		return
	}
	s.fill()
	if at, err := strconv.Atoi(t.Attr("Index")); err == nil && s.isBook {
		for len(s.row.Cells) < min(at-1, maxCells) {
			s.row.Cells = append(s.row.Cells, table.Cell{})
		}
	}
	s.inCell, s.text, s.kind, s.span, s.rows, s.muted = true, s.text[:0], "", 0, 0, ""
	if !s.isBook {
		s.span, s.rows = count(t, "colspan"), count(t, "rowspan")
	} else if n, err := strconv.Atoi(t.Attr("MergeAcross")); err == nil {
		s.span = n
	}
}

// keep adds the open cell to the row; what is beyond the bound is dropped.
func (s *source) keep() {
	if !s.inCell {
		return
	}
	s.inCell = false
	cell := s.value()
	for range min(s.span, maxCells) + 1 {
		s.carry(cell)
		if len(s.row.Cells) < maxCells {
			s.row.Cells = append(s.row.Cells, cell)
		}
		cell = table.Cell{}
	}
}

func (s *source) value() table.Cell {
	text := string(s.text)
	switch s.kind {
	case "DateTime":
		if day, err := statement.ParseISO(text); err == nil {
			return table.Cell{Day: day}
		}
	case "Number":
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			return table.Cell{Text: strconv.FormatFloat(n, 'f', -1, 64), Number: true}
		}
	case "":
		text = html.UnescapeString(text)
	}
	return table.Cell{Text: text}
}
