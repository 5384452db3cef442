package files_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// fieldSays is what must come out of a file that people met.
type fieldSays struct {
	Accounts []struct {
		Count    int    `json:"count"`
		Sum      string `json:"sum"`
		Number   string `json:"account_number"`
		Currency string `json:"currency"`
		Opening  string `json:"opening"`
		Closing  string `json:"closing"`
		First    string `json:"first_date"`
		Last     string `json:"last_date"`
	} `json:"accounts"`
	Lines []struct {
		Date         string `json:"date"`
		Amount       string `json:"amount"`
		Counterparty string `json:"counterparty"`
		Number       string `json:"counter_number"`
		Reference    string `json:"reference"`
		ValueDate    string `json:"value_date"`
	} `json:"lines"`
	Refused int    `json:"refused"`
	Error   string `json:"error"`
}

// TestFieldTables reads the tables of the collection of files that came out
// wrong once.
func TestFieldTables(t *testing.T) {
	root := filepath.Join(fixtures(t), "..", "field")
	for _, folder := range []string{"failing", "passing"} {
		raw, err := os.ReadFile(filepath.Join(root, folder, "expected.json"))
		if err != nil {
			t.Skip("the collection of files in ../shared/field is not here")
		}
		var all map[string]fieldSays
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		for name, want := range all {
			if !slices.Contains([]string{".csv", ".xls", ".xlsx"}, filepath.Ext(name)) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				got, err := readFixture(filepath.Join(root, folder, name), nil)
				if problem := judgeField(want, got, err); problem != "" {
					t.Error(problem)
				}
			})
		}
	}
}

func judgeField(want fieldSays, got *reading, err error) string {
	if err != nil && want.Error != "" && sdk.KindOf(err) == sdk.BadRequest {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	if got.refused() > want.Refused {
		return fmt.Sprintf("refused %d, such as %v", got.refused(), got.batches[0].Refused)
	}
	parts := map[string]*reading{}
	for _, b := range got.batches {
		key := b.Account.Number + b.Account.Name
		if len(b.Booked) == 0 && b.Account.Number == "" && b.Opening == nil && b.Closing == nil {
			continue
		}
		if parts[key] == nil {
			parts[key] = &reading{sum: new(big.Rat)}
		}
		parts[key].add(b)
	}
	if len(parts) != len(want.Accounts) {
		return fmt.Sprintf("%d accounts, want %d", len(parts), len(want.Accounts))
	}
	for _, a := range want.Accounts {
		sum := rational(a.Sum)
		found := false
		for _, p := range parts {
			b := p.batches[len(p.batches)-1]
			found = found || p.count == a.Count && p.sum.RatString() == sum && (a.First == "" || p.first == a.First) &&
				(a.Last == "" || p.last == a.Last) && (a.Number == "" || b.Account.Number == a.Number) &&
				(a.Currency == "" || b.Account.Currency == a.Currency) &&
				(a.Closing == "" || b.Closing != nil && rational(b.Closing.Amount) == rational(a.Closing))
		}
		if !found {
			return fmt.Sprintf("no account of %d lines, sum %s; have %+v", a.Count, a.Sum, got.batches)
		}
	}
	return judgeLines(want, got)
}

func judgeLines(want fieldSays, got *reading) string {
	for _, l := range want.Lines {
		for _, b := range got.batches {
			for _, tx := range b.Booked {
				amount := tx.Amount
				if tx.Direction == sdk.Out {
					amount = "-" + amount
				}
				if tx.Date.String() != l.Date || l.Amount != "" && rational(amount) != rational(l.Amount) {
					continue
				}
				if l.Counterparty != "" && tx.Counterparty != l.Counterparty || l.Number != "" && tx.CounterNumber != l.Number ||
					l.Reference != "" && !strings.Contains(tx.Reference, l.Reference) ||
					l.ValueDate != "" && tx.ValueDate.String() != l.ValueDate {
					return fmt.Sprintf("line %+v, want %+v", tx, l)
				}
			}
		}
	}
	return ""
}
