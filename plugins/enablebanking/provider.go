package enablebanking

import (
	"context"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

const version = "1.0.0"

// Provider reaches banks by Enable Banking. It keeps open connections alone.
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
		Name:       "Enable Banking",
		Agent:      "girosync-enablebanking/" + version,
		Judge:      judge,
		References: []string{"X-Request-Id", "X-Correlation-Id"},
		// A request may count at the bank, also one that fails: try twice, not more.
		Attempts:    2,
		AttemptTime: 90 * time.Second, // it asks the bank itself
		MaxBody:     32 << 20,         // the list of all banks
		Transport:   o.Transport,
	})}
}

var (
	_ sdk.Provider          = (*Provider)(nil)
	_ sdk.InstitutionLister = (*Provider)(nil)
	_ sdk.Revoker           = (*Provider)(nil)
)

// Describe implements sdk.Provider.
func (p *Provider) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name:        "enablebanking",
		DisplayName: "Enable Banking",
		Version:     version,
		Website:     "https://enablebanking.com",
		Regions: []string{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT",
			"LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"},
		// Not every bank gives entry references.
		StableIDs:      false,
		ReportsPending: true,
		LookBack:       lookBack * 24 * time.Hour,
		// What banks have to allow without the user, for each account and kind of data.
		UnattendedPerDay:   4,
		PassesUserPresent:  true,
		RenewsWithoutBreak: true,
		AccountKinds:       accountKinds(),
		Settings:           settings(),
		Price:              sdk.HostPays,
		Cost: sdk.Words{"en": "Who runs this host has a contract with Enable Banking and pays by the number of accounts. The sandbox, and " +
			"own accounts that are added there, cost nothing. Users pay nothing.",
			"nl": "Wie deze host beheert heeft een contract met Enable Banking en betaalt naar het aantal rekeningen. De sandbox, en eigen " +
				"rekeningen die daar zijn toegevoegd, kosten niets. Gebruikers betalen niets."},
		Retention: sdk.Words{"en": "Enable Banking keeps no bank data: it passes on what the bank answers.",
			"nl": "Enable Banking bewaart geen bankgegevens: het geeft door wat de bank antwoordt."},
		Addresses: []string{defaultAPI},
	}, nil
}

// lookBack is how many days banks may take to book what is of an earlier day.
const lookBack = 10

func accountKinds() []sdk.AccountKind {
	return []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan, sdk.OtherKind}
}
