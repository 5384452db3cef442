package words_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files/words"
)

var roles = []string{"date", "amount", "sign", "status", "reference", "balance", "debit", "credit", "value_date", "fee", "currency",
	"payer", "payee", "counterparty", "counter_number", "id", "account", "code", "end_to_end", "original_amount", "original_currency",
	"rate",
	"mandate_id", "creditor_id", "counterparty_bic", "category", "gross", "net", "payer_number", "payee_number", "product"}

func TestLookUp(t *testing.T) {
	lib, err := words.Load("", roles)
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.Languages) < 10 || lib.Languages[0].Language != "en" {
		t.Errorf("%d languages, English first?", len(lib.Languages))
	}
	for text, want := range map[string]words.Kind{"Opening balance": words.Opening, "SALDO ANTERIOR": words.Opening,
		"Solde au 29/02/2024": words.Closing, "Endsaldo:": words.Closing, "Turnover": words.Turnover, "Balance": words.None,
		"Opening balances of the club": words.None, "12 opening balance": words.None, "": words.None, "Saldo": words.None,
		"Účet": words.None, "Počáteční zůstatek": words.Opening} {
		if got := lib.Balance(text); got != want {
			t.Errorf("balance %q is %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]words.Kind{"S": words.Debit, " h ": words.Credit, "Bij": words.Credit, "-": words.Debit,
		"Příchozí": words.Credit,
		"fee":      words.None} {
		if got := lib.Sign(text); got != want {
			t.Errorf("sign %q is %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]words.Kind{"Umsatz vorgemerkt": words.Pending, "GEWEIGERD": words.Rejected,
		"Completed": words.Booked,
		"whatever":  words.None} {
		if got := lib.State(text); got != want {
			t.Errorf("state %q is %v, want %v", text, got, want)
		}
	}
}

// TestTells tells balances in formats that prove them.
func TestTells(t *testing.T) {
	lib := words.Known()
	tests := map[string]words.Kind{
		"Saldo Anterior": words.Opening, "SALDO ANTERIOR 31/12/2023": words.Opening, "Solde précédent": words.Opening,
		"Eröffnungssaldo": words.Opening, "Ingående saldo": words.Opening, "opening  balance.": words.Opening,
		"Saldo do dia": words.Closing, "S A L D O": words.Closing, "SALDO TOTAL DISPONÍVEL DIA": words.OtherBalance,
		"Balance": words.BalanceAlone, "Saldo 31/12/2023": words.BalanceAlone, "Yeni yıl": words.None, "Açılış bakiyesi": words.Opening,
		"Balance carried forward 1.234,56": words.Closing, "2024 Kontostand": words.Closing,
		"Total de Créditos": words.Turnover, "Totaal bij": words.Turnover,
		"Saldo anterior Loja": words.None, "New Balance shoes": words.None,
		"Pix - Enviado": words.None, "": words.None,
		"12345": words.None, "Saldoausgleich": words.None, "Total Energies": words.None,
	}
	for text, want := range tests {
		if got := lib.Tells(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestOwnFiles reads a site's words, and names what is wrong with them.
func TestOwnFiles(t *testing.T) {
	const example = "\n[[example]]\ntext = 'x'\n"
	tests := map[string]struct{ text, says string }{
		"fine":                {"language='xx'\n[headings]\ndate=['Tarehe']\n[signs]\ndebit=['toa']" + example, ""},
		"not TOML":            {"language=", "own.toml"},
		"no language":         {"[signs]\ndebit=['toa']" + example, "language is missing"},
		"no example":          {"language='xx'", "an example is missing"},
		"unknown key":         {"language='xx'\n[sign]\ndebit=['toa']" + example, "sign is no key"},
		"unknown role":        {"language='xx'\n[headings]\ncolour=['Rangi']" + example, `"colour" is nothing`},
		"word of nothing":     {"language='xx'\n[signs]\ndebit=['!']" + example, `signs.debit: "!" has neither a letter nor a digit`},
		"word twice":          {"language='xx'\n[signs]\ndebit=['toa','TOA']" + example, `signs.debit: "TOA" stands twice`},
		"both ways":           {"language='xx'\n[signs]\ncredit=['soll']" + example, `signs.credit: "soll" means something else`},
		"too short to tell":   {"language='xx'\n[balances]\nopening=['s']" + example, "too short"},
		"booked and rejected": {"language='xx'\n[states]\nbooked=['declined']" + example, `states.booked: "declined" means something else`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "own.toml"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			lib, err := words.Load(dir, roles)
			if test.says == "" {
				if err != nil || lib.Sign("Toa") != words.Debit || len(lib.Headings("tarehe")) != 1 {
					t.Errorf("error %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "own.toml") {
				t.Errorf("error %v, want one that names own.toml and says %q", err, test.says)
			}
		})
	}
	none := filepath.Join(t.TempDir(), "none")
	if _, err := words.Load(none, roles); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := words.OfSite(none, roles); err == nil || !strings.Contains(err.Error(), none) {
		t.Errorf("a folder that a site names and that is not there: %v", err)
	}
}

// TestLayouts names what is wrong with a layout.
func TestLayouts(t *testing.T) {
	const fine = `[[layout]]
name = "two"
columns = 2
date_order = "dmy"
[layout.patterns]
1 = '\d+'
2 = 'x+'
[layout.roles]
date = 1
amount = 2
[[layout.example]]
text = "1;x"
`
	lib, err := loadOne(t, fine)
	if err != nil {
		t.Fatal(err)
	}
	y := lib.Layouts()[0]
	if y.Name != "two" || !y.Fits([]string{" 12 ", "xx"}) || y.Fits([]string{"12", "xxy"}) || y.Fits([]string{"12", "xx", ""}) {
		t.Errorf("layout %+v", y)
	}
	for _, test := range []struct{ old, new, says string }{
		{`name = "two"`, "", "layout 1: name is missing"},
		{"columns = 2", "columns = 1", "layout 1: columns: want"},
		{"2 = 'x+'\n", "", "layout 1: patterns: want those of at least 2 columns"},
		{"2 = 'x+'", "3 = 'x+'", "layout 1: patterns.3: want a column's number from 1 to 2"},
		{"'x+'", "'x(+'", "layout 1: patterns.2: error parsing"},
		{"amount = 2", "amount = 3", "layout 1: roles.amount: want a column's number"},
		{"amount = 2", "amount = [1, 2]", "layout 1: roles.amount: want one column"},
		{"amount = 2", "reference = 2", "layout 1: roles: a date and an amount"},
		{"amount = 2", "amount = 2\ncolour = 1", `layout 1: roles: "colour" is nothing`},
		{`"dmy"`, `"dym"`, "layout 1: date_order:"},
		{`text = "1;x"`, "lines = 1", "own.toml"},
		{"[[layout.example]]\ntext = \"1;x\"", "", "layout 1: an example is missing"},
		{"columns = 2", "columns = 2\nsize = 1", "layout.size is no key"},
	} {
		_, err := loadOne(t, strings.Replace(fine, test.old, test.new, 1))
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "own.toml") {
			t.Errorf("%q for %q: %v, want %q", test.new, test.old, err, test.says)
		}
	}
}

func loadOne(t *testing.T, text string) (*words.Library, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return words.OfSite(dir, roles)
}
