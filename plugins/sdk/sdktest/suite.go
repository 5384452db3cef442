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
	// Redirect is what comes back from a bank to which a step leads, beside the
	// state, which is added.
	Redirect map[string]string
	// Visit is an address that is asked for in place of a user who goes to the bank's
	// page, where "{url}" stands for the step's own: what leads from there back to the
	// host brings back the query. Loopback addresses only, as of a stand-in.
	Visit string
	// AnswersFrom are loopback addresses that give an answer anew each time, by field
	// name: for those that work once, such as a token to set up with.
	AnswersFrom map[string]string
	// Other are the answers of another user, who has other accounts; the rest is as in
	// Answers. With it, nothing of one user may show for the other.
	Other map[string]string
	// Answer, when set, answers a step in place of all these.
	Answer func(sdk.Step) map[string]string
	// Clock sets the clock of the service; nil when that goes by itself. Then what
	// fails at a later time is not the provider's fault.
	Clock func(time.Time) error
	// File is a statement file that the provider reads; for those that can.
	Filename string
	File     []byte
	// Expect are transactions that a fetch must bring, to tell whether signs and days
	// are right; see [Expected].
	Expect []Expected
	// Refuse are answers that must end a flow with an error; see [Refused].
	Refuse []Refused
	// Restart, when set, ends the provider's process and returns it begun anew, as
	// a host may at any time. What it returns is closed by whoever gave it. Run takes
	// New for it.
	Restart func() (sdk.Provider, error)
	// Log, when set, is asked once for what of secrets stands in the provider's log. It
	// may end the process; Restart follows.
	Log func() []string
	// Progress, when set, is told of each check before it is made.
	Progress func(check, about string)
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

// RunInProcess checks a provider in process only: for a second bank of a provider
// whose first is examined by Run.
func RunInProcess(t *testing.T, s Suite) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		if s.Restart == nil {
			s.Restart = func() (sdk.Provider, error) { return s.New(), nil }
		}
		tell(t, Check(t.Context(), s.New(), s))
	})
}

// Run checks a provider in process and over the wire, and fails the test for
// every finding.
func Run(t *testing.T, s Suite) {
	t.Helper()
	RunInProcess(t, s)
	t.Run("over the wire", func(t *testing.T) {
		begin := func() (sdk.Provider, error) {
			p, done, err := OverWire(s.New())
			if err == nil {
				t.Cleanup(done)
			}
			return p, err
		}
		p, err := begin()
		if err != nil {
			t.Fatal(err)
		}
		if s.Restart == nil {
			s.Restart = begin
		}
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
	host        *kept           // what is kept of the connection
	connection  *sdk.Connection // nil until connected
	others      []*kept         // connections that were made beside it
	redirected  bool            // a flow sent the user somewhere
	found       []sdk.Account
	fetched     map[string]fetched // by account id
	confided    map[string]string  // what the user typed, and what it is
	sought      map[string]string  // the secrets that are looked for, until there are others
	leaks       []string           // where one was found
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
