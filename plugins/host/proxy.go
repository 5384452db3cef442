package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// proxy is a provider whose calls go to the plugin's process, whichever it is
// at the moment. It has every optional method; [sdk.Offer] hides those that the
// plugin did not announce.
type proxy struct{ slot *slot }

var _ sdk.Provider = (*proxy)(nil)

// on runs one call: it gets a process, bounds the call's silence and words its
// failure. The redactor learns the call's secrets before the plugin does.
func (x *proxy) on(ctx context.Context, method string, call sdk.Call,
	do func(ctx context.Context, p *process, w *watchdog) error) (err error) {
	began := time.Now()
	defer func() {
		x.slot.m.options.OnCall(Call{Provider: x.slot.name, Method: method, Took: time.Since(began), Outcome: outcome(ctx, err)})
	}()
	p, err := x.slot.acquire(ctx)
	if err != nil {
		return err
	}
	p.red.call(call, p.desc.Settings)
	watched, w := newWatchdog(ctx, x.slot.m.options.CallTimeout)
	err = do(watched, p, w)
	barked := w.stop()
	if barked {
		p.kill(fmt.Sprintf("it did not answer within %s", x.slot.m.options.CallTimeout))
	}
	if barked || errors.Is(err, ErrPluginGone) {
		p.awaitBurial()
	}
	err = x.worded(err, p, barked)
	x.slot.release(p, !errors.Is(err, ErrPluginGone) && !errors.Is(err, ErrPluginHung))
	return err
}

// outcome is how a call ended, for those who count.
func outcome(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return OutcomeOK
	case errors.Is(err, ErrPluginHung):
		return OutcomeHung
	case errors.Is(err, ErrRefused):
		return OutcomeRefused
	case errors.Is(err, ErrPluginGone):
		return OutcomeGone
	case ctx.Err() != nil:
		return OutcomeCancelled
	}
	return string(sdk.KindOf(err))
}

// worded gives an error of the sdk's the plugin's name where the plugin is to
// blame, and blots out secrets. Other errors are the caller's own.
func (x *proxy) worded(err error, p *process, barked bool) error {
	if err == nil {
		return nil
	}
	name := x.slot.name
	if barked {
		return x.slot.failure(errors.Join(ErrPluginHung, context.DeadlineExceeded),
			"the plugin %s did not answer within %s and was ended", name, x.slot.m.options.CallTimeout)
	}
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	if errors.Is(err, ErrPluginGone) {
		return x.slot.failure(ErrPluginGone, "the plugin %s stopped while it was asked", name)
	}
	clean := *e
	clean.Message = p.red.clean(e.Message)
	clean.Reference = p.red.clean(e.Reference)
	return &clean
}

// Describe answers from the running process without a call.
func (x *proxy) Describe(ctx context.Context) (d sdk.Description, err error) {
	err = x.on(ctx, "Describe", sdk.Call{}, func(_ context.Context, p *process, _ *watchdog) error {
		d = p.desc
		return nil
	})
	return d, err
}

func (x *proxy) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (a sdk.ConnectAnswer, err error) {
	err = x.on(ctx, "StartConnect", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		a, err = p.provider.StartConnect(ctx, req)
		p.red.answer(a)
		return err
	})
	return a, err
}

func (x *proxy) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (a sdk.ConnectAnswer, err error) {
	err = x.on(ctx, "ContinueConnect", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		p.red.typed(req.Values)
		p.red.answer(sdk.ConnectAnswer{FlowState: req.FlowState})
		req.SaveSecret = w.saving(p, req.SaveSecret)
		a, err = p.provider.ContinueConnect(ctx, req)
		p.red.answer(a)
		return err
	})
	return a, err
}

func (x *proxy) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (a sdk.AccountList, err error) {
	err = x.on(ctx, "ListAccounts", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		a, err = p.provider.ListAccounts(ctx, req)
		return err
	})
	return a, err
}

func (x *proxy) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	return x.on(ctx, "FetchTransactions", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		return p.provider.FetchTransactions(ctx, req, func(b sdk.Batch) error {
			return w.hold(func() error { return emit(b) })
		})
	})
}

func (x *proxy) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	return x.on(ctx, "ListInstitutions", call, func(ctx context.Context, p *process, w *watchdog) error {
		call.SaveSecret = w.saving(p, call.SaveSecret)
		return p.provider.ListInstitutions(ctx, call, func(list []sdk.Institution) error {
			return w.hold(func() error { return emit(list) })
		})
	})
}

func (x *proxy) Refresh(ctx context.Context, req sdk.RefreshRequest) (a sdk.RefreshAnswer, err error) {
	err = x.on(ctx, "Refresh", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		a, err = p.provider.Refresh(ctx, req)
		return err
	})
	return a, err
}

func (x *proxy) Revoke(ctx context.Context, call sdk.Call) error {
	return x.on(ctx, "Revoke", call, func(ctx context.Context, p *process, w *watchdog) error {
		call.SaveSecret = w.saving(p, call.SaveSecret)
		return p.provider.Revoke(ctx, call)
	})
}

func (x *proxy) HandleWebhook(ctx context.Context, req sdk.WebhookRequest) (a sdk.WebhookAnswer, err error) {
	err = x.on(ctx, "HandleWebhook", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		a, err = p.provider.HandleWebhook(ctx, req)
		return err
	})
	return a, err
}

func (x *proxy) ReadStatements(ctx context.Context, req sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	return x.on(ctx, "ReadStatements", req.Call, func(ctx context.Context, p *process, w *watchdog) error {
		req.SaveSecret = w.saving(p, req.SaveSecret)
		return p.provider.ReadStatements(ctx, req, w.reader(file), func(b sdk.StatementBatch) error {
			return w.hold(func() error { return emit(b) })
		})
	})
}
