package demo_test

import (
	"context"
	"testing"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

// A host gives back bytes that it kept for long. Whatever came of them, the
// answer is an error that says so, or a fetch that ends.
func FuzzCursor(f *testing.F) {
	c := connect(f, "demo-checking", noon, nil)
	account := c.done.Accounts[0].ID
	batches := c.mustFetch(account, noon, nil, 5000)
	f.Add(batches[len(batches)-1].Cursor)
	f.Add([]byte(`{"account":"` + c.done.Accounts[0].StableID + `","as_of":1,"from":0,"to":-1}`))
	f.Add([]byte(`{"account":"` + c.done.Accounts[0].StableID + `","as_of":9223372036854775807,"from":2147483647,"to":-2147483648}`))
	f.Add([]byte("[]"))
	f.Fuzz(func(t *testing.T, cursor []byte) {
		_, err := c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: account, Cursor: cursor})
		if err != nil && sdk.KindOf(err) != sdk.BadRequest {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	})
}

func FuzzFlowState(f *testing.F) {
	w := begin(f, "demo-mfa")
	f.Add(w.answer.FlowState, "alice")
	w.step(login, sdk.StepForm)
	f.Add(w.answer.FlowState, "123456")
	f.Add([]byte(`{"stage":"accounts","secret":{"institution":"de-0-0"}}`), "")
	f.Fuzz(func(t *testing.T, state []byte, value string) {
		answer, err := demo.New().ContinueConnect(context.Background(), sdk.ContinueConnectRequest{
			Call: sdk.Call{Now: noon}, FlowState: state,
			Values: map[string]string{"user": value, "password": value, "code": value, "accounts": value, "delay_ms": value},
		})
		if err == nil && (answer.Step == nil) == (answer.Done == nil) {
			t.Errorf("state %q: neither a step nor done, or both", state)
		}
		if kind := sdk.KindOf(err); kind == sdk.Internal {
			t.Errorf("state %q: %v", state, err)
		}
	})
}

func FuzzSecret(f *testing.F) {
	c := connect(f, "demo-daily", noon, nil)
	f.Add(c.secret)
	f.Add([]byte(`{"institution":"de-0-0","consent":"x","until":99999999999,"refreshes":[-1,9223372036854775807]}`))
	f.Fuzz(func(t *testing.T, secret []byte) {
		call := sdk.Call{Now: noon, Secret: secret, SaveSecret: func([]byte) error { return nil }}
		_, err := demo.New().ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: call})
		if sdk.KindOf(err) == sdk.Internal {
			t.Errorf("secret %q: %v", secret, err)
		}
		if _, err := demo.New().Refresh(context.Background(), sdk.RefreshRequest{Call: call}); sdk.KindOf(err) == sdk.Internal {
			t.Errorf("secret %q: %v", secret, err)
		}
	})
}
