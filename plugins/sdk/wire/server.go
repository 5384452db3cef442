package wire

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

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
// provider into a status. ctx is the provider's.
func (s *server) finish(ctx context.Context, err *error) {
	if p := recover(); p != nil {
		s.log.Error("the provider panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = sdk.Errorf(sdk.Internal, "the provider failed unexpectedly; its log says why")
	}
	if *err != nil {
		*err = errorToWire(ctx, *err, s.log)
	}
}

// serve runs one call of the provider: do gets the provider's context, which
// ends when the caller breaks the call off, and sends what it answers. secret
// makes a message of a new secret.
func serve[T any](s *server, in *pb.Call, stream outgoing[T], secret func(*pb.NewSecret) *T,
	do func(ctx context.Context, call sdk.Call, out *sender[T]) error) (err error) {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer s.finish(ctx, &err)
	ongoing, err := s.calls.arrive(in.GetId(), cancel)
	if err != nil {
		return err
	}
	defer s.calls.letGo(ongoing)
	out := &sender[T]{ctx: ctx, call: ongoing, secret: secret, stream: stream}
	defer out.end()
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
	defer s.finish(ctx, &err)
	d, err := s.provider.Describe(ctx)
	if err != nil {
		return nil, err
	}
	d.Capabilities = sdk.CapabilitiesOf(s.provider)
	return descriptionToWire(d), nil
}

func connectSecret(n *pb.NewSecret) *pb.ConnectResponse { return &pb.ConnectResponse{NewSecret: n} }

func (s *server) StartConnect(req *pb.StartConnectRequest, stream outgoing[pb.ConnectResponse]) error {
	return serve(s, req.GetCall(), stream, connectSecret, func(ctx context.Context, call sdk.Call, out *sender[pb.ConnectResponse]) error {
		kind, err := flowKinds.orElse("flow kind", req.GetKind(), sdk.FlowConnect)
		if err != nil {
			return refused(err)
		}
		answer, err := s.provider.StartConnect(ctx, sdk.StartConnectRequest{
			Call:          call,
			Kind:          kind,
			InstitutionID: req.GetInstitutionId(),
			AccountKind:   req.GetAccountKind(),
			Phone:         req.GetPhone(),
			RedirectURL:   req.GetRedirectUrl(),
			State:         req.GetState(),
		})
		if err != nil {
			return err
		}
		return out.answer(connectToWire(answer))
	})
}

func (s *server) ContinueConnect(req *pb.ContinueConnectRequest, stream outgoing[pb.ConnectResponse]) error {
	return serve(s, req.GetCall(), stream, connectSecret, func(ctx context.Context, call sdk.Call, out *sender[pb.ConnectResponse]) error {
		answer, err := s.provider.ContinueConnect(ctx, sdk.ContinueConnectRequest{
			Call:          call,
			InstitutionID: req.GetInstitutionId(),
			FlowState:     req.GetFlowState(),
			Values:        req.GetValues(),
			RedirectURL:   req.GetRedirectUrl(),
		})
		if err != nil {
			return err
		}
		return out.answer(connectToWire(answer))
	})
}

func (s *server) ListAccounts(req *pb.ListAccountsRequest, stream outgoing[pb.ListAccountsResponse]) error {
	secret := func(n *pb.NewSecret) *pb.ListAccountsResponse { return &pb.ListAccountsResponse{NewSecret: n} }
	return serve(s, req.GetCall(), stream, secret, func(ctx context.Context, call sdk.Call, out *sender[pb.ListAccountsResponse]) error {
		list, err := s.provider.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call})
		if err != nil {
			return err
		}
		return out.answer(&pb.ListAccountsResponse{Accounts: all(list.Accounts, accountToWire)})
	})
}

func (s *server) Refresh(req *pb.RefreshRequest, stream outgoing[pb.RefreshResponse]) error {
	secret := func(n *pb.NewSecret) *pb.RefreshResponse { return &pb.RefreshResponse{NewSecret: n} }
	return serve(s, req.GetCall(), stream, secret, func(ctx context.Context, call sdk.Call, out *sender[pb.RefreshResponse]) error {
		provider, ok := sdk.As[sdk.Refresher](s.provider)
		if !ok {
			return unsupported("refresh")
		}
		answer, err := provider.Refresh(ctx, sdk.RefreshRequest{Call: call, AccountIDs: req.GetAccountIds()})
		if err != nil {
			return err
		}
		return out.answer(&pb.RefreshResponse{RefreshedAt: timeToWire(answer.RefreshedAt), NextAllowed: timeToWire(answer.NextAllowed)})
	})
}

func (s *server) Revoke(req *pb.RevokeRequest, stream outgoing[pb.RevokeResponse]) error {
	secret := func(n *pb.NewSecret) *pb.RevokeResponse { return &pb.RevokeResponse{NewSecret: n} }
	return serve(s, req.GetCall(), stream, secret, func(ctx context.Context, call sdk.Call, out *sender[pb.RevokeResponse]) error {
		provider, ok := sdk.As[sdk.Revoker](s.provider)
		if !ok {
			return unsupported("end a consent")
		}
		if err := provider.Revoke(ctx, call); err != nil {
			return err
		}
		return out.answer(&pb.RevokeResponse{})
	})
}

func (s *server) HandleWebhook(req *pb.HandleWebhookRequest, stream outgoing[pb.HandleWebhookResponse]) error {
	secret := func(n *pb.NewSecret) *pb.HandleWebhookResponse { return &pb.HandleWebhookResponse{NewSecret: n} }
	return serve(s, req.GetCall(), stream, secret, func(ctx context.Context, call sdk.Call, out *sender[pb.HandleWebhookResponse]) error {
		provider, ok := sdk.As[sdk.WebhookHandler](s.provider)
		if !ok {
			return unsupported("be notified")
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
			return err
		}
		return out.answer(webhookToWire(answer))
	})
}
