package simplefin_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// Answers of real servers, as other projects keep them, are read to the last
// account and transaction.
func TestAnswersOfOthers(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "fixtures", "simplefin-json")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the collection of real answers, ../shared/fixtures/simplefin-json, is not here")
	}
	found, err := filepath.Glob(filepath.Join(root, "*", "tests", "fixtures", "*.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%d answers, %v", len(found), err)
	}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			Accounts []struct {
				ID           string
				Balance      string
				Transactions []struct{ ID, Amount, Description string }
			}
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		r := newRig(t)
		r.connect(sdk.FlowConnect)
		r.fail(fmt.Sprintf(`{"path": "/accounts", "status": 200, "times": %d, "body": %q}`, 1+len(want.Accounts), text))
		list, err := r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
		if err != nil || len(list.Accounts) != len(want.Accounts) {
			t.Fatalf("%s: %d accounts, %v", path, len(list.Accounts), err)
		}
		for i, a := range want.Accounts {
			if got := list.Accounts[i]; got.ID != a.ID || got.Balances[0].Amount != a.Balance || got.StableID == "" {
				t.Errorf("%s: %+v", path, got)
			}
			f, err := r.fetch(a.ID, day(1995, 2, 1), day(1995, 3, 1))
			if err != nil || len(f.booked) != len(a.Transactions) {
				t.Fatalf("%s, %s: %d transactions, %v", path, a.ID, len(f.booked), err)
			}
			for j, told := range a.Transactions {
				got := f.booked[j]
				if got.ID != told.ID || "-"+got.Amount != told.Amount || got.Direction != sdk.Out || got.Date.String() != "1995-02-18" ||
					got.Counterparty != "Uncle Frank" {
					t.Errorf("%s: %+v", path, got)
				}
			}
		}
	}
}
