package files_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// situation is what must be read of one file of the collection of situations
// that users met, ../shared/field.
type situation struct {
	Kind     string         `json:"kind"`
	Error    string         `json:"error"`
	Refused  int            `json:"refused"`
	Accounts []fieldAccount `json:"accounts"`
	Lines    []fieldLine    `json:"lines"`
}

type fieldAccount struct {
	Count    int    `json:"count"`
	Sum      string `json:"sum"`
	Number   string `json:"account_number"`
	Name     string `json:"account_name"`
	Currency string `json:"currency"`
	Opening  string `json:"opening"`
	Closing  string `json:"closing"`
	First    string `json:"first_date"`
	Last     string `json:"last_date"`
}

type fieldLine struct {
	Date         string `json:"date"`
	Amount       string `json:"amount"`
	Counterparty string `json:"counterparty"`
	Number       string `json:"counter_number"`
	Reference    string `json:"reference"`
	EndToEnd     string `json:"end_to_end"`
}

// TestFieldFormats reads the situations in formats whose meaning is fixed:
// accounts, sums, days, balances, and the texts of single lines.
func TestFieldFormats(t *testing.T) {
	for _, folder := range []string{"failing", "passing"} {
		dir := filepath.Join(filepath.Dir(fixtures(t)), "field", folder)
		text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
		if err != nil {
			t.Skip("the collection of situations, ../shared/field, is not here")
		}
		var all map[string]situation
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		for name, want := range all {
			if !slices.Contains([]string{".ofx", ".sta", ".swi", ".cod", ".bai", ".qif", ".xml"}, filepath.Ext(name)) {
				continue
			}
			t.Run(folder+"/"+name, func(t *testing.T) {
				got, err := readFixture(filepath.Join(dir, name), nil)
				switch {
				case err != nil && want.Error == "":
					t.Error(want.Kind+":", err)
				case err == nil && want.Accounts == nil:
					t.Errorf("%s: read, want %s", want.Kind, want.Error)
				case err == nil:
					want.compare(t, got)
				}
			})
		}
	}
}

// compare holds a reading against what must be read.
func (s *situation) compare(t *testing.T, got *reading) {
	t.Helper()
	if got.refused() > s.Refused {
		t.Errorf("%s: refused %d of %+v", s.Kind, got.refused(), got.batches)
	}
	accounts := fieldAccounts(got.batches)
	if len(accounts) != len(s.Accounts) {
		t.Fatalf("%s: %d accounts, want %d", s.Kind, len(accounts), len(s.Accounts))
	}
	for i, want := range s.Accounts {
		have := accounts[i]
		for _, f := range []struct{ what, have, want string }{
			{"sum", rational(have.Sum), rational(want.Sum)}, {"number", have.Number, want.Number}, {"name", have.Name, want.Name},
			{"currency", have.Currency, want.Currency}, {"opening", rational(have.Opening), rational(want.Opening)},
			{"closing", rational(have.Closing), rational(want.Closing)}, {"first day", have.First, want.First}, {"last day",
				have.Last, want.Last},
		} {
			if f.want != "" && f.have != f.want {
				t.Errorf("%s: account %d has %s %s, want %s", s.Kind, i, f.what, f.have, f.want)
			}
		}
		if have.Count != want.Count {
			t.Errorf("%s: account %d has %d transactions, want %d", s.Kind, i, have.Count, want.Count)
		}
	}
	for _, line := range s.Lines {
		if !slices.ContainsFunc(got.batches, func(b sdk.StatementBatch) bool { return slices.ContainsFunc(b.Booked, line.is) }) {
			t.Errorf("%s: no line is %+v in %+v", s.Kind, line, got.batches)
		}
	}
}

// fieldAccounts sums batches up by account.
func fieldAccounts(batches []sdk.StatementBatch) (all []*fieldAccount) {
	for _, b := range batches {
		i := slices.IndexFunc(all, func(a *fieldAccount) bool { return a.Number == b.Account.Number && a.Name == b.Account.Name })
		if i < 0 {
			i = len(all)
			all = append(all, &fieldAccount{Number: b.Account.Number, Name: b.Account.Name, Currency: b.Account.Currency, Sum: "0"})
		}
		a := all[i]
		sum, _ := new(big.Rat).SetString(a.Sum)
		for _, tx := range b.Booked {
			amount, _ := new(big.Rat).SetString(signed(&tx))
			sum.Add(sum, amount)
			day := tx.Date.String()
			if a.First == "" || day < a.First {
				a.First = day
			}
			a.Last = max(a.Last, day)
		}
		a.Count, a.Sum = a.Count+len(b.Booked), sum.RatString()
		if b.Opening != nil && a.Opening == "" {
			a.Opening = b.Opening.Amount
		}
		if b.Closing != nil {
			a.Closing = b.Closing.Amount
		}
	}
	return all
}

func signed(tx *sdk.Transaction) string {
	if tx.Direction == sdk.Out {
		return "-" + tx.Amount
	}
	return tx.Amount
}

// is reports whether a transaction is the line in all that the line names.
func (l fieldLine) is(tx sdk.Transaction) bool {
	for _, f := range [][2]string{{l.Date, tx.Date.String()}, {l.Counterparty, tx.Counterparty}, {l.Number, tx.CounterNumber},
		{l.Reference, strings.TrimSpace(tx.Reference)}, {l.EndToEnd, tx.EndToEndID}, {rational(l.Amount), rational(signed(&tx))}} {
		if f[0] != "" && f[0] != f[1] {
			return false
		}
	}
	return true
}
