package plaid_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// recorded is an answer of Plaid's own sandbox, as another project recorded it. Without
// the recordings the test is skipped.
func recorded(t *testing.T, file, path string) map[string]any {
	t.Helper()
	name := filepath.Join("..", "..", "..", "shared", "fixtures", "plaid-vcr", "we-promise_sure", "test", "vcr_cassettes", "plaid", file)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("the recording %s is not here", name)
	}
	_, after, found := strings.Cut(string(text), "uri: https://sandbox.plaid.com"+path+"\n")
	match := regexp.MustCompile(`(?s)string: \|-\n(.*?)\n  recorded_at:`).FindStringSubmatch(after)
	if !found || match == nil {
		t.Fatalf("%s holds no answer of %s", name, path)
	}
	told := map[string]any{}
	if err := json.Unmarshal([]byte(match[1]), &told); err != nil {
		t.Fatal(err)
	}
	return told
}

// Accounts as Plaid's sandbox tells them: those with transactions are taken, what is
// owed is negative, and credit is no part of a balance.
func TestRecordedAccounts(t *testing.T) {
	r := newRig(t, "ins_11")
	exchanged := recorded(t, "exchange_public_token.yml", "/item/public_token/exchange")
	r.told("/item/public_token/exchange", 200, exchanged)
	r.told("/accounts/get", 200, recorded(t, "get_item_investments.yml", "/investments/holdings/get"))
	c := r.connect(sdk.FlowConnect)
	if c.ExternalID != exchanged["item_id"] || !strings.Contains(string(c.Secret), exchanged["access_token"].(string)) {
		t.Errorf("the connection is %s", c.ExternalID)
	}
	kinds := map[sdk.AccountKind]int{}
	for _, a := range c.Accounts {
		kinds[a.Kind]++
		if a.Currency != "USD" || a.ID == "" || a.Name == "" {
			t.Errorf("%+v", a)
		}
		if a.Kind == sdk.CreditCard && (len(a.Balances) != 1 || a.Balances[0].Amount != "-1000") {
			t.Errorf("balances %+v", a.Balances)
		}
	}
	if kinds[sdk.CreditCard] != 1 || kinds[sdk.Checking] == 0 || kinds[sdk.Investment] != 0 {
		t.Errorf("%v", kinds)
	}
}

// An answer without a page to go to, as where Hosted Link is not enabled, is said to be of
// no use.
func TestRecordedLinkToken(t *testing.T) {
	r := newRig(t, "ins_11")
	r.told("/link/token/create", 200, recorded(t, "link_token.yml", "/link/token/create"))
	_, err := r.start(sdk.FlowConnect)
	fails(t, err, sdk.Internal)
}
