package demo

import (
	"context"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Provider is the demo bank world. It holds nothing; the zero value works.
type Provider struct{}

// New returns the demo provider.
func New() *Provider { return &Provider{} }

var (
	_ sdk.Provider          = (*Provider)(nil)
	_ sdk.InstitutionLister = (*Provider)(nil)
	_ sdk.Refresher         = (*Provider)(nil)
	_ sdk.Revoker           = (*Provider)(nil)
	_ sdk.WebhookHandler    = (*Provider)(nil)
)

// Describe implements sdk.Provider.
func (p *Provider) Describe(context.Context) (sdk.Description, error) {
	regions := []string{}
	for _, c := range countries() {
		regions = append(regions, c.code)
	}
	return sdk.Description{
		Name:           "demo",
		DisplayName:    "Demo banks",
		Version:        "1.0.0",
		Regions:        regions,
		StableIDs:      true,
		ReportsPending: true,
		ReportsChanges: true,
		AccountKinds:   []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.OtherKind},
		LookBack:       lastingDays * 24 * time.Hour,
		Settings:       settings(),
		Price:          sdk.Free,
		Cost:           sdk.Words{"en": "Costs nothing: its banks are invented.", "nl": "Kost niets: de banken zijn verzonnen."},
		Retention: sdk.Words{"en": "Keeps nothing: what it tells is made up each time.",
			"nl": "Bewaart niets: wat het vertelt wordt telkens verzonnen."},
	}, nil
}
