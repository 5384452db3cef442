package connect

import (
	"context"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/onlinesync/vault"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
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

// Directory knows where connections live that providers' notifications name,
// over all databases of a host. It is told after a connection is stored: what it
// misses by a crash, it learns from [NamedIn] when the database is opened next.
type Directory interface {
	Enter(ctx context.Context, database string, named Named) error
	Leave(ctx context.Context, database string, named Named) error
}

// Named is a connection that its provider knows by an id.
type Named struct {
	Provider   string
	ExternalID string
	Link       int64
}

// tellTime bounds how long the directory may take to be told.
const tellTime = 10 * time.Second

// renamed tells the directory, once the transaction is committed, that a provider
// knows a connection by another id than before; "" for none.
func (c *Connections) renamed(env *orm.Env, provider string, link int64, before, now string) {
	if c.Directory == nil || before == now {
		return
	}
	database := env.Database().Name()
	env.AfterCommit(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(env.Ctx()), tellTime)
		defer cancel()
		if now != "" {
			c.noteDirectory(link, c.Directory.Enter(ctx, database, Named{provider, now, link}))
		}
		if before != "" {
			c.noteDirectory(link, c.Directory.Leave(ctx, database, Named{provider, before, link}))
		}
	})
}

// noteDirectory logs what could not be told. It only makes notifications unheard:
// the schedule goes on, and the database's next opening repairs it.
func (c *Connections) noteDirectory(link int64, err error) {
	if err != nil {
		c.Log.Warn("a provider's notifications of a connection will not be heard yet", "link", link, "error", err)
	}
}

// NamedIn lists the connections of a database that their providers know by ids.
func NamedIn(env *orm.Env) ([]Named, error) {
	rows, err := env.SearchRead(record.Links, domain.All(domain.Where("external_id", domain.Ne, false),
		domain.Where("provider_id", domain.Ne, false)), []string{"external_id", "provider_id"}, orm.SearchOptions{})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	providers, err := env.SearchRead(record.Providers, nil, []string{"name"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	var list []Named
	for row := range rows.All() {
		if provider, ok := providers.ByID(row.Ref("provider_id")); ok {
			list = append(list, Named{provider.Str("name"), row.Str("external_id"), row.ID()})
		}
	}
	return list, nil
}

// Restored makes a database that was filled from another one's data safe to
// run. A copy fetches nothing: its connections are disconnected, for the bank's
// consent, and the place up to which it was read, are the original's. In the
// original's place connections go on, but for those whose secret the host's key
// set cannot open.
func (c *Connections) Restored(env *orm.Env, copied bool) error {
	if err := c.endUnfinished(env); err != nil {
		return err
	}
	rows, err := env.SearchRead(record.Links, nil, []string{"uuid", "secret"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	var cut []int64
	for row := range rows.All() {
		readable := false
		if !copied {
			_, err := c.Vault.Unseal(env, row.Str("uuid"), row.Str("secret"))
			readable = err == nil
		}
		if !readable {
			cut = append(cut, row.ID())
		}
	}
	why := "sync.restored_elsewhere"
	if copied {
		why = "sync.copied"
		if err := consent.Forget(env); err != nil {
			return err
		}
	}
	return env.Write(record.Links, cut, orm.Values{
		"state": record.StateDisconnected, "attention": record.AttentionNone, "secret": nil, "next_refresh": nil,
		"next_refresh_allowed": nil,
		"error_message":        fault.Localize(fault.Say(fault.User, why, nil), "en"), "error_reference": nil,
	})
}

// endUnfinished ends runs and flows that were under way: their workers and
// users are with the original.
func (c *Connections) endUnfinished(env *orm.Env) error {
	waiting, err := env.Search(record.Runs, domain.Where("state", domain.Ne, record.RunDone), orm.SearchOptions{})
	if err != nil {
		return err
	}
	err = env.Write(record.Runs, waiting, orm.Values{"state": record.RunDone, "outcome": record.OutcomeFailed, "finished_at": env.Now(),
		"lease_owner": nil, "lease_until": nil, "due": nil, "user_address": nil,
		"error_message": fault.Localize(fault.Say(fault.User, "sync.run_restored", nil), "en")})
	if err != nil {
		return err
	}
	asking, err := env.Search(record.Flows, domain.Where("state", domain.In, []any{record.FlowAsking, record.FlowWaiting}),
		orm.SearchOptions{})
	if err != nil {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.flow_gone", nil), "en")
	return env.Write(record.Flows, asking, orm.Values{"state": record.FlowExpired, "step": nil, "error_message": text})
}
