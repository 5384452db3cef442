package plaid_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest/described"
)

// All that provider and stand-in say to each other in a connection's life is as the
// vendor describes it; each breach fails the test. The order of a sandbox's calls is the
// vendor's test flow.
func TestTrafficIsAsDescribed(t *testing.T) {
	r := newRig(t, "ins_12")
	r.config["days_requested"] = "40"
	r.gated()
	r.webhook = "https://host.example/webhook/plaid"
	r.page = []string{"/refuse"}
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = r.next(a, r.answers(*a.Step)) // left
	c := r.connect(sdk.FlowConnect)
	r.behave(`{"page_size": 20, "mutations": 1}`)
	r.mustFetch(c.Accounts[0].ID, sdk.Date{})
	modified, removed := 0, 0
	for _, days := range []int{14, 2, 3, 1} { // the world is always the same: on these something changes
		r.clock.Advance(time.Duration(days) * 24 * time.Hour)
		changed := r.mustFetch(c.Accounts[0].ID, sdk.Date{})
		modified, removed = modified+len(changed.modified), removed+len(changed.removed)
	}
	if modified == 0 || removed == 0 {
		t.Errorf("%d modified, %d removed", modified, removed)
	}
	if _, _, err := r.list(); err != nil {
		t.Error(err)
	}
	r.clock.Advance(time.Hour)
	refresher, _ := sdk.As[sdk.Refresher](r.provider)
	if _, err := refresher.Refresh(t.Context(), sdk.RefreshRequest{Call: r.call()}); err != nil {
		t.Error(err)
	}
	r.api("/sandbox/transactions/create", map[string]any{"access_token": r.access(), "transactions": []map[string]any{
		{"date_transacted": "2026-04-05", "date_posted": "2026-04-05", "amount": 12.34, "description": "BOOKS"}}})
	r.api("/sandbox/item/fire_webhook", map[string]any{"access_token": r.access(), "webhook_code": "SYNC_UPDATES_AVAILABLE"})
	r.api("/sandbox/item/reset_login", map[string]any{"access_token": r.access()})
	_, err = r.fetch(c.Accounts[0].ID, sdk.Date{}, sdk.Date{})
	fails(t, err, sdk.BadCredentials)
	r.webhook = "https://other.example/webhook/plaid"
	r.connect(sdk.FlowUpdate)
	if _, err := r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()}); err != nil {
		t.Error(err)
	}
	if _, err := r.notified(r.notification("ITEM", "LOGIN_REPAIRED", nil)); err != nil {
		t.Error(err)
	}
	r.behave(`{"per_minute": 1}`)
	for range 2 {
		_, _ = r.fetch(c.Accounts[0].ID, sdk.Date{}, sdk.Date{}) // until it is too often
	}
	revoker, _ := sdk.As[sdk.Revoker](r.provider)
	for range 2 {
		if err := revoker.Revoke(t.Context(), r.call()); err != nil {
			t.Error(err)
		}
	}
	public := r.api("/sandbox/public_token/create", map[string]any{"institution_id": "ins_11",
		"initial_products": []string{"transactions"}})
	r.api("/item/public_token/exchange", map[string]any{"public_token": public["public_token"]})
	want := []string{"POST /accounts/get 200", "POST /institutions/get 200", "POST /institutions/get_by_id 200", "POST /item/get 200",
		"POST /item/get 429", "POST /item/public_token/exchange 200", "POST /item/remove 200", "POST /item/remove 400",
		"POST /item/webhook/update 200", "POST /link/token/create 200", "POST /link/token/get 200",
		"POST /sandbox/item/fire_webhook 200", "POST /sandbox/item/reset_login 200", "POST /sandbox/public_token/create 200",
		"POST /sandbox/transactions/create 200", "POST /transactions/refresh 200", "POST /transactions/sync 200",
		"POST /transactions/sync 400", "POST /transactions/sync 429", "POST /webhook_verification_key/get 200"}
	if got := slices.Sorted(maps.Keys(r.gate.Seen())); !slices.Equal(got, want) {
		t.Errorf("seen %q", got)
	}
}

// note is a test that notes how it fails.
type note struct {
	testing.TB
	said int
}

func (n *note) Errorf(string, ...any) { n.said++ }

// What is not as described is seen, whoever says it.
func TestABreachIsSeen(t *testing.T) {
	n := &note{TB: t}
	gate := described.Open(n, description, nil)
	r := newRig(t, "ins_11")
	client := &http.Client{Transport: gate}
	for body, wrong := range map[string]bool{`{"key_id": "x"}`: false, `{"key_id": 1}`: true, `{"key_id": "x", "nonsense": 1}`: true,
		`{}`: true} {
		n.said = 0
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+"/webhook_verification_key/get",
			strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Content-Type": "application/json", "PLAID-CLIENT-ID": "x", "PLAID-SECRET": "x",
			"Plaid-Version": "2020-09-14"} {
			request.Header.Set(name, value)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if (n.said > 0) != wrong {
			t.Errorf("%s: %d breaches", body, n.said)
		}
	}
}
