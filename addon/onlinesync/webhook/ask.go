package webhook

import (
	"context"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/plugins/sdk"
)

// mostEvents is how many connections one notification may concern.
const mostEvents = 1000

// Receiver takes notifications, for all databases of a host.
type Receiver struct {
	Plugins     *provider.Plugins
	Queue       *run.Queue
	Connections *connect.Connections
	Log         *slog.Logger
	// Now is the host's clock, which providers hold a notification's time against.
	Now func() time.Time
}

// Ask has a provider prove a notification and say what it means. A provider that
// takes none, or is not there, is a fault of kind Missing; a notification that it
// cannot prove is an sdk.Error of kind BadRequest.
func (r *Receiver) Ask(ctx context.Context, name string, req sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	p, _, err := r.Plugins.Open(ctx, name)
	if err != nil {
		return sdk.WebhookAnswer{}, err
	}
	handler, ok := sdk.As[sdk.WebhookHandler](p)
	if !ok {
		return sdk.WebhookAnswer{}, fault.New(fault.Missing, "the provider %q takes no notifications", name)
	}
	req.Call = sdk.Call{Config: r.Plugins.Settings(name), Now: r.Now()}
	answer, err := handler.HandleWebhook(ctx, req)
	if err == nil && len(answer.Events) > mostEvents {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.Internal, "a notification that concerns %d connections", len(answer.Events))
	}
	return answer, err
}
