package demo

import (
	"context"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Refresh implements sdk.Refresher. Banks with a limit (S48) count in the secret.
func (p *Provider) Refresh(_ context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	s, err := open(req.Call)
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if err := s.attended(); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if err := s.reachable(); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if until := s.nextRefresh(); !until.IsZero() {
		return sdk.RefreshAnswer{}, rateLimited(until, say(req.Language, textRefreshUsed))
	}
	now := req.Now.Unix()
	if s.bank.RefreshesPerDay > 0 {
		s.secret.Refreshes = append(s.secret.refreshesOf(dayAt(now)), now)
		if err := s.save(); err != nil {
			return sdk.RefreshAnswer{}, err
		}
	}
	return sdk.RefreshAnswer{RefreshedAt: time.Unix(now, 0).UTC(), NextAllowed: s.nextRefresh()}, nil
}

// Revoke implements sdk.Revoker: from now on every call is ConsentExpired.
func (p *Provider) Revoke(_ context.Context, call sdk.Call) error {
	s, err := identify(call)
	if err != nil || s.secret.Revoked {
		return err
	}
	s.secret.Revoked = true
	return s.save()
}

// save makes the secret durable at the host.
func (s session) save() error {
	sealed, err := s.secret.seal()
	if err != nil {
		return sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	return s.call.SaveSecret(sealed)
}
