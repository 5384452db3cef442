package catalogue

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Institution is one bank that one provider reaches.
type Institution struct {
	ID           int64
	Name         string
	Countries    []string // ISO 3166-1 alpha-2
	Provider     int64
	ProviderName string
	Identifier   string // the provider's own
	Status       string // stable, beta, disabled
	BIC          string
	LogoURL      string
	Website      string
	AutoSync     bool
	HistoryDays  int64
	Refreshes    int64  // a day; 0 unknown
	AccountKinds string // separated by commas; "" for any
}

// Kinds are the kinds of accounts as a list; none for any.
func (i *Institution) Kinds() []string {
	if i.AccountKinds == "" {
		return nil
	}
	return strings.Split(i.AccountKinds, ",")
}

// Index finds institutions. It never changes and may be used by many.
type Index struct {
	list []Institution // by folded name
	// joined holds the folded names without blanks, one after the other.
	joined string
	start  []int32 // where each name begins in joined, and the end of the last
	// tails are the places in joined where words begin, by what stands there up to
	// the end of the name: a text that names have from the beginning of a word on
	// is a range of them.
	tails   []tail
	words   vocabulary // of the names
	aliases vocabulary // what else a bank is known by: BIC, and the name in its host
	hosts   vocabulary // of the websites, and the domains that they are in
	banks   []int32    // which bank an institution is, see bank.go
	members [][]int32  // the institutions of each bank
	scratch sync.Pool  // of *levels
}

// tail is a name from the beginning of one of its words on.
type tail struct{ at, name int32 }

// New makes an index.
func New(list []Institution) *Index {
	type folded struct {
		name string
		at   int
	}
	names := make([]folded, len(list))
	for i := range list {
		names[i] = folded{Fold(list[i].Name), i}
	}
	slices.SortFunc(names, func(a, b folded) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(list[a.at].ID, list[b.at].ID))
	})
	x := &Index{list: make([]Institution, len(names)), start: make([]int32, 0, len(names)+1)}
	var (
		joined                strings.Builder
		words, aliases, hosts []entry
	)
	for i, f := range names {
		x.list[i] = list[f.at]
		x.start = append(x.start, int32(joined.Len()))
		for word := range strings.SplitSeq(f.name, " ") {
			if word == "" {
				continue
			}
			x.tails = append(x.tails, tail{int32(joined.Len()), int32(i)})
			words = append(words, entry{word, int32(i)})
			joined.WriteString(word)
		}
		aliases, hosts = x.otherNames(int32(i), aliases, hosts)
	}
	x.start = append(x.start, int32(joined.Len()))
	x.joined = joined.String()
	x.tails = slices.Clip(x.tails)
	slices.SortFunc(x.tails, func(a, b tail) int {
		return cmp.Or(strings.Compare(x.tail(a), x.tail(b)), cmp.Compare(a.name, b.name))
	})
	x.words, x.aliases, x.hosts = newVocabulary(words), newVocabulary(aliases), newVocabulary(hosts)
	x.tellBanks(func(i int) string { return names[i].name })
	x.scratch.New = func() any { return &levels{make([]uint8, len(x.list)), make([]uint8, len(x.list))} }
	return x
}

// otherNames adds what an institution is known by besides its name.
func (x *Index) otherNames(i int32, aliases, hosts []entry) ([]entry, []entry) {
	if bic := Fold(x.list[i].BIC); bic != "" {
		aliases = append(aliases, entry{join(bic), i})
	}
	host := Host(x.list[i].Website)
	if host == "" {
		return aliases, hosts
	}
	if name := join(Fold(nameIn(host))); name != "" {
		aliases = append(aliases, entry{name, i})
	}
	for domain := host; strings.Contains(domain, "."); _, domain, _ = strings.Cut(domain, ".") {
		hosts = append(hosts, entry{domain, i})
	}
	return aliases, hosts
}

// Len is the number of institutions.
func (x *Index) Len() int { return len(x.list) }

// name is a folded name without blanks.
func (x *Index) name(i int32) string { return x.joined[x.start[i]:x.start[i+1]] }

func (x *Index) tail(t tail) string { return x.joined[t.at:x.start[t.name+1]] }
