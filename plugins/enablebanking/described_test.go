package enablebanking_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest/described"
)

// All that provider and stand-in say to each other in a connection's life is as
// the vendor describes it; each breach fails the test.
func TestTrafficIsAsDescribed(t *testing.T) {
	described.Open(t, description, nil, "$.body.credentials.*") // or there is nothing to hold it against
	r := newRig(t, "EE:Näidispank")
	r.ip = "192.0.2.7"
	c := r.connect(sdk.FlowConnect)
	r.mustFetch(c.Accounts[0].ID, sdk.Date{})
	r.ip = ""
	for range 5 {
		_, _ = r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{}) // until it is too often
	}
	r.ip = "192.0.2.7"
	lister, _ := sdk.As[sdk.InstitutionLister](r.provider)
	if err := lister.ListInstitutions(t.Context(), r.call(), func([]sdk.Institution) error { return nil }); err != nil {
		t.Error(err)
	}
	if _, err := r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()}); err != nil {
		t.Error(err)
	}
	revoker, _ := sdk.As[sdk.Revoker](r.provider)
	for range 2 {
		if err := revoker.Revoke(t.Context(), r.call()); err != nil {
			t.Error(err)
		}
	}
	ids := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	seen := map[string]bool{}
	for exchange := range r.gate.Seen() {
		seen[ids.ReplaceAllString(exchange, "ID")] = true
	}
	want := []string{"DELETE /sessions/ID 200", "DELETE /sessions/ID 401", "GET /accounts/ID/balances 200",
		"GET /accounts/ID/transactions 200", "GET /accounts/ID/transactions 429", "GET /aspsps 200", "GET /sessions/ID 200",
		"POST /auth 200", "POST /sessions 200"}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
		t.Errorf("seen %q", got)
	}
}
