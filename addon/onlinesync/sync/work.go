package sync

import (
	"context"
	"errors"

	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// work fetches and applies every account of the run. What a bank or provider
// does wrong is noted and harms that account alone; an error is the host's own.
func (s *synchronisation) work(ctx context.Context) error {
	if s.link.State == record.StateDisconnected {
		return nil
	}
	if !s.present() && !s.link.AutoAllowed && s.claimed.Trigger == record.TriggerScheduled {
		s.note(&sdk.Error{Kind: sdk.AutoNotAllowed})
		return nil
	}
	if s.link.SecretLost != nil {
		s.note(s.link.SecretLost)
		return nil
	}
	if s.alone != nil {
		s.note(s.alone)
		return nil
	}
	if s.link.Paused != "" { // a user asked all the same
		s.notes = append(s.notes, s.link.Paused)
	}
	p, desc, err := s.Plugins.Open(ctx, s.link.Provider)
	if err != nil {
		return s.bankOrHost(ctx, err)
	}
	if err := s.refresh(ctx, p, desc); err != nil {
		return s.bankOrHost(ctx, err)
	}
	s.Points.Hit("sync.refreshed")
	list, err := s.accountsLeft(ctx)
	if err != nil {
		return err
	}
	for _, id := range list {
		err := s.account(ctx, p, desc, id)
		if err == nil {
			continue
		}
		if err := s.bankOrHost(ctx, err); err != nil {
			return err
		}
		if s.failures[len(s.failures)-1].WholeLink {
			return nil
		}
	}
	return nil
}

// bankOrHost notes a failure of the bank or the provider; it returns what is
// the host's own trouble: the end of the process, a lost lease, a database
// that is away.
func (s *synchronisation) bankOrHost(ctx context.Context, err error) error {
	var told *sdk.Error
	switch {
	case run.LostLease(ctx, err), ctx.Err() != nil:
		return err
	case errors.As(err, &told):
	case fault.Is(err, fault.Unavailable, fault.Conflict) && !errors.Is(err, context.DeadlineExceeded):
		return err
	}
	s.note(err)
	return nil
}

func (s *synchronisation) note(err error) {
	s.failures = append(s.failures, record.FailOf(s.link, s.Log, err, "run", s.run.ID))
}

// refresh asks the provider to contact the bank, when a user wants the newest
// (S46). A used-up allowance is no failure: what is there is fetched, and the user
// is told when the bank may be asked again (S48).
func (s *synchronisation) refresh(ctx context.Context, p sdk.Provider, desc sdk.Description) error {
	refresher, ok := sdk.As[sdk.Refresher](p)
	if !s.present() || !ok {
		return nil
	}
	next, err := s.spendRefresh(ctx, desc)
	if err != nil {
		return err
	}
	if !next.IsZero() {
		s.refreshLater(next)
		return nil
	}
	call := s.call(ctx)
	ctx, cancel := s.Plugins.Limit(ctx)
	defer cancel()
	answer, err := refresher.Refresh(ctx, sdk.RefreshRequest{Call: call})
	var told *sdk.Error
	switch {
	case errors.As(err, &told) && told.Kind == sdk.RateLimited:
		s.refreshLater(told.Until)
		return nil
	case sdk.KindOf(err) == sdk.NotSupported:
		return nil
	case err != nil:
		return err
	}
	s.refreshed, s.allowed = answer.RefreshedAt, answer.NextAllowed
	return nil
}

// call is what a request to the provider carries.
func (s *synchronisation) call(ctx context.Context) sdk.Call {
	return s.Connections.Vault.Call(ctx, s.run.Db, s.link, s.run.Began, s.claimed.User)
}

// accountsLeft lists the accounts that feed a journal and are not done yet.
func (s *synchronisation) accountsLeft(ctx context.Context) (left []int64, err error) {
	err = s.run.Within(ctx, orm.TxRead, func(env *orm.Env) error {
		left = nil
		list, err := fetch.Accounts(env, s.link.ID, s.claimed.Account)
		for _, id := range list {
			if !s.run.IsDone(id) {
				left = append(left, id)
			}
		}
		return err
	})
	return left, err
}
