package plaid_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/plaid"
	"github.com/girosync/girosync/plugins/plaid/emulator"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest/described"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// description is the vendor's, against which traffic is held where it is here.
var description = filepath.Join("..", "..", "..", "shared", "apis", "plaid", "2020-09-14.yml")

const back = "https://host.example/connect/callback"

// rig is a provider before a stand-in, as a host would call it.
type rig struct {
	t        testing.TB
	base     string
	clock    *standin.Clock
	gate     *described.Gate // nil unless gated
	stand    *emulator.Server
	provider sdk.Provider
	config   map[string]string
	bank     string
	secret   []byte
	saved    [][]byte // what was handed to SaveSecret
	webhook  string
	language string
	page     []string // what the user does on the page, visit by visit; "/allow" by default
	cursor   map[string][]byte
	waited   []time.Duration
}

func newRig(t testing.TB, bank string) *rig {
	t.Helper()
	r := &rig{t: t, clock: standin.NewClock(noon), bank: bank, language: "en_US", cursor: map[string][]byte{}}
	server := httptest.NewUnstartedServer(nil)
	r.base = "http://" + server.Listener.Addr().String()
	stand, err := emulator.New(r.base, r.clock)
	if err != nil {
		t.Fatal(err)
	}
	r.stand = stand
	e := stand.Emulator()
	server.Config.Handler = standin.Controlled(e)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.Start()
	t.Cleanup(server.Close)
	r.config = e.Settings
	r.config["days_requested"] = "200"
	r.anew()
	return r
}

// sleep lets the stand-in's time pass in place of the machine's.
func (r *rig) sleep(ctx context.Context, long time.Duration) error {
	r.waited = append(r.waited, long)
	r.clock.Advance(long)
	return ctx.Err()
}

// gated holds all traffic from now on against the vendor's description. It is large, so
// that each exchange takes a second: one test does that for all.
func (r *rig) gated() {
	r.gate = described.Open(r.t, description, nil)
	r.provider = plaid.New(plaid.Options{Transport: r.gate, Sleep: r.sleep})
}

// anew is a provider whose process has just begun.
func (r *rig) anew() { r.provider = plaid.New(plaid.Options{Sleep: r.sleep}) }

func (r *rig) call() sdk.Call {
	return sdk.Call{Config: r.config, Now: r.clock.Now(), Language: r.language, Secret: r.secret,
		SaveSecret: func(secret []byte) error {
			r.secret = bytes.Clone(secret)
			r.saved = append(r.saved, r.secret)
			return nil
		}}
}

// behave changes what the stand-in does, fail lets requests fail.
func (r *rig) behave(change string) { r.post("/_emulator/behaviour", change) }
func (r *rig) fail(fault string)    { r.post("/_emulator/fail", fault) }

// refuse lets the next request for a path fail with an error of Plaid's.
func (r *rig) refuse(path, kind, code string) {
	r.told(path, 400, map[string]any{"error_type": kind, "error_code": code, "error_message": "for programs", "display_message": nil,
		"request_id": "req-1"})
}

// told answers the next request for a path.
func (r *rig) told(path string, status int, body any) {
	r.t.Helper()
	text, err := json.Marshal(body)
	if err == nil {
		text, err = json.Marshal(map[string]any{"path": path, "status": status, "body": string(text),
			"header": map[string]string{"Content-Type": "application/json"}})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.fail(string(text))
}

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

// api asks the stand-in what the provider never asks, such as /sandbox.
func (r *rig) api(path string, body map[string]any) map[string]any {
	r.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+path, bytes.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "PLAID-CLIENT-ID": r.config["client_id"],
		"PLAID-SECRET": r.config["secret"], "Plaid-Version": "2020-09-14"} {
		request.Header.Set(name, value)
	}
	client := http.DefaultClient
	if r.gate != nil {
		client = &http.Client{Transport: r.gate}
	}
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	told := map[string]any{}
	if err := json.NewDecoder(response.Body).Decode(&told); err != nil || response.StatusCode != 200 {
		r.t.Fatalf("%s: %d %v %v", path, response.StatusCode, told, err)
	}
	return told
}

// access is the connection's access token.
func (r *rig) access() string {
	var kept struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal(r.secret, &kept); err != nil {
		r.t.Fatal(err)
	}
	return kept.Access
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
		RedirectURL: back, State: "state-of-the-host", WebhookURL: r.webhook})
}

func (r *rig) next(a sdk.ConnectAnswer, values map[string]string) (sdk.ConnectAnswer, error) {
	return r.provider.ContinueConnect(r.t.Context(), sdk.ContinueConnectRequest{Call: r.call(), InstitutionID: r.bank,
		FlowState: a.FlowState, Values: values, RedirectURL: back, WebhookURL: r.webhook})
}

// answers are what a user does at a step: goes to the page and back, chooses all
// accounts.
func (r *rig) answers(s sdk.Step) map[string]string {
	switch s.Kind {
	case sdk.StepRedirect:
		does := "/allow"
		if len(r.page) > 0 {
			does, r.page = r.page[0], r.page[1:]
		}
		return r.visit(s.URL + does)
	case sdk.StepAccounts:
		ids := []string{}
		for _, a := range s.Accounts {
			ids = append(ids, a.ID)
		}
		return map[string]string{"accounts": strings.Join(ids, ",")}
	}
	return map[string]string{}
}

// visit goes to the page, and returns what the user comes back with.
func (r *rig) visit(page string) map[string]string {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(page)
	if err != nil {
		r.t.Fatal(err)
	}
	response.Body.Close()
	to, err := response.Location()
	if err != nil || !strings.HasPrefix(to.String(), back+"?") {
		r.t.Fatalf("the page leads to %s, %v", to, err)
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
	booked, pending, modified []sdk.Transaction
	removed                   []string
	last                      sdk.Batch
}

// fetch goes on from the cursor that the last mustFetch of the account left.
func (r *rig) fetch(account string, from, to sdk.Date) (f fetched, err error) {
	err = r.provider.FetchTransactions(r.t.Context(), sdk.FetchRequest{Call: r.call(), AccountID: account, From: from, To: to,
		Cursor: r.cursor[account]}, func(b sdk.Batch) error {
		f.booked, f.pending, f.last = append(f.booked, b.Booked...), append(f.pending, b.Pending...), b
		f.modified, f.removed = append(f.modified, b.Modified...), append(f.removed, b.Removed...)
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
	r.cursor[account] = f.last.Cursor
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
		out = append(out, t.ID+" "+t.Date.String()+" "+string(t.Direction)+" "+t.Amount+" "+t.Reference)
	}
	slices.Sort(out)
	return out
}

func day(y int, m time.Month, d int) sdk.Date { return sdk.Date{Year: y, Month: m, Day: d} }
