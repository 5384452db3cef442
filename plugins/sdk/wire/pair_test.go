package wire_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

// script is a provider whose every method is a function; nil ones answer nothing.
type script struct {
	describe     func() (sdk.Description, error)
	start        func(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error)
	proceed      func(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error)
	accounts     func(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error)
	fetch        func(context.Context, sdk.FetchRequest, func(sdk.Batch) error) error
	institutions func(context.Context, sdk.Call, func([]sdk.Institution) error) error
	refresh      func(context.Context, sdk.RefreshRequest) (sdk.RefreshAnswer, error)
	revoke       func(context.Context, sdk.Call) error
	webhook      func(context.Context, sdk.WebhookRequest) (sdk.WebhookAnswer, error)
	read         func(context.Context, sdk.ReadRequest, io.Reader, func(sdk.StatementBatch) error) error
}

func (s *script) Describe(context.Context) (sdk.Description, error) { return s.describe() }

func (s *script) StartConnect(ctx context.Context, r sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return s.start(ctx, r)
}

func (s *script) ContinueConnect(ctx context.Context, r sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return s.proceed(ctx, r)
}

func (s *script) ListAccounts(ctx context.Context, r sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return s.accounts(ctx, r)
}

func (s *script) FetchTransactions(ctx context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
	return s.fetch(ctx, r, emit)
}

func (s *script) ListInstitutions(ctx context.Context, c sdk.Call, emit func([]sdk.Institution) error) error {
	return s.institutions(ctx, c, emit)
}

func (s *script) Refresh(ctx context.Context, r sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	return s.refresh(ctx, r)
}

func (s *script) Revoke(ctx context.Context, c sdk.Call) error { return s.revoke(ctx, c) }

func (s *script) HandleWebhook(ctx context.Context, r sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	return s.webhook(ctx, r)
}

func (s *script) ReadStatements(ctx context.Context, r sdk.ReadRequest, f io.Reader, emit func(sdk.StatementBatch) error) error {
	return s.read(ctx, r, f, emit)
}

// bare implements only what is required.
type bare struct{ sdk.Provider }

// over serves with register and returns a client of it.
func over(t testing.TB, register func(*grpc.Server), opts ...grpc.ServerOption) *wire.Client {
	t.Helper()
	return wire.NewClient(dial(t, register, opts...))
}

// dial serves with register and returns a connection to it.
func dial(t testing.TB, register func(*grpc.Server), opts ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := wire.NewGRPCServer(opts)
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	options := append(wire.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:pair", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Stop()
		<-served
	})
	return conn
}

func pair(t testing.TB, p sdk.Provider, log *slog.Logger) *wire.Client {
	t.Helper()
	return over(t, func(s *grpc.Server) { wire.Register(s, p, log) })
}

// call is a request's common part that keeps saved secrets in saved.
func call(saved *[]string) sdk.Call {
	return sdk.Call{
		Config:      map[string]string{"key": "value"},
		Now:         time.Date(2026, 3, 1, 12, 30, 0, 5, time.UTC),
		UserPresent: true,
		UserIP:      "192.0.2.1",
		Language:    "nl_NL",
		Secret:      []byte("secret"),
		SaveSecret: func(secret []byte) error {
			if saved != nil {
				*saved = append(*saved, string(secret))
			}
			return nil
		},
	}
}

// methods are all methods of a provider, by name, with a call that each can take.
func methods(c *wire.Client) map[string]func(sdk.Call) error {
	return methodsIn(context.Background(), c)
}

// methodsIn calls them in a context.
func methodsIn(ctx context.Context, c *wire.Client) map[string]func(sdk.Call) error {
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
