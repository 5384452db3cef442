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

func TestEndingACall(t *testing.T) {
	entered := make(chan struct{}, 1)
	ended := make(chan error, 1)
	p := &script{
		accounts: func(ctx context.Context, _ sdk.ListAccountsRequest) (sdk.AccountList, error) {
			entered <- struct{}{}
			<-ctx.Done()
			ended <- ctx.Err()
			return sdk.AccountList{}, ctx.Err()
		},
	}
	c := pair(t, p, nil)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-entered; cancel() }()
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
