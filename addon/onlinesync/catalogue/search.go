package catalogue

import (
	"slices"
	"strings"
)

// Query is what somebody looks for. The zero value asks for all.
type Query struct {
	Text     string
	Country  string // ISO code, "" for any
	Kind     string // an account kind; institutions that tell none have any
	Status   string // stable, beta, disabled, "" for any
	Provider int64  // 0 for any
	Offset   int    // how many of the best to pass over
	Limit    int    // how many to answer
}

// Found is a part of what fits a query, the best first.
type Found struct {
	List  []Institution
	Count int // of all that fit
}

// What a query is cut to.
const (
	mostRunes = 100
	mostWords = 8
)

// How well a name fits, from the worst on. Within one, names go by the alphabet,
// and what is disabled comes after the rest.
const (
	_          uint8 = iota
	misspelt         // it resembles what was typed
	inside           // a word contains it; from three letters on
	alias            // it is a BIC, or the name in the website's address
	wordPrefix       // words begin with it
	wholeWords       // words are it
	namePrefix       // the name begins with it
	exact            // the name, or the host of the website, is it
	ranks
)

// levels are how well each name fits one word, and all words so far.
type levels struct{ word, all []uint8 }

// Search finds institutions by their names, BIC and website: the name itself,
// names that begin so, that have these words, that have words that begin so,
// those known by it otherwise, and those that contain it. Every word must be
// found, in any order; whether a name is written in one word or in several does
// not matter. Where no word begins so, names that resemble it follow, and where
// there is none, names that lack some of the words. An empty text lists all by name.
func (x *Index) Search(q Query) Found {
	hits := x.hits(q)
	found := Found{Count: len(hits), List: []Institution{}}
	for _, i := range page(hits, q.Offset, q.Limit) {
		found.List = append(found.List, x.list[i])
	}
	return found
}

// page is the part of a list that is asked for.
func page[T any](list []T, offset, limit int) []T {
	offset = min(max(offset, 0), len(list))
	return list[offset : offset+min(max(limit, 0), len(list)-offset)]
}

// hits are all that fit, the best first.
func (x *Index) hits(q Query) []int32 {
	q.Country = strings.ToUpper(strings.TrimSpace(q.Country))
	text := []rune(strings.ToValidUTF8(q.Text, " "))
	typed := string(text[:min(len(text), mostRunes)])
	folded := Fold(typed)
	if folded == "" {
		if strings.TrimSpace(q.Text) != "" {
			return nil // nothing but punctuation
		}
		return x.byName(q)
	}
	host := Host(typed)
	if host != "" {
		folded = Fold(host)
	}
	words := wordsOf(folded)
	l := x.scratch.Get().(*levels)
	defer x.scratch.Put(l)
	clear(l.all)
	for n, word := range words {
		x.fitWord(l, word, n == 0)
	}
	x.fitJoined(l, join(folded))
	if host != "" {
		for w := range x.hosts.beginning(host) {
			raise(l.all, x.hosts.names(w), exact)
		}
	}
	hits, best := x.ranked(q, l.all)
	if best < alias {
		hits = append(hits, x.resembling(q, l, words, join(folded))...)
	}
	return hits
}

// byName lists all by name; what is disabled comes last.
func (x *Index) byName(q Query) []int32 {
	var hits [2][]int32
	for i := range x.list {
		if q.takes(&x.list[i]) {
			last := x.last(int32(i))
			hits[last] = append(hits[last], int32(i))
		}
	}
	return append(hits[0], hits[1]...)
}

// wordsOf are the distinct words of a folded text, the first few.
func wordsOf(folded string) []string {
	var words []string
	for word := range strings.SplitSeq(folded, " ") {
		if !slices.Contains(words, word) && len(words) < mostWords {
			words = append(words, word)
		}
	}
	return words
}

// fitWord notes how well the names fit one word, and with it all so far.
func (x *Index) fitWord(l *levels, word string, first bool) {
	into := l.all
	if !first {
		clear(l.word)
		into = l.word
	}
	fitting := x.words.beginning
	if len(word) > 2 { // bytes: one sign of Chinese is a word
		fitting = x.words.containing
	}
	for w, fit := range fitting(word) {
		raise(into, x.words.names(w), fit)
	}
	for w, fit := range x.aliases.beginning(word) {
		if fit == wholeWords || len(word) > 3 {
			raise(into, x.aliases.names(w), alias)
		}
	}
	if len(word) == lettersOfBIC+lettersOfBranch { // the bank's own BIC finds it, too
		for w, fit := range x.aliases.beginning(word[:lettersOfBIC]) {
			if fit == wholeWords {
				raise(into, x.aliases.names(w), alias)
			}
		}
	}
	if first {
		return
	}
	for i, fit := range l.word {
		l.all[i] = min(l.all[i], fit)
	}
}

// fitJoined notes the names that have all of the query from the beginning of one
// of their words on, however either is divided.
func (x *Index) fitJoined(l *levels, joined string) {
	at, _ := slices.BinarySearchFunc(x.tails, joined, func(t tail, joined string) int { return strings.Compare(x.tail(t), joined) })
	for _, t := range x.tails[at:] {
		if !strings.HasPrefix(x.tail(t), joined) {
			return
		}
		fit := wordPrefix
		if t.at == x.start[t.name] {
			fit = namePrefix
			if len(joined) == int(x.start[t.name+1]-t.at) {
				fit = exact
			}
		}
		l.all[t.name] = max(l.all[t.name], fit)
	}
}

func raise(levels []uint8, names []int32, fit uint8) {
	for _, i := range names {
		levels[i] = max(levels[i], fit)
	}
}

// ranked lists what fits, the best first, and how well the best does.
func (x *Index) ranked(q Query, all []uint8) (hits []int32, best uint8) {
	var byRank [ranks][2][]int32
	count := 0
	for i, fit := range all {
		if fit == 0 || !q.takes(&x.list[i]) {
			continue
		}
		last := x.last(int32(i))
		byRank[fit][last] = append(byRank[fit][last], int32(i))
		best = max(best, fit)
		count++
	}
	hits = make([]int32, 0, count)
	for rank := ranks - 1; rank > 0; rank-- {
		hits = append(append(hits, byRank[rank][0]...), byRank[rank][1]...)
	}
	return hits, best
}

// takes reports whether an institution passes what a query narrows.
func (q *Query) takes(i *Institution) bool {
	return (q.Provider == 0 || i.Provider == q.Provider) && (q.Status == "" || i.Status == q.Status) &&
		(q.Country == "" || slices.Contains(i.Countries, q.Country)) && (q.Kind == "" || hasKind(i.AccountKinds, q.Kind))
}

func hasKind(kinds, kind string) bool {
	if kinds == "" {
		return true
	}
	for k := range strings.SplitSeq(kinds, ",") {
		if k == kind {
			return true
		}
	}
	return false
}

// last is 1 for what comes after the rest that fits as well, else 0.
func (x *Index) last(i int32) int {
	if x.list[i].Status == "disabled" {
		return 1
	}
	return 0
}
