package connect

import (
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/onlinesync/vault"

	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/orm"
)

// Connections makes, renews and ends connections, in all databases of a host.
type Connections struct {
	Plugins *provider.Plugins
	Queue   *run.Queue
	Vault   *vault.Vault
	Ender   *consent.Ender
	Log     *slog.Logger
	Points  failpoint.Points
	// FlowLifetime is how long a flow waits for its user.
	FlowLifetime time.Duration
	// Interval is until the first scheduled synchronisation of a new connection.
	Interval time.Duration
	// RedirectURL is where banks send users back to.
	RedirectURL string
	// WebhookURL is where providers notify this host, the provider's name left
	// out; "" when nobody outside can reach it.
	WebhookURL string
	// Directory may be nil: no notification then finds its connection.
	Directory Directory
	flows     flowMemory
}

// Part is what this room adds to a registry.
func (c *Connections) Part() orm.Part {
	return orm.Part{
		Models:     []orm.Model{c.linkModel(), c.accountModel(), c.flowModel(), furtherModel},
		Extensions: []orm.Extension{journalExtension, companyExtension},
	}
}

// Forget drops what is kept in memory of a database that is closed.
func (c *Connections) Forget(db *orm.Database) { c.flows.forget(db) }
