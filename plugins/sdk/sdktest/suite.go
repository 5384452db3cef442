package sdktest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Suite says how to reach something worth checking.
type Suite struct {
	// New makes the provider, fresh for each run.
	New func() sdk.Provider
	// Config is the provider's configuration.
	Config map[string]string
	// Now is the clock given to the provider; zero means the real one.
	Now time.Time
	// Institution is the bank to connect to. Empty means that the provider
	// connects to none, as one that only reads files.
	Institution string
	// Answers are what the user types, by field name. A step without fields
	// that is listed here is answered with an empty form.
	Answers map[string]string
	// Answer, when set, answers a step in place of Answers; a redirect needs it.
	Answer func(sdk.Step) map[string]string
	// File is a statement file that the provider reads; for those that can.
	Filename string
	File     []byte
	// CancelWithin is how soon a cancelled call must return; 0 means 5 seconds.
	CancelWithin time.Duration
}

// Finding is one breach of the contract.
type Finding struct {
	Check   string // such as "fetch"
	Problem string
}

// String is one line.
func (f Finding) String() string { return f.Check + ": " + f.Problem }

// Run checks a provider in process and over the wire, and fails the test for
// every finding.
func Run(t *testing.T, s Suite) {
	t.Helper()
	t.Run("in process", func(t *testing.T) { tell(t, Check(t.Context(), s.New(), s)) })
	t.Run("over the wire", func(t *testing.T) {
		p, done, err := OverWire(s.New())
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		tell(t, Check(t.Context(), p, s))
	})
}

func tell(t *testing.T, findings []Finding) {
	t.Helper()
	for _, f := range findings {
		t.Error(f)
	}
}

// Check holds a provider against the contract. No findings means that it conforms.
func Check(ctx context.Context, p sdk.Provider, s Suite) []Finding {
	if s.Now.IsZero() {
		s.Now = time.Now()
	}
	if s.CancelWithin == 0 {
		s.CancelWithin = 5 * time.Second
	}
	r := &run{ctx: ctx, provider: p, suite: s}
	for _, check := range []struct {
		name string
		do   func(*run)
	}{
		{"describe", (*run).describe},
		{"institutions", (*run).institutions},
		{"connect", (*run).connect},
		{"accounts", (*run).accounts},
		{"fetch", (*run).fetch},
		{"fetch again", (*run).fetchAgain},
		{"stop", (*run).stop},
		{"cancel", (*run).cancel},
		{"errors", (*run).errors},
		{"statements", (*run).statements},
		{"webhook", (*run).webhook},
		{"refresh", (*run).refresh},
		{"revoke", (*run).revoke},
	} {
		r.name = check.name
		check.do(r)
	}
	return r.findings
}

// run is one provider under examination, with what was learnt so far.
type run struct {
	ctx      context.Context
	provider sdk.Provider
	suite    Suite
	name     string
	findings []Finding

	description sdk.Description
	connection  *sdk.Connection // nil until connected
	secret      []byte
	found       []sdk.Account
	fetched     map[string]fetched // by account id
}

// problem notes a finding; at most ten per check, for the rest are alike.
func (r *run) problem(format string, args ...any) {
	same := 0
	for _, f := range r.findings {
		if f.Check == r.name {
			same++
		}
	}
	if same < 10 {
		r.findings = append(r.findings, Finding{r.name, fmt.Sprintf(format, args...)})
	}
}

// call is the common part of a request.
func (r *run) call() sdk.Call {
	return sdk.Call{
		Config:      r.suite.Config,
		Now:         r.suite.Now,
		UserPresent: true,
		Language:    "en_US",
		Secret:      r.secret,
		SaveSecret: func(secret []byte) error {
			r.secret = append([]byte{}, secret...)
			return nil
		},
	}
}
