package webtable

import (
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
)

// isHidden reports whether a page does not show an element.
func isHidden(t *markup.Token) bool {
	if _, hidden := t.PageAttr("hidden"); hidden {
		return true
	}
	style, _ := t.PageAttr("style")
	return strings.Contains(strings.ToLower(strings.Join(strings.Fields(style), "")), "display:none")
}

// mutes reports whether a page takes back what stands in an element: it strikes
// it out, or hides it.
func mutes(name string, t *markup.Token) bool {
	switch name {
	case "s", "del", "strike":
		return true
	case "span", "div", "p", "b", "i", "a", "small", "font", "em", "strong":
		return isHidden(t)
	}
	return false
}

// mute follows the element whose text is passed over, and reports whether a tag
// is its own or inside it.
func (s *source) mute(name string, t *markup.Token) bool {
	switch {
	case s.muted == "":
		if t.Kind != markup.Start || !s.inCell || !mutes(name, t) {
			return false
		}
		s.muted, s.depth = name, 1
	case name != s.muted:
		return false
	case t.Kind == markup.Start:
		s.depth++
	default:
		if s.depth--; s.depth == 0 {
			s.muted = ""
		}
	}
	return true
}

// below is a cell that stands in rows below its own as well.
type below struct {
	cell table.Cell
	rows int // that are left
}

// count reads how many rows or columns a cell of a page covers beside its own.
func count(t *markup.Token, name string) int {
	text, _ := t.PageAttr(name)
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n > 1 {
		return min(n-1, maxCells)
	}
	return 0
}

// fill adds the cells that come from rows above, up to the next free column.
func (s *source) fill() {
	for at := len(s.row.Cells); at < len(s.above) && s.above[at].rows > 0; at++ {
		s.above[at].rows--
		s.row.Cells = append(s.row.Cells, s.above[at].cell)
	}
}

// carry lets a cell stand in the rows below. An amount does not: it moved once,
// whatever number of rows tells of it.
func (s *source) carry(cell table.Cell) {
	at := len(s.row.Cells)
	if s.rows == 0 || at >= maxCells {
		return
	}
	for len(s.above) <= at {
		s.above = append(s.above, below{})
	}
	for _, mark := range []statement.Mark{statement.Point, statement.Comma} {
		if _, err := statement.ParseMoney(strings.TrimSpace(cell.Text), mark, nil); err == nil {
			cell = table.Cell{}
		}
	}
	s.above[at] = below{cell: cell, rows: s.rows}
}
