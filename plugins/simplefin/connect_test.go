package simplefin_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestTokensAsPeoplePasteThem(t *testing.T) {
	r := newRig(t)
	form, err := r.start(sdk.FlowConnect)
	if err != nil || form.Step.Kind != sdk.StepForm || !strings.Contains(form.Step.Text, r.base+"/simplefin/create") {
		t.Fatalf("%+v, %v", form.Step, err)
	}
	for name, paste := range map[string]func(string) string{
		"as it is":         func(s string) string { return s },
		"with blanks":      func(s string) string { return "  " + s + "\u00a0\n" },
		"in lines":         func(s string) string { return s[:20] + "\r\n" + s[20:40] + "\n\t" + s[40:] },
		"without padding":  func(s string) string { return strings.TrimRight(s, "=") },
		"in URL's letters": func(s string) string { return strings.NewReplacer("+", "-", "/", "_").Replace(s) },
		"invisible signs":  func(s string) string { return "\ufeff" + s[:9] + "\u200b" + s[9:] },
	} {
		a, err := r.next(form, map[string]string{"setup_token": paste(r.server.SetupToken())})
		if err != nil || a.Step == nil || a.Step.Kind != sdk.StepAccounts {
			t.Errorf("%s: %+v, %v", name, a.Step, err)
		}
	}
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	used := r.server.SetupToken()
	if _, err := r.next(form, map[string]string{"setup_token": used}); err != nil {
		t.Fatal(err)
	}
	before := r.requests()
	for name, tt := range map[string]struct{ token, says string }{
		"nothing":                 {"", "Paste"},
		"blanks":                  {" \n ", "Paste"},
		"an address":              {"https://user:pw@bridge.simplefin.org/simplefin", "This is an address"},
		"words":                   {"my bank!", "no setup token"},
		"half of it":              {used[:len(used)/2+1], "no setup token"},
		"no address in it":        {encoded("hello world, this is no address"), "no setup token"},
		"no path in it":           {encoded("https://bridge.simplefin.org/"), "no setup token"},
		"without encryption":      {encoded("http://bridge.simplefin.org/simplefin/claim/X"), "without encryption"},
		"a user in it":            {encoded("https://a:b@bridge.simplefin.org/simplefin/claim/X"), "no setup token"},
		"a strange server":        {encoded("https://evil.example/simplefin/claim/X"), "evil.example"},
		"almost SimpleFIN":        {encoded("https://notsimplefin.org/claim/X"), "notsimplefin.org"},
		"this machine, otherwise": {encoded("https://127.0.0.1:1/claim/X"), "127.0.0.1"},
	} {
		_, err := r.next(form, map[string]string{"setup_token": tt.token})
		if e := fails(t, err, sdk.BadRequest); e.Field != "setup_token" || !strings.Contains(e.Message, tt.says) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if diff := cmp.Diff(before, r.requests()); diff != "" {
		t.Errorf("a wrong token led to requests:\n%s", diff)
	}
	// Used, or made up: the user has to know that somebody else may read.
	for _, token := range []string{used, encoded(r.base + "/simplefin/claim/MADEUP")} {
		_, err := r.next(form, map[string]string{"setup_token": token})
		if e := fails(t, err, sdk.BadRequest); e.Field != "setup_token" || !strings.Contains(e.Message, "somebody else") {
			t.Errorf("%+v", e)
		}
	}
}

// A local stand-in's http is taken only where the configuration is about one.
func TestLoopbackIsNoWayIn(t *testing.T) {
	r := newRig(t)
	r.config = nil
	form, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.next(form, map[string]string{"setup_token": r.server.SetupToken()})
	if e := fails(t, err, sdk.BadRequest); len(r.requests()) != 0 {
		t.Errorf("%v, after %v", e, r.requests())
	}
}

func TestATokenIsClaimedOnceAndNeverLost(t *testing.T) {
	r := newRig(t)
	form, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	r.fail(`{"path": "/accounts", "status": 500, "times": 4}`)
	a, err := r.next(form, map[string]string{"setup_token": r.server.SetupToken()})
	for range 2 {
		if err != nil || a.Step == nil || a.Step.Kind != sdk.StepMessage || !strings.Contains(a.Step.Text, "trouble of its own") {
			t.Fatalf("%+v, %v", a.Step, err)
		}
		a, err = r.next(a, nil)
	}
	if err != nil || a.Step.Kind != sdk.StepAccounts {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	for path, n := range r.requests() {
		if strings.Contains(path, "/claim/") && n != 1 {
			t.Errorf("%s came %d times", path, n)
		}
	}
	// The claim itself is not made again, since a lost answer cannot be had again.
	r.fail(`{"path": "", "silent": true}`)
	before := len(r.requests())
	_, err = r.next(form, map[string]string{"setup_token": r.server.SetupToken()})
	fails(t, err, sdk.BankUnavailable)
	if n := len(r.requests()); n != before+1 {
		t.Errorf("%d requests after %d", n, before)
	}
}

// What comes back for a token is held to the same as the token.
func TestAClaimMayGiveNonsense(t *testing.T) {
	for body, kind := range map[string]sdk.Kind{
		"https://user12:secret12@evil.example/simplefin": sdk.BadRequest, "http://user12:secret12@10.0.0.1/simplefin": sdk.Internal,
		"https://bridge.simplefin.org/simplefin": sdk.Internal, "thank you": sdk.Internal, "": sdk.Internal,
		"https://user12:secret12@bridge.simplefin.org/x?y=1": sdk.Internal,
	} {
		r := newRig(t)
		form, _ := r.start(sdk.FlowConnect)
		r.fail(fmt.Sprintf(`{"path": "", "status": 200, "body": %q}`, body))
		_, err := r.next(form, r.answers(*form.Step))
		if e := fails(t, err, kind); strings.Contains(e.Error(), "secret12") {
			t.Error(e)
		}
	}
}

func TestWhatUsersAreToldOfAccounts(t *testing.T) {
	r := newRig(t)
	r.behave(`{"errors": [{"code": "con.auth", "msg": "Log in to <b>First</b> Example Bank\u0007 again", "conn_id": "CON-5f0c1d7e"}]}`)
	form, err := r.start(sdk.FlowConnect)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.next(form, r.answers(*form.Step))
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"Air Miles", "Log in to First Example Bank again"} {
		if !strings.Contains(a.Step.Text, says) {
			t.Errorf("%q is not in %q", says, a.Step.Text)
		}
	}
	names := []string{}
	for _, account := range a.Step.Accounts {
		names = append(names, account.Name+" "+account.Currency+" "+string(account.Kind))
		if len(account.Balances) != 2 || account.Balances[0].Kind != sdk.Interim || account.StableID == "" {
			t.Errorf("%+v", account)
		}
	}
	if diff := cmp.Diff([]string{"First Example Bank – Everyday Checking (4711) USD checking",
		"First Example Bank – Rainy Day Savings USD savings",
		"First Example Bank – Euro Account EUR other", "Example Credit Union – Platinum Visa Card USD credit_card"}, names); diff != "" {
		t.Error(diff)
	}
	done, err := r.next(a, map[string]string{"accounts": card})
	if err != nil || !slices.Equal(done.Done.Chosen, []string{card}) || len(done.Done.Accounts) != 4 {
		t.Errorf("%+v, %v", done.Done, err)
	}
	_, err = r.next(a, map[string]string{"accounts": "another"})
	if e := fails(t, err, sdk.BadRequest); e.Field != "accounts" {
		t.Errorf("%+v", e)
	}
	if n := r.asked(); n != 1 {
		t.Errorf("connecting took %d requests for accounts", n)
	}
	if r.requests()["GET /miles"] != 0 {
		t.Error("the address of a currency was asked")
	}
}

func TestAUserWithoutAccounts(t *testing.T) {
	r := newRig(t)
	away := func(list ...string) string { return fmt.Sprintf(`{"away": ["%s"]}`, strings.Join(list, `", "`)) }
	r.behave(away(checking, savings, card, "ACT-1d0e5c1e-euro", "ACT-77e21f90-miles"))
	form, _ := r.start(sdk.FlowConnect)
	a, err := r.next(form, r.answers(*form.Step))
	if err != nil || a.Step.Kind != sdk.StepMessage {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	r.behave(away(card))
	if a, err = r.next(a, nil); err != nil || a.Step.Kind != sdk.StepAccounts || len(a.Step.Accounts) != 3 {
		t.Errorf("%+v, %v", a.Step, err)
	}
}

func TestRenewal(t *testing.T) {
	r := newRig(t)
	first := r.connect(sdk.FlowConnect)
	// As long as the access works, no new token is needed.
	a, err := r.start(sdk.FlowReconnect)
	if err != nil || a.Done == nil {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	if a, err = r.start(sdk.FlowUpdate); err != nil || a.Step.Kind != sdk.StepAccounts {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	// A payment that is due has to be made there; afterwards the same access works.
	r.behave(`{"unpaid": true}`)
	_, err = r.start(sdk.FlowReconnect)
	fails(t, err, sdk.NeedsUser)
	r.behave(`{"unpaid": false, "revoked": true}`)
	a, err = r.start(sdk.FlowReconnect)
	if err != nil || a.Step == nil || a.Step.Kind != sdk.StepForm {
		t.Fatalf("%+v, %v", a.Step, err)
	}
	r.behave(`{"revoked": false}`)
	r.secret = slices.Concat(r.secret[:len(r.secret)-1], []byte(`, "quiet_until": "2026-03-17T13:00:00Z"}`))
	if a, err = r.start(sdk.FlowReconnect); err != nil || a.Step == nil || a.Step.Kind != sdk.StepForm {
		t.Fatalf("while the server is left alone: %+v, %v", a.Step, err)
	}
	r.secret = []byte("damaged")
	second := r.connect(sdk.FlowReconnect)
	if string(first.Secret) == string(second.Secret) {
		t.Error("the new token led to the old access")
	}
	if diff := cmp.Diff(first.Accounts, second.Accounts); diff != "" {
		t.Errorf("other accounts (-first +second):\n%s", diff)
	}
	if _, err := r.provider.StartConnect(t.Context(), sdk.StartConnectRequest{Call: sdk.Call{}, InstitutionID: "another"}); err == nil {
		t.Error("another institution is taken")
	}
}

// Banks may give the same short id; then the bank's name tells accounts apart.
func TestTheStableIDIsTheSameInBothVersions(t *testing.T) {
	r := newRig(t)
	newer := r.connect(sdk.FlowConnect)
	r.behave(`{"old": true}`)
	older := r.connect(sdk.FlowReconnect)
	if diff := cmp.Diff(newer.Accounts, older.Accounts); diff != "" {
		t.Errorf("(-version 2 +version 1):\n%s", diff)
	}
}

func TestSettings(t *testing.T) {
	r := newRig(t)
	for key, wrong := range map[string][]string{
		"bridge_url":   {"http://bridge.example", "bridge.example", "https://u:p@bridge.example", "ftp://x"},
		"history_days": {"0", "-1", "many", "10000"},
		"window_days":  {"3", "x", "400"},
		"time_zone":    {"Mars/Olympus"},
	} {
		for _, value := range wrong {
			r.config = map[string]string{key: value}
			_, err := r.start(sdk.FlowConnect)
			if e := fails(t, err, sdk.BadRequest); e.Field != key {
				t.Errorf("%s = %s: %+v", key, value, e)
			}
		}
	}
	description, err := r.provider.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.config = map[string]string{}
	for _, field := range description.Settings {
		r.config[field.Name] = field.Default
	}
	form, err := r.start(sdk.FlowConnect)
	if err != nil || !strings.Contains(form.Step.Text, "https://beta-bridge.simplefin.org/simplefin/create") {
		t.Errorf("%+v, %v", form.Step, err)
	}
	r.language = "nl_NL"
	if form, err = r.start(sdk.FlowConnect); err != nil || form.Step.Title != "SimpleFIN-token" {
		t.Errorf("%+v, %v", form.Step, err)
	}
}
