package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

// grants is a token endpoint, and a service that takes its tokens. A refresh
// token works once.
type grants struct {
	*httptest.Server
	mu       sync.Mutex
	made     int
	good     string // refresh token
	access   string
	keeps    bool          // gives no new refresh token
	lasts    any           // expires_in
	arrived  chan struct{} // a refresh that waits for go on
	goOn     chan struct{}
	forms    []url.Values
	basic    string
	answered func(w http.ResponseWriter) bool // in place of tokens
}

func newGrants(t testing.TB) *grants {
	t.Helper()
	g := &grants{good: "refresh-0", access: "access-0", lasts: 3600}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *grants) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/token" {
		g.mu.Lock()
		defer g.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+g.access {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{}`)
		return
	}
	if g.arrived != nil {
		g.arrived <- struct{}{}
		<-g.goOn
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = r.ParseForm()
	g.forms = append(g.forms, r.PostForm)
	if user, password, ok := r.BasicAuth(); ok {
		g.basic = user + ":" + password
	}
	if g.answered != nil && g.answered(w) {
		return
	}
	if r.PostForm.Get("grant_type") == "refresh_token" && r.PostForm.Get("refresh_token") != g.good {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error": "invalid_grant", "error_description": "spent"}`)
		return
	}
	g.made++
	g.access = fmt.Sprint("access-", g.made)
	told := map[string]any{"access_token": g.access, "token_type": "bearer", "expires_in": g.lasts}
	if !g.keeps {
		g.good = fmt.Sprint("refresh-", g.made)
		told["refresh_token"] = g.good
	}
	_ = json.NewEncoder(w).Encode(told)
}

var oauth = rest.OAuth{Path: "token", ClientID: "me", ClientSecret: "client-secret", Form: url.Values{"scope": {"ai"}}}

// vault is where a host keeps a connection's secret.
type vault struct {
	mu     sync.Mutex
	secret []byte
	saves  int
	fails  error
}

func (v *vault) save(secret []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fails != nil {
		return v.fails
	}
	v.secret, v.saves = slices.Clone(secret), v.saves+1
	return nil
}

func (v *vault) tokens(t testing.TB) (tokens rest.Tokens) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := json.Unmarshal(v.secret, &tokens); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// connected makes the client of a call that has tokens.
func connected(t testing.TB, s *rest.Service, g *grants, v *vault, tokens rest.Tokens, now time.Time) *rest.Client {
	t.Helper()
	its := call()
	its.SaveSecret, its.Now = v.save, now
	endpoint, err := s.Client(its, rest.Access{BaseURL: g.URL})
	if err != nil {
		t.Fatal(err)
	}
	keeper := endpoint.Keep(oauth, tokens, func(t rest.Tokens) ([]byte, error) { return json.Marshal(t) })
	c, err := s.Client(its, rest.Access{BaseURL: g.URL, Authorise: keeper.Authorise, Renew: keeper.Renew})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(t testing.TB, c *rest.Client) error {
	t.Helper()
	_, err := c.Do(t.Context(), rest.Request{Path: "accounts"})
	return err
}

func TestTokensAreRenewedEarly(t *testing.T) {
	for _, lasts := range []any{3600, "3600", 3600.0} {
		g, v, s := newGrants(t), &vault{}, rest.NewService(rest.Options{Name: "Test Bank"})
		g.lasts = lasts
		good := rest.Tokens{Access: "access-0", Refresh: "refresh-0", Expires: noon.Add(time.Hour)}
		if err := get(t, connected(t, s, g, v, good, noon)); err != nil || v.saves != 0 {
			t.Fatalf("a good token: %v, %d saves", err, v.saves)
		}
		if err := get(t, connected(t, s, g, v, rest.Tokens{Access: "access-0", Refresh: "refresh-0", Expires: noon.Add(59 * time.Second)},
			noon)); err != nil || v.saves != 1 {
			t.Fatalf("a token that ends: %v, %d saves", err, v.saves)
		}
		kept := v.tokens(t)
		if kept.Access != "access-1" || kept.Refresh != "refresh-1" || kept.Expires.Sub(noon).Round(time.Minute) != time.Hour {
			t.Errorf("kept: %+v", kept)
		}
		form := g.forms[0]
		if form.Get("grant_type") != "refresh_token" || form.Get("scope") != "ai" ||
			g.basic != "me:client-secret" || form.Has("client_id") {
			t.Errorf("asked with %v as %s", form, g.basic)
		}
	}
}

func TestARefusedTokenIsRenewed(t *testing.T) {
	g, v, s := newGrants(t), &vault{}, rest.NewService(rest.Options{Name: "Test Bank"})
	c := connected(t, s, g, v, rest.Tokens{Access: "taken back", Refresh: "refresh-0", Expires: noon.Add(time.Hour)}, noon)
	if err := get(t, c); err != nil || v.saves != 1 {
		t.Errorf("%v, %d saves", err, v.saves)
	}
	if err := get(t, c); err != nil || g.made != 1 {
		t.Errorf("%v, %d tokens made", err, g.made)
	}
}

// A new refresh token is durable before anything is asked with what came with it.
func TestTokensAreSavedBeforeTheyAreUsed(t *testing.T) {
	g, v, s := newGrants(t), &vault{fails: errors.New("the disk is full")}, rest.NewService(rest.Options{Name: "Test Bank"})
	used := false
	tokens := rest.Tokens{Access: "old", Refresh: "refresh-0", Expires: noon}
	its := call()
	its.SaveSecret = v.save
	endpoint, err := s.Client(its, rest.Access{BaseURL: g.URL})
	if err != nil {
		t.Fatal(err)
	}
	keeper := endpoint.Keep(oauth, tokens, func(t rest.Tokens) ([]byte, error) { return json.Marshal(t) })
	service := serve(t, func(w http.ResponseWriter, _ *http.Request) { used = true; fmt.Fprint(w, "{}") })
	c, err := s.Client(its, rest.Access{BaseURL: service.URL, Authorise: keeper.Authorise})
	if err != nil {
		t.Fatal(err)
	}
	if err := get(t, c); told(t, err).Kind != sdk.Internal || used {
		t.Errorf("%v, used %v", err, used)
	}
	// What was got is not lost: the next call of the process keeps it.
	v.fails = nil
	if err := get(t, connected(t, s, g, v, tokens, noon)); err != nil || g.made != 1 || v.tokens(t).Refresh != "refresh-1" {
		t.Errorf("%v, %d tokens made, kept %+v", err, g.made, v.tokens(t))
	}
}

func TestCallsThatRaceRenewOnce(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		g, v, s := newGrants(t), &vault{}, rest.NewService(rest.Options{Name: "Test Bank"})
		g.keeps = keeps
		tokens := rest.Tokens{Access: "old", Refresh: "refresh-0", Expires: noon}
		var all sync.WaitGroup
		for range 20 {
			c := connected(t, s, g, v, tokens, noon)
			all.Go(func() {
				if err := get(t, c); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if g.made != 1 || v.tokens(t).Access != "access-1" {
			t.Errorf("%d renewals, kept %+v", g.made, v.tokens(t))
		}
		// Who comes later with the secret of before meets them there, also after further renewals.
		later := noon.Add(2 * time.Hour)
		if err := get(t, connected(t, s, g, v, v.tokens(t), later)); err != nil || g.made != 2 {
			t.Errorf("%v, %d renewals", err, g.made)
		}
		if err := get(t, connected(t, s, g, v, tokens, later)); err != nil || g.made != 2 || v.tokens(t).Access != "access-2" {
			t.Errorf("%v, %d renewals, kept %+v", err, g.made, v.tokens(t))
		}
	}
}

// A renewal goes on when its call is given up: the old token is spent.
func TestARenewalIsNotBrokenOff(t *testing.T) {
	g, v, s := newGrants(t), &vault{}, rest.NewService(rest.Options{Name: "Test Bank"})
	g.arrived, g.goOn = make(chan struct{}), make(chan struct{})
	c := connected(t, s, g, v, rest.Tokens{Access: "old", Refresh: "refresh-0", Expires: noon}, noon)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Do(ctx, rest.Request{})
		done <- err
	}()
	<-g.arrived
	cancel()
	close(g.goOn)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the call says %v", err)
	}
	if v.tokens(t).Refresh != "refresh-1" {
		t.Errorf("kept %+v", v.tokens(t))
	}
}

func TestWhenThereAreNoNewTokens(t *testing.T) {
	answers := func(status int, body string) func(w http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { w.WriteHeader(status); fmt.Fprint(w, body); return true }
	}
	tests := []struct {
		name   string
		tokens rest.Tokens
		answer func(w http.ResponseWriter) bool
		kind   sdk.Kind
	}{
		{"a spent token", rest.Tokens{Refresh: "refresh-x"}, nil, sdk.ConsentExpired},
		{"no refresh token", rest.Tokens{Access: "a", Expires: noon}, nil, sdk.ConsentExpired},
		{"an unknown client", rest.Tokens{Refresh: "refresh-0"}, answers(401, `{"error": "invalid_client"}`), sdk.Internal},
		{"another error", rest.Tokens{Refresh: "refresh-0"}, answers(400, `{"error": "invalid_scope"}`), sdk.Internal},
		{"trouble", rest.Tokens{Refresh: "refresh-0"}, answers(502, `<html>`), sdk.BankUnavailable},
		{"an answer without a token", rest.Tokens{Refresh: "refresh-0"}, answers(200, `{}`), sdk.Internal},
		{"an answer that is none", rest.Tokens{Refresh: "refresh-0"}, answers(200, `<html>`), sdk.Internal},
	}
	for _, tt := range tests {
		g, v := newGrants(t), &vault{}
		g.answered = tt.answer
		err := get(t, connected(t, rest.NewService(rest.Options{Name: "Test Bank"}), g, v, tt.tokens, noon))
		if told(t, err).Kind != tt.kind || v.saves != 0 || len(g.forms) > 1 {
			t.Errorf("%s: %v, %d saves, asked %d times", tt.name, err, v.saves, len(g.forms))
		}
		resttest.Untold(t, tt.name, err.Error(), "client-secret", "refresh-0", "refresh-x")
	}
	g := newGrants(t)
	own := oauth
	own.Judge = func(code, description string) *sdk.Error {
		return &sdk.Error{Kind: sdk.BadCredentials, Message: code + " " + description}
	}
	c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: g.URL})
	_, err := c.Exchange(t.Context(), own, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"spent-token"}})
	if e := told(t, err); e.Kind != sdk.BadCredentials || e.Message != "invalid_grant spent" {
		t.Errorf("the provider's own words: %v", err)
	}
}

// Tokens that end at once are renewed once for each request, not for ever.
func TestTokensThatEndAtOnce(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		g, v := newGrants(t), &vault{}
		g.lasts, g.keeps = 1, keeps
		c := connected(t, rest.NewService(rest.Options{Name: "Test Bank"}), g, v, rest.Tokens{Refresh: "refresh-0"}, noon)
		if err := get(t, c); err != nil || g.made != 1 {
			t.Errorf("%v, %d tokens made", err, g.made)
		}
	}
}

func TestTokensOfTheClientItself(t *testing.T) {
	g, s := newGrants(t), rest.NewService(rest.Options{Name: "Test Bank"})
	own := rest.OAuth{Path: "token", ClientID: "me", ClientSecret: "client-secret", InForm: true}
	ask := func(now time.Time, o rest.OAuth) error {
		its := call()
		its.Now = now
		its.SaveSecret = func([]byte) error { t.Error("saved"); return nil }
		endpoint, err := s.Client(its, rest.Access{BaseURL: g.URL})
		if err != nil {
			t.Fatal(err)
		}
		keeper := endpoint.Own(o)
		c, err := s.Client(its, rest.Access{BaseURL: g.URL, Authorise: keeper.Authorise, Renew: keeper.Renew})
		if err != nil {
			t.Fatal(err)
		}
		return get(t, c)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := ask(noon, own); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if form := g.forms[0]; g.made != 1 || form.Get("client_secret") != "client-secret" ||
		form.Get("grant_type") != "client_credentials" || g.basic != "" {
		t.Errorf("%d tokens made, %v", g.made, g.forms)
	}
	if err := ask(noon.Add(time.Hour), own); err != nil || g.made != 2 {
		t.Errorf("an hour later: %v, %d tokens made", err, g.made)
	}
	other := own
	other.ClientID = "you"
	if err := ask(noon.Add(time.Hour), other); err != nil || g.made != 3 {
		t.Errorf("another client: %v, %d tokens made", err, g.made)
	}
}

func TestACodeIsExchangedOnce(t *testing.T) {
	g := newGrants(t)
	g.answered = func(w http.ResponseWriter) bool { w.WriteHeader(500); return true }
	c, p := clientOf(t, rest.Options{}, rest.Access{BaseURL: g.URL})
	public := rest.OAuth{Path: "token", ClientID: "me"}
	_, err := c.Exchange(t.Context(), public, url.Values{"grant_type": {"authorization_code"}, "code": {"code-4711"}})
	if told(t, err).Kind != sdk.BankUnavailable || len(g.forms) != 1 || len(p.list) != 0 {
		t.Errorf("%v, asked %d times", err, len(g.forms))
	}
	if g.forms[0].Get("client_id") != "me" || g.forms[0].Has("client_secret") || strings.Contains(err.Error(), "code-4711") {
		t.Errorf("%v, %v", g.forms, err)
	}
}
