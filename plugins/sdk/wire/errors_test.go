package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

func TestEveryErrorArrivesWhole(t *testing.T) {
	p := &script{}
	c := pair(t, p, nil)
	for _, kind := range sdk.Kinds() {
		want := &sdk.Error{
			Kind: kind, Message: "Désolé, " + string(kind), Until: time.Date(2026, 3, 2, 0, 0, 0, 1000, time.UTC),
			Field: "password", Line: 7, Reference: "ref-1",
		}
		sent := *want
		sent.Cause = errors.New("dial tcp 10.0.0.1: token=abc")
		fail := fmt.Errorf("wrapped: %w", &sent)
		p.describe = func() (sdk.Description, error) { return sdk.Description{}, fail }
		p.start = func(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
			return sdk.ConnectAnswer{}, fail
		}
		p.proceed = func(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
			return sdk.ConnectAnswer{}, fail
		}
		p.accounts = func(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
			return sdk.AccountList{}, fail
		}
		p.fetch = func(context.Context, sdk.FetchRequest, func(sdk.Batch) error) error { return fail }
		p.institutions = func(context.Context, sdk.Call, func([]sdk.Institution) error) error { return fail }
		p.refresh = func(context.Context, sdk.RefreshRequest) (sdk.RefreshAnswer, error) { return sdk.RefreshAnswer{}, fail }
		p.revoke = func(context.Context, sdk.Call) error { return fail }
		p.webhook = func(context.Context, sdk.WebhookRequest) (sdk.WebhookAnswer, error) { return sdk.WebhookAnswer{}, fail }
		p.read = func(context.Context, sdk.ReadRequest, io.Reader, func(sdk.StatementBatch) error) error { return fail }
		for method, err := range everyMethod(c) {
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("%s, %s: %s", kind, method, diff)
			}
		}
	}
}

func TestAPanicBecomesInternal(t *testing.T) {
	var log bytes.Buffer
	c := pair(t, &script{}, slog.New(slog.NewTextHandler(&log, nil))) // every method is a nil function
	for method, err := range everyMethod(c) {
		if sdk.KindOf(err) != sdk.Internal || strings.Contains(err.Error(), "goroutine") || strings.Contains(err.Error(), "nil pointer") {
			t.Errorf("%s: %v", method, err)
		}
	}
	if !strings.Contains(log.String(), "nil pointer") {
		t.Error("the log does not say why")
	}
}

func TestABareErrorTellsNothing(t *testing.T) {
	var log bytes.Buffer
	p := &script{revoke: func(context.Context, sdk.Call) error { return errors.New("GET https://bank?token=abc") }}
	err := pair(t, p, slog.New(slog.NewTextHandler(&log, nil))).Revoke(context.Background(), call(nil))
	if sdk.KindOf(err) != sdk.Internal || strings.Contains(err.Error(), "token") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(log.String(), "token=abc") {
		t.Error("the log does not say why")
	}
}

func TestWhatAProviderCannotDo(t *testing.T) {
	c := pair(t, bare{&script{}}, nil)
	for _, method := range []string{"ListInstitutions", "Refresh", "Revoke", "HandleWebhook", "ReadStatements"} {
		if err := everyMethod(c)[method]; sdk.KindOf(err) != sdk.NotSupported {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestANewSecretIsKeptBeforeTheCallReturns(t *testing.T) {
	fails := &sdk.Error{Kind: sdk.ConsentExpired, Message: "over"}
	twice := func(c sdk.Call) {
		if err := errors.Join(c.SaveSecret([]byte("one")), c.SaveSecret([]byte("two"))); err != nil {
			t.Error(err)
		}
	}
	var failing error
	p := &script{
		start: func(_ context.Context, r sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
			twice(r.Call)
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, failing
		},
		proceed: func(_ context.Context, r sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
			twice(r.Call)
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, failing
		},
		accounts: func(_ context.Context, r sdk.ListAccountsRequest) (sdk.AccountList, error) {
			twice(r.Call)
			return sdk.AccountList{}, failing
		},
		fetch: func(_ context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			twice(r.Call)
			return errors.Join(emit(sdk.Batch{}), failing)
		},
		institutions: func(_ context.Context, c sdk.Call, _ func([]sdk.Institution) error) error { twice(c); return failing },
		refresh: func(_ context.Context, r sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
			twice(r.Call)
			return sdk.RefreshAnswer{}, failing
		},
		revoke: func(_ context.Context, c sdk.Call) error { twice(c); return failing },
		webhook: func(_ context.Context, r sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
			twice(r.Call)
			return sdk.WebhookAnswer{}, failing
		},
		read: func(_ context.Context, r sdk.ReadRequest, _ io.Reader, _ func(sdk.StatementBatch) error) error {
			twice(r.Call)
			return failing
		},
	}
	c := pair(t, p, nil)
	for _, failing = range []error{nil, fails} {
		for method, run := range methods(c) {
			if method == "Describe" {
				continue
			}
			var saved []string
			err := run(call(&saved))
			if (err == nil) != (failing == nil) || (failing != nil && sdk.KindOf(err) != sdk.ConsentExpired) {
				t.Errorf("%s: %v", method, err)
			}
			if len(saved) == 0 || saved[len(saved)-1] != "two" {
				t.Errorf("%s, failing with %v: kept %q", method, failing, saved)
			}
			full := errors.New("disk full")
			unsaved := call(nil)
			unsaved.SaveSecret = func([]byte) error { return full }
			if err := run(unsaved); !errors.Is(err, full) || sdk.KindOf(err) != sdk.Internal {
				t.Errorf("%s, not kept: %v", method, err)
			}
		}
	}
}

func TestAnEmptySecretIsOneToo(t *testing.T) {
	p := &script{
		revoke: func(_ context.Context, c sdk.Call) error { return c.SaveSecret(nil) },
		fetch: func(_ context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			return errors.Join(r.SaveSecret(nil), emit(sdk.Batch{}))
		},
	}
	c := pair(t, p, nil)
	for _, method := range []string{"Revoke", "FetchTransactions"} {
		var saved []string
		if err := methods(c)[method](call(&saved)); err != nil || len(saved) != 1 || saved[0] != "" {
			t.Errorf("%s: %q, %v", method, saved, err)
		}
	}
}

func TestSavingAfterTheCallIsRefused(t *testing.T) {
	late := make(chan sdk.Call, 1)
	p := &script{
		revoke: func(_ context.Context, c sdk.Call) error { late <- c; return nil },
		fetch: func(_ context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			late <- r.Call
			return emit(sdk.Batch{})
		},
	}
	c := pair(t, p, nil)
	for _, method := range []string{"Revoke", "FetchTransactions"} {
		if err := methods(c)[method](call(nil)); err != nil {
			t.Fatal(err)
		}
		if (<-late).SaveSecret([]byte("late")) == nil {
			t.Errorf("%s: a secret was taken that nobody will get", method)
		}
	}
}

func TestEndingACall(t *testing.T) {
	ended := make(chan error, 1)
	p := &script{
		accounts: func(ctx context.Context, _ sdk.ListAccountsRequest) (sdk.AccountList, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return sdk.AccountList{}, ctx.Err()
		},
	}
	c := pair(t, p, nil)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := c.ListAccounts(ctx, sdk.ListAccountsRequest{}); !errors.Is(err, context.Canceled) || sdk.KindOf(err) != sdk.Internal {
		t.Errorf("cancelled: %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the provider was not told")
	}
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.ListAccounts(ctx, sdk.ListAccountsRequest{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("timed out: %v", err)
	}
}

func TestAnEmitThatFailsEndsTheStream(t *testing.T) {
	stopped := make(chan error, 1)
	p := &script{fetch: func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
		for {
			if err := emit(sdk.Batch{HasMore: true, Cursor: make([]byte, 1<<16)}); err != nil {
				stopped <- err
				return err
			}
		}
	}}
	full := errors.New("disk full")
	err := pair(t, p, nil).FetchTransactions(context.Background(), sdk.FetchRequest{}, func(sdk.Batch) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if err := <-stopped; err == nil {
		t.Error("the provider was not told")
	}
}

func TestAFileThatCannotBeRead(t *testing.T) {
	p := &script{read: func(_ context.Context, _ sdk.ReadRequest, f io.Reader, _ func(sdk.StatementBatch) error) error {
		_, err := io.Copy(io.Discard, f)
		return err
	}}
	broken := errors.New("input/output error")
	file := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(broken))
	err := pair(t, p, nil).ReadStatements(context.Background(), sdk.ReadRequest{Filename: "a.xml"}, file, nil)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "a.xml") {
		t.Errorf("got %v", err)
	}
}

func TestAFileNeedNotBeReadToItsEnd(t *testing.T) {
	p := &script{read: func(context.Context, sdk.ReadRequest, io.Reader, func(sdk.StatementBatch) error) error {
		return &sdk.Error{Kind: sdk.BadRequest, Message: "no statement file"}
	}}
	endless := readerFunc(func(b []byte) (int, error) { return len(b), nil })
	err := pair(t, p, nil).ReadStatements(context.Background(), sdk.ReadRequest{}, endless, nil)
	if sdk.KindOf(err) != sdk.BadRequest {
		t.Errorf("got %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// methods are all methods of a provider, by name, with a call that each can take.
func methods(c *wire.Client) map[string]func(sdk.Call) error {
	ctx := context.Background()
	return map[string]func(sdk.Call) error{
		"Describe":     func(sdk.Call) error { _, err := c.Describe(ctx); return err },
		"StartConnect": func(k sdk.Call) error { _, err := c.StartConnect(ctx, sdk.StartConnectRequest{Call: k}); return err },
		"ContinueConnect": func(k sdk.Call) error {
			_, err := c.ContinueConnect(ctx, sdk.ContinueConnectRequest{Call: k})
			return err
		},
		"ListAccounts": func(k sdk.Call) error { _, err := c.ListAccounts(ctx, sdk.ListAccountsRequest{Call: k}); return err },
		"FetchTransactions": func(k sdk.Call) error {
			return c.FetchTransactions(ctx, sdk.FetchRequest{Call: k}, func(sdk.Batch) error { return nil })
		},
		"ListInstitutions": func(k sdk.Call) error {
			return c.ListInstitutions(ctx, k, func([]sdk.Institution) error { return nil })
		},
		"Refresh":       func(k sdk.Call) error { _, err := c.Refresh(ctx, sdk.RefreshRequest{Call: k}); return err },
		"Revoke":        func(k sdk.Call) error { return c.Revoke(ctx, k) },
		"HandleWebhook": func(k sdk.Call) error { _, err := c.HandleWebhook(ctx, sdk.WebhookRequest{Call: k}); return err },
		"ReadStatements": func(k sdk.Call) error {
			return c.ReadStatements(ctx, sdk.ReadRequest{Call: k}, strings.NewReader("x"), func(sdk.StatementBatch) error { return nil })
		},
	}
}

// everyMethod calls all and returns their errors.
func everyMethod(c *wire.Client) map[string]error {
	failed := map[string]error{}
	for name, run := range methods(c) {
		failed[name] = run(call(nil))
	}
	return failed
}

func TestBytesThatAreNoTextDoNotStopARequest(t *testing.T) {
	p := &script{
		webhook: func(_ context.Context, r sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
			if r.Headers["X-A"][0] != "\uFFFD" || r.Query != "q=\uFFFD" || string(r.Body) != "\xff" {
				t.Errorf("got %+v", r)
			}
			return sdk.WebhookAnswer{}, nil
		},
		read: func(_ context.Context, r sdk.ReadRequest, _ io.Reader, _ func(sdk.StatementBatch) error) error {
			if r.Filename != "B\uFFFDcher.sta" {
				t.Errorf("got %q", r.Filename)
			}
			return nil
		},
	}
	c := pair(t, p, nil)
	_, err := c.HandleWebhook(context.Background(), sdk.WebhookRequest{
		Query: "q=\xff", Headers: map[string][]string{"X-A": {"\xfe"}}, Body: []byte("\xff"),
	})
	if err != nil {
		t.Error(err)
	}
	if err := c.ReadStatements(context.Background(), sdk.ReadRequest{Filename: "B\xfccher.sta"}, strings.NewReader(""), nil); err != nil {
		t.Error(err)
	}
}
