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
	line      int    // lines ended so far
	text      []byte // of the row's values, one behind the other
	ends      []int  // where each ends in text
	bytes     int    // of this row
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
	s.text, s.ends, s.bytes = s.text[:0], s.ends[:0], 0
	for {
		ended, err := s.cell()
		if err == io.EOF {
			s.over, row.Cut = true, true
			if len(s.ends) == 1 && len(s.text) == 0 {
				return table.Row{}, io.EOF
			}
			row.Cells = s.cells()
			return row, nil
		}
		if err != nil {
			return table.Row{}, err
		}
		if ended {
			row.Cells = s.cells()
			return row, nil
		}
	}
}

// cells returns the row's values, which share one text.
func (s *source) cells() []table.Cell {
	text := string(s.text)
	cells := make([]table.Cell, len(s.ends))
	from := 0
	for i, end := range s.ends {
		cells[i].Text = text[from:end]
		from = end
	}
	return cells
}

// cell reads one value and reports whether it ends its row. io.EOF comes
// together with the last value.
func (s *source) cell() (ended bool, err error) {
	begin, quoted := len(s.text), false
	for {
		err := s.plain(quoted)
		if err == io.EOF && quoted {
			return false, &sdk.Error{Kind: sdk.BadRequest, Line: s.line + 1,
				Message: "CSV file: it ends inside quotes; the file is cut, or a quote is missing"}
		}
		if err == io.EOF {
			s.keep(begin)
			return true, io.EOF
		}
		if err != nil {
			return false, err
		}
		c, err := s.in.ReadByte()
		if err != nil {
			return false, err
		}
		if s.bytes++; s.bytes > maxRow {
			return false, errLongRow(s.line)
		}
		switch {
		case quoted && c == '"':
			if next, err := s.in.Peek(1); err == nil && next[0] == '"' {
				s.in.Discard(1) // peeked above
				s.text = append(s.text, '"')
				continue
			}
			quoted = false
		case quoted:
			s.countLine(c)
			s.text = append(s.text, c)
		case c == '"' && len(s.text) == begin:
			quoted = true
		case c == s.delimiter:
			s.keep(begin)
			return false, nil
		case c == '\n' || c == '\r':
			s.countLine(c)
			if c == '\r' {
				s.newlineAhead()
			}
			s.keep(begin)
			return true, nil
		default:
			s.text = append(s.text, c)
		}
	}
}

// plain takes what stands before the next character that may mean something. An
// error says that none follows.
func (s *source) plain(quoted bool) error {
	for {
		ahead := s.in.Buffered()
		if ahead == 0 {
			if _, err := s.in.Peek(1); err != nil {
				return err
			}
			ahead = s.in.Buffered()
		}
		text, err := s.in.Peek(ahead)
		if err != nil {
			return err
		}
		n := 0
		for n < len(text) && text[n] != '"' && text[n] != '\n' && text[n] != '\r' && (quoted || text[n] != s.delimiter) {
			n++
		}
		if s.bytes += n; s.bytes > maxRow {
			return errLongRow(s.line)
		}
		s.text = append(s.text, text[:n]...)
		if _, err := s.in.Discard(n); err != nil || n < ahead {
			return err
		}
	}
}

func errLongRow(line int) error {
	return &sdk.Error{Kind: sdk.BadRequest, Line: line + 1, Message: "CSV file: a row is longer than 256 KiB; a quote may be missing"}
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

// keep ends the value that began there; what is beyond the bound is dropped.
func (s *source) keep(begin int) {
	if len(s.ends) < maxCells {
		s.ends = append(s.ends, len(s.text))
		return
	}
	s.text = s.text[:begin]
}
