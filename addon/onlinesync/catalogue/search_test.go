package catalogue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/onlinesync/catalogue"
)

// known are banks as three providers might list them.
func known() []catalogue.Institution {
	var list []catalogue.Institution
	for i, spec := range []string{
		"ABN AMRO|NL|1|ABNANL2A|https://www.abnamro.nl/", "ABN-AMRO Bank N.V.|NL|2|ABNANL2AXXX|https://abnamro.nl",
		"ABNAMRO MeesPierson|NL|3||", "ING|NL|1|INGBNL2A|https://www.ing.nl", "ING Bank N.V.|NL|2|INGBNL2A|https://ing.com",
		"Bank of Ireland|IE|1|BOFIIE2D|https://www.bankofireland.com", "Commerzbank|DE|1|COBADEFF|https://www.commerzbank.de",
		"Rabobank|NL|1|RABONL2U|https://www.rabobank.nl", "Сбербанк|RU|3|SABRRUMM|https://www.sberbank.ru",
		"三菱UFJ銀行|JP|3|BOTKJPJT|https://www.bk.mufg.jp", "Εθνική Τράπεζα της Ελλάδος|GR|3|ETHNGRAA|https://www.nbg.gr",
		"भारतीय स्टेट बैंक|IN|3|SBININBB|https://sbi.co.in", "İş Bankası|TR|3|ISBKTRIS|https://www.isbank.com.tr",
		"Union Bank|US|2||https://www.unionbank.com", "Union Bank|US|1||", "First Union Bank|US|2||", "Landing Trust|US|2||",
	} {
		part := strings.Split(spec, "|")
		list = append(list, catalogue.Institution{ID: int64(i + 1), Name: part[0], Countries: []string{part[1]},
			Provider: int64(part[2][0] - '0'), ProviderName: "P" + part[2], BIC: part[3], Website: part[4], Status: "stable"})
	}
	list[4].Status, list[5].Status = "beta", "disabled"
	list[7].AccountKinds = "checking,savings"
	list[6].AccountKinds = "savings"
	return list
}

func namesOf(list []catalogue.Institution) []string {
	names := []string{}
	for _, i := range list {
		names = append(names, i.Name)
	}
	return names
}

func TestWhatUsersType(t *testing.T) {
	x := catalogue.New(known())
	abn := []string{"ABN AMRO", "ABN-AMRO Bank N.V.", "ABNAMRO MeesPierson"}
	for _, c := range []struct {
		name string
		q    catalogue.Query
		want []string
	}{
		{"a hyphen", catalogue.Query{Text: "ABN-AMRO"}, abn},
		{"two words", catalogue.Query{Text: "abn amro"}, abn},
		{"one word", catalogue.Query{Text: "abnamro"}, abn},
		{"one word, misspelt", catalogue.Query{Text: "abnarmo"}, abn},
		{"two words for one", catalogue.Query{Text: "rabo bank"}, []string{"Rabobank"}},
		{"a swap in a short word", catalogue.Query{Text: "ign"}, []string{"ING", "ING Bank N.V."}},
		{"a swap in one of two words", catalogue.Query{Text: "ing bnak"}, []string{"ING Bank N.V."}},
		{"names that begin with the word meant come first", catalogue.Query{Text: "bnak", Status: "stable"},
			[]string{"ABN-AMRO Bank N.V.", "First Union Bank", "Union Bank", "Union Bank"}},
		{"disabled ones after the others", catalogue.Query{Text: "bnak"}, []string{"Bank of Ireland", "ABN-AMRO Bank N.V.",
			"First Union Bank", "ING Bank N.V.", "Union Bank", "Union Bank"}},
		{"a letter missing", catalogue.Query{Text: "comerzbank"}, []string{"Commerzbank"}},
		{"two mistakes in a long word", catalogue.Query{Text: "comerzbnak"}, []string{"Commerzbank"}},
		{"misspelt while typing", catalogue.Query{Text: "comerz"}, []string{"Commerzbank"}},
		{"a letter too many", catalogue.Query{Text: "rabbobank"}, []string{"Rabobank"}},
		{"what fits is not drowned in what resembles", catalogue.Query{Text: "ing"}, []string{"ING", "ING Bank N.V.", "Landing Trust"}},
		{"whole words before beginnings", catalogue.Query{Text: "union"}, []string{"Union Bank", "Union Bank", "First Union Bank"}},
		{"Cyrillic", catalogue.Query{Text: "СБЕР"}, []string{"Сбербанк"}},
		{"Cyrillic, misspelt", catalogue.Query{Text: "сбребанк"}, []string{"Сбербанк"}},
		{"Chinese, within the name", catalogue.Query{Text: "銀行"}, []string{"三菱UFJ銀行"}},
		{"full width", catalogue.Query{Text: "三菱ＵＦＪ"}, []string{"三菱UFJ銀行"}},
		{"Greek capitals, no accents", catalogue.Query{Text: "ΤΡΑΠΕΖΑ ΤΗΣ ΕΛΛΑΔΟΣ"}, []string{"Εθνική Τράπεζα της Ελλάδος"}},
		{"Hindi", catalogue.Query{Text: "स्टेट बैंक"}, []string{"भारतीय स्टेट बैंक"}},
		{"Turkish", catalogue.Query{Text: "is bankasi"}, []string{"İş Bankası"}},
		{"the website's name", catalogue.Query{Text: "sberbank"}, []string{"Сбербанк"}},
		{"a host", catalogue.Query{Text: "www.isbank.com.tr"}, []string{"İş Bankası"}},
		{"an address", catalogue.Query{Text: "https://ING.nl/particulier?x=1"}, []string{"ING"}},
		{"a BIC", catalogue.Query{Text: "ingbnl2a"}, []string{"ING", "ING Bank N.V."}},
		{"a BIC with a branch", catalogue.Query{Text: "INGBNL2AXXX"}, []string{"ING", "ING Bank N.V."}},
		{"the beginning of a BIC", catalogue.Query{Text: "COBA"}, []string{"Commerzbank"}},
		{"a status", catalogue.Query{Text: "ing", Status: "beta"}, []string{"ING Bank N.V."}},
		{"a provider", catalogue.Query{Text: "ing", Provider: 1}, []string{"ING"}},
		{"a kind of account; who tells none has any", catalogue.Query{Text: "bank", Kind: "checking", Country: "NL"},
			[]string{"ABN-AMRO Bank N.V.", "ING Bank N.V.", "Rabobank"}},
		{"a kind of account that is not there", catalogue.Query{Text: "commerzbank", Kind: "checking"}, []string{}},
		{"a word too many", catalogue.Query{Text: "commerzbank ag zzz"}, []string{"Commerzbank"}},
		{"a word too many, and a mistake", catalogue.Query{Text: "comerzbank online"}, []string{"Commerzbank"}},
		{"less than half of what was typed", catalogue.Query{Text: "bank of nowhere else"}, []string{}},
		{"nothing", catalogue.Query{Text: "qqqqwwww"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Limit = 100
			found := x.Search(c.q)
			if diff := cmp.Diff(c.want, namesOf(found.List)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", c.q, diff)
			}
			if found.Count != len(c.want) {
				t.Errorf("count %d, want %d", found.Count, len(c.want))
			}
		})
	}
}

// The pages of a list are the list, and each tells how many there are in all.
func TestPages(t *testing.T) {
	x := catalogue.New(many(2000))
	for _, text := range []string{"bank", "", "bnak", "qqqq", "spark"} {
		all := x.Search(catalogue.Query{Text: text, Limit: 1 << 40})
		var paged []catalogue.Institution
		for offset := 0; offset <= all.Count; offset += 170 {
			page := x.Search(catalogue.Query{Text: text, Offset: offset, Limit: 170})
			if page.Count != all.Count {
				t.Fatalf("%q from %d: count %d, want %d", text, offset, page.Count, all.Count)
			}
			paged = append(paged, page.List...)
		}
		if diff := cmp.Diff(namesOf(all.List), namesOf(paged)); diff != "" || len(paged) != all.Count {
			t.Errorf("%q: %d in pages, %d said (-all +paged):\n%s", text, len(paged), all.Count, diff)
		}
	}
	if odd := x.Search(catalogue.Query{Text: "bank", Offset: -5, Limit: -1}); len(odd.List) != 0 || odd.Count == 0 {
		t.Errorf("a negative page has %d", len(odd.List))
	}
}

// Institutions of several providers are one bank where name, country and BIC or
// website say so; a doubt stays apart.
func TestBanks(t *testing.T) {
	inst := func(id, provider int64, name, country, bic, web string) catalogue.Institution {
		return catalogue.Institution{ID: id, Provider: provider, ProviderName: fmt.Sprint("P", provider), Name: name,
			Countries: strings.Split(country, ","), BIC: bic, Website: web, Status: "stable"}
	}
	for _, c := range []struct {
		name string
		list []catalogue.Institution
		want string // the ids, a bank each between bars
	}{
		{"name, country and BIC", []catalogue.Institution{inst(1, 1, "ING", "NL", "INGBNL2A", ""),
			inst(2, 2, "ING Bank N.V.", "NL", "INGBNL2AXXX", "")}, "1 2"},
		{"name, country and website", []catalogue.Institution{inst(1, 1, "ING", "NL", "", "https://www.ing.nl"),
			inst(2, 2, "ING", "NL,BE", "", "http://ing.nl/x")}, "1 2"},
		{"over a third", []catalogue.Institution{inst(1, 1, "ING", "NL", "INGBNL2A", ""),
			inst(2, 2, "ING", "NL", "INGBNL2A", "https://ing.nl"),
			inst(3, 3, "ING", "NL", "", "https://ing.nl")}, "1 2 3"},
		{"the name alone", []catalogue.Institution{inst(1, 1, "Union Bank", "US", "", ""), inst(2, 2, "Union Bank", "US", "", "")}, "1|2"},
		{"another country", []catalogue.Institution{inst(1, 1, "ING", "NL", "", "https://ing.com"),
			inst(2, 2, "ING", "BE", "", "https://ing.com")}, "1|2"},
		{"another name", []catalogue.Institution{inst(1, 1, "ING", "NL", "INGBNL2A", ""),
			inst(2, 2, "ING Business", "NL", "INGBNL2A", "")}, "1|2"},
		{"one website, two BICs", []catalogue.Institution{inst(1, 1, "ING", "NL", "INGBNL2A", "https://ing.nl"),
			inst(2, 2, "ING", "NL", "INGBBEBB", "https://ing.nl")}, "1|2"},
		{"a provider that tells two apart", []catalogue.Institution{inst(1, 1, "ING", "NL", "INGBNL2A", ""),
			inst(2, 1, "ING Bank", "NL", "INGBNL2A", ""),
			inst(3, 2, "ING", "NL", "INGBNL2A", "")}, "1|2|3"},
		{"nothing but a kind of company", []catalogue.Institution{inst(1, 1, "The Bank", "GB", "", "https://b.uk"),
			inst(2, 2, "Bank N.A.", "GB", "", "https://b.uk")}, "1|2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := catalogue.New(c.list)
			picked := x.Banks(catalogue.Query{Limit: 10})
			var banks []string
			for _, b := range picked.Banks {
				var ids []string
				for _, i := range b.Of {
					ids = append(ids, fmt.Sprint(i.ID))
				}
				banks = append(banks, strings.Join(ids, " "))
			}
			slices.Sort(banks)
			if got := strings.Join(banks, "|"); got != c.want || picked.Count != len(banks) {
				t.Errorf("banks %s (count %d), want %s", got, picked.Count, c.want)
			}
			for _, i := range c.list { // what one provider alone has is not lost by asking for it
				if one := x.Banks(catalogue.Query{Provider: i.Provider, Limit: 10}); one.Count == 0 {
					t.Errorf("provider %d has no bank", i.Provider)
				}
			}
		})
	}
}

// many makes banks up, of four providers, with names like those of real lists.
func many(n int) []catalogue.Institution {
	kinds := []string{"Bank", "Sparkasse", "Credit Union", "Volksbank", "Caisse d'Épargne", "Banco", "Savings Bank", "Raiffeisenbank"}
	syllables := []string{"al", "ber", "cor", "dan", "el", "fen", "gra", "hol", "in", "jo", "kel", "lun", "mar", "nor", "os", "pra", "ri",
		"sol", "tur", "ul", "ven", "wes"}
	countries := [][]string{{"NL"}, {"DE"}, {"FR"}, {"US"}, {"BE", "NL"}, {"ES"}}
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]catalogue.Institution, n)
	for i := range list {
		var place strings.Builder
		for range 2 + random.IntN(3) {
			place.WriteString(syllables[random.IntN(len(syllables))])
		}
		name := kinds[random.IntN(len(kinds))] + " " + place.String()
		if random.IntN(3) == 0 {
			name = place.String() + " " + kinds[random.IntN(len(kinds))] + " of " + syllables[random.IntN(len(syllables))] + place.String()
		}
		list[i] = catalogue.Institution{ID: int64(i + 1), Name: name, Countries: countries[random.IntN(len(countries))], Status: "stable",
			Provider: int64(1 + i%4), ProviderName: fmt.Sprint("Provider ", 1+i%4), Identifier: fmt.Sprint("bank-", i), AutoSync: true,
			BIC:     strings.ToUpper(fmt.Sprintf("%.4s", place.String()+"xxxx")) + "NL2A",
			Website: "https://www." + place.String() + ".example"}
	}
	return list
}

// BenchmarkSearch tells also the slowest of a hundred (p99), which one figure hides.
func BenchmarkSearch(b *testing.B) {
	x := catalogue.New(many(50_000))
	for _, text := range []string{"b", "bank", "spark", "caisse al", "nion", "sparkase", "bnak", "ing bnak", "marnor.example", "MARNNL2A",
		"zzzz"} {
		b.Run(text, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				x.Search(catalogue.Query{Text: text, Limit: 20})
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(x.Search(catalogue.Query{Text: text}).Count), "hits")
		})
	}
	b.Run("by bank", func(b *testing.B) {
		for b.Loop() {
			x.Banks(catalogue.Query{Text: "bank", Limit: 20})
		}
	})
}
