package sdktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

// service is a bank's, which outlives the provider's process. Its access tokens
// last an hour by its own clock, and a refresh token works once.
type service struct {
	mu      sync.Mutex
	now     time.Time
	refresh map[string]string // whose it is
	access  map[string]time.Time
	given   int
}

func newService() *service {
	return &service{now: noon, refresh: map[string]string{}, access: map[string]time.Time{}}
}

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

func (s *service) set(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
	return nil
}

// tokens are what a provider needs to remember of one user.
type tokens struct {
	User    string `json:"user"`
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Number  int    `json:"number"` // of the connection
}

func (s *service) give(user string) tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given++
	t := tokens{user, fmt.Sprintf("access-token-%04d", s.given), fmt.Sprintf("refresh-token-%04d", s.given), s.given}
	s.refresh[t.Refresh], s.access[t.Access] = user, s.now.Add(time.Hour)
	return t
}

func (s *service) renew(t tokens) (tokens, error) {
	s.mu.Lock()
	user := s.refresh[t.Refresh]
	delete(s.refresh, t.Refresh)
	delete(s.access, t.Access)
	s.mu.Unlock()
	if user == "" {
		return tokens{}, sdk.Errorf(sdk.ConsentExpired, "The bank does not take the refresh token.")
	}
	fresh := s.give(user)
	fresh.Number = t.Number
	return fresh, nil
}

func (s *service) good(t tokens) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.Before(s.access[t.Access])
}

// careful keeps the contract before a service that rotates its tokens, but for the
// one mistake that it names.
type careful struct {
	mistake string
	service *service

	mu     sync.Mutex
	typed  map[string]string // mistakes: what a process should not remember
	known  map[string]tokens
	user   string
	missed bool
}

func (c *careful) is(mistake string) bool { return c.mistake == mistake }

func (c *careful) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "careful", DisplayName: "Careful", Version: "1.0.0", StableIDs: true, Settings: []sdk.Field{
		{Name: "client", Label: "Client", Kind: sdk.TextField, Required: true},
		{Name: "key", Label: "Secret key", Kind: sdk.SecretField, Required: true}}}, nil
}

func (c *careful) configured(call sdk.Call) error {
	for _, name := range []string{"client", "key"} {
		switch {
		case call.Config[name] != "" || c.is("misses no setting"):
		case c.is("does not say which setting"):
			return sdk.Errorf(sdk.BadRequest, "It is not configured.")
		default:
			return sdk.FieldErrorf(name, "The setting %s is missing.", name)
		}
	}
	return nil
}

func (c *careful) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	if err := c.configured(req.Call); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if req.InstitutionID != "bank" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "There is no such bank.")
	}
	step := sdk.Step{Kind: sdk.StepForm, Title: "Log in", Fields: []sdk.Field{
		{Name: "user", Label: "User", Kind: sdk.TextField, Required: true},
		{Name: "password", Label: "Password", Kind: sdk.SecretField, Required: true}}}
	return sdk.ConnectAnswer{Step: &step, FlowState: []byte(`{"at":"form"}`)}, nil
}

func (c *careful) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	var state struct{ At, User string }
	if json.Unmarshal(req.FlowState, &state) != nil || state.At == "" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "This step is not known.")
	}
	if state.At == "form" {
		if req.Values["password"] == "" && !c.is("takes an empty form") {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("password", "Please fill in the password.")
		}
		state.At, state.User = "bank", req.Values["user"]
		c.mu.Lock()
		c.typed, c.user = req.Values, state.User
		c.mu.Unlock()
		kept, err := json.Marshal(state)
		if c.is("takes an empty form") && state.User == "" {
			return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: kept, Accounts: c.accounts(tokens{})}}, err
		}
		return sdk.ConnectAnswer{FlowState: kept,
			Step: &sdk.Step{Kind: sdk.StepRedirect, URL: "https://bank.example/allow"}}, err
	}
	if req.Values["code"] == "" && !c.is("connects whoever comes back") {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NeedsUser, "You allowed nothing at the bank.")
	}
	c.mu.Lock()
	switch {
	case c.is("keeps flows in the process") && c.typed == nil:
		c.mu.Unlock()
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "This flow is not known.")
	case c.is("has one flow at a time"):
		if c.typed == nil {
			c.mu.Unlock()
			return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "Another flow has begun.")
		}
		c.typed = nil
	}
	c.mu.Unlock()
	t := c.service.give(state.User)
	kept, err := json.Marshal(t)
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: kept, Accounts: c.accounts(t)}}, err
}

func (c *careful) accounts(t tokens) []sdk.Account {
	user := t.User
	if c.is("tells one user's accounts to another") {
		user = c.user
	}
	stable := "stable-" + user
	if c.is("names accounts anew") {
		stable = fmt.Sprint("stable-", t.Number)
	}
	return []sdk.Account{{ID: "of-" + user, StableID: stable, Currency: "EUR", Kind: sdk.Checking}}
}

// open reads the secret, and renews its tokens.
func (c *careful) open(call sdk.Call) (tokens, error) {
	var t tokens
	if json.Unmarshal(call.Secret, &t) != nil || t.Refresh == "" {
		return t, sdk.Errorf(sdk.BadCredentials, "The bank does not know this connection.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if newer, ok := c.known[t.User]; ok {
		t = newer
	}
	if c.service.good(t) {
		return t, nil
	}
	if c.is("goes on with old tokens") {
		return t, sdk.Errorf(sdk.Internal, "The bank answers 401.")
	}
	t, err := c.service.renew(t)
	if err != nil {
		return t, err
	}
	if c.is("keeps new tokens to itself") {
		c.known = map[string]tokens{t.User: t}
		return t, nil
	}
	kept, err := json.Marshal(t)
	if err == nil {
		err = call.SaveSecret(kept)
	}
	if err != nil && c.is("loses a token that was not saved") {
		_, err = c.service.renew(t)
	}
	c.missed = c.missed || err != nil && c.is("skips what was not saved")
	if err != nil {
		return t, sdk.Errorf(sdk.Internal, "The new tokens cannot be saved: %w", err)
	}
	return t, nil
}

func (c *careful) ListAccounts(_ context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	t, err := c.open(req.Call)
	if err != nil {
		return sdk.AccountList{}, err
	}
	return sdk.AccountList{Accounts: c.accounts(t)}, nil
}

func (c *careful) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if !req.UserPresent && c.is("needs the user") {
		return sdk.Errorf(sdk.Internal, "Nobody is there.")
	} else if !req.UserPresent && c.is("may not without the user") {
		return sdk.Errorf(sdk.AutoNotAllowed, "The bank does not allow that.")
	}
	t, err := c.open(req.Call)
	if err != nil {
		return err
	}
	if req.AccountID != "of-"+t.User && !c.is("fetches any account") {
		return sdk.Errorf(sdk.BadRequest, "There is no such account.")
	}
	var list []sdk.Transaction
	for n := range 9 {
		day := sdk.Date{Year: 2026, Month: 3, Day: 1 + n}
		if !req.From.IsZero() && day.Before(req.From) || !req.To.IsZero() && day.After(req.To) || n == 0 && c.missed {
			continue
		}
		row := sdk.Transaction{ID: day.String(), Date: day, Amount: "3.40", Direction: sdk.Out, Raw: []byte(`{"amount":"3.40"}`)}
		switch {
		case c.is("puts its token into Raw"):
			row.Raw = fmt.Appendf(nil, `{"asked_with":%q}`, t.Access)
		case c.is("puts a setting into Details"):
			row.Details = map[string]string{"asked_by": req.Config["key"]}
		}
		list = append(list, row)
	}
	for n, today := 9, sdk.DateOf(req.Now); n < 30; n++ { // what comes as time goes by
		day := sdk.Date{Year: 2026, Month: 3, Day: 1 + n}
		known := string(req.Cursor) >= day.String()
		if day.Before(today) && !day.Before(req.From) && !day.After(req.To) && !known {
			list = append(list, sdk.Transaction{ID: day.String(), Date: day, Amount: "3.40", Direction: sdk.Out})
		}
	}
	cursor := sdk.DateOf(req.Now).AddDays(-1).String()
	if c.is("has a cursor that runs ahead") {
		cursor = sdk.DateOf(req.Now).AddDays(1).String()
	}
	return emit(sdk.Batch{Booked: list, Cursor: []byte(cursor)})
}

func carefulSuite(mistake string) sdktest.Suite {
	service := newService()
	return sdktest.Suite{
		New:         func() sdk.Provider { return &careful{mistake: mistake, service: service} },
		Config:      map[string]string{"client": "girosync", "key": "very-secret-key"},
		Now:         noon,
		Clock:       service.set,
		Institution: "bank",
		Answers:     map[string]string{"user": "ann", "password": "open sesame"},
		Other:       map[string]string{"user": "bob"},
		Redirect:    map[string]string{"code": "4711"},
	}
}

func TestACarefulProviderConforms(t *testing.T) { sdktest.Run(t, carefulSuite("")) }

func TestCarelessnessIsFound(t *testing.T) {
	tests := []struct {
		mistake string
		checks  []string // that fail, and no others
		says    string
		change  func(*sdktest.Suite)
	}{
		{"none", nil, "", nil},
		{"none", nil, "", func(s *sdktest.Suite) { s.Other = nil }},
		{"none", nil, "", func(s *sdktest.Suite) { s.Clock = nil }},
		{"keeps flows in the process", []string{"between steps"}, "belongs into its FlowState", nil},
		{"has one flow at a time", []string{"two connections", "between steps"}, "of two flows at the same time one fails", nil},
		{"names accounts anew", []string{"two connections"}, "a StableID is the same across consents",
			func(s *sdktest.Suite) { s.Other = nil }},
		{"tells one user's accounts to another", []string{"two connections", "restart"}, "the same accounts come", nil},
		{"fetches any account", []string{"two connections", "errors"}, "fetched with the secret of another", nil},
		{"goes on with old tokens", []string{"clock"}, "it fails: internal", nil},
		{"keeps new tokens to itself", []string{"clock"}, "goes to SaveSecret before it is used", nil},
		{"loses a token that was not saved", []string{"clock"}, "neither the old secret nor the new one works", nil},
		{"skips what was not saved", []string{"clock"}, "skips what came before", nil},
		{"has a cursor that runs ahead", []string{"clock"}, "its cursor passes over what was booked since", nil},
		{"needs the user", []string{"unattended"}, "while no user waits it fails", nil},
		{"may not without the user", nil, "", nil},
		{"puts its token into Raw", []string{"secrets"}, "a transaction's Raw holds the connection's access_token", nil},
		{"puts a setting into Details", []string{"secrets"}, "a transaction's detail asked_by holds the setting key", nil},
		{"connects whoever comes back", []string{"redirects"}, "a user who comes back from the bank with nothing at all", nil},
		{"connects whoever comes back", []string{"redirects", "refusals"}, "refusal 1: the flow succeeds", refuseRedirect},
		{"none", nil, "", refuseRedirect},
		{"takes an empty form", []string{"left empty"}, "required fields are left empty", nil},
		{"misses no setting", []string{"settings"}, `without the setting "client", which is required, a connection is made`, nil},
		{"does not say which setting", []string{"settings"}, "name the setting", nil},
	}
	for _, test := range tests {
		t.Run(test.mistake, func(t *testing.T) {
			s := carefulSuite(test.mistake)
			if test.change != nil {
				test.change(&s)
			}
			s.Restart = func() (sdk.Provider, error) { return s.New(), nil }
			var failed, said []string
			for _, r := range sdktest.Examine(t.Context(), s.New(), s).Results {
				if len(r.Problems) > 0 {
					failed = append(failed, r.Check)
					said = append(said, r.Problems...)
				}
			}
			slices.Sort(failed)
			slices.Sort(test.checks)
			if !slices.Equal(failed, test.checks) || !strings.Contains(strings.Join(said, "\n"), test.says) {
				t.Errorf("failed %q, want %q that say %q:\n%s", failed, test.checks, test.says, strings.Join(said, "\n"))
			}
		})
	}
}

// refuseRedirect names what a user who refuses comes back with.
func refuseRedirect(s *sdktest.Suite) {
	s.Refuse = []sdktest.Refused{{Redirect: map[string]string{"error": "access_denied"}, Kind: sdk.NeedsUser}}
}
