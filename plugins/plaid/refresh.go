package plaid

import (
	"context"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

// Refresh implements sdk.Refresher: Plaid asks the bank at once, for all accounts of
// the item. Where the account at Plaid, the bank or the configuration does not have
// that, it is NotSupported.
func (p *Provider) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	s, err := p.open(req.Call)
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	none := sdk.Errorf(sdk.NotSupported, "%s", say(req.Language, textNoRefresh))
	if !s.config.refresh {
		return sdk.RefreshAnswer{}, none
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
