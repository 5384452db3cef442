package catalogue

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// vocabulary is the distinct words of all names, and which names have each.
type vocabulary struct {
	text  string  // "\nword1\nword2\n…", sorted
	start []int32 // where each word begins, and the end of the last
	post  []int32 // the names of the first word, of the second, …
	from  []int32 // where a word's names begin in post, and the end
	marks []uint64
}

// entry is a word of a name.
type entry struct {
	word string
	name int32
}

// newVocabulary sorts the entries.
func newVocabulary(entries []entry) vocabulary {
	slices.SortFunc(entries, func(a, b entry) int {
		if c := strings.Compare(a.word, b.word); c != 0 {
			return c
		}
		return int(a.name - b.name)
	})
	entries = slices.Compact(entries)
	v := vocabulary{post: make([]int32, 0, len(entries))}
	var text strings.Builder
	for i, e := range entries {
		if i == 0 || entries[i-1].word != e.word {
			text.WriteByte('\n')
			v.start, v.from = append(v.start, int32(text.Len())), append(v.from, int32(len(v.post)))
			v.marks = append(v.marks, marksOf(e.word))
			text.WriteString(e.word)
		}
		v.post = append(v.post, e.name)
	}
	text.WriteByte('\n')
	v.text = text.String()
	v.start, v.from = slices.Clip(append(v.start, int32(len(v.text)))), slices.Clip(append(v.from, int32(len(v.post))))
	return v
}

func (v *vocabulary) len() int { return len(v.marks) }

// word is the w-th word.
func (v *vocabulary) word(w int) string { return v.text[v.start[w] : v.start[w+1]-1] }

// names are those that have the w-th word.
func (v *vocabulary) names(w int) []int32 { return v.post[v.from[w]:v.from[w+1]] }

// containing yields the words that contain part, with how well they fit.
func (v *vocabulary) containing(part string) func(func(int, uint8) bool) {
	return func(yield func(int, uint8) bool) {
		for at := 0; ; {
			hit := strings.Index(v.text[at:], part)
			if hit < 0 {
				return
			}
			hit += at
			w := v.at(int32(hit))
			fit := inside
			switch {
			case int32(hit) == v.start[w] && hit+len(part)+1 == int(v.start[w+1]):
				fit = wholeWords
			case int32(hit) == v.start[w]:
				fit = wordPrefix
			}
			if !yield(w, fit) {
				return
			}
			at = int(v.start[w+1]) - 1
		}
	}
}

// beginning yields the words that begin with part, with how well they fit.
func (v *vocabulary) beginning(part string) func(func(int, uint8) bool) {
	return func(yield func(int, uint8) bool) {
		low, high := 0, v.len()
		for low < high {
			if middle := (low + high) / 2; v.word(middle) < part {
				low = middle + 1
			} else {
				high = middle
			}
		}
		for ; low < v.len() && strings.HasPrefix(v.word(low), part); low++ {
			fit := wordPrefix
			if len(v.word(low)) == len(part) {
				fit = wholeWords
			}
			if !yield(low, fit) {
				return
			}
		}
	}
}

// at is the word that lies at a place of the text.
func (v *vocabulary) at(place int32) int {
	w, found := slices.BinarySearch(v.start, place)
	if !found {
		w--
	}
	return w
}

// marksOf is which characters a word has, as bits; several share one.
func marksOf(word string) (marks uint64) {
	for _, r := range word {
		marks |= 1 << (uint32(r) % 64)
	}
	return marks
}

// runes is how many characters a word has.
func runes(word string) int { return utf8.RuneCountInString(word) }
