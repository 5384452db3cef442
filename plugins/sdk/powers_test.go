package sdk_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// able has every power, and answers each with its name.
type able struct{ sdk.Provider }

func (able) ListInstitutions(context.Context, sdk.Call, func([]sdk.Institution) error) error {
	return errors.New("list_institutions")
}

func (able) Refresh(context.Context, sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	return sdk.RefreshAnswer{}, errors.New("refresh")
}

func (able) Revoke(context.Context, sdk.Call) error { return errors.New("revoke") }

func (able) HandleWebhook(context.Context, sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	return sdk.WebhookAnswer{}, errors.New("handle_webhook")
}

func (able) ReadStatements(context.Context, sdk.ReadRequest, io.Reader, func(sdk.StatementBatch) error) error {
	return errors.New("read_statements")
}

// revoking has one power only.
type revoking struct{ sdk.Provider }

func (revoking) Revoke(context.Context, sdk.Call) error { return nil }

// found asks As for every power, uses it, and tells what it has found.
func found(t *testing.T, p sdk.Provider) (can []sdk.Capability) {
	t.Helper()
	ctx := context.Background()
	use := func(ok, isNil bool, call func() error) {
		switch {
		case ok:
			can = append(can, sdk.Capability(call().Error()))
		case !isNil:
			t.Error("refused, and yet handed out")
		}
	}
	lister, ok := sdk.As[sdk.InstitutionLister](p)
	use(ok, lister == nil, func() error { return lister.ListInstitutions(ctx, sdk.Call{}, nil) })
	refresher, ok := sdk.As[sdk.Refresher](p)
	use(ok, refresher == nil, func() error { _, err := refresher.Refresh(ctx, sdk.RefreshRequest{}); return err })
	revoker, ok := sdk.As[sdk.Revoker](p)
	use(ok, revoker == nil, func() error { return revoker.Revoke(ctx, sdk.Call{}) })
	handler, ok := sdk.As[sdk.WebhookHandler](p)
	use(ok, handler == nil, func() error { _, err := handler.HandleWebhook(ctx, sdk.WebhookRequest{}); return err })
	reader, ok := sdk.As[sdk.StatementReader](p)
	use(ok, reader == nil, func() error { return reader.ReadStatements(ctx, sdk.ReadRequest{}, nil, nil) })
	return can
}

func TestAsFindsWhatAProviderImplements(t *testing.T) {
	if got := found(t, able{}); !slices.Equal(got, sdk.Capabilities()) || !slices.Equal(sdk.CapabilitiesOf(able{}), got) {
		t.Errorf("of every power: %v", got)
	}
	one, other := sdk.As[sdk.Revoker](revoking{})
	if _, refreshes := sdk.As[sdk.Refresher](revoking{}); one == nil || !other || refreshes {
		t.Errorf("of one power: revoke %t, refresh %t", other, refreshes)
	}
	if got := sdk.CapabilitiesOf(revoking{}); !slices.Equal(got, []sdk.Capability{sdk.CanRevoke}) {
		t.Errorf("of one power: %v", got)
	}
}

func TestOnlyWhatIsAnnouncedIsOffered(t *testing.T) {
	all := sdk.Capabilities()
	for bits := range 1 << len(all) {
		var can []sdk.Capability
		for i, c := range all {
			if bits&(1<<i) != 0 {
				can = append(can, c)
			}
		}
		p := sdk.Offer(able{}, append(can, "fly"))
		if got := found(t, p); !slices.Equal(got, can) {
			t.Errorf("%v: found %v", can, got)
		}
		if got := sdk.CapabilitiesOf(p); !slices.Equal(got, can) {
			t.Errorf("%v: told %v", can, got)
		}
	}
}

func TestWhatIsAnnouncedButNotImplementedIsNotOffered(t *testing.T) {
	p := sdk.Offer(revoking{}, sdk.Capabilities())
	if _, ok := sdk.As[sdk.Refresher](p); ok {
		t.Error("it refreshes")
	}
	if _, ok := sdk.As[sdk.Revoker](p); !ok {
		t.Error("it does not revoke")
	}
	if got := sdk.CapabilitiesOf(p); !slices.Equal(got, []sdk.Capability{sdk.CanRevoke}) {
		t.Errorf("told %v", got)
	}
}

func TestAnOfferOfAnOfferHasWhatBothAnnounce(t *testing.T) {
	inner := sdk.Offer(able{}, []sdk.Capability{sdk.CanRefresh, sdk.CanReadStatements})
	p := sdk.Offer(inner, []sdk.Capability{sdk.CanRevoke, sdk.CanReadStatements})
	want := []sdk.Capability{sdk.CanReadStatements}
	if got := found(t, p); !slices.Equal(got, want) || !slices.Equal(sdk.CapabilitiesOf(p), want) {
		t.Errorf("found %v, told %v", got, sdk.CapabilitiesOf(p))
	}
}

// What somebody else does with the list afterwards changes nothing.
func TestAnOfferStays(t *testing.T) {
	can := []sdk.Capability{sdk.CanRevoke}
	p := sdk.Offer(able{}, can)
	can[0] = sdk.CanRefresh
	if got := found(t, p); !slices.Equal(got, []sdk.Capability{sdk.CanRevoke}) {
		t.Errorf("found %v", got)
	}
}

// An offer's methods show by As alone, so that a type assertion never hands
// out a power that the provider's program lacks.
func TestAnOfferHidesItsMethods(t *testing.T) {
	p := sdk.Offer(able{}, nil)
	if _, ok := p.(sdk.Refresher); ok {
		t.Error("a type assertion finds what was not announced")
	}
	if _, ok := sdk.As[able](p); ok {
		t.Error("As hands out what is behind the offer")
	}
}
