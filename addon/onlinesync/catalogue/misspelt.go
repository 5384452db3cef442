package catalogue

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// What a mistake costs: two letters in the wrong order are the commonest.
const (
	swapCost = 2
	editCost = 3
	far      = 255
)

// allowed is what a word of so many letters may differ by: one of three letters
// by a swap, one of four by one mistake, one of eight by two.
func allowed(letters int) int {
	switch {
	case letters < 3:
		return -1
	case letters < 4:
		return swapCost
	case letters < 8:
		return editCost
	}
	return 2 * editCost
}

// resembling are the names that fit no word of the query well but resemble all,
// the likest first. What all says is a hit already is left out. Where there is
// none either way, names that lack some of the words do, if they have half of the
// letters that were typed.
func (x *Index) resembling(q Query, l *levels, words []string, joined string) []int32 {
	costs, lacking := make([]uint8, len(x.list)), make([]uint8, len(x.list))
	typed := 0
	for _, word := range words {
		for i := range l.word {
			l.word[i] = far
		}
		x.costOfWord(l.word, word)
		letters := runes(word)
		typed += letters
		for i, cost := range l.word {
			if cost == far {
				lacking[i] += uint8(letters) // of at most mostRunes
			} else {
				costs[i] = uint8(min(int(costs[i])+int(cost), far-1))
			}
		}
	}
	some := slices.Clone(costs)
	for i, letters := range lacking {
		if letters > 0 {
			costs[i] = far
		}
		if some[i] = uint8(min(int(some[i])+int(letters), far-1)); 2*int(letters) > typed {
			some[i] = far
		}
	}
	x.costOfJoined(costs, joined)
	hits := x.likest(q, l, costs)
	if len(hits) == 0 && !slices.ContainsFunc(l.all, func(fit uint8) bool { return fit != 0 }) {
		return x.likest(q, l, some)
	}
	return hits
}

// likest lists the names that have costs, the least first.
func (x *Index) likest(q Query, l *levels, costs []uint8) []int32 {
	var byCost [far][2][]int32
	count := 0
	for i, cost := range costs {
		if cost == far || l.all[i] != 0 || !q.takes(&x.list[i]) {
			continue
		}
		last := x.last(int32(i))
		byCost[cost][last] = append(byCost[cost][last], int32(i))
		count++
	}
	hits := make([]int32, 0, count)
	for _, names := range byCost {
		hits = append(append(hits, names[0]...), names[1]...)
	}
	return hits
}

// costOfWord notes by how much a word of each name differs. A name that begins
// with the word comes before others.
func (x *Index) costOfWord(costs []uint8, typed string) {
	note := func(w int, cost uint8) {
		word := x.words.word(w)
		for _, i := range x.words.names(w) {
			total := cost
			if !strings.HasPrefix(x.name(i), word) {
				total++
			}
			costs[i] = min(costs[i], total)
		}
	}
	letters := []rune(typed)
	budget := allowed(len(letters))
	for w, fit := range x.words.containing(typed) {
		switch {
		case fit > inside:
			note(w, 0)
		case len(typed) > 2:
			note(w, editCost)
		}
	}
	if budget < 0 {
		return
	}
	marks, most := marksOf(typed), budget/editCost
	var d distances
	for w, theirs := range x.words.marks {
		if bits.OnesCount64(marks&^theirs) > most || !alikeAtFirst(letters, x.words.word(w)) {
			continue
		}
		if cost := d.between(letters, x.words.word(w), budget, len(letters) > 4); cost <= budget {
			note(w, uint8(2*cost))
		}
	}
}

// costOfJoined notes by how much the beginnings of names differ from the whole
// query, however both are divided into words.
func (x *Index) costOfJoined(costs []uint8, joined string) {
	letters := []rune(joined)
	budget := allowed(len(letters))
	if len(letters) < 5 {
		return
	}
	marks := marksOf(joined)
	var d distances
	for i := range x.list {
		name := x.name(int32(i))
		if !alikeAtFirst(letters, name) {
			continue
		}
		if len(name) > 2*len(joined)+8 {
			name = strings.ToValidUTF8(name[:2*len(joined)+8], "")
		}
		if bits.OnesCount64(marks&^marksOf(name)) > budget/editCost {
			continue
		}
		if cost := d.between(letters, name, budget, true); cost <= budget {
			costs[i] = min(costs[i], uint8(2*cost))
		}
	}
}

// alikeAtFirst reports whether the first letter of one is among the first two of
// the other: few mistype a beginning worse, and most words are passed over so.
func alikeAtFirst(typed []rune, word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	if first == typed[0] || first == typed[1] {
		return true
	}
	second, _ := utf8.DecodeRuneInString(word[size:])
	return second == typed[0]
}

// distances tells how much words differ: by letters that are wrong, missing or
// too many, and by neighbours in the wrong order.
type distances struct{ rows [3][mostLetters + 1]int }

// mostLetters is how much of a word is looked at.
const mostLetters = 64

// between is what it costs to make typed of word, or of a beginning of word; more
// than budget for anything dearer.
func (d *distances) between(typed []rune, word string, budget int, beginning bool) int {
	var letters [mostLetters]rune
	their, longest := letters[:0], len(typed)+budget/editCost
	for _, r := range word {
		if len(their) > longest || len(their) == len(letters) {
			break
		}
		their = append(their, r)
	}
	if len(their) < len(typed)-budget/editCost || !beginning && len(their) > longest {
		return budget + 1
	}
	width := len(their) + 1
	before, last, row := d.rows[0][:width], d.rows[1][:width], d.rows[2][:width]
	for j := range last {
		last[j] = j * editCost
	}
	for i, t := range typed {
		row[0] = (i + 1) * editCost
		least := row[0]
		for j, r := range their {
			cost := last[j]
			if t != r {
				cost += editCost
			}
			cost = min(cost, last[j+1]+editCost, row[j]+editCost)
			if i > 0 && j > 0 && t == their[j-1] && typed[i-1] == r {
				cost = min(cost, before[j-1]+swapCost)
			}
			row[j+1] = cost
			least = min(least, cost)
		}
		if least > budget+editCost { // a swap may still save one
			return budget + 1
		}
		before, last, row = last, row, before
	}
	if beginning {
		return slices.Min(last)
	}
	return last[len(their)]
}
