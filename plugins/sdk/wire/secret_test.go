package wire_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// forever is longer than any test; what is bounded by it is waited for.
const forever = time.Hour

// every is a provider whose every method, but Describe, does the same; those
// that emit do so before. A call succeeds with the least answer.
func every(do func(context.Context, sdk.Call) error) *script {
	return &script{
		start: func(ctx context.Context, r sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, do(ctx, r.Call)
		},
		proceed: func(ctx context.Context, r sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, do(ctx, r.Call)
		},
		accounts: func(ctx context.Context, r sdk.ListAccountsRequest) (sdk.AccountList, error) {
			return sdk.AccountList{}, do(ctx, r.Call)
		},
		fetch: func(ctx context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			return errors.Join(emit(sdk.Batch{}), do(ctx, r.Call))
		},
		institutions: func(ctx context.Context, c sdk.Call, emit func([]sdk.Institution) error) error {
			return errors.Join(emit([]sdk.Institution{{ID: "1", Name: "Bank"}}), do(ctx, c))
		},
		refresh: func(ctx context.Context, r sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
			return sdk.RefreshAnswer{}, do(ctx, r.Call)
		},
		revoke: do,
		webhook: func(ctx context.Context, r sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
			return sdk.WebhookAnswer{}, do(ctx, r.Call)
		},
		read: func(ctx context.Context, r sdk.ReadRequest, _ io.Reader, emit func(sdk.StatementBatch) error) error {
			return errors.Join(emit(sdk.StatementBatch{}), do(ctx, r.Call))
		},
	}
}

// withSecrets are the methods that take a call.
func withSecrets(ctx context.Context, c *wire.Client) map[string]func(sdk.Call) error {
	m := methodsIn(ctx, c)
	delete(m, "Describe")
	return m
}

// safe keeps secrets, as a host does.
type safe struct {
	mu   sync.Mutex
	kept []string
}

func (s *safe) call() sdk.Call {
	c := call(nil)
	c.SaveSecret = func(secret []byte) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.kept = append(s.kept, string(secret))
		return nil
	}
	return c
}

func (s *safe) holds(want ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Equal(s.kept, want)
}

func TestANewSecretIsKeptBeforeTheCallReturns(t *testing.T) {
	over := &sdk.Error{Kind: sdk.ConsentExpired, Message: "over"}
	for _, failing := range []*sdk.Error{nil, over} {
		var host *safe
		c := pair(t, every(func(_ context.Context, c sdk.Call) error {
			for i, secret := range []string{"one", "two"} {
				if err := c.SaveSecret([]byte(secret)); err != nil || !host.holds([]string{"one", "two"}[:i+1]...) {
					t.Errorf("%s: the host has not kept it, and the provider hears %v", secret, err)
				}
			}
			if failing != nil {
				return failing
			}
			return nil
		}), nil).LastWord(forever)
		for method, run := range withSecrets(context.Background(), c) {
			host = &safe{}
			err := run(host.call())
			if (err == nil) != (failing == nil) || (failing != nil && sdk.KindOf(err) != sdk.ConsentExpired) {
				t.Errorf("%s: %v", method, err)
			}
			if !host.holds("one", "two") {
				t.Errorf("%s, failing with %v: kept %q", method, failing, host.kept)
			}
		}
	}
}

func TestAProviderHearsThatItsSecretIsNotKept(t *testing.T) {
	full := errors.New("disk full")
	heard := make(chan error, 2)
	c := pair(t, every(func(_ context.Context, c sdk.Call) error {
		heard <- c.SaveSecret([]byte("one"))
		heard <- c.SaveSecret([]byte("two"))
		return nil
	}), nil).LastWord(forever)
	for method, run := range withSecrets(context.Background(), c) {
		host := safe{}
		unsaved := host.call()
		save := unsaved.SaveSecret
		unsaved.SaveSecret = func(secret []byte) error {
			if string(secret) == "one" {
				return full
			}
			return save(secret)
		}
		if err := run(unsaved); !errors.Is(err, full) || sdk.KindOf(err) != sdk.Internal {
			t.Errorf("%s, not kept: %v", method, err)
		}
		if first, second := <-heard, <-heard; first == nil || second != nil || !host.holds("two") {
			t.Errorf("%s: the provider hears %v, then %v; kept %q", method, first, second, host.kept)
		}
	}
}

// Whoever ends a call may do so just when the bank has given a new secret and
// taken the old one back.
func TestANewSecretIsKeptAlthoughTheCallIsEnded(t *testing.T) {
	entered := make(chan struct{})
	heard := make(chan error, 1)
	c := pair(t, every(func(ctx context.Context, c sdk.Call) error {
		entered <- struct{}{}
		<-ctx.Done()
		heard <- c.SaveSecret([]byte("late"))
		return ctx.Err()
	}), nil).LastWord(forever)
	ends := map[error]func() (context.Context, func()){
		context.Canceled: func() (context.Context, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			return ctx, func() { <-entered; cancel() }
		},
		context.DeadlineExceeded: func() (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(context.Background())
			late := deadline{ctx}
			return late, func() { <-entered; cancel(context.DeadlineExceeded) }
		},
	}
	for want, begin := range ends {
		for method := range withSecrets(context.Background(), c) {
			host := safe{}
			ctx, end := begin()
			done := make(chan error)
			go func() { done <- withSecrets(ctx, c)[method](host.call()) }()
			end()
			if err := <-done; !errors.Is(err, want) || sdk.KindOf(err) != sdk.Internal {
				t.Errorf("%s: got %v, want %v", method, err, want)
			}
			if err := <-heard; err != nil || !host.holds("late") {
				t.Errorf("%s, %v: kept %q, and the provider hears %v", method, want, host.kept, err)
			}
		}
	}
}

// deadline tells its cause as its error, as a context with a deadline does.
type deadline struct{ context.Context }

func (d deadline) Err() error {
	if d.Context.Err() == nil {
		return nil
	}
	return context.Cause(d.Context)
}

func TestANewSecretIsKeptAlthoughTheCallerFails(t *testing.T) {
	full := errors.New("disk full")
	heard := make(chan error, 1)
	late := func(ctx context.Context, c sdk.Call) error {
		<-ctx.Done()
		heard <- c.SaveSecret([]byte("late"))
		return nil
	}
	p := every(late)
	c := pair(t, p, nil).LastWord(forever)
	ctx := context.Background()
	try := func(what string, run func(sdk.Call) error, expected func(error) bool) {
		host := safe{}
		if err := run(host.call()); !expected(err) {
			t.Errorf("%s: %v", what, err)
		}
		if err := <-heard; err != nil || !host.holds("late") {
			t.Errorf("%s: kept %q, and the provider hears %v", what, host.kept, err)
		}
	}
	isFull := func(err error) bool { return errors.Is(err, full) }
	try("a batch", func(k sdk.Call) error {
		return c.FetchTransactions(ctx, sdk.FetchRequest{Call: k}, func(sdk.Batch) error { return full })
	}, isFull)
	try("institutions", func(k sdk.Call) error {
		return c.ListInstitutions(ctx, k, func([]sdk.Institution) error { return full })
	}, isFull)
	try("a statement", func(k sdk.Call) error {
		return c.ReadStatements(ctx, sdk.ReadRequest{Call: k}, endless{}, func(sdk.StatementBatch) error { return full })
	}, isFull)
	try("a file", func(k sdk.Call) error {
		return c.ReadStatements(ctx, sdk.ReadRequest{Call: k}, failing{full}, func(sdk.StatementBatch) error { return nil })
	}, isFull)
	p.fetch = func(ctx context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
		return errors.Join(emit(sdk.Batch{Balances: []sdk.Balance{{Kind: sdk.Closing, Amount: "much"}}}), late(ctx, r.Call))
	}
	try("an answer that is not valid", func(k sdk.Call) error {
		return c.FetchTransactions(ctx, sdk.FetchRequest{Call: k}, func(sdk.Batch) error { return nil })
	}, func(err error) bool { return sdk.KindOf(err) == sdk.Internal })
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Its secret is in it, so it is not thrown away.
func TestAConnectionMadeAlthoughTheCallIsEndedArrives(t *testing.T) {
	entered := make(chan struct{})
	p := &script{proceed: func(ctx context.Context, _ sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
		entered <- struct{}{}
		<-ctx.Done()
		return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: []byte("new")}}, nil
	}}
	c := pair(t, p, nil).LastWord(forever)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-entered; cancel() }()
	answer, err := c.ContinueConnect(ctx, sdk.ContinueConnectRequest{Call: call(nil)})
	if err != nil || answer.Done == nil || string(answer.Done.Secret) != "new" {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestAnEmptySecretIsOneToo(t *testing.T) {
	c := pair(t, every(func(_ context.Context, c sdk.Call) error { return c.SaveSecret(nil) }), nil).LastWord(forever)
	for method, run := range withSecrets(context.Background(), c) {
		host := safe{}
		if err := run(host.call()); err != nil || !host.holds("") {
			t.Errorf("%s: %q, %v", method, host.kept, err)
		}
	}
}

func TestSavingAfterTheCallIsRefused(t *testing.T) {
	late := make(chan sdk.Call, 1)
	c := pair(t, every(func(_ context.Context, c sdk.Call) error { late <- c; return nil }), nil)
	for method, run := range withSecrets(context.Background(), c) {
		if err := run(call(nil)); err != nil {
			t.Fatal(err)
		}
		if (<-late).SaveSecret([]byte("late")) == nil {
			t.Errorf("%s: a secret was taken that nobody will get", method)
		}
	}
}

// A call does not end while another goroutine of its provider saves a secret.
func TestAnotherGoroutineSaves(t *testing.T) {
	heard := make(chan error, 1)
	saving := make(chan struct{})
	c := pair(t, every(func(_ context.Context, c sdk.Call) error {
		go func() { heard <- c.SaveSecret([]byte("beside")) }()
		<-saving
		return nil
	}), nil).LastWord(forever)
	for method, run := range withSecrets(context.Background(), c) {
		host := safe{}
		k := host.call()
		save := k.SaveSecret
		k.SaveSecret = func(secret []byte) error { saving <- struct{}{}; return save(secret) }
		if err := run(k); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if err := <-heard; err != nil || !host.holds("beside") {
			t.Errorf("%s: kept %q, and the provider hears %v", method, host.kept, err)
		}
	}
}

func TestAProviderThatDoesNotBreakOffIsCutOff(t *testing.T) {
	entered := make(chan struct{})
	release := make(chan struct{})
	heard := make(chan error, 1)
	p := every(func(_ context.Context, c sdk.Call) error {
		entered <- struct{}{}
		<-release
		heard <- c.SaveSecret([]byte("much too late"))
		return nil
	})
	c := pair(t, p, nil).LastWord(time.Millisecond)
	for method := range withSecrets(context.Background(), c) {
		host := safe{}
		ctx, cancel := context.WithCancel(context.Background())
		go func() { <-entered; cancel() }()
		if err := withSecrets(ctx, c)[method](host.call()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", method, err)
		}
		release <- struct{}{}
		if err := <-heard; err == nil || !host.holds() {
			t.Errorf("%s: a secret was taken that nobody will get: %q", method, host.kept)
		}
	}
}

// A plugin made without this package may lack Tell.
func TestAPluginThatCannotBeToldIsCutOff(t *testing.T) {
	entered := make(chan struct{})
	c := over(t, func(s *grpc.Server) { pb.RegisterProviderServer(s, &deaf{entered: entered}) }).LastWord(forever)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-entered; cancel() }()
	if _, err := c.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call(nil)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type deaf struct {
	pb.UnimplementedProviderServer
	entered chan struct{}
}

func (d *deaf) ListAccounts(_ *pb.ListAccountsRequest, s grpc.ServerStreamingServer[pb.ListAccountsResponse]) error {
	d.entered <- struct{}{}
	<-s.Context().Done()
	return s.Context().Err()
}
