package plaid

import (
	"context"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// fresh is how long after Plaid heard from a bank it is not made to ask again.
const fresh = 5 * time.Minute

// Refresh implements sdk.Refresher: Plaid asks the bank at once, for all accounts of
// the item, unless it heard from it a moment ago, or asks it for the first time just
// now: each time is billed. Where the account at Plaid, the bank or the configuration
// does not have that, it is NotSupported.
func (p *Provider) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	s, err := p.open(req.Call)
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	none := sdk.Errorf(sdk.NotSupported, "%s", say(req.Language, textNoRefresh))
	if !s.config.refresh {
		return sdk.RefreshAnswer{}, none
	}
	told, _, err := s.state(ctx)
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if at := instant(told.Status.Transactions.Updated); at.IsZero() || req.Now.Sub(at) < fresh && !at.After(req.Now) {
		return sdk.RefreshAnswer{RefreshedAt: at}, nil
	}
	code, err := s.write(ctx, "transactions/refresh", map[string]string{"access_token": s.secret.Access}, &nothing{})
	switch {
	case err != nil && slices.Contains(noRefresh(), code):
		return sdk.RefreshAnswer{}, none
	case err != nil:
		return sdk.RefreshAnswer{}, err
	}
	return sdk.RefreshAnswer{}, nil // what the bank says comes when it comes
}

// noRefresh are the codes that say that there is no refresh.
func noRefresh() []string {
	return []string{"PRODUCTS_NOT_SUPPORTED", "PRODUCT_NOT_SUPPORTED", "PRODUCT_NOT_ENABLED", "INVALID_PRODUCT"}
}

// Revoke implements sdk.Revoker: it removes the item, with which Plaid's consent and
// its billing end. One that is no more is no error.
func (p *Provider) Revoke(ctx context.Context, call sdk.Call) error {
	s, err := p.open(call)
	if err != nil {
		return err
	}
	code, err := s.read(ctx, "item/remove", map[string]string{"access_token": s.secret.Access}, &nothing{})
	if removed(code) || code == codeRevoked {
		return nil
	}
	return err
}
