package table

import (
	"slices"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// compared is how many rows are held against a layout.
const compared = 20

// listed is the layout of a table without headings that the library knows: its
// first row fits, and so do most of those below it.
func listed(rows []Row, m Mapping) *layout {
	var first [][]string
	for i := m.SkipRows; i < len(rows) && len(first) < compared; i++ {
		if rows[i].blank() {
			continue
		}
		var values []string
		for _, c := range rows[i].Cells {
			values = append(values, c.text())
		}
		first = append(first, values)
	}
	for _, y := range m.library().Layouts() {
		if fitting(y, first) {
			return asListed(y, m)
		}
	}
	return nil
}

func fitting(y *words.Layout, rows [][]string) bool {
	good := 0
	for i, values := range rows {
		if fits := y.Fits(values); fits {
			good++
		} else if i == 0 {
			return false
		}
	}
	return good*2 > len(rows)
}

// asListed is what a layout says, as far as the mapping leaves it open.
func asListed(y *words.Layout, m Mapping) *layout {
	m.NoHeadings = true
	if m.DateOrder == statement.AnyOrder {
		m.DateOrder, _ = statement.ParseOrder(y.DateOrder) // checked when it was loaded
	}
	if m.Mark == statement.NoMark {
		m.Mark, _ = statement.ParseMark(y.Decimal)
	}
	if len(m.DebitWords) == 0 {
		for _, word := range y.DebitWords {
			m.DebitWords = append(m.DebitWords, signWord(word))
		}
	}
	l := &layout{Mapping: m, listed: y.Name, body: m.SkipRows, columns: map[Role][]int{}}
	for role, places := range y.Places() {
		l.columns[Role(role)] = slices.Clone(places)
	}
	return l
}
