package simplefin

import (
	"context"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

const version = "1.0.0"

// Provider reaches SimpleFIN servers. It keeps open connections alone.
type Provider struct {
	service *rest.Service
}

// Options are for tests; the zero value is a provider's.
type Options struct {
	// Transport makes the requests in place of the package's own.
	Transport http.RoundTripper
}

// New returns the provider.
func New(o Options) *Provider {
	return &Provider{service: rest.NewService(rest.Options{
		Name:  "SimpleFIN",
		Agent: "girosync-simplefin/" + version,
		Judge: judge,
		// A request counts at the server, also one that fails: try twice, not more.
		Attempts:    2,
		AttemptTime: 45 * time.Second, // it may ask the bank itself
		Transport:   o.Transport,
	})}
}

var (
	_ sdk.Provider          = (*Provider)(nil)
	_ sdk.InstitutionLister = (*Provider)(nil)
)

// bridgeID is the one institution: who runs which banks is the server's affair.
const bridgeID = "simplefin-bridge"

// Describe implements sdk.Provider.
func (p *Provider) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name:           "simplefin",
		DisplayName:    "SimpleFIN",
		Version:        version,
		Website:        "https://www.simplefin.org",
		StableIDs:      true,
		ReportsPending: true,
		// A server takes some 24 requests a day, of all accounts together, and asks
		// banks about once a day.
		UnattendedPerDay: 4,
		Settings:         settings(),
		Regions:          []string{"US", "CA"},
		Price:            sdk.UserPays,
		Cost: sdk.Words{"en": "Each user pays SimpleFIN Bridge a small fee by the month or the year; another SimpleFIN server may ask otherwise.",
			"nl": "Elke gebruiker betaalt SimpleFIN Bridge een klein bedrag per maand of jaar; een andere SimpleFIN-server kan anders vragen."},
		Retention: sdk.Words{"en": "The server asks the banks about once a day and keeps what they tell, to pass it on. How long is the server's " +
			"to say. Access ends when the user takes it back there.",
			"nl": "De server vraagt de banken ongeveer eens per dag en bewaart wat zij vertellen om het door te geven. Hoelang bepaalt de " +
				"server. De toegang eindigt als de gebruiker haar daar intrekt."},
		Addresses: []string{defaultBridge},
	}, nil
}

// ListInstitutions implements sdk.InstitutionLister.
func (p *Provider) ListInstitutions(_ context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return err
	}
	return emit([]sdk.Institution{{
		ID: bridgeID, Name: cfg.name(), Countries: []string{"US", "CA"}, Website: cfg.bridge.String(), Status: sdk.Stable,
		AutoSyncAllowed: true,
		AccountKinds:    []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan, sdk.Investment, sdk.OtherKind},
	}})
}
