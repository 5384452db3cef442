package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// Institution is one bank that one provider reaches.
type Institution struct {
	ID           int64
	Name         string
	Countries    []string // ISO 3166-1 alpha-2
	Provider     int64
	ProviderName string
	Identifier   string // the provider's own
	Status       string
	LogoURL      string
	Website      string
	AutoSync     bool
	HistoryDays  int64
	Refreshes    int64 // a day; 0 unknown
	AccountKinds string
}

// Index finds institutions. It never changes and may be used by many.
type Index struct {
	list []Institution // by folded name
	// text holds every folded name as "\n name", so that a word begins after a
	// blank and a name after "\n ".
	text  string
	start []int32 // where each name begins in text, at its "\n"
	grams map[string][]int32
}

// New makes an index. Disabled institutions are left out.
func New(list []Institution) *Index {
	type folded struct {
		name string
		at   int
	}
	names := make([]folded, 0, len(list))
	size := 0
	for i := range list {
		if list[i].Status == "disabled" {
			continue
		}
		f := folded{Fold(list[i].Name), i}
		size += len(f.name) + 2
		names = append(names, f)
	}
	slices.SortFunc(names, func(a, b folded) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(list[a.at].ID, list[b.at].ID))
	})
	x := &Index{list: make([]Institution, len(names)), start: make([]int32, len(names)), grams: map[string][]int32{}}
	var text strings.Builder
	text.Grow(size)
	for i, f := range names {
		x.list[i] = list[f.at]
		x.start[i] = int32(text.Len())
		text.WriteString("\n ")
		text.WriteString(f.name)
	}
	x.text = text.String()
	for i, f := range names {
		for _, g := range trigrams(f.name) {
			x.grams[g] = append(x.grams[g], int32(i))
		}
	}
	return x
}

// Len is the number of institutions that can be found.
func (x *Index) Len() int { return len(x.list) }

// Ranks, best first.
const (
	exact = iota
	namePrefix
	wordPrefix
	anywhere
	ranks
)

// Search returns up to limit institutions, best first: the name itself, names
// that begin so, names whose words begin so, names that contain it, and, when
// nothing does, names that resemble it. Every word of the query must be found,
// in any order. An empty query lists by name. country is an ISO code or "".
func (x *Index) Search(query, country string, limit int) []Institution {
	folded := Fold(query)
	country = strings.ToUpper(strings.TrimSpace(country))
	if folded == "" {
		if strings.TrimSpace(query) != "" {
			return nil // nothing but punctuation
		}
		return x.first(country, limit)
	}
	words := strings.Fields(folded)
	longest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
	var found [ranks][]int32
	for i := range x.containing(longest) {
		name := x.name(i)
		if !x.in(i, country) {
			continue
		}
		if rank := rankOf(name, folded, words); rank < ranks && len(found[rank]) < limit {
			found[rank] = append(found[rank], int32(i))
		}
	}
	out := make([]Institution, 0, min(limit, 64))
	for _, list := range found {
		for _, i := range list {
			if len(out) == limit {
				return out
			}
			out = append(out, x.list[i])
		}
	}
	if len(out) > 0 {
		return out
	}
	return x.resembling(folded, country, limit)
}

// first lists institutions by name.
func (x *Index) first(country string, limit int) []Institution {
	var out []Institution
	for i := range x.list {
		if len(out) == limit {
			break
		}
		if x.in(i, country) {
			out = append(out, x.list[i])
		}
	}
	return out
}

// containing yields, in order, the names that contain word.
func (x *Index) containing(word string) func(func(int) bool) {
	return func(yield func(int) bool) {
		i := 0
		for at := 0; at < len(x.text); at = int(x.start[i]) {
			hit := strings.Index(x.text[at:], word)
			if hit < 0 {
				return
			}
			for i+1 < len(x.start) && int(x.start[i+1]) <= at+hit {
				i++
			}
			if !yield(i) {
				return
			}
			if i++; i == len(x.start) {
				return
			}
		}
	}
}

// name returns the folded name with a blank before it.
func (x *Index) name(i int) string {
	end := len(x.text)
	if i+1 < len(x.start) {
		end = int(x.start[i+1])
	}
	return x.text[x.start[i]+1 : end]
}

func (x *Index) in(i int, country string) bool {
	return country == "" || slices.Contains(x.list[i].Countries, country)
}

// rankOf tells how well a name (with a blank before it) fits.
func rankOf(name, query string, words []string) int {
	rank := wordPrefix
	for _, w := range words {
		at := strings.Index(name, w)
		if at < 0 {
			return ranks
		}
		if name[at-1] != ' ' && !strings.Contains(name, " "+w) {
			rank = anywhere
		}
	}
	switch {
	case name[1:] == query:
		return exact
	case strings.HasPrefix(name[1:], query):
		return namePrefix
	}
	return rank
}
