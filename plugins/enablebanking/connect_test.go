package enablebanking_test

import (
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/enablebanking"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

// plain is a provider without the gate, for what no description covers.
func (r *rig) plain() sdk.Provider { return enablebanking.New(enablebanking.Options{}) }

func TestInstitutions(t *testing.T) {
	r := newRig(t, "")
	list := map[string]sdk.Institution{}
	lister, _ := sdk.As[sdk.InstitutionLister](r.provider)
	collect := func(page []sdk.Institution) error {
		for _, i := range page {
			list[i.ID] = i
		}
		return nil
	}
	if err := lister.ListInstitutions(t.Context(), r.call(), collect); err != nil {
		t.Fatal(err)
	}
	if i := list["IT:Banca Breve"]; len(list) != 10 || i.Status != sdk.Beta || i.Countries[0] != "IT" || i.BIC != "BREVITMM" {
		t.Errorf("%d banks; %+v", len(list), i)
	}
	clear(list)
	r.config["countries"] = "fi, ee"
	if err := lister.ListInstitutions(t.Context(), r.call(), collect); err != nil || len(list) != 2 {
		t.Errorf("of two countries: %v, %v", list, err)
	}
	clear(list)
	if err := lister.ListInstitutions(t.Context(), sdk.Call{Now: noon}, collect); err != nil || len(list) != 0 {
		t.Errorf("without an application: %v, %v", list, err)
	}
}

// A person chooses type and method, goes to the bank, and chooses accounts.
func TestConnect(t *testing.T) {
	r := newRig(t, "FI:Testipankki")
	a, err := r.start(sdk.FlowConnect)
	if err != nil || a.Step.Fields[0].Name != "psu_type" || len(a.Step.Fields[0].Choices) != 2 {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	c := r.connect(sdk.FlowConnect)
	if len(c.Accounts) != 3 || len(c.Chosen) != 3 || !c.ConsentUntil.Equal(noon.Add(180*24*time.Hour-10*time.Minute)) {
		t.Errorf("%+v", c)
	}
	first := c.Accounts[0]
	if first.ID != first.StableID || first.Kind != sdk.Checking || first.Currency != "EUR" || !strings.HasPrefix(first.Number, "FI") ||
		first.Name != "Current account" || first.Owner != "Anna Esimerkki" ||
		c.Accounts[2].Kind != sdk.CreditCard || c.Accounts[2].Number != "" {
		t.Errorf("%+v", c.Accounts)
	}
	r.typed["psu_type"] = "business"
	r.secret = nil
	if c := r.connect(sdk.FlowConnect); len(c.Accounts) != 2 || c.Accounts[0].Owner != "Esimerkki Oy" {
		t.Errorf("of a business: %+v", c.Accounts)
	}
}

// Of several methods the user chooses one; one that is confirmed in an app leads
// back by the same page.
func TestDecoupled(t *testing.T) {
	r := newRig(t, "SE:Provbanken")
	r.language = "nl_NL"
	a, err := r.start(sdk.FlowConnect)
	if err != nil || len(a.Step.Fields) != 1 || len(a.Step.Fields[0].Choices) != 2 {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	if _, err := r.next(a, map[string]string{"auth_method": "telepathy"}); fails(t, err, sdk.BadRequest).Field != "auth_method" {
		t.Error(err)
	}
	a, err = r.next(a, map[string]string{"auth_method": "mobile"})
	if err != nil || a.Step.Kind != sdk.StepRedirect || !strings.Contains(a.Step.Text, "Bevestig in de app") {
		t.Errorf("%+v, %v", a.Step, err)
	}
}

// What a method asks for is asked here, and held against the bank's own rule.
func TestCredentials(t *testing.T) {
	r := newRig(t, "DE:Musterbank")
	a, err := r.start(sdk.FlowConnect)
	if err != nil || len(a.Step.Fields) != 2 || a.Step.Fields[1].Kind != sdk.SecretField {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	for value, kind := range map[string]sdk.Kind{"": sdk.BadRequest, "123": sdk.BadRequest, "00000000": sdk.BadCredentials} {
		_, err := r.next(a, map[string]string{"credential_userId": value, "credential_pin": "canary-4711"})
		e := fails(t, err, kind)
		resttest.Untold(t, "an error", e.Error(), "canary-4711")
	}
	a, err = r.next(a, map[string]string{"credential_userId": "12345678", "credential_pin": "canary-4711"})
	if err != nil || a.Step.Kind != sdk.StepRedirect {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	resttest.Untold(t, "the flow's state", string(a.FlowState), "canary-4711")
}

func TestRefusedAndUsedUp(t *testing.T) {
	r := newRig(t, "NL:Voorbeeldbank")
	r.refuse = true
	a, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.next(a, r.answers(*a.Step))
	if e := fails(t, err, sdk.NeedsUser); !strings.Contains(e.Message, "Cancelled by user") {
		t.Error(e)
	}
	r.refuse = false
	values := r.answers(*a.Step)
	if _, err = r.next(a, map[string]string{"code": values["code"], "state": "another"}); fails(t, err, sdk.BadRequest) == nil {
		t.Error("another state is taken")
	}
	if _, err = r.next(a, values); err != nil {
		t.Fatal(err)
	}
	_, err = r.next(a, values)
	fails(t, err, sdk.NeedsUser)
	r.behave(`{"redirects": ["https://other.example/"]}`)
	_, err = r.start(sdk.FlowConnect)
	if e := fails(t, err, sdk.Internal); !strings.Contains(e.Message, back) {
		t.Error(e)
	}
}

// A short consent is asked for as long as the bank gives; a renewal makes a new
// session and leaves the old one, which revoking ends too.
func TestRenewAndRevoke(t *testing.T) {
	r := newRig(t, "IT:Banca Breve")
	c := r.connect(sdk.FlowConnect)
	if want := noon.Add(7*24*time.Hour - 10*time.Minute); !c.ConsentUntil.Equal(want) {
		t.Errorf("until %s, want %s", c.ConsentUntil, want)
	}
	before := r.mustFetch(c.Accounts[0].ID, day(2026, 3, 1))
	r.clock.Advance(5 * 24 * time.Hour)
	old := r.secret
	again := r.connect(sdk.FlowReconnect)
	if again.Chosen != nil || again.ExternalID == c.ExternalID || again.Accounts[0].ID != c.Accounts[0].ID {
		t.Errorf("renewed: %+v", again)
	}
	fresh := r.secret
	r.secret = old
	r.mustFetch(c.Accounts[0].ID, day(2026, 3, 1)) // the old session still works
	r.secret = fresh
	after, err := r.fetch(again.Accounts[0].ID, day(2026, 3, 1), day(2026, 3, 17))
	if err != nil || len(after.booked) < len(before.booked) {
		t.Errorf("%d booked of %d, %v", len(after.booked), len(before.booked), err)
	}
	revoker, _ := sdk.As[sdk.Revoker](r.provider)
	for range 2 {
		if err := revoker.Revoke(t.Context(), r.call()); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range [][]byte{old, fresh} {
		r.secret = secret
		_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
		fails(t, err, sdk.ConsentExpired)
		_, err = r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
		fails(t, err, sdk.ConsentExpired)
	}
}

func TestConsentEnds(t *testing.T) {
	r := newRig(t, "IT:Banca Breve")
	c := r.connect(sdk.FlowConnect)
	r.clock.Advance(8 * 24 * time.Hour)
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
	fails(t, err, sdk.ConsentExpired)
	r.connect(sdk.FlowReconnect)
	r.mustFetch(c.Accounts[0].ID, day(2026, 3, 1))
	r.end("REVOKED")
	_, err = r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
	fails(t, err, sdk.ConsentExpired)
	r.connect(sdk.FlowReconnect)
	a, err := r.start(sdk.FlowUpdate)
	if err != nil || a.Step.Kind != sdk.StepAccounts {
		t.Fatalf("update: %+v, %v", a.Step, err)
	}
	if a, err = r.next(a, map[string]string{"accounts": c.Accounts[1].ID}); err != nil || len(a.Done.Chosen) != 1 {
		t.Errorf("%+v, %v", a.Done, err)
	}
}

// A wrong key, or none, is said to be the administrator's affair.
func TestApplication(t *testing.T) {
	r := newRig(t, "FI:Testipankki")
	good := r.config["private_key"]
	r.config["private_key"] = "canary-4711"
	_, err := r.start(sdk.FlowConnect)
	if e := fails(t, err, sdk.BadRequest); e.Field != "private_key" || strings.Contains(e.Error(), "canary") {
		t.Errorf("%v", e)
	}
	r.config["private_key"] = good
	r.config["application_id"] = "another"
	_, err = r.start(sdk.FlowConnect)
	if e := fails(t, err, sdk.Internal); !strings.Contains(e.Message, "administrator") {
		t.Error(e)
	}
}

// What is wrong in the configuration is named by its key.
func TestConfiguration(t *testing.T) {
	r := newRig(t, "IT:Banca Breve")
	for key, value := range map[string]string{"application_id": " ", "private_key": "", "api_url": "http://api.example.com",
		"countries": "Finland", "consent_days": "0"} {
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
	r.config["consent_days"] = "3"
	if c := r.connect(sdk.FlowConnect); !c.ConsentUntil.Equal(noon.Add(3 * 24 * time.Hour)) {
		t.Errorf("until %s", c.ConsentUntil)
	}
}
