package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

func wantError(t testing.TB, err error, kind sdk.Kind, field string) {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Field != field {
		t.Errorf("error is %v, want %s of field %q", err, kind, field)
	}
}

// walker takes a flow step by step.
type walker struct {
	*connection
	answer sdk.ConnectAnswer
}

func begin(t testing.TB, institution string) *walker {
	t.Helper()
	c := &connection{t: t, provider: demo.New()}
	answer, err := c.provider.StartConnect(context.Background(), sdk.StartConnectRequest{
		Call: c.call(noon), Kind: sdk.FlowConnect, InstitutionID: institution, RedirectURL: "http://127.0.0.1:8069/connect/callback?x=1",
		State: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	return &walker{c, answer}
}

func (w *walker) try(values map[string]string) (sdk.ConnectAnswer, error) {
	return w.provider.ContinueConnect(context.Background(),
		sdk.ContinueConnectRequest{Call: w.call(noon), FlowState: w.answer.FlowState, Values: values})
}

func (w *walker) step(values map[string]string, kind sdk.StepKind) *sdk.Step {
	w.t.Helper()
	answer, err := w.try(values)
	if err != nil || answer.Step == nil || answer.Step.Kind != kind {
		w.t.Fatalf("got %+v, %v; want a step %s", answer.Step, err, kind)
	}
	w.answer = answer
	return answer.Step
}

var login = map[string]string{"user": "alice", "password": "any"}

func TestFormRefusesWhatIsWrong(t *testing.T) {
	w := begin(t, "demo-checking")
	cases := []struct {
		name   string
		values map[string]string
		kind   sdk.Kind
		field  string
	}{
		{"nothing", nil, sdk.BadRequest, "user"},
		{"no password", map[string]string{"user": "alice"}, sdk.BadRequest, "password"},
		{"wrong password", map[string]string{"user": "alice", "password": "wrong"}, sdk.BadCredentials, "password"},
		{"long user", map[string]string{"user": strings.Repeat("a", 300), "password": "x"}, sdk.BadRequest, "user"},
	}
	for _, c := range cases {
		_, err := w.try(c.values)
		wantError(t, err, c.kind, c.field)
	}
	w.step(login, sdk.StepAccounts) // and still goes on
}

func TestCode(t *testing.T) {
	w := begin(t, "demo-mfa")
	if got := w.step(login, sdk.StepForm).Fields[0].Kind; got != sdk.OTPField {
		t.Errorf("the code is a field of kind %s", got)
	}
	_, err := w.try(map[string]string{"code": "000000"})
	wantError(t, err, sdk.BadRequest, "code")
	w.step(map[string]string{"code": "123456"}, sdk.StepAccounts)
}

func TestRedirect(t *testing.T) {
	w := begin(t, "demo-redirect")
	url := w.answer.Step.URL
	if !strings.HasPrefix(url, "http://127.0.0.1:8069/connect/callback?") || !strings.Contains(url, "state=abc") ||
		!strings.Contains(url, "x=1") {
		t.Errorf("the redirect goes to %s", url)
	}
	_, err := w.try(map[string]string{"code": "guessed", "state": "abc"})
	wantError(t, err, sdk.BadRequest, "code")
	good := fill(t, w.answer.Step)
	_, err = w.try(map[string]string{"code": good["code"], "state": "other"})
	wantError(t, err, sdk.BadRequest, "state")
	_, err = w.try(map[string]string{"error": "access_denied", "state": "abc"})
	wantError(t, err, sdk.BadCredentials, "")
	w.step(good, sdk.StepAccounts)
}

func TestRedirectNeedsAnAddress(t *testing.T) {
	_, err := demo.New().StartConnect(context.Background(),
		sdk.StartConnectRequest{Call: sdk.Call{Now: noon}, InstitutionID: "demo-redirect"})
	wantError(t, err, sdk.BadRequest, "redirect_url")
}

func TestWaiting(t *testing.T) {
	w := begin(t, "demo-wait")
	if w.step(login, sdk.StepWait).PollAfter <= 0 {
		t.Error("nothing says when to poll")
	}
	w.step(nil, sdk.StepWait)
	w.step(nil, sdk.StepAccounts)
}

func TestChoosingAccounts(t *testing.T) {
	w := begin(t, "demo-checking")
	accounts := w.step(login, sdk.StepAccounts).Accounts
	_, err := w.try(nil)
	wantError(t, err, sdk.BadRequest, "accounts")
	_, err = w.try(map[string]string{"accounts": "acc-unknown"})
	wantError(t, err, sdk.BadRequest, "accounts")
	for _, c := range []struct {
		answer string
		want   []string
	}{
		{"", []string{}},
		{accounts[1].ID, []string{accounts[1].ID}},
		{accounts[2].ID + ", " + accounts[0].ID, []string{accounts[0].ID, accounts[2].ID}},
	} {
		answer, err := w.try(map[string]string{"accounts": c.answer})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, answer.Done.Chosen); diff != "" {
			t.Errorf("chosen %q:\n%s", c.answer, diff)
		}
		// Those that were not chosen are told too, as the same.
		if diff := cmp.Diff(accounts, answer.Done.Accounts); diff != "" {
			t.Errorf("accounts:\n%s", diff)
		}
	}
}

func TestRenewalKeepsIdentity(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	before := c.done
	later := noon.AddDate(0, 7, 0)
	_, err := c.provider.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: c.call(later)})
	wantError(t, err, sdk.ConsentExpired, "")

	c.flow(later, sdk.FlowReconnect, "demo-checking")
	if c.done.ExternalID != before.ExternalID {
		t.Error("the connection is another to webhooks")
	}
	if !c.done.ConsentUntil.Equal(later.AddDate(0, 0, 180)) {
		t.Errorf("the new consent ends %s", c.done.ConsentUntil)
	}
	for i, a := range c.done.Accounts {
		old := before.Accounts[i]
		if a.ID == old.ID || a.StableID != old.StableID || a.Number != old.Number {
			t.Errorf("renewed %+v, before %+v", a, old)
		}
	}
	_, err = c.fetch(sdk.FetchRequest{Call: c.call(later), AccountID: before.Accounts[0].ID})
	wantError(t, err, sdk.BadRequest, "account_id")
}

func TestReconnectWithAGoodConsentIsDoneAtOnce(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	answer, err := c.provider.StartConnect(context.Background(),
		sdk.StartConnectRequest{Call: c.call(noon.Add(time.Hour)), Kind: sdk.FlowReconnect})
	if err != nil || answer.Done == nil || answer.Done.Accounts[0].ID != c.done.Accounts[0].ID ||
		len(answer.Done.Chosen) != len(c.done.Chosen) {
		t.Errorf("got %+v, %v", answer, err)
	}
}

func TestRenewalRefusesAnotherUser(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	answer, err := c.provider.StartConnect(context.Background(), sdk.StartConnectRequest{Call: c.call(noon), Kind: sdk.FlowUpdate})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.provider.ContinueConnect(context.Background(), sdk.ContinueConnectRequest{
		Call: c.call(noon), FlowState: answer.FlowState, Values: map[string]string{"user": "mallory", "password": "x"}})
	wantError(t, err, sdk.BadRequest, "user")
}

func TestCodeEachTime(t *testing.T) {
	c := connect(t, "demo-mfa-each", noon, nil)
	account := c.done.Accounts[0].ID
	if _, err := c.fetch(sdk.FetchRequest{Call: c.call(noon.Add(14 * time.Minute)), AccountID: account}); err != nil {
		t.Error(err)
	}
	later := noon.Add(16 * time.Minute)
	_, err := c.fetch(sdk.FetchRequest{Call: c.call(later), AccountID: account})
	wantError(t, err, sdk.NeedsUser, "")
	c.flow(later, sdk.FlowMFA, "")
	if _, err := c.fetch(sdk.FetchRequest{Call: c.call(later), AccountID: account}); err != nil {
		t.Errorf("after the code: %v", err)
	}
}

func TestFlowsThatCannotBegin(t *testing.T) {
	p, ctx := demo.New(), context.Background()
	for _, c := range []struct {
		institution string
		kind        sdk.FlowKind
		want        sdk.Kind
		field       string
	}{
		{"no-such-bank", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"de-0-0-0", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"de-00-0", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"de-999999-0", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"demo-big-0", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"demo-big-99999999999", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"demo-crash", sdk.FlowConnect, sdk.BadRequest, "institution"},
		{"demo-disabled", sdk.FlowConnect, sdk.NotSupported, ""},
		{"demo-checking", sdk.FlowUpdate, sdk.BadRequest, "kind"},
	} {
		_, err := p.StartConnect(ctx, sdk.StartConnectRequest{Call: sdk.Call{Now: noon}, Kind: c.kind, InstitutionID: c.institution})
		wantError(t, err, c.want, c.field)
	}
	for _, state := range []string{"", "{", "null", `{"stage":"beyond","secret":{"institution":"demo-checking"}}`} {
		if _, err := p.ContinueConnect(ctx,
			sdk.ContinueConnectRequest{Call: sdk.Call{Now: noon}, FlowState: []byte(state)}); sdk.KindOf(err) != sdk.BadRequest {
			t.Errorf("flow state %q: %v", state, err)
		}
	}
}

func TestTextsFollowTheLanguage(t *testing.T) {
	for language, want := range map[string]string{"nl_BE": "Meld u aan", "en_US": "Log in", "": "Log in", "fr_FR": "Log in"} {
		answer, err := demo.New().StartConnect(context.Background(),
			sdk.StartConnectRequest{Call: sdk.Call{Now: noon, Language: language}, InstitutionID: "demo-checking"})
		if err != nil || !strings.Contains(answer.Step.Text, want) {
			t.Errorf("%q: %+v, %v", language, answer.Step, err)
		}
	}
}

func TestNoPasswordIsKept(t *testing.T) {
	w := begin(t, "demo-mfa")
	w.step(map[string]string{"user": "alice", "password": "canary"}, sdk.StepForm)
	c := connect(t, "demo-checking", noon, nil) // its password holds the word too
	for what, kept := range map[string][]byte{"flow state": w.answer.FlowState, "secret": c.secret} {
		if !json.Valid(kept) || strings.Contains(string(kept), "canary") {
			t.Errorf("the %s is %s", what, kept)
		}
	}
}
