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
	"mandate_id", "creditor_id", "counterparty_bic", "category"}

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
	if _, err := words.Load(filepath.Join(t.TempDir(), "none"), roles); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}
