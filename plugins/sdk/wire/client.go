package wire

import (
	"context"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// Client is a provider at the other end of a connection. It has every optional
// method; [sdk.Offer] hides those that the provider did not announce. All its
// errors are [*sdk.Error], but those that emit or a file returned.
//
// A call whose context ends may go on for some seconds: it returns once the
// provider has broken it off.
type Client struct {
	conn     grpc.ClientConnInterface
	api      pb.ProviderClient
	lastWord time.Duration // tests change it
	deaf     atomic.Bool   // the provider's side does not know Tell
}

var _ sdk.Provider = (*Client)(nil)

// NewClient speaks to a provider over a connection, which stays the caller's.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{conn: conn, api: pb.NewProviderClient(conn), lastWord: lastWord}
}

// Ping asks the process at the other end whether it is alive.
func (c *Client) Ping(ctx context.Context) error {
	_, err := grpc_health_v1.NewHealthClient(c.conn).Check(ctx,
		&grpc_health_v1.HealthCheckRequest{Service: "plugin"})
	return err
}

// Describe implements [sdk.Provider]. Capabilities unknown to this build are left out.
func (c *Client) Describe(ctx context.Context) (sdk.Description, error) {
	res, err := c.api.Describe(ctx, &pb.DescribeRequest{})
	if err != nil {
		failure, _ := errorFromWire(ctx, err)
		return sdk.Description{}, failure
	}
	d, err := descriptionFromWire(res)
	if err != nil {
		return sdk.Description{}, invalid(err)
	}
	return d, nil
}

// StartConnect implements [sdk.Provider].
func (c *Client) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return connectAnswer(ask(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.ConnectResponse], error) {
		return c.api.StartConnect(ctx, &pb.StartConnectRequest{
			Call:          call,
			Kind:          flowKinds.toWire(req.Kind),
			InstitutionId: req.InstitutionID,
			AccountKind:   req.AccountKind,
			Phone:         req.Phone,
			RedirectUrl:   req.RedirectURL,
			State:         req.State,
			WebhookUrl:    req.WebhookURL,
		})
	}))
}

// ContinueConnect implements [sdk.Provider].
func (c *Client) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return connectAnswer(ask(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.ConnectResponse], error) {
		return c.api.ContinueConnect(ctx, &pb.ContinueConnectRequest{
			Call:          call,
			InstitutionId: req.InstitutionID,
			FlowState:     req.FlowState,
			Values:        req.Values,
			RedirectUrl:   req.RedirectURL,
			WebhookUrl:    req.WebhookURL,
		})
	}))
}

func connectAnswer(res *pb.ConnectResponse, err error) (sdk.ConnectAnswer, error) {
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	answer, err := connectFromWire(res)
	if err != nil {
		return sdk.ConnectAnswer{}, invalid(err)
	}
	return answer, nil
}

// ListAccounts implements [sdk.Provider].
func (c *Client) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	res, err := ask(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.ListAccountsResponse], error) {
		return c.api.ListAccounts(ctx, &pb.ListAccountsRequest{Call: call})
	})
	if err != nil {
		return sdk.AccountList{}, err
	}
	accounts, err := each("account", res.GetAccounts(), accountFromWire)
	if err != nil {
		return sdk.AccountList{}, invalid(err)
	}
	return sdk.AccountList{Accounts: accounts, Empty: noAccounts.known(res.GetNoAccounts())}, nil
}

// Refresh implements [sdk.Refresher].
func (c *Client) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	res, err := ask(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.RefreshResponse], error) {
		return c.api.Refresh(ctx, &pb.RefreshRequest{Call: call, AccountIds: req.AccountIDs})
	})
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	refreshed, err := timeFromWire("time of the refresh", res.GetRefreshedAt())
	if err != nil {
		return sdk.RefreshAnswer{}, invalid(err)
	}
	next, err := timeFromWire("time of the next refresh", res.GetNextAllowed())
	if err != nil {
		return sdk.RefreshAnswer{}, invalid(err)
	}
	return sdk.RefreshAnswer{RefreshedAt: refreshed, NextAllowed: next}, nil
}

// Revoke implements [sdk.Revoker].
func (c *Client) Revoke(ctx context.Context, call sdk.Call) error {
	_, err := ask(ctx, c, call, func(ctx context.Context, call *pb.Call) (incoming[pb.RevokeResponse], error) {
		return c.api.Revoke(ctx, &pb.RevokeRequest{Call: call})
	})
	return err
}

// HandleWebhook implements [sdk.WebhookHandler].
func (c *Client) HandleWebhook(ctx context.Context, req sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	res, err := ask(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.HandleWebhookResponse], error) {
		return c.api.HandleWebhook(ctx, &pb.HandleWebhookRequest{
			Call:    call,
			Method:  req.Method,
			Path:    utf8Text(req.Path),
			Query:   utf8Text(req.Query),
			Headers: headersToWire(req.Headers),
			Body:    req.Body,
		})
	})
	if err != nil {
		return sdk.WebhookAnswer{}, err
	}
	answer, err := webhookFromWire(res)
	if err != nil {
		return sdk.WebhookAnswer{}, invalid(err)
	}
	return answer, nil
}
