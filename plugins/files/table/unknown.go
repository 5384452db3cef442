package table

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// unknown asks for the columns of a table in which nothing was found, and says
// what is the trouble: days that cannot be read below headings that are known, no
// row of headings, or headings that nobody knows.
func unknown(rows []Row, m Mapping) (*layout, *sdk.Error) {
	l := &layout{Mapping: m}
	if len(rows) > m.SkipRows {
		l = read(rows, m.SkipRows, 1, m)
		l.columns = nil
	}
	for i := m.SkipRows; i < len(rows) && i < m.SkipRows+searched; i++ {
		if heading, text := unreadableDay(rows, i, m); heading != "" {
			return l, ask("columns", "its headings are known (%s), but its column %q holds no dates that can be read, such as %q: choose another "+
				"column for the date, or save the file with other dates", shown(headingTexts(rows[i:i+1])), heading, text)
		}
	}
	if m.SkipRows < len(rows) && l.isData(&rows[m.SkipRows]) {
		return l, ask("columns", "it has no row of headings that are known; its first row is %s: choose by their numbers which columns hold the "+
			"date and the amount", shown(l.headings))
	}
	return l, ask("columns", "its columns are not known by their headings (%s): choose which of them hold the date and the amount",
		shown(l.headings))
}

// isData reports whether a row holds a day or an amount, as no headings do.
func (l *layout) isData(r *Row) bool {
	for _, c := range r.Cells {
		if !c.blank() && (l.can(Date, c, r.Epoch) || l.can(Amount, c, r.Epoch)) {
			return true
		}
	}
	return false
}

// unreadableDay returns the heading for the date in row i, and what stands first
// below it, when the row has headings for a date and an amount and that text is
// no day.
func unreadableDay(rows []Row, i int, m Mapping) (heading, text string) {
	cells := headingTexts(rows[i : i+1])
	n := newNaming(m.library(), cells)
	days := n.candidates(Date, true)
	if len(days) == 0 || len(n.candidates(Amount, true))+len(n.candidates(Debit, true))+len(n.candidates(Credit, true)) == 0 {
		return "", ""
	}
	at := days[0].at
	for j := i + 1; j < len(rows); j++ {
		if c := rows[j].at(at); !c.blank() {
			if (&layout{Mapping: m}).can(Date, c, rows[j].Epoch) {
				return "", ""
			}
			return cells[at], statement.Clip(c.text(), 40)
		}
	}
	return "", ""
}
