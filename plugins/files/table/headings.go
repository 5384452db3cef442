package table

import (
	"cmp"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// naming is a row of headings that is being understood.
type naming struct {
	lib   *words.Library
	names []string          // folded
	known [][]words.Heading // what they may mean
	place []int             // of each language: 0 is the one that knows most of them
	taken map[int]bool
}

func newNaming(lib *words.Library, cells []string) *naming {
	n := &naming{lib: lib, taken: map[int]bool{}, place: make([]int, len(lib.Languages))}
	counts, order := make([]int, len(lib.Languages)), make([]int, len(lib.Languages))
	for _, text := range cells {
		name := statement.Fold(text)
		meanings := lib.Headings(name)
		if len(meanings) == 0 {
			plain, _ := plainHeading(lib, text)
			meanings = lib.Headings(plain)
		}
		n.names, n.known = append(n.names, name), append(n.known, meanings)
		seen := map[int]bool{}
		for _, h := range meanings {
			if !seen[h.Language] {
				seen[h.Language] = true
				counts[h.Language]++
			}
		}
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	for place, language := range order {
		n.place[language] = place
	}
	return n
}

// candidate is a column that may have a role.
type candidate struct{ at, place, rank int }

// candidates returns the columns that may have a role, the likelier first. The
// language that knows most of the row decides what a heading means; the others
// are asked, with all, for roles that it leaves open.
func (n *naming) candidates(role Role, all bool) []candidate {
	var list []candidate
	for at, meanings := range n.known {
		first := len(n.place)
		for _, h := range meanings {
			first = min(first, n.place[h.Language])
		}
		for _, h := range meanings {
			if h.Role == string(role) && !n.taken[at] && (all || n.place[h.Language] == first) {
				list = append(list, candidate{at, n.place[h.Language], h.Rank})
			}
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(a.place-b.place, a.rank-b.rank, a.at-b.at)
	})
	return list
}

// means reports whether a column's heading may have a role in any language.
func (n *naming) means(at int, role Role) bool {
	return slices.ContainsFunc(n.known[at], func(h words.Heading) bool { return h.Role == string(role) })
}

// dayFirst reports whether the headings are of a language that writes the day
// before the month: two of them, at least, that are not English as well.
func (n *naming) dayFirst(cells []string) bool {
	english, others := 0, 0
	for at, meanings := range n.known {
		isEnglish, isOther := false, false
		for _, h := range meanings {
			l := n.lib.Languages[h.Language]
			isEnglish = isEnglish || l.Language == "en"
			isOther = isOther || l.DayFirst
		}
		accents := strings.ContainsFunc(cells[at], func(r rune) bool { return r >= 0x80 })
		switch {
		case isOther && (!isEnglish || accents):
			others++
		case isEnglish && !isOther:
			english++
		}
	}
	return others > english && others > 1
}

// language is the place of the one that knows most of the headings; -1 where none
// knows any.
func (n *naming) language() int {
	at := slices.Index(n.place, 0)
	for _, meanings := range n.known {
		if slices.ContainsFunc(meanings, func(h words.Heading) bool { return h.Language == at }) {
			return at
		}
	}
	return -1
}

// monthNames knows the months in the language of the headings, where one is known.
func (l *layout) monthNames() *statement.Months {
	if l.months != nil {
		return l.months
	}
	return l.library().Months(-1)
}

// yearFirst reports whether the language that knows most of the headings, two at
// least, writes days of six digits with the year first.
func (n *naming) yearFirst() bool {
	at := slices.Index(n.place, 0)
	if at < 0 || !n.lib.Languages[at].YearFirst {
		return false
	}
	known := 0
	for _, meanings := range n.known {
		if slices.ContainsFunc(meanings, func(h words.Heading) bool { return h.Language == at }) {
			known++
		}
	}
	return known > 1
}
