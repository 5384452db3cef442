package onlinesync_test

import (
	"context"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// script is a provider whose every answer a test writes.
type script struct {
	mu       sync.Mutex
	desc     sdk.Description
	accounts []sdk.Account
	// batches answers a fetch of an account; the last one has no more.
	batches map[string][]sdk.Batch
	fail    map[string]error // by account, or "" for every call
	fetches []sdk.FetchRequest
	revoked int
	until   time.Time // the consent's end
	since   sdk.Date  // the oldest day that may be asked for
	secret  string    // of another consent than the first; its id is the same text
	before  func()    // called in each fetch, before its last batch
}

func (s *script) Describe(context.Context) (sdk.Description, error) {
	d := s.desc
	d.Name, d.DisplayName, d.Version = "script", "Script", "1.0.0"
	return d, nil
}

func (s *script) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: "bank", Name: "Scripted Bank", Countries: []string{"NL"}, Status: sdk.Stable,
		AutoSyncAllowed: true}})
}

func (s *script) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail["connect"] != nil {
		return sdk.ConnectAnswer{}, s.fail["connect"]
	}
	done := &sdk.Connection{Secret: []byte("token"), ExternalID: "x1", Accounts: s.accounts, ConsentUntil: s.until, HistoryFrom: s.since}
	if s.secret != "" {
		done.Secret, done.ExternalID = []byte(s.secret), s.secret
	}
	return sdk.ConnectAnswer{Done: done}, nil
}

func (s *script) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "nothing to continue")
}

func (s *script) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sdk.AccountList{Accounts: s.accounts}, s.fail[""]
}

func (s *script) Revoke(context.Context, sdk.Call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked++
	return s.fail["revoke"]
}

func (s *script) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	s.mu.Lock()
	s.fetches = append(s.fetches, req)
	batches, err, before := s.batches[req.AccountID], s.fail[""], s.before
	if err == nil {
		err = s.fail[req.AccountID]
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if len(batches) == 0 {
		batches = []sdk.Batch{{From: req.From, To: req.To}}
	}
	for i, b := range batches {
		b.HasMore = i < len(batches)-1
		if before != nil && !b.HasMore {
			before()
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// tell makes the next fetches of an account answer these.
func (s *script) tell(account string, batches ...sdk.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches[account] = batches
}

func (s *script) failWith(account string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail[account] = err
}

func (s *script) fetched() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.fetches)
}

func newScript(accounts ...sdk.Account) *script {
	return &script{accounts: accounts, batches: map[string][]sdk.Batch{}, fail: map[string]error{},
		desc: sdk.Description{StableIDs: true, ReportsPending: true}}
}

func day(s string) sdk.Date {
	d, err := sdk.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func tx(id, date, amount, text string) sdk.Transaction {
	t := sdk.Transaction{ID: id, Date: day(date), Amount: amount, Direction: sdk.In, Reference: text}
	if amount[0] == '-' {
		t.Amount, t.Direction = amount[1:], sdk.Out
	}
	return t
}

// all is a complete answer for the year.
func all(booked ...sdk.Transaction) sdk.Batch {
	return sdk.Batch{Booked: booked, From: day("2026-01-01"), To: day("2026-06-17"),
		RefreshedAt: time.Date(2026, 6, 17, 9, 0, 0, 0, time.UTC)}
}

var iban = sdk.Account{ID: "a1", Name: "Main", Number: "NL91ABNA0417164300", Currency: "EUR", Kind: sdk.Checking}
var second = sdk.Account{ID: "a2", Name: "Second", Number: "NL20INGB0001234567", Currency: "EUR", Kind: sdk.Savings}

// scripted is a rig with a connection at the scripted bank, not synchronised yet.
func scripted(r *rig, accounts ...sdk.Account) (*script, float64) {
	r.t.Helper()
	s := newScript(accounts...)
	r.banks["script"] = s
	if err := r.addon.LoadCatalogue(r.t.Context(), r.db, nil); err != nil {
		r.t.Fatal(err)
	}
	return s, r.connect("bank", -1, nil)
}

// emptyCatalogue lists no institution any more.
type emptyCatalogue struct{ *script }

func (emptyCatalogue) ListInstitutions(context.Context, sdk.Call, func([]sdk.Institution) error) error {
	return nil
}
