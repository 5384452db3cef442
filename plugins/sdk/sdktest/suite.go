package sdktest

import (
	"context"
	"fmt"
	"sync"
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
	// Redirect is what comes back from a bank to which a step leads, beside the
	// state, which is added.
	Redirect map[string]string
	// Answer, when set, answers a step in place of Answers; a redirect needs it.
	Answer func(sdk.Step) map[string]string
	// File is a statement file that the provider reads; for those that can.
	Filename string
	File     []byte
	// Expect are transactions that a fetch must bring, to tell whether signs and days
	// are right; see [Expected].
	Expect []Expected
	// Refuse are answers that must end a flow with an error; see [Refused].
	Refuse []Refused
	// Restart, when set, ends the provider's process and returns it begun anew, as
	// a host may at any time. What it returns is closed by whoever gave it.
	Restart func() (sdk.Provider, error)
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
	var findings []Finding
	for _, result := range Examine(ctx, p, s).Results {
		for _, problem := range result.Problems {
			findings = append(findings, Finding{result.Check, problem})
		}
	}
	return findings
}

// run is one provider under examination, with what was learnt so far.
type run struct {
	ctx      context.Context
	provider sdk.Provider
	suite    Suite
	result   *Result // of the check under way

	description sdk.Description
	connection  *sdk.Connection // nil until connected
	keeping     sync.Mutex      // secrets may change in calls at the same time
	secret      []byte
	found       []sdk.Account
	fetched     map[string]fetched // by account id
}

// problem notes a breach; at most ten per check, for the rest are alike.
func (r *run) problem(format string, args ...any) {
	if len(r.result.Problems) < 10 {
		r.result.Problems = append(r.result.Problems, fmt.Sprintf(format, args...))
	}
}

// skip says why a check does not concern this provider.
func (r *run) skip(format string, args ...any) {
	r.result.Skipped = fmt.Sprintf(format, args...)
}

// call is the common part of a request.
func (r *run) call() sdk.Call {
	r.keeping.Lock()
	defer r.keeping.Unlock()
	return sdk.Call{
		Config:      r.suite.Config,
		Now:         r.suite.Now,
		UserPresent: true,
		Language:    "en_US",
		Secret:      r.secret,
		SaveSecret: func(secret []byte) error {
			r.keeping.Lock()
			defer r.keeping.Unlock()
			r.secret = append([]byte{}, secret...)
			return nil
		},
	}
}
