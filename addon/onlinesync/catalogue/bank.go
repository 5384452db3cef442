package catalogue

import (
	"slices"
	"strings"
)

// Bank is one bank, and the institutions by which providers reach it.
type Bank struct {
	Of []Institution // by provider; more than one only where it is proven that they are one bank
}

// Picked is a part of the banks that fit a query, the best first.
type Picked struct {
	Banks []Bank
	Count int // of all banks that fit
}

// Banks is Search by bank: an institution that fits brings those of other
// providers for the same bank that pass what the query narrows. Offset, Limit
// and Count are of banks.
func (x *Index) Banks(q Query) Picked {
	var banks []int32
	seen := make([]bool, len(x.members))
	for _, i := range x.hits(q) {
		if bank := x.banks[i]; !seen[bank] {
			seen[bank] = true
			banks = append(banks, bank)
		}
	}
	q.Country = strings.ToUpper(strings.TrimSpace(q.Country))
	picked := Picked{Count: len(banks), Banks: []Bank{}}
	for _, bank := range page(banks, q.Offset, q.Limit) {
		var b Bank
		for _, i := range x.members[bank] {
			if q.takes(&x.list[i]) {
				b.Of = append(b.Of, x.list[i])
			}
		}
		picked.Banks = append(picked.Banks, b)
	}
	return picked
}

// Words that are no part of a bank's own name, folded: what kind of company or
// bank it is.
var commonWords = setOf("the bank banque banca banco nv n v sa s a ag plc ltd limited inc na se ab as asa oyj spa bv b co corp gmbh kg eg")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.SplitSeq(words, " ") {
		set[word] = true
	}
	return set
}

// ownName is what tells a bank from others in its folded name.
func ownName(folded string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(folded, " ") {
		if !commonWords[word] {
			b.WriteString(word)
		}
	}
	if b.Len() == 0 {
		return join(folded)
	}
	return b.String()
}

// tellBanks finds which institutions are one bank under several providers. It is
// proven by all of: the same name, kinds of company and bank aside; a country;
// and the same BIC (its first eight letters) or the same host of the website,
// without another BIC. A proof that would make two of one provider's institutions
// one is none: that provider tells them apart. What is not proven stays apart.
func (x *Index) tellBanks(folded func(i int) string) {
	proofs := map[string][]int32{}
	for i := range x.list {
		own, bic, host := ownName(folded(i)), bicOf(x.list[i].BIC), Host(x.list[i].Website)
		for _, country := range x.list[i].Countries {
			if bic != "" {
				key := country + "b" + bic + own
				proofs[key] = append(proofs[key], int32(i))
			}
			if host != "" {
				key := country + "h" + host + "/" + own
				proofs[key] = append(proofs[key], int32(i))
			}
		}
	}
	x.banks = make([]int32, len(x.list))
	for i := range x.banks {
		x.banks[i] = int32(i)
	}
	for _, same := range proofs {
		if len(same) > 1 && x.ofOneBank(same) {
			for _, i := range same[1:] {
				x.unite(same[0], i)
			}
		}
	}
	x.gather()
}

// root is the first institution of a bank.
func (x *Index) root(i int32) int32 {
	for x.banks[i] != i {
		x.banks[i] = x.banks[x.banks[i]]
		i = x.banks[i]
	}
	return i
}

func (x *Index) unite(a, b int32) {
	a, b = x.root(a), x.root(b)
	x.banks[max(a, b)] = min(a, b)
}

// gather numbers the banks. Where proofs together would make two institutions of
// one provider one, or two BICs, nothing is proven.
func (x *Index) gather() {
	together := make([][]int32, len(x.list))
	for i := range x.list {
		root := x.root(int32(i))
		together[root] = append(together[root], int32(i))
	}
	for _, same := range together {
		if len(same) == 0 {
			continue
		}
		if !x.ofOneBank(same) {
			for _, i := range same {
				x.banks[i] = int32(len(x.members))
				x.members = append(x.members, []int32{i})
			}
			continue
		}
		slices.SortFunc(same, func(a, b int32) int { return strings.Compare(x.list[a].ProviderName, x.list[b].ProviderName) })
		for _, i := range same {
			x.banks[i] = int32(len(x.members))
		}
		x.members = append(x.members, slices.Clip(same))
	}
}

// ofOneBank reports whether institutions may be one bank: each is another
// provider's, and no two have different BICs.
func (x *Index) ofOneBank(same []int32) bool {
	known := ""
	for n, i := range same {
		if bic := bicOf(x.list[i].BIC); bic != "" {
			if known != "" && known != bic {
				return false
			}
			known = bic
		}
		for _, j := range same[:n] {
			if x.list[i].Provider == x.list[j].Provider {
				return false
			}
		}
	}
	return true
}

// bicOf is the part of a BIC that names the bank, "" for what is none.
func bicOf(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) != lettersOfBIC && len(text) != lettersOfBIC+lettersOfBranch {
		return ""
	}
	return text[:lettersOfBIC]
}

// A BIC names a bank, and may name a branch after it (ISO 9362).
const (
	lettersOfBIC    = 8
	lettersOfBranch = 3
)
