package catalogue_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/addon/onlinesync/catalogue"
)

func world() *catalogue.Index {
	var list []catalogue.Institution
	for i, spec := range []string{
		"Rabobank|NL", "Regio Bank|NL", "Crédit Agricole|FR", "Crédit Mutuel|FR", "Banco do Brasil|BR", "Bank of Rabo|US",
		"Sparkasse Köln-Bonn|DE", "Grabobank Trust|US", "Łódź Bank|PL", "N26|DE,NL", "ING|NL", "ING Belgium|BE", "Rabobank|BE",
	} {
		name, countries, _ := strings.Cut(spec, "|")
		list = append(list, catalogue.Institution{ID: int64(i + 1), Name: name, Countries: strings.Split(countries, ","),
			ProviderName: "p"})
	}
	list = append(list, catalogue.Institution{ID: 99, Name: "Rabobank Closed", Status: "disabled"})
	return catalogue.New(list)
}

func TestSearch(t *testing.T) {
	x := world()
	tests := []struct {
		name, query, country string
		limit                int
		want                 []string
	}{
		{"exact, prefix, word, anywhere", "rabo", "", 9,
			[]string{"Rabobank", "Rabobank", "Rabobank Closed", "Bank of Rabo", "Grabobank Trust"}},
		{"case and accents", "CREDIT agri", "", 9, []string{"Crédit Agricole"}},
		{"accent typed, none in name", "Rábobank", "NL", 9, []string{"Rabobank"}},
		{"any word order", "bonn sparkasse", "", 9, []string{"Sparkasse Köln-Bonn"}},
		{"letters without decomposition", "lodz", "", 9, []string{"Łódź Bank"}},
		{"country", "n26", "nl", 9, []string{"N26"}},
		{"country excludes", "n26", "FR", 9, []string{}},
		{"exact before prefix", "ing", "", 2, []string{"ING", "ING Belgium"}},
		{"limit", "b", "", 1, []string{"Banco do Brasil"}},
		{"typing error", "rabobnak", "BE", 9, []string{"Rabobank"}},
		{"unknown", "zzzzqq", "", 9, []string{}},
		{"punctuation only", "!?", "", 9, []string{}},
		{"empty lists by name", "", "FR", 9, []string{"Crédit Agricole", "Crédit Mutuel"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := []string{}
			for _, i := range x.Search(catalogue.Query{Text: test.query, Country: test.country, Limit: test.limit}).List {
				got = append(got, i.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryNameIsFoundByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zéüß0-9][A-Za-zéüß0-9 .&-]{0,20}`), 1, 30).Draw(t, "names")
		list := make([]catalogue.Institution, len(names))
		for i, n := range names {
			list[i] = catalogue.Institution{ID: int64(i + 1), Name: n}
		}
		x := catalogue.New(list)
		pick := list[rapid.IntRange(0, len(list)-1).Draw(t, "pick")]
		query := strings.ToUpper(pick.Name)
		for _, found := range x.Search(catalogue.Query{Text: query, Limit: len(list)}).List {
			if found.ID == pick.ID {
				return
			}
		}
		t.Fatalf("%q is not found among %q", query, names)
	})
}

// Bytes that are no text, the signs that part the index's names, and those that
// mean something to a database find what their letters spell, and nothing else.
func TestHostileQueries(t *testing.T) {
	x := world()
	rabo := []string{"Rabobank", "Rabobank", "Rabobank Closed", "Bank of Rabo", "Grabobank Trust"}
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"\x00", []string{}},
		{"\xff\xfe", []string{}},
		{strings.Repeat("a", 1<<16), []string{}},
		{strings.Repeat("rabo ", 1<<12), []string{"Bank of Rabo", "Rabobank", "Rabobank", "Rabobank Closed", "Grabobank Trust"}},
		{"\n \n", []string{"Banco do Brasil", "Bank of Rabo", "Crédit Agricole", "Crédit Mutuel", "Grabobank Trust"}},
		// blank: lists by name
		{"\n rabo\n", rabo},
		{"\x00rabo\xff", rabo},
		{"%_\\", []string{}},
		{"rabo%", rabo},
		{"' OR 1=1", []string{}},
	} {
		got := []string{}
		for _, i := range x.Search(catalogue.Query{Text: test.query, Limit: 5}).List {
			got = append(got, i.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%.20q (-want +got):\n%s", test.query, diff)
		}
		if found := x.Search(catalogue.Query{Text: test.query, Country: "\x00", Limit: 5}); found.Count > 0 {
			t.Errorf("%.20q in no country finds %v", test.query, found)
		}
	}
}
