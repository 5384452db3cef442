package plaid

import (
	"context"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

const version = "1.0.0"

// Provider reaches banks by Plaid. It keeps open connections and the public keys
// of webhooks; nothing is lost with them.
type Provider struct {
	service *rest.Service
	keys    keyRing
	sleep   func(ctx context.Context, long time.Duration) error
}

// Options are for tests; the zero value is a provider's.
type Options struct {
	// Transport makes the requests in place of the package's own.
	Transport http.RoundTripper
	// Sleep waits in place of the package's own; it returns ctx's error when that
	// ends first.
	Sleep func(ctx context.Context, long time.Duration) error
}

// New returns the provider.
func New(o Options) *Provider {
	p := &Provider{sleep: o.Sleep, service: rest.NewService(rest.Options{
		Name:        "Plaid",
		Agent:       "girosync-plaid/" + version,
		Judge:       judge,
		SecretNames: []string{"PLAID-SECRET", "public_token", "link_token"},
		AttemptTime: 90 * time.Second, // a refresh asks the bank itself
		MaxBody:     32 << 20,
		Transport:   o.Transport,
	})}
	if p.sleep == nil {
		p.sleep = sleep
	}
	return p
}

var (
	_ sdk.Provider          = (*Provider)(nil)
	_ sdk.InstitutionLister = (*Provider)(nil)
	_ sdk.Refresher         = (*Provider)(nil)
	_ sdk.Revoker           = (*Provider)(nil)
	_ sdk.WebhookHandler    = (*Provider)(nil)
)

// Describe implements sdk.Provider.
func (p *Provider) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{
		Name:        "plaid",
		DisplayName: "Plaid",
		Version:     version,
		Website:     "https://plaid.com",
		Regions:     countries(),
		StableIDs:   true,
		// Plaid tells what changes; the cursor keeps what is pending, so that all of it
		// is told each time.
		ReportsPending:     true,
		ReportsChanges:     true,
		HistoryDays:        mostDays,
		RenewsWithoutBreak: true,
		AccountKinds:       []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan},
		Settings:           settings(),
		Price:              sdk.HostPays,
		Cost: sdk.Words{"en": "Who runs this host has a contract with Plaid and pays it for each connection; its users pay nothing.",
			"nl": "Wie deze host beheert heeft een contract met Plaid en betaalt per verbinding; gebruikers betalen niets."},
		Retention: sdk.Words{"en": "Plaid keeps a copy of the accounts and transactions that it passes on, also between synchronisations. " +
			"Deleting the connection removes it at Plaid; at my.plaid.com users see what Plaid has of them and can have it deleted.",
			"nl": "Plaid bewaart een kopie van de rekeningen en transacties die het doorgeeft, ook tussen synchronisaties. " +
				"Wie de verbinding verwijdert, verwijdert haar ook bij Plaid; op my.plaid.com zien gebruikers wat Plaid van hen heeft " +
				"en kunnen zij het laten wissen."},
		Addresses: []string{"production.plaid.com:443"},
	}, nil
}

// sleep waits, unless ctx ends first; then it returns the context's error.
func sleep(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
