package catalogue

import (
	"cmp"
	"slices"
)

// enough is the share of a query's trigrams that a resembling name has.
const enough = 0.5

// resembling returns the names that share the most trigrams with a folded query.
func (x *Index) resembling(query, country string, limit int) []Institution {
	grams := trigrams(query)
	if len(grams) < 2 {
		return nil
	}
	shared := make([]uint8, len(x.list))
	var hits []int32
	for _, g := range grams {
		for _, i := range x.grams[g] {
			if shared[i] == 0 {
				hits = append(hits, i)
			}
			if shared[i] < 255 {
				shared[i]++
			}
		}
	}
	least := uint8(min(255, int(float64(len(grams))*enough+0.999)))
	hits = slices.DeleteFunc(hits, func(i int32) bool { return shared[i] < least || !x.in(int(i), country) })
	slices.SortFunc(hits, func(a, b int32) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(len(x.list[a].Name), len(x.list[b].Name)), cmp.Compare(a, b))
	})
	out := make([]Institution, 0, min(limit, len(hits)))
	for _, i := range hits[:min(limit, len(hits))] {
		out = append(out, x.list[i])
	}
	return out
}

// trigrams lists the distinct runs of three characters of each word, which
// counts as beginning with two blanks and ending with one.
func trigrams(folded string) []string {
	padded := "  " + folded + " "
	out := make([]string, 0, len(padded))
	for i := 0; i+3 <= len(padded); i++ {
		out = append(out, padded[i:i+3])
	}
	slices.Sort(out)
	return slices.Compact(out)
}
