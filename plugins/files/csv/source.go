package csv

import (
	"bufio"
	"io"

	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds on what a hostile file may make the reader hold.
const (
	maxRow   = 256 << 10 // bytes
	maxCells = 512
)

// source parts text into rows.
type source struct {
	in        *bufio.Reader
	delimiter byte
	line      int // lines ended so far
	value     []byte
	cells     []table.Cell
	bytes     int // of this row
	over      bool
}

func newSource(r io.Reader, delimiter byte) *source {
	return &source{in: bufio.NewReaderSize(r, 64<<10), delimiter: delimiter}
}

// Next implements table.Source.
func (s *source) Next() (table.Row, error) {
	if s.over {
		return table.Row{}, io.EOF
	}
	row := table.Row{Line: s.line + 1}
	s.cells, s.value, s.bytes = nil, s.value[:0], 0
	for {
		ended, err := s.cell()
		if err == io.EOF {
			s.over, row.Cut = true, true
			if len(s.cells) == 1 && s.cells[0].Text == "" {
				return table.Row{}, io.EOF
			}
			row.Cells = s.cells
			return row, nil
		}
		if err != nil {
			return table.Row{}, err
		}
		if ended {
			row.Cells = s.cells
			return row, nil
		}
	}
}

// cell reads one value and reports whether it ends its row. io.EOF comes
// together with the last value.
func (s *source) cell() (ended bool, err error) {
	s.value = s.value[:0]
	quoted := false
	for {
		c, err := s.in.ReadByte()
		if err == io.EOF && quoted {
			return false, &sdk.Error{Kind: sdk.BadRequest, Line: s.line + 1,
				Message: "CSV file: it ends inside quotes; the file is cut, or a quote is missing"}
		}
		if err == io.EOF {
			s.keep()
			return true, io.EOF
		}
		if err != nil {
			return false, err
		}
		if s.bytes++; s.bytes > maxRow {
			return false, &sdk.Error{Kind: sdk.BadRequest, Line: s.line + 1,
				Message: "CSV file: a row is longer than 256 KiB; a quote may be missing"}
		}
		switch {
		case quoted && c == '"':
			if next, err := s.in.Peek(1); err == nil && next[0] == '"' {
				s.in.Discard(1) // peeked above
				s.value = append(s.value, '"')
				continue
			}
			quoted = false
		case quoted:
			s.countLine(c)
			s.value = append(s.value, c)
		case c == '"' && len(s.value) == 0:
			quoted = true
		case c == s.delimiter:
			s.keep()
			return false, nil
		case c == '\n' || c == '\r':
			s.countLine(c)
			if c == '\r' {
				s.newlineAhead()
			}
			s.keep()
			return true, nil
		default:
			s.value = append(s.value, c)
		}
	}
}

// countLine counts an end of line; CR LF counts once, at its LF.
func (s *source) countLine(c byte) {
	if c == '\n' {
		s.line++
		return
	}
	if c == '\r' {
		if next, err := s.in.Peek(1); err != nil || next[0] != '\n' {
			s.line++
		}
	}
}

// newlineAhead consumes the LF of a CR LF.
func (s *source) newlineAhead() {
	if next, err := s.in.Peek(1); err == nil && next[0] == '\n' {
		s.in.Discard(1) // peeked above
		s.line++
	}
}

// keep adds the value to the row; what is beyond the bound is dropped.
func (s *source) keep() {
	if len(s.cells) < maxCells {
		s.cells = append(s.cells, table.Cell{Text: string(s.value)})
	}
}
