package plaid_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// list is the whole catalogue, by id, and its pages.
func (r *rig) list() (list map[string]sdk.Institution, pages int, err error) {
	list = map[string]sdk.Institution{}
	lister, _ := sdk.As[sdk.InstitutionLister](r.provider)
	err = lister.ListInstitutions(r.t.Context(), r.call(), func(page []sdk.Institution) error {
		if len(page) > 0 {
			pages++
		}
		for _, i := range page {
			if _, twice := list[i.ID]; twice {
				r.t.Errorf("%s comes twice", i.ID)
			}
			list[i.ID] = i
		}
		return nil
	})
	return list, pages, err
}

// The catalogue comes in pages of 500, of which those banks that have no transactions
// are missing.
func TestInstitutions(t *testing.T) {
	r := newRig(t, "")
	r.behave(`{"fillers": 1200}`)
	list, pages, err := r.list()
	if err != nil || len(list) != 6+1080 || pages != 3 || r.asked("/institutions/get") != 3 {
		t.Fatalf("%d banks in %d pages, %v", len(list), pages, err)
	}
	i := list["ins_13"]
	if i.Name != "Maple Leaf Credit Union" || !slices.Equal(i.Countries, []string{"CA"}) || i.Status != sdk.Stable || !i.AutoSyncAllowed {
		t.Errorf("%+v", i)
	}
	if _, there := list["ins_17"]; there {
		t.Error("a bank without transactions is listed")
	}
	r.config["countries"] = "nl"
	if list, _, err = r.list(); err != nil || len(list) != 1 {
		t.Errorf("of one country: %v, %v", list, err)
	}
	r.config = nil
	if list, _, err = r.list(); err != nil || len(list) != 0 {
		t.Errorf("without an account at Plaid: %v, %v", list, err)
	}
}

// Plaid lets ask for few pages in a minute: the catalogue takes pauses, and no page is
// left out.
func TestInstitutionsTakePauses(t *testing.T) {
	r := newRig(t, "")
	r.behave(`{"fillers": 1200, "per_minute": 1}`)
	list, _, err := r.list()
	if err != nil || len(list) != 6+1080 || len(r.waited) != 2 || r.waited[0] != time.Minute {
		t.Errorf("%d banks, pauses %v, %v", len(list), r.waited, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lister, _ := sdk.As[sdk.InstitutionLister](r.provider)
	if err := lister.ListInstitutions(ctx, r.call(), func([]sdk.Institution) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for range 25 {
		r.told("/institutions/get", 429, map[string]any{"error_type": "RATE_LIMIT_EXCEEDED", "error_code": "INSTITUTIONS_GET_LIMIT"})
	}
	_, _, err = r.list()
	fails(t, err, sdk.RateLimited)
}
