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
		if plain := plainHeading(name); len(meanings) == 0 && plain != name {
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

// plainHeading takes the currency off a folded heading, and the word before it
// ("umsatz in eur").
func plainHeading(name string) string {
	parts := strings.Fields(name)
	whole := len(parts)
	for len(parts) > 1 && isCurrencyWord(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	if last := len(parts) - 1; last > 0 && len(parts) < whole && slices.Contains([]string{"in", "en", "w", "i", "v"}, parts[last]) {
		parts = parts[:last]
	}
	return strings.Join(parts, " ")
}

func isCurrencyWord(word string) bool {
	return word == "euro" || word == "euros" || len(word) == 3 && isISO(strings.ToUpper(word))
}

// currencyOf returns the currency that a heading names, as in "Bedrag (EUR)".
func currencyOf(text string) string {
	parts := strings.Fields(statement.Fold(text))
	if len(parts) < 2 {
		return ""
	}
	switch last := parts[len(parts)-1]; {
	case last == "euro" || last == "euros":
		return "EUR"
	case len(last) == 3 && isISO(strings.ToUpper(last)):
		return strings.ToUpper(last)
	}
	return ""
}

// isISO reports whether a code is one of ISO 4217's.
func isISO(code string) bool { return strings.Contains(isoCodes, " "+code+" ") }

// isoCodes are the currencies of ISO 4217 that accounts are kept in.
const isoCodes = " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
	"CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS " +
	"INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR " +
	"MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS " +
	"SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
