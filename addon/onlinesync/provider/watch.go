package provider

import (
	"context"
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// ErrSilent ends a call whose provider gave no sign for too long.
var ErrSilent = &sdk.Error{Kind: sdk.BankUnavailable, Message: "The provider gave no sign for too long.", Cause: record.ErrSilent}

// Watch ends a call that streams when its provider gives no sign in time. What
// the host itself takes between two signs does not count.
type Watch struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
}

// Watch begins to watch a call, which must use the context that is returned.
func (p *Plugins) Watch(ctx context.Context) (context.Context, *Watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(p.Timeout, func() { cancel(ErrSilent) })
	return ctx, &Watch{ctx: ctx, cancel: cancel, timer: timer, timeout: p.Timeout}
}

// Pause takes a sign of the provider's; the host works until Resume.
func (w *Watch) Pause() { w.timer.Stop() }

// Resume waits for the next sign.
func (w *Watch) Resume() { w.timer.Reset(w.timeout) }

// End stops watching. It returns err, or that the provider was silent where
// that is why the call ended.
func (w *Watch) End(err error) error {
	w.timer.Stop()
	silent := errors.Is(context.Cause(w.ctx), ErrSilent)
	w.cancel(nil)
	if silent {
		return ErrSilent
	}
	return err
}
