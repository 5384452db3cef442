package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

const service = "girosync.provider.v1.Provider"

// old is a plugin that knows nothing but the first form of version 1: methods
// with one answer are unary, secrets come inside, and there is no Tell.
type old struct {
	rotated []byte             // what every call brings
	fails   codes.Code         // OK: the call succeeds
	entered chan struct{}      // unless nil, a call says that it came, and waits for its end
	ended   chan error         // how that wait ended
	asked   func(other string) // is told of calls to methods that it lacks
}

// serves registers the plugin by a description of its own.
func (o *old) serves() func(*grpc.Server) {
	desc := &grpc.ServiceDesc{
		ServiceName: service,
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			unary(o, "StartConnect", func() proto.Message {
				return &pb.ConnectResponse{Outcome: &pb.ConnectResponse_Done{Done: &pb.Connection{}}, NewSecret: o.rotated}
			}),
			unary(o, "ContinueConnect", func() proto.Message {
				return &pb.ConnectResponse{Outcome: &pb.ConnectResponse_Done{Done: &pb.Connection{}}, NewSecret: o.rotated}
			}),
			unary(o, "ListAccounts", func() proto.Message {
				return &pb.ListAccountsResponse{Accounts: []*pb.Account{{Id: "1", Currency: "EUR"}}, NewSecret: o.rotated}
			}),
			unary(o, "Refresh", func() proto.Message { return &pb.RefreshResponse{NewSecret: o.rotated} }),
			unary(o, "Revoke", func() proto.Message { return &pb.RevokeResponse{NewSecret: o.rotated} }),
			unary(o, "HandleWebhook", func() proto.Message { return &pb.HandleWebhookResponse{Status: 204, NewSecret: o.rotated} }),
		},
		Streams: []grpc.StreamDesc{
			o.streaming("FetchTransactions",
				&pb.FetchTransactionsResponse{Message: &pb.FetchTransactionsResponse_NewSecret{NewSecret: o.rotated}},
				&pb.FetchTransactionsResponse{Message: &pb.FetchTransactionsResponse_Batch{Batch: &pb.Batch{}}}),
			o.streaming("ListInstitutions",
				&pb.ListInstitutionsResponse{NewSecret: o.rotated, Institutions: []*pb.Institution{{Id: "1", Name: "Bank"}}}),
			o.streaming("ReadStatements",
				&pb.ReadStatementsResponse{Message: &pb.ReadStatementsResponse_NewSecret{NewSecret: o.rotated}},
				&pb.ReadStatementsResponse{Message: &pb.ReadStatementsResponse_Batch{Batch: &pb.StatementBatch{}}}),
		},
	}
	return func(s *grpc.Server) { s.RegisterService(desc, o) }
}

func unary(o *old, name string, answer func() proto.Message) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name,
		Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			if err := decode(&pb.RevokeRequest{}); err != nil { // every request begins like this one
				return nil, err
			}
			if err := o.outcome(ctx, o.rotated); err != nil {
				return nil, err
			}
			return answer(), nil
		}}
}

func (o *old) streaming(name string, answers ...proto.Message) grpc.StreamDesc {
	return grpc.StreamDesc{StreamName: name, ServerStreams: true, ClientStreams: name == "ReadStatements",
		Handler: func(_ any, s grpc.ServerStream) error {
			for _, m := range answers {
				if err := s.SendMsg(m); err != nil {
					return err
				}
			}
			return o.outcome(s.Context(), nil)
		}}
}

func (o *old) outcome(ctx context.Context, secret []byte) error {
	if o.entered != nil {
		o.entered <- struct{}{}
		<-ctx.Done()
		o.ended <- ctx.Err()
		return ctx.Err()
	}
	if o.fails == codes.OK {
		return nil
	}
	detail := &pb.ErrorDetail{Kind: pb.ErrorKind_ERROR_KIND_CONSENT_EXPIRED, Message: "over", NewSecret: secret}
	st, err := status.New(o.fails, "over").WithDetails(detail)
	return errors.Join(err, st.Err())
}

// client returns a client of the plugin.
func (o *old) client(t *testing.T) *wire.Client {
	return over(t, o.serves(), grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(s)
		if o.asked != nil {
			o.asked(method)
		}
		return status.Errorf(codes.Unimplemented, "unknown method %s", method)
	})).LastWord(forever)
}

func TestAPluginWithUnaryMethodsWorks(t *testing.T) {
	for _, rotated := range [][]byte{[]byte("new"), {}} {
		var told atomic.Int32
		c := (&old{rotated: rotated, asked: func(method string) {
			if told.Add(1); method != "/"+service+"/Tell" {
				t.Errorf("asked for %s", method)
			}
		}}).client(t)
		for method, run := range withSecrets(context.Background(), c) {
			host := safe{}
			if err := run(host.call()); err != nil || !host.holds(string(rotated)) {
				t.Errorf("%s: kept %q, %v", method, host.kept, err)
			}
		}
		if n := told.Load(); n != 1 {
			t.Errorf("it was told %d times, and can hear nothing", n)
		}
		list, err := c.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: call(nil)})
		if err != nil || len(list.Accounts) != 1 || list.Accounts[0].ID != "1" {
			t.Errorf("%+v, %v", list, err)
		}
	}
}

func TestAPluginWithUnaryMethodsThatRotatesNothing(t *testing.T) {
	c := (&old{asked: func(method string) { t.Errorf("asked for %s", method) }}).client(t)
	for _, method := range []string{"StartConnect", "ContinueConnect", "ListAccounts", "Refresh", "Revoke", "HandleWebhook"} {
		host := safe{}
		if err := methods(c)[method](host.call()); err != nil || !host.holds() {
			t.Errorf("%s: kept %q, %v", method, host.kept, err)
		}
	}
}

func TestASecretInAFailureIsKept(t *testing.T) {
	c := (&old{rotated: []byte("new"), fails: codes.PermissionDenied}).client(t)
	full := errors.New("disk full")
	for method, run := range withSecrets(context.Background(), c) {
		host := safe{}
		if err := run(host.call()); sdk.KindOf(err) != sdk.ConsentExpired || !host.holds("new") {
			t.Errorf("%s: kept %q, %v", method, host.kept, err)
		}
		unsaved := call(nil)
		unsaved.SaveSecret = func([]byte) error { return full }
		if err := run(unsaved); !errors.Is(err, full) || sdk.KindOf(err) != sdk.Internal {
			t.Errorf("%s, not kept: %v", method, err)
		}
	}
}

func TestASecretOfAPluginWithUnaryMethodsIsNotKept(t *testing.T) {
	c := (&old{rotated: []byte("new")}).client(t)
	full := errors.New("disk full")
	for method, run := range withSecrets(context.Background(), c) {
		unsaved := call(nil)
		unsaved.SaveSecret = func([]byte) error { return full }
		if err := run(unsaved); !errors.Is(err, full) || sdk.KindOf(err) != sdk.Internal {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestACallToAPluginWithUnaryMethodsIsCancelled(t *testing.T) {
	o := &old{entered: make(chan struct{}), ended: make(chan error, 1), rotated: []byte("new")}
	c := o.client(t)
	for method := range withSecrets(context.Background(), c) {
		ctx, cancel := context.WithCancel(context.Background())
		go func() { <-o.entered; cancel() }()
		if err := withSecrets(ctx, c)[method](call(nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", method, err)
		}
		if err := <-o.ended; err == nil {
			t.Errorf("%s: the plugin was not told", method)
		}
	}
}

// An early secret may be followed by an answer that has one, too.
func TestSecretsAloneAndWithAnAnswer(t *testing.T) {
	accounts := []*pb.ListAccountsResponse{
		{NewSecret: []byte("one")},
		{NewSecret: []byte("two"), Accounts: []*pb.Account{{Id: "1", Currency: "EUR"}}},
		{NewSecret: []byte("three")},
	}
	c := over(t, func(s *grpc.Server) { pb.RegisterProviderServer(s, &raw{accounts: accounts}) })
	host := safe{}
	list, err := c.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: host.call()})
	if err != nil || len(list.Accounts) != 1 || !host.holds("one", "two", "three") {
		t.Errorf("%+v, %v, kept %q", list, err, host.kept)
	}
}

// unaryCalls are the methods that the first hosts called as unary, with what
// each answers.
func unaryCalls() map[string]proto.Message {
	return map[string]proto.Message{
		"StartConnect": &pb.ConnectResponse{}, "ContinueConnect": &pb.ConnectResponse{}, "ListAccounts": &pb.ListAccountsResponse{},
		"Refresh": &pb.RefreshResponse{}, "Revoke": &pb.RevokeResponse{}, "HandleWebhook": &pb.HandleWebhookResponse{},
	}
}

// secretOf reads the field without this package's help.
func secretOf(m proto.Message) []byte {
	r := m.ProtoReflect()
	field := r.Descriptor().Fields().ByName("new_secret")
	if !r.Has(field) {
		return nil
	}
	return r.Get(field).Bytes()
}

func TestAHostThatCallsUnaryMethods(t *testing.T) {
	over := &sdk.Error{Kind: sdk.ConsentExpired, Message: "over"}
	tests := []struct {
		what  string
		saves []string
		then  func() error
		fails codes.Code
		keeps string
	}{
		{"nothing new", nil, func() error { return nil }, codes.OK, ""},
		{"a secret", []string{"one"}, func() error { return nil }, codes.OK, "one"},
		{"two secrets", []string{"one", "two"}, func() error { return nil }, codes.OK, "two"},
		{"a failure", []string{"one", "two"}, func() error { return over }, codes.PermissionDenied, "two"},
		{"a failure and nothing new", nil, func() error { return over }, codes.PermissionDenied, ""},
		{"a panic", []string{"one"}, func() error { panic("out of range") }, codes.Internal, "one"},
	}
	for _, test := range tests {
		calls := make(chan sdk.Call, 1)
		p := every(func(_ context.Context, c sdk.Call) error {
			calls <- c
			for _, secret := range test.saves {
				if err := c.SaveSecret([]byte(secret)); err != nil {
					t.Errorf("%s: %v", test.what, err)
				}
			}
			return test.then()
		})
		conn := dial(t, func(s *grpc.Server) { wire.Register(s, p, nil) })
		for method, answer := range unaryCalls() {
			err := conn.Invoke(context.Background(), "/"+service+"/"+method, &pb.RevokeRequest{}, answer)
			got := secretOf(answer)
			for _, d := range status.Convert(err).Details() {
				got = d.(*pb.ErrorDetail).NewSecret
			}
			if status.Code(err) != test.fails || string(got) != test.keeps || (got == nil) != (test.saves == nil) {
				t.Errorf("%s, %s: secret %q, %v", method, test.what, got, err)
			}
			if (<-calls).SaveSecret([]byte("late")) == nil {
				t.Errorf("%s, %s: a secret was taken that nobody will get", method, test.what)
			}
		}
	}
}

// The secret goes with the failure when the answer cannot be sent.
func TestAHostThatCallsUnaryMethodsAndAnAnswerTooLarge(t *testing.T) {
	p := &script{accounts: func(_ context.Context, r sdk.ListAccountsRequest) (sdk.AccountList, error) {
		return sdk.AccountList{Accounts: []sdk.Account{{ID: "\xff"}}}, r.SaveSecret([]byte("new"))
	}}
	conn := dial(t, func(s *grpc.Server) { wire.Register(s, p, nil) })
	err := conn.Invoke(context.Background(), "/"+service+"/ListAccounts", &pb.ListAccountsRequest{}, &pb.ListAccountsResponse{})
	details := status.Convert(err).Details()
	if len(details) != 1 || string(details[0].(*pb.ErrorDetail).NewSecret) != "new" {
		t.Errorf("%v, %v", err, details)
	}
}

// In a stream, a secret is a message of its own, although nobody confirms it.
func TestAHostThatTellsNothingAndCallsStreams(t *testing.T) {
	p := every(func(_ context.Context, c sdk.Call) error { return c.SaveSecret([]byte("new")) })
	conn := dial(t, func(s *grpc.Server) { wire.Register(s, p, nil) })
	open := &pb.ReadStatementsRequest{Message: &pb.ReadStatementsRequest_Open{Open: &pb.OpenStatements{}}}
	for method, test := range map[string]struct{ request, answer proto.Message }{
		"FetchTransactions": {&pb.FetchTransactionsRequest{}, &pb.FetchTransactionsResponse{}},
		"ListInstitutions":  {&pb.ListInstitutionsRequest{}, &pb.ListInstitutionsResponse{}},
		"ReadStatements":    {open, &pb.ReadStatementsResponse{}},
	} {
		secrets, err := stream(conn, method, test.request, test.answer)
		if err != nil || !slices.Equal(secrets, []string{"", "new"}) {
			t.Errorf("%s: secrets %q, %v", method, secrets, err)
		}
	}
}

// stream makes a call and returns the secret of each message, empty for none.
func stream(conn *grpc.ClientConn, method string, request, answer proto.Message) (secrets []string, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/"+service+"/"+method)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.SendMsg(request), s.CloseSend()); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	for {
		switch err := s.RecvMsg(answer); {
		case errors.Is(err, io.EOF):
			return secrets, nil
		case err != nil:
			return secrets, err
		}
		secrets = append(secrets, string(secretOf(answer)))
	}
}
