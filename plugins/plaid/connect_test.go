package plaid_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

// A user goes to Plaid's page, comes back, and chooses accounts.
func TestConnect(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil || a.Step.Kind != sdk.StepRedirect || !strings.HasPrefix(a.Step.URL, r.base+"/link/") || !strings.Contains(a.Step.Text,
		"Example Federal Bank") || !a.Step.ExpiresAt.Equal(noon.Add(30*time.Minute)) {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	a, err = r.next(a, r.answers(*a.Step))
	if err != nil || a.Step.Kind != sdk.StepAccounts || !strings.Contains(a.Step.Text, "Brokerage") {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	if _, err := r.next(a, map[string]string{"accounts": "another"}); fails(t, err, sdk.BadRequest).Field != "accounts" {
		t.Error(err)
	}
	if a, err = r.next(a, map[string]string{"accounts": a.Step.Accounts[0].ID + ", " + a.Step.Accounts[2].ID}); err != nil {
		t.Fatal(err)
	}
	c := a.Done
	if len(c.Accounts) != 3 || len(c.Chosen) != 2 || !c.ConsentUntil.IsZero() || c.ExternalID == "" || c.HistoryFrom != day(2025, 8, 29) {
		t.Errorf("%+v", c)
	}
	first, card := c.Accounts[0], c.Accounts[2]
	if first.Kind != sdk.Checking || first.Currency != "USD" || first.Name != "Everyday Checking ••0017" || first.Number != "" ||
		first.StableID != "" || c.Accounts[1].Kind != sdk.Savings || card.Kind != sdk.CreditCard {
		t.Errorf("%+v", c.Accounts)
	}
	if len(first.Balances) != 2 || len(card.Balances) != 1 || !strings.HasPrefix(card.Balances[0].Amount, "-") { // what is owed
		t.Errorf("balances %+v, %+v", first.Balances, card.Balances)
	}
	list, err := r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
	if err != nil || len(list.Accounts) != 3 || list.Accounts[0].ID != first.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

// A bank that tells an id of the account across items, and one whose consent ends.
func TestIdentityAndConsent(t *testing.T) {
	r := newRig(t, "ins_12")
	c := r.connect(sdk.FlowConnect)
	again := r.connect(sdk.FlowConnect)
	if c.Accounts[0].StableID == "" || c.Accounts[0].StableID != again.Accounts[0].StableID || c.Accounts[0].ID == again.Accounts[0].ID {
		t.Errorf("%+v, then %+v", c.Accounts[0], again.Accounts[0])
	}
	if !c.ConsentUntil.Equal(noon.Add(365 * 24 * time.Hour)) {
		t.Errorf("until %s", c.ConsentUntil)
	}
}

// Who leaves the page is told so, and may go on: the page is still there.
func TestLeftAndGoesOn(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	r.page = []string{"/refuse"}
	_, err = r.next(a, r.answers(*a.Step))
	if e := fails(t, err, sdk.BadRequest); !strings.Contains(e.Message, "left") {
		t.Error(e)
	}
	if _, err = r.next(a, map[string]string{"state": "another"}); fails(t, err, sdk.BadRequest).Field != "state" {
		t.Error(err)
	}
	r.answers(*a.Step)
	if a, err = r.next(a, nil); err != nil || a.Step.Kind != sdk.StepAccounts { // by hand, without the page's way back
		t.Errorf("%+v, %v", a.Step, err)
	}
}

// Of several items that were connected on the page the one of the bank counts, and the
// others are removed, so that nobody pays for them.
func TestSeveralItems(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"ins_11", "ins_11", "ins_14"} {
		r.visit(a.Step.URL + "/allow?institution=" + id)
	}
	a, err = r.next(a, map[string]string{"state": "state-of-the-host"})
	if err != nil || !strings.Contains(a.Step.Text, "Busy Merchants Bank") || strings.Contains(a.Step.Text, "you chose") {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	if r.asked("/item/public_token/exchange") != 3 || r.asked("/item/remove") != 2 || len(r.saved) != 1 {
		t.Errorf("%d exchanged, %d removed, %d saved", r.asked("/item/public_token/exchange"), r.asked("/item/remove"), len(r.saved))
	}
}

// Plaid tells older accounts of its customers otherwise what was connected.
func TestOldFormOfResults(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	public := r.api("/sandbox/public_token/create", map[string]any{"institution_id": "ins_11",
		"initial_products": []string{"transactions"}})
	r.told("/link/token/get", 200, map[string]any{"link_sessions": []any{map[string]any{"link_session_id": "x", "results": nil, "exit": nil,
		"on_success": map[string]any{"public_token": public["public_token"], "metadata": map[string]any{
			"institution": map[string]any{"institution_id": "ins_11", "name": "Example Federal Bank"}}}}}})
	if a, err = r.next(a, nil); err != nil || a.Step.Kind != sdk.StepAccounts || len(a.Step.Accounts) != 3 {
		t.Errorf("%+v, %v", a.Step, err)
	}
}

// Who chose another bank on the page is told so.
func TestOtherBank(t *testing.T) {
	r := newRig(t, "ins_11")
	r.page = []string{"/allow?institution=ins_14"}
	r.language = "nl_NL"
	a, err := r.start(sdk.FlowConnect)
	if err == nil {
		a, err = r.next(a, r.answers(*a.Step))
	}
	if err != nil || !strings.Contains(a.Step.Text, "Bij Plaid heb je Busy Merchants Bank gekozen.") {
		t.Errorf("%+v, %v", a.Step, err)
	}
}

// What was exchanged is the host's before anything else is asked, and is not exchanged
// again when that fails.
func TestExchangedOnce(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	r.refuse("/accounts/get", "INSTITUTION_ERROR", "INSTITUTION_DOWN")
	values := r.answers(*a.Step)
	_, err = r.next(a, values)
	fails(t, err, sdk.BankUnavailable)
	if len(r.saved) != 1 {
		t.Fatalf("saved %d times", len(r.saved))
	}
	kept := string(r.secret)
	if a, err = r.next(a, values); err != nil || a.Step.Kind != sdk.StepAccounts || r.asked("/item/public_token/exchange") != 1 {
		t.Fatalf("%+v, %v, %d times", a.Step, err, r.asked("/item/public_token/exchange"))
	}
	if a, err = r.next(a, r.answers(*a.Step)); err != nil || string(a.Done.Secret) != kept {
		t.Errorf("another secret, %v", err)
	}
}

// What the host cannot keep is removed at Plaid, and no secret shows.
func TestNotSaved(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	values := r.answers(*a.Step)
	call := r.call()
	call.SaveSecret = func([]byte) error { return errors.New("the disk is full") }
	_, err = r.provider.ContinueConnect(t.Context(), sdk.ContinueConnectRequest{Call: call, FlowState: a.FlowState, Values: values})
	e := fails(t, err, sdk.Internal)
	resttest.Untold(t, "an error", e.Error(), "access-sandbox")
	if r.asked("/item/remove") != 1 {
		t.Error("the item is not removed")
	}
}

// A bank without an account that can be synchronised leaves no item behind.
func TestNoAccounts(t *testing.T) {
	r := newRig(t, "ins_11")
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	r.told("/accounts/get", 200, map[string]any{"accounts": []any{}, "item": map[string]any{}})
	_, err = r.next(a, r.answers(*a.Step))
	fails(t, err, sdk.NeedsUser)
	if r.asked("/item/remove") != 1 {
		t.Error("the item is not removed")
	}
}

// An account in a currency of computers is not offered.
func TestUnofficialCurrency(t *testing.T) {
	r := newRig(t, "ins_15")
	a, err := r.start(sdk.FlowConnect)
	if err == nil {
		a, err = r.next(a, r.answers(*a.Step))
	}
	if err != nil || len(a.Step.Accounts) != 3 || !strings.Contains(a.Step.Text, "Coins ••0007") {
		t.Errorf("%+v, %v", a.Step, err)
	}
}

// A renewal leaves the token as it is, and nothing is exchanged.
func TestUpdateMode(t *testing.T) {
	r := newRig(t, "ins_12")
	c := r.connect(sdk.FlowConnect)
	kept := string(r.secret)
	for _, kind := range []sdk.FlowKind{sdk.FlowReconnect, sdk.FlowUpdate, sdk.FlowMFA} {
		r.api("/sandbox/item/reset_login", map[string]any{"access_token": r.access()})
		_, err := r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
		fails(t, err, sdk.BadCredentials)
		_, err = r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
		fails(t, err, sdk.BadCredentials)
		a, err := r.start(kind)
		if err != nil || a.Step.Kind != sdk.StepRedirect {
			t.Fatalf("%s: %+v, %v", kind, a.Step, err)
		}
		r.page = []string{"/refuse"}
		_, err = r.next(a, r.answers(*a.Step))
		if e := fails(t, err, sdk.BadRequest); !strings.Contains(e.Message, "before the connection was renewed") {
			t.Error(e)
		}
		r.clock.Advance(24 * time.Hour)
		if a, err = r.start(kind); err == nil {
			a, err = r.next(a, r.answers(*a.Step))
		}
		if err != nil || a.Done == nil || string(a.Done.Secret) != kept || a.Done.ExternalID != c.ExternalID || a.Done.Chosen != nil ||
			len(a.Done.Accounts) != 3 || !a.Done.ConsentUntil.Equal(r.clock.Now().Add(365*24*time.Hour)) {
			t.Fatalf("%s: %+v, %v", kind, a.Done, err)
		}
		if _, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{}); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if r.asked("/item/public_token/exchange") != 1 {
		t.Error("it is exchanged again")
	}
}

// Renewing a connection whose item is gone makes a new one at the same bank.
func TestReconnectToWhatIsGone(t *testing.T) {
	r := newRig(t, "ins_11")
	c := r.connect(sdk.FlowConnect)
	revoker, _ := sdk.As[sdk.Revoker](r.provider)
	for range 2 {
		if err := revoker.Revoke(t.Context(), r.call()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
	fails(t, err, sdk.ConsentExpired)
	r.bank = "" // the secret knows it
	again := r.connect(sdk.FlowReconnect)
	if again.ExternalID == c.ExternalID || len(again.Accounts) != 3 {
		t.Errorf("%+v", again)
	}
}

// A consent that ends is told as such, and renewed.
func TestConsentEnds(t *testing.T) {
	r := newRig(t, "ins_16")
	c := r.connect(sdk.FlowConnect)
	r.clock.Advance(91 * 24 * time.Hour)
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
	fails(t, err, sdk.ConsentExpired)
	r.connect(sdk.FlowReconnect)
	r.mustFetch(c.Accounts[0].ID, day(2026, 3, 1))
}

// Where news are to go is told with the connection, and again when it has changed.
func TestWebhookAddress(t *testing.T) {
	r := newRig(t, "ins_11")
	r.connect(sdk.FlowConnect)
	told := func() any {
		item, _ := r.api("/item/get", map[string]any{"access_token": r.access()})["item"].(map[string]any)
		return item["webhook"]
	}
	if told() != nil {
		t.Errorf("without an address: %v", told())
	}
	r.webhook = "https://host.example/webhook/plaid"
	r.connect(sdk.FlowReconnect)
	if told() != r.webhook || r.asked("/item/webhook/update") != 1 {
		t.Errorf("renewed: %v", told())
	}
	r.connect(sdk.FlowReconnect)
	r.connect(sdk.FlowConnect)
	if told() != r.webhook || r.asked("/item/webhook/update") != 1 {
		t.Errorf("connected: %v", told())
	}
}

// Synchronize Now makes Plaid ask the bank, where that is had.
func TestRefresh(t *testing.T) {
	r := newRig(t, "ins_11")
	r.connect(sdk.FlowConnect)
	refresher, _ := sdk.As[sdk.Refresher](r.provider)
	refresh := func() error {
		_, err := refresher.Refresh(t.Context(), sdk.RefreshRequest{Call: r.call()})
		return err
	}
	if err := refresh(); err != nil || r.asked("/transactions/refresh") != 0 {
		t.Errorf("although Plaid heard from the bank just now: %v", err)
	}
	r.clock.Advance(time.Hour)
	for range 2 { // the second time it has
		if err := refresh(); err != nil || r.asked("/transactions/refresh") != 1 {
			t.Error(err)
		}
	}
	r.clock.Advance(time.Hour)
	r.behave(`{"no_refresh": true}`)
	fails(t, refresh(), sdk.NotSupported)
	r.behave(`{"no_refresh": false}`)
	r.told("/transactions/refresh", 429, map[string]any{"error_type": "RATE_LIMIT_EXCEEDED", "error_code": "TRANSACTIONS_LIMIT"})
	if e := fails(t, refresh(), sdk.RateLimited); !e.Until.Equal(r.clock.Now().Add(time.Minute)) {
		t.Errorf("until %s", e.Until)
	}
	r.config["refresh"] = "false"
	fails(t, refresh(), sdk.NotSupported)
}

// What is wrong in the configuration is named by its key; wrong keys are the
// administrator's affair, and show nowhere.
func TestConfiguration(t *testing.T) {
	r := newRig(t, "ins_11")
	for key, value := range map[string]string{"client_id": " ", "secret": "", "environment": "staging", "api_url": "http://api.example.com",
		"countries": "US, XX", "language": "xx", "days_requested": "731", "client_name": strings.Repeat("x", 31), "refresh": "perhaps"} {
		good, given := r.config[key]
		r.config[key] = value
		_, err := r.start(sdk.FlowConnect)
		if e := fails(t, err, sdk.BadRequest); e.Field != key {
			t.Errorf("%s is said to be %s: %v", key, e.Field, e)
		}
		if r.config[key] = good; !given {
			delete(r.config, key)
		}
	}
	r.config["secret"] = "canary-4711"
	_, err := r.start(sdk.FlowConnect)
	e := fails(t, err, sdk.Internal)
	if !strings.Contains(e.Message, "administrator") || e.Reference == "" {
		t.Errorf("%v, reference %q", e, e.Reference)
	}
	resttest.Untold(t, "an error", e.Error(), "canary-4711")
}
