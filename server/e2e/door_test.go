package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	demobank "github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

// The demo world has no service of its own, and goes by the clock of whoever asks.
// Here a door stands before it, as a bank has one: the test keeps it, and the
// plugin, which is the tests' own program around the demo provider, asks at it
// before each call. The door has the clock, hands out tokens of which only the
// newest is good, and has the addresses of every stand-in.

const doorPlugin = "girosync-provider-demo"

// doorSetting is the provider's setting with the door's address.
const doorSetting = "door"

// door is the test's side.
type door struct {
	clock *standin.Clock
	user  string   // the customer whose accounts the truth is about
	first sdk.Date // that the bank told at first

	mu    sync.Mutex
	state doorState
}

type doorState struct {
	Tokens int    `json:"tokens"` // that were handed out; the newest is good
	Ended  string `json:"ended"`  // why no token is good, until the user renews: EXPIRED or REVOKED
	Told   int    `json:"told"`   // how often the bank was told that a connection is given up
	// Rotates: who calls gets a new token. Busy: nobody is let in for six hours.
	Behaviour struct {
		Rotates bool `json:"rotates"`
		Busy    bool `json:"busy"`
	} `json:"behaviour"`
}

// asks is what the plugin says at the door, and answer what it hears.
type asks struct{ Method, Token string }

type answer struct {
	Now   time.Time
	Token string // a new one, from now on the only good one
	Ended bool   // the consent is over
	Wrong bool   // nobody has this token
	Busy  bool   // nobody is let in
}

// opensDoor serves a door until the test ends.
func opensDoor(t *testing.T, at time.Time, user string) *standIn {
	t.Helper()
	d := &door{clock: standin.NewClock(at), user: user}
	e := &standin.Emulator{Provider: "demo", Handler: d, Clock: d.clock, Behaviour: &d.state.Behaviour, Lock: &d.mu, State: &d.state,
		Truth: func() []standin.Account { return d.truth(t) }}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := &standIn{base: "http://" + address, env: []string{"GIROSYNC_PROVIDERS_DEMO_DOOR=http://" + address}}
	handler := standin.Controlled(e)
	s.start = func(t *testing.T) {
		t.Helper()
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server, over := &http.Server{Handler: handler}, make(chan struct{})
		go func() { _ = server.Serve(listener); close(over) }() // until it is closed
		s.stop = func(*testing.T) { _ = server.Close(); <-over }
	}
	s.start(t)
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/end/"):
		d.state.Ended = strings.TrimPrefix(r.URL.Path, "/end/")
	case strings.HasPrefix(r.URL.Path, "/enter/"):
		standin.WriteJSON(w, http.StatusOK, d.enter(strings.TrimPrefix(r.URL.Path, "/enter/"), r))
	default:
		http.NotFound(w, r)
	}
}

func (d *door) enter(method string, r *http.Request) (a answer) {
	var asked asks
	_ = json.NewDecoder(r.Body).Decode(&asked) // without a token nobody enters
	a.Now = d.clock.Now()
	newest := fmt.Sprintf("token-%d", d.state.Tokens)
	switch {
	case method == "connected":
		d.state.Tokens, d.state.Ended = d.state.Tokens+1, ""
		a.Token = fmt.Sprintf("token-%d", d.state.Tokens)
	case method == "connect":
		a.Ended = d.state.Ended != "" || asked.Token != newest
	case d.state.Ended != "":
		a.Ended = true
	case asked.Token != newest:
		a.Wrong = true
	case method == "revoke":
		d.state.Told++
	case d.state.Behaviour.Busy:
		a.Busy = true
	case d.state.Behaviour.Rotates:
		d.state.Tokens++
		a.Token = fmt.Sprintf("token-%d", d.state.Tokens)
	}
	return a
}

// truth asks the demo world itself, as another connection of the same customer
// that begins anew each time. The lock is held.
func (d *door) truth(t *testing.T) []standin.Account {
	c := newCustomer(t, d.user, d.clock.Now())
	list := make([]standin.Account, 0, len(c.accounts))
	for _, a := range c.accounts {
		list = append(list, c.truth(t, a))
	}
	return list
}

// isDoorKeeper reports whether this process was started as the plugin.
func isDoorKeeper() bool { return filepath.Base(os.Args[0]) == doorPlugin }

// putOwnProgram puts the tests' own program into a file: what it is then, its name says.
func putOwnProgram(t *testing.T, file string) {
	t.Helper()
	own, err := os.Executable()
	if err == nil {
		err = copyFile(own, file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func serveDoorKeeper() { serve.Serve(doorKeeper{demobank.New()}) }

// doorKeeper is the plugin's side: the demo provider, asking at the door first.
type doorKeeper struct{ *demobank.Provider }

// kept is the secret of a connection.
type kept struct {
	Token  string `json:"token"`
	Secret []byte `json:"secret"` // the demo bank's
}

// enter asks at the door for a call, and gives it the bank's clock and secret.
func (k doorKeeper) enter(ctx context.Context, method string, call *sdk.Call) (answer, kept, error) {
	var own kept
	if len(call.Secret) > 0 {
		if err := json.Unmarshal(call.Secret, &own); err != nil {
			return answer{}, own, sdk.Errorf(sdk.BadCredentials, "This connection cannot be read.")
		}
	}
	a, err := ask(ctx, call.Config[doorSetting], method, own.Token)
	if err != nil {
		return a, own, err
	}
	save, real := call.SaveSecret, call.Now
	call.Now, call.Secret = a.Now, own.Secret
	call.SaveSecret = func(secret []byte) error {
		own.Secret = secret
		text, err := json.Marshal(own)
		return errors.Join(err, save(text))
	}
	switch {
	case a.Wrong:
		return a, own, sdk.Errorf(sdk.BadCredentials, "The bank does not know this program any more. Log in again.")
	case a.Busy:
		e := sdk.Errorf(sdk.RateLimited, "The bank was asked too often.")
		e.Until = real.Add(6 * time.Hour)
		return a, own, e
	case a.Ended && own.Secret != nil: // the demo bank has its own way of being told, and of saying so
		ended := *call
		ended.SaveSecret = func(secret []byte) error { call.Secret = secret; return nil }
		return a, own, k.Provider.Revoke(ctx, ended)
	case a.Token != "" && method != "connected":
		own.Token = a.Token
		return a, own, call.SaveSecret(own.Secret)
	}
	return a, own, nil
}

// ask says a word at the door.
func ask(ctx context.Context, address, method, token string) (a answer, err error) {
	body, err := json.Marshal(asks{method, token})
	if err != nil {
		return a, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/enter/"+method, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return a, sdk.Errorf(sdk.BankUnavailable, "The bank cannot be reached: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK || err != nil {
		return a, sdk.Errorf(sdk.BankUnavailable, "The bank is out of order.")
	}
	return a, json.Unmarshal(text, &a)
}

func (k doorKeeper) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	if _, _, err := k.enter(ctx, "connect", &req.Call); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	step, err := k.Provider.StartConnect(ctx, req)
	return k.lead(ctx, req.Call, step, err)
}

func (k doorKeeper) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	if _, _, err := k.enter(ctx, "connect", &req.Call); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	step, err := k.Provider.ContinueConnect(ctx, req)
	return k.lead(ctx, req.Call, step, err)
}

// lead gives a connection that is made its token.
func (k doorKeeper) lead(ctx context.Context, call sdk.Call, step sdk.ConnectAnswer, err error) (sdk.ConnectAnswer, error) {
	if err != nil || step.Done == nil {
		return step, err
	}
	a, err := ask(ctx, call.Config[doorSetting], "connected", "")
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	step.Done.Secret, err = json.Marshal(kept{a.Token, step.Done.Secret})
	return step, err
}

func (k doorKeeper) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	if _, _, err := k.enter(ctx, "accounts", &req.Call); err != nil {
		return sdk.AccountList{}, err
	}
	return k.Provider.ListAccounts(ctx, req)
}

func (k doorKeeper) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if _, _, err := k.enter(ctx, "transactions", &req.Call); err != nil {
		return err
	}
	return k.Provider.FetchTransactions(ctx, req, emit)
}

func (k doorKeeper) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	if _, _, err := k.enter(ctx, "refresh", &req.Call); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	return k.Provider.Refresh(ctx, req)
}

func (k doorKeeper) Revoke(ctx context.Context, call sdk.Call) error {
	if _, _, err := k.enter(ctx, "revoke", &call); err != nil {
		return err
	}
	return k.Provider.Revoke(ctx, call)
}
