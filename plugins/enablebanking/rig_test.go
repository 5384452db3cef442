package enablebanking_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/enablebanking"
	"github.com/girosync/girosync/plugins/enablebanking/emulator"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest/described"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// description is the vendor's, against which all traffic is held where it is here.
var description = filepath.Join("..", "..", "..", "shared", "apis", "enablebanking", "enable-banking-api-openapi.yml")

const back = "https://host.example/connect/callback"

// rig is a provider before a stand-in, as a host would call it.
type rig struct {
	t        testing.TB
	base     string
	clock    *standin.Clock
	gate     *described.Gate // nil without the description
	provider sdk.Provider
	config   map[string]string
	bank     string
	secret   []byte
	ip       string // of a user who waits; "" for none
	language string
	typed    map[string]string // into forms, besides defaults
	refuse   bool              // at the bank
}

func newRig(t testing.TB, bank string) *rig {
	t.Helper()
	r := &rig{t: t, clock: standin.NewClock(noon), bank: bank, language: "en_US", typed: map[string]string{}}
	server := httptest.NewUnstartedServer(nil)
	r.base = "http://" + server.Listener.Addr().String()
	stand, err := emulator.New(r.base, r.clock)
	if err != nil {
		t.Fatal(err)
	}
	e := stand.Emulator()
	server.Config.Handler = standin.Controlled(e)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.Start()
	t.Cleanup(server.Close)
	r.config = e.Settings
	r.provider = enablebanking.New(enablebanking.Options{Transport: r.transport()})
	return r
}

// transport is the gate, or plain without the description.
func (r *rig) transport() http.RoundTripper {
	if !described.Built {
		return http.DefaultTransport
	}
	if _, err := os.Stat(description); err != nil {
		r.t.Logf("the vendor's description, %s, is not here: nothing says whether the traffic is right", description)
		return http.DefaultTransport
	}
	r.gate = described.Open(r.t, description, nil, "$.body.credentials.*")
	return r.gate
}

func (r *rig) call() sdk.Call {
	return sdk.Call{Config: r.config, Now: r.clock.Now(), UserPresent: r.ip != "", UserIP: r.ip, Language: r.language, Secret: r.secret,
		SaveSecret: func(secret []byte) error { r.secret = bytes.Clone(secret); return nil }}
}

// behave changes what the stand-in does, fail lets requests fail, end gives every
// session a status.
func (r *rig) behave(change string) { r.post("/_emulator/behaviour", change) }
func (r *rig) fail(fault string)    { r.post("/_emulator/fail", fault) }
func (r *rig) end(status string)    { r.post("/bank/sessions/"+status, "") }

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

// asked is how many requests came for paths that end so.
func (r *rig) asked(path string) (n int) {
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
	for request, times := range seen {
		if strings.HasSuffix(request, path) {
			n += times
		}
	}
	return n
}

// start begins a flow, next goes on.
func (r *rig) start(kind sdk.FlowKind) (sdk.ConnectAnswer, error) {
	return r.provider.StartConnect(r.t.Context(), sdk.StartConnectRequest{Call: r.call(), Kind: kind, InstitutionID: r.bank,
		RedirectURL: back, State: "state-of-the-host"})
}

func (r *rig) next(a sdk.ConnectAnswer, values map[string]string) (sdk.ConnectAnswer, error) {
	return r.provider.ContinueConnect(r.t.Context(), sdk.ContinueConnectRequest{Call: r.call(), InstitutionID: r.bank,
		FlowState: a.FlowState, Values: values, RedirectURL: back})
}

// answers are what a user does at a step: fills in, goes to the bank and back,
// chooses all accounts.
func (r *rig) answers(s sdk.Step) map[string]string {
	values := map[string]string{}
	for _, field := range s.Fields {
		values[field.Name] = field.Default
		if typed, ok := r.typed[field.Name]; ok {
			values[field.Name] = typed
		}
	}
	switch s.Kind {
	case sdk.StepRedirect:
		return r.visit(s.URL)
	case sdk.StepAccounts:
		ids := []string{}
		for _, a := range s.Accounts {
			ids = append(ids, a.ID)
		}
		values["accounts"] = strings.Join(ids, ",")
	}
	return values
}

// visit goes to the bank's page, and returns what the user comes back with.
func (r *rig) visit(page string) map[string]string {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := "/allow"
	if r.refuse {
		answer = "/refuse"
	}
	response, err := client.Get(page + answer)
	if err != nil {
		r.t.Fatal(err)
	}
	response.Body.Close()
	to, err := response.Location()
	if err != nil || !strings.HasPrefix(to.String(), back+"?") {
		r.t.Fatalf("the bank leads to %s, %v", to, err)
	}
	values := map[string]string{}
	for name, value := range to.Query() {
		values[name] = value[0]
	}
	return values
}

// connect goes through a flow to its end, and keeps the secret.
func (r *rig) connect(kind sdk.FlowKind) *sdk.Connection {
	r.t.Helper()
	a, err := r.start(kind)
	for n := 0; err == nil && a.Done == nil && n < 8; n++ {
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

func (r *rig) mustFetch(account string, from sdk.Date) fetched {
	r.t.Helper()
	f, err := r.fetch(account, from, sdk.Date{})
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

// brief is what tells transactions apart, a line each, sorted.
func brief(list []sdk.Transaction) []string {
	out := []string{}
	for _, t := range list {
		out = append(out, t.Date.String()+" "+string(t.Direction)+" "+t.Amount+" "+t.Reference)
	}
	slices.Sort(out)
	return out
}

func day(y int, m time.Month, d int) sdk.Date { return sdk.Date{Year: y, Month: m, Day: d} }
