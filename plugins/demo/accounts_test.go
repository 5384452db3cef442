package demo_test

import (
	"context"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// validIBAN checks a number as ISO 13616 says, with big numbers.
func validIBAN(number string) bool {
	if len(number) < 15 {
		return false
	}
	var digits strings.Builder
	for _, r := range number[4:] + number[:4] {
		if r >= 'A' && r <= 'Z' {
			digits.WriteString(big.NewInt(int64(r-'A') + 10).String())
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// The lengths are those of the IBAN registry.
func TestAccountNumbers(t *testing.T) {
	lengths := map[string]int{
		"AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
		"EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
		"KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
		"SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26,
	}
	lands := map[string]bool{}
	for _, i := range listInstitutions(t, map[string]string{"institutions": "400"}) {
		land := i.Countries[0]
		if lands[land] || i.Status == sdk.Disabled {
			continue
		}
		lands[land] = true
		numbers := map[string]bool{}
		for _, a := range connect(t, i.ID, noon, nil).done.Accounts {
			if numbers[a.Number] || a.Number == "" {
				t.Errorf("%s: number %q is not unique", land, a.Number)
			}
			numbers[a.Number] = true
			if a.Kind == sdk.CreditCard || lengths[land] == 0 {
				continue
			}
			if !strings.HasPrefix(a.Number, land) || len(a.Number) != lengths[land] || !validIBAN(a.Number) {
				t.Errorf("%s: %s is no IBAN", land, a.Number)
			}
		}
	}
	if len(lands) < 50 {
		t.Errorf("%d countries", len(lands))
	}
}

func TestAccountsOfACustomer(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	kinds := map[sdk.AccountKind]int{}
	moneys := map[string]bool{}
	stable := map[string]bool{}
	for _, a := range c.done.Accounts {
		kinds[a.Kind]++
		moneys[a.Currency] = true
		stable[a.StableID] = true
		if a.Owner == "" || a.Name == "" || len(a.Balances) != 3 {
			t.Errorf("%+v", a)
		}
	}
	if kinds[sdk.Checking] < 2 || kinds[sdk.Savings] != 1 || kinds[sdk.CreditCard] != 1 || !moneys["EUR"] || !moneys["USD"] ||
		len(stable) != len(c.done.Accounts) {
		t.Errorf("kinds %v, currencies %v", kinds, moneys)
	}
	if other := connect(t, "demo-checking", noon, map[string]string{"seed": "2"}); stable[other.done.Accounts[0].StableID] {
		t.Error("another seed has the same account")
	}
}

// S62: an account opened since is there when accounts are asked for again.
func TestAnAccountIsOpenedLater(t *testing.T) {
	c := connect(t, "demo-growing", noon, nil)
	list := func(at time.Time) []sdk.Account {
		l, err := c.provider.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: c.call(at)})
		if err != nil {
			t.Fatal(err)
		}
		return l.Accounts
	}
	tenDays := noon.AddDate(0, 0, 10)
	if got := len(list(tenDays.Add(-time.Second))); got != len(c.done.Accounts) {
		t.Errorf("%d accounts before", got)
	}
	after := list(tenDays)
	if len(after) != len(c.done.Accounts)+1 {
		t.Fatalf("%d accounts after", len(after))
	}
	c.mustFetch(after[len(after)-1].ID, tenDays, nil, 0)
	c.flow(tenDays, sdk.FlowUpdate, "")
	if len(c.done.Accounts) != len(after) {
		t.Errorf("%d accounts after a renewal", len(c.done.Accounts))
	}
}
