package wire

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"google.golang.org/protobuf/proto"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// server answers the gRPC service with a provider.
type server struct {
	pb.UnimplementedProviderServer
	provider sdk.Provider
	log      *slog.Logger
	calls    calls
}

// finish ends every handler: deferred, it turns a panic and an error of the
// provider into a status, with the secret that could not be sent before, unless
// it is nil. ctx is the provider's.
func (s *server) finish(ctx context.Context, secret *[]byte, err *error) {
	if p := recover(); p != nil {
		s.log.Error("the provider panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = sdk.Errorf(sdk.Internal, "the provider failed unexpectedly; its log says why")
	}
	if *err != nil {
		*err = errorToWire(ctx, *err, *secret, s.log)
	}
}

// serve runs one call of the provider: do gets the provider's context, which
// ends when the caller breaks the call off, and sends what it answers.
func serve[M proto.Message](s *server, in *pb.Call, to messages[M], do func(context.Context, sdk.Call, *sender[M]) error) error {
	return run(s, in, &sender[M]{to: to}, do)
}

// serveOne runs a call that has one answer. A caller that gives no id may have
// made it as a unary one, and hears one message.
func serveOne[M proto.Message](s *server, in *pb.Call, to messages[M], do func(context.Context, sdk.Call) (M, error)) error {
	out := &sender[M]{to: to, carry: in.GetId() == ""}
	return run(s, in, out, func(ctx context.Context, call sdk.Call, out *sender[M]) error {
		answer, err := do(ctx, call)
		if err != nil {
			return err
		}
		return out.answer(answer)
	})
}

func run[M proto.Message](s *server, in *pb.Call, out *sender[M], do func(context.Context, sdk.Call, *sender[M]) error) (err error) {
	ctx, cancel := context.WithCancel(out.to.Context())
	defer cancel()
	var unsent []byte
	defer s.finish(ctx, &unsent, &err)
	out.ctx = ctx
	out.call, err = s.calls.arrive(in.GetId(), cancel)
	if err != nil {
		return err
	}
	defer s.calls.letGo(out.call)
	defer func() { unsent = out.end() }()
	call, err := callFromWire(in, out.save)
	if err != nil {
		return err
	}
	return do(ctx, call, out)
}

func unsupported(what string) error {
	return sdk.Errorf(sdk.NotSupported, "this provider cannot %s", what)
}

func (s *server) Describe(ctx context.Context, _ *pb.DescribeRequest) (res *pb.DescribeResponse, err error) {
	var none []byte
	defer s.finish(ctx, &none, &err)
	d, err := s.provider.Describe(ctx)
	if err != nil {
		return nil, err
	}
	d.Capabilities = sdk.CapabilitiesOf(s.provider)
	return descriptionToWire(d), nil
}

func (s *server) StartConnect(req *pb.StartConnectRequest, stream outgoing[pb.ConnectResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.ConnectResponse, error) {
		kind, err := flowKinds.orElse("flow kind", req.GetKind(), sdk.FlowConnect)
		if err != nil {
			return nil, refused(err)
		}
		answer, err := s.provider.StartConnect(ctx, sdk.StartConnectRequest{
			Call:          call,
			Kind:          kind,
			InstitutionID: req.GetInstitutionId(),
			AccountKind:   req.GetAccountKind(),
			Phone:         req.GetPhone(),
			RedirectURL:   req.GetRedirectUrl(),
			WebhookURL:    req.GetWebhookUrl(),
			State:         req.GetState(),
		})
		if err != nil {
			return nil, err
		}
		return connectToWire(answer), nil
	})
}

func (s *server) ContinueConnect(req *pb.ContinueConnectRequest, stream outgoing[pb.ConnectResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.ConnectResponse, error) {
		answer, err := s.provider.ContinueConnect(ctx, sdk.ContinueConnectRequest{
			Call:          call,
			InstitutionID: req.GetInstitutionId(),
			FlowState:     req.GetFlowState(),
			Values:        req.GetValues(),
			RedirectURL:   req.GetRedirectUrl(),
			WebhookURL:    req.GetWebhookUrl(),
		})
		if err != nil {
			return nil, err
		}
		return connectToWire(answer), nil
	})
}

func (s *server) ListAccounts(req *pb.ListAccountsRequest, stream outgoing[pb.ListAccountsResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.ListAccountsResponse, error) {
		list, err := s.provider.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call})
		if err != nil {
			return nil, err
		}
		return &pb.ListAccountsResponse{Accounts: all(list.Accounts, accountToWire), NoAccounts: noAccounts.toWire(list.Empty)}, nil
	})
}

func (s *server) Refresh(req *pb.RefreshRequest, stream outgoing[pb.RefreshResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.RefreshResponse, error) {
		provider, ok := sdk.As[sdk.Refresher](s.provider)
		if !ok {
			return nil, unsupported("refresh")
		}
		answer, err := provider.Refresh(ctx, sdk.RefreshRequest{Call: call, AccountIDs: req.GetAccountIds()})
		if err != nil {
			return nil, err
		}
		return &pb.RefreshResponse{RefreshedAt: timeToWire(answer.RefreshedAt), NextAllowed: timeToWire(answer.NextAllowed)}, nil
	})
}

func (s *server) Revoke(req *pb.RevokeRequest, stream outgoing[pb.RevokeResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.RevokeResponse, error) {
		provider, ok := sdk.As[sdk.Revoker](s.provider)
		if !ok {
			return nil, unsupported("end a consent")
		}
		if err := provider.Revoke(ctx, call); err != nil {
			return nil, err
		}
		return &pb.RevokeResponse{}, nil
	})
}

func (s *server) HandleWebhook(req *pb.HandleWebhookRequest, stream outgoing[pb.HandleWebhookResponse]) error {
	return serveOne(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call) (*pb.HandleWebhookResponse, error) {
		provider, ok := sdk.As[sdk.WebhookHandler](s.provider)
		if !ok {
			return nil, unsupported("be notified")
		}
		answer, err := provider.HandleWebhook(ctx, sdk.WebhookRequest{
			Call:    call,
			Method:  req.GetMethod(),
			Path:    req.GetPath(),
			Query:   req.GetQuery(),
			Headers: headersFromWire(req.GetHeaders()),
			Body:    req.GetBody(),
		})
		if err != nil {
			return nil, err
		}
		return webhookToWire(answer), nil
	})
}
