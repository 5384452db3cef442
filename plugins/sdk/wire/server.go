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
}

// finish ends every handler: deferred, it turns a panic and an error of the
// provider into a status. A secret that was kept and not sent goes with it.
func (s *server) finish(ctx context.Context, kept *keeper, err *error) {
	if p := recover(); p != nil {
		s.log.Error("the provider panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = sdk.Errorf(sdk.Internal, "the provider failed unexpectedly; its log says why")
	}
	secret := kept.take()
	if *err != nil {
		*err = errorToWire(ctx, *err, secret, s.log)
	}
}

func unsupported(what string) error {
	return sdk.Errorf(sdk.NotSupported, "this provider cannot %s", what)
}

func (s *server) Describe(ctx context.Context, _ *pb.DescribeRequest) (res *pb.DescribeResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	d, err := s.provider.Describe(ctx)
	if err != nil {
		return nil, err
	}
	d.Capabilities = sdk.CapabilitiesOf(s.provider)
	return descriptionToWire(d), nil
}

func (s *server) StartConnect(ctx context.Context, req *pb.StartConnectRequest) (res *pb.ConnectResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
	}
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
		State:         req.GetState(),
	})
	if err != nil {
		return nil, err
	}
	res = connectToWire(answer)
	res.NewSecret = kept.take()
	return res, nil
}

func (s *server) ContinueConnect(ctx context.Context, req *pb.ContinueConnectRequest) (res *pb.ConnectResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
	}
	answer, err := s.provider.ContinueConnect(ctx, sdk.ContinueConnectRequest{
		Call:          call,
		InstitutionID: req.GetInstitutionId(),
		FlowState:     req.GetFlowState(),
		Values:        req.GetValues(),
		RedirectURL:   req.GetRedirectUrl(),
	})
	if err != nil {
		return nil, err
	}
	res = connectToWire(answer)
	res.NewSecret = kept.take()
	return res, nil
}

func (s *server) ListAccounts(ctx context.Context, req *pb.ListAccountsRequest) (res *pb.ListAccountsResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
	}
	list, err := s.provider.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call})
	if err != nil {
		return nil, err
	}
	return &pb.ListAccountsResponse{Accounts: all(list.Accounts, accountToWire), NewSecret: kept.take()}, nil
}

func (s *server) Refresh(ctx context.Context, req *pb.RefreshRequest) (res *pb.RefreshResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	provider, ok := sdk.As[sdk.Refresher](s.provider)
	if !ok {
		return nil, unsupported("refresh")
	}
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
	}
	answer, err := provider.Refresh(ctx, sdk.RefreshRequest{Call: call, AccountIDs: req.GetAccountIds()})
	if err != nil {
		return nil, err
	}
	return &pb.RefreshResponse{
		RefreshedAt: timeToWire(answer.RefreshedAt),
		NextAllowed: timeToWire(answer.NextAllowed),
		NewSecret:   kept.take(),
	}, nil
}

func (s *server) Revoke(ctx context.Context, req *pb.RevokeRequest) (res *pb.RevokeResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	provider, ok := sdk.As[sdk.Revoker](s.provider)
	if !ok {
		return nil, unsupported("end a consent")
	}
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
	}
	if err := provider.Revoke(ctx, call); err != nil {
		return nil, err
	}
	return &pb.RevokeResponse{NewSecret: kept.take()}, nil
}

func (s *server) HandleWebhook(ctx context.Context, req *pb.HandleWebhookRequest) (res *pb.HandleWebhookResponse, err error) {
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	provider, ok := sdk.As[sdk.WebhookHandler](s.provider)
	if !ok {
		return nil, unsupported("be notified")
	}
	call, err := callFromWire(req.GetCall(), kept.save)
	if err != nil {
		return nil, err
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
	res = webhookToWire(answer)
	res.NewSecret = kept.take()
	return res, nil
}
