package simplefin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	"github.com/girosync/girosync/plugins/simplefin"
	"github.com/girosync/girosync/plugins/simplefin/emulator"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// rig is a provider before a stand-in, as a host would call it.
type rig struct {
	t        testing.TB
	base     string
	server   *emulator.Server
	clock    *standin.Clock
	provider sdk.Provider
	config   map[string]string
	secret   []byte
	present  bool
	language string
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, clock: standin.NewClock(noon), provider: simplefin.New(simplefin.Options{}), language: "en_US"}
	server := httptest.NewUnstartedServer(nil)
	r.base = "http://" + server.Listener.Addr().String()
	r.server = emulator.New(r.base, r.clock)
	e := r.server.Emulator()
	server.Config.Handler = standin.Controlled(e)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.Start()
	t.Cleanup(server.Close)
	r.config = e.Settings
	return r
}

func (r *rig) call() sdk.Call {
	return sdk.Call{Config: r.config, Now: r.clock.Now(), UserPresent: r.present, Language: r.language, Secret: r.secret,
		SaveSecret: func(secret []byte) error { r.secret = bytes.Clone(secret); return nil }}
}

// behave changes what the stand-in does.
func (r *rig) behave(change string) { r.post("/_emulator/behaviour", change) }

// fail lets requests fail.
func (r *rig) fail(fault string) { r.post("/_emulator/fail", fault) }

func (r *rig) post(path, body string) {
	r.t.Helper()
	response, err := http.Post(r.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	text, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != 200 {
		r.t.Fatalf("%s %s: %s", path, body, text)
	}
}

// requests are how many came, by method and path.
func (r *rig) requests() map[string]int {
	r.t.Helper()
	response, err := http.Get(r.base + "/_emulator/requests")
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	seen := map[string]int{}
	if err := json.NewDecoder(response.Body).Decode(&seen); err != nil {
		r.t.Fatal(err)
	}
	return seen
}

// asked is how often accounts were asked for.
func (r *rig) asked() int { return r.requests()["GET /simplefin/accounts"] }

// start begins a flow.
func (r *rig) start(kind sdk.FlowKind) (sdk.ConnectAnswer, error) {
	return r.provider.StartConnect(r.t.Context(), sdk.StartConnectRequest{Call: r.call(), Kind: kind, InstitutionID: "simplefin-bridge"})
}

func (r *rig) next(a sdk.ConnectAnswer, values map[string]string) (sdk.ConnectAnswer, error) {
	return r.provider.ContinueConnect(r.t.Context(), sdk.ContinueConnectRequest{Call: r.call(), InstitutionID: "simplefin-bridge",
		FlowState: a.FlowState, Values: values})
}

// answers are what a user does at a step: pastes a token, chooses all accounts.
func (r *rig) answers(s sdk.Step) map[string]string {
	switch s.Kind {
	case sdk.StepForm:
		return map[string]string{"setup_token": r.server.SetupToken()}
	case sdk.StepAccounts:
		var ids []string
		for _, a := range s.Accounts {
			ids = append(ids, a.ID)
		}
		return map[string]string{"accounts": strings.Join(ids, ",")}
	}
	return nil
}

// connect goes through a flow to its end, and keeps the secret.
func (r *rig) connect(kind sdk.FlowKind) *sdk.Connection {
	r.t.Helper()
	a, err := r.start(kind)
	for n := 0; err == nil && a.Done == nil && n < 5; n++ {
		a, err = r.next(a, r.answers(*a.Step))
	}
	if err != nil || a.Done == nil {
		r.t.Fatalf("connect: %+v, %v", a.Step, err)
	}
	r.secret = a.Done.Secret
	return a.Done
}

// fetched is what a fetch brought.
type fetched struct {
	booked, pending []sdk.Transaction
	last            sdk.Batch
}

func (r *rig) fetch(account string, from, to sdk.Date) (f fetched, err error) {
	err = r.provider.FetchTransactions(r.t.Context(), sdk.FetchRequest{Call: r.call(), AccountID: account, From: from, To: to},
		func(b sdk.Batch) error {
			f.booked, f.pending, f.last = append(f.booked, b.Booked...), append(f.pending, b.Pending...), b
			return nil
		})
	return f, err
}

// mustFetch fetches all that there is by default.
func (r *rig) mustFetch(account string) fetched {
	r.t.Helper()
	f, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// fails is an error of the sdk's, of a kind.
func fails(t testing.TB, err error, kind sdk.Kind) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no error of the sdk's", err)
	}
	if e.Kind != kind {
		t.Errorf("%v; want %s", err, kind)
	}
	return e
}

const (
	checking = "ACT-1d0e5c1e-checking"
	savings  = "ACT-1d0e5c1e-savings"
	card     = "ACT-77e21f90-card"
)

// brief is what tells transactions apart, a line each.
func brief(list []sdk.Transaction, until sdk.Date) []string {
	out := []string{}
	for _, t := range list {
		if !t.Date.After(until) {
			out = append(out, t.Date.String()+" "+t.ID+" "+string(t.Direction)+" "+t.Amount+" "+t.Reference)
		}
	}
	return out
}

func ids(list []sdk.Transaction) []string {
	out := []string{}
	for _, t := range list {
		out = append(out, t.ID)
	}
	slices.Sort(out)
	return out
}
