package onlinesync

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/addon/onlinesync/hook"
	"github.com/girosync/girosync/addon/onlinesync/institution"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/catalogue"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// What a host asks of the addon besides calls of its models' methods.

// RunSync works on a run until it is done. A run that is done, or that another
// worker holds, is no error. An error means that the run was left as it is, to
// be taken up again: every failure of a bank or a provider is the run's own and
// stands in its row.
func (a *Addon) RunSync(ctx context.Context, db *orm.Database, run int64) error {
	return a.syncer.Run(ctx, db, run)
}

// Sweep does what time asks for: connections that are due get a run, runs whose
// worker gave no sign, or whose host ended, are queued again, queued ones are
// woken, flows that nobody finished expire, and what ends soon is told. The host
// calls it often, say every few seconds.
func (a *Addon) Sweep(ctx context.Context, db *orm.Database) error {
	orphans, err := a.queue.Orphans(ctx, db)
	if err != nil {
		return fault.Wrap(err, "sweep", nil)
	}
	var wake []int64
	err = db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) (err error) {
		if err := a.connections.ExpireFlows(env); err != nil {
			return err
		}
		if err := a.expiries.Sweep(env); err != nil {
			return err
		}
		if err := a.plugins.NoteStates(env); err != nil {
			return err
		}
		wake, err = a.queue.Sweep(env, orphans)
		return err
	})
	if err != nil {
		return fault.Wrap(err, "sweep", nil)
	}
	for _, run := range wake {
		a.queue.Wake(db, run)
	}
	return nil
}

// TellNotices spreads fresh notices and writes the e-mails that are due into the
// outbox of addon/mail. The host calls it about as often as Sweep.
func (a *Addon) TellNotices(ctx context.Context, db *orm.Database) error {
	return fault.Wrap(a.notices.Work(ctx, db), "notices", nil)
}

// LetGoOfNotices deletes notices, and deliveries to webhooks, that were kept long
// enough; what is too much for one time goes the next. The host calls it daily.
func (a *Addon) LetGoOfNotices(env *orm.Env) error {
	if _, err := notice.LetGo(env); err != nil {
		return err
	}
	_, err := a.hooks.LetGo(env)
	return err
}

// Hooks are the webhooks to which notices are posted, for whoever posts them.
func (a *Addon) Hooks() *hook.Hooks { return a.hooks }

// LetGo deletes what was kept long enough: runs that did nothing, and what banks
// sent of transactions, word for word. The ledger itself stays. It returns how many
// of each; what is too much for one time goes the next. The host calls it daily.
func (a *Addon) LetGo(ctx context.Context, db *orm.Database) (runs, raw int, err error) {
	var now time.Time
	if err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error { now = env.Now(); return nil }); err != nil {
		return 0, 0, err
	}
	if a.keepRuns > 0 {
		if runs, err = a.queue.LetGo(ctx, db, now.Add(-a.keepRuns)); err != nil {
			return runs, 0, err
		}
	}
	if a.keepRaw > 0 {
		raw, err = ledger.Thin(ctx, db, now.Add(-a.keepRaw))
	}
	return runs, raw, err
}

// EndConsents ends the consents at their providers that no connection has any more.
// The host calls it often, apart from Sweep: a provider may take minutes to answer.
func (a *Addon) EndConsents(ctx context.Context, db *orm.Database) error {
	return a.connections.Ender.EndDue(ctx, db)
}

// ImportFile imports a statement file into a journal, as who.
func (a *Addon) ImportFile(ctx context.Context, db *orm.Database, who orm.Principal, req filing.Request) (*filing.Report, error) {
	return a.desk.Import(ctx, db, who, req)
}

// Callback takes the query with which a bank sent a user back, see
// connect.Connections.
func (a *Addon) Callback(ctx context.Context, query map[string]string, by connect.Visitor) (map[string]any, *connect.Begun, error) {
	return a.connections.Callback(ctx, query, by)
}

// AskWebhook has a provider prove a notification and say which connections it
// concerns, see webhook.Receiver.Ask.
func (a *Addon) AskWebhook(ctx context.Context, provider string, req sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	return a.receiver.Ask(ctx, provider, req)
}

// ApplyWebhook does to a connection what its provider told of it, see
// webhook.Receiver.Apply.
func (a *Addon) ApplyWebhook(ctx context.Context, db *orm.Database, link int64, provider string, event sdk.WebhookEvent) error {
	return a.receiver.Apply(ctx, db, link, provider, event)
}

// Named lists the connections of a database that their providers know by ids, for
// the directory of a host.
func (a *Addon) Named(ctx context.Context, db *orm.Database) (list []connect.Named, err error) {
	err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
		list, err = connect.NamedIn(env)
		return err
	})
	return list, err
}

// RefreshProviders makes the provider rows say what is loaded now, see
// provider.Plugins.Refresh.
func (a *Addon) RefreshProviders(ctx context.Context, db *orm.Database) (fresh []string, err error) {
	return a.plugins.Refresh(ctx, db)
}

// LoadInstitutions is LoadCatalogue for one provider.
func (a *Addon) LoadInstitutions(ctx context.Context, db *orm.Database, provider string) error {
	return a.finder.LoadOf(ctx, db, provider, nil)
}

// LoadCatalogue asks every provider for its institutions; progress, if given,
// hears the provider and how many came. One provider's failure does not stop the
// others; their errors are joined.
func (a *Addon) LoadCatalogue(ctx context.Context, db *orm.Database, progress func(provider string, count int)) error {
	return a.finder.Load(ctx, db, progress)
}

// LoadDueCatalogues asks those providers for their institutions whose time has
// come, see institution.Finder.LoadDue. The host calls it every few minutes.
func (a *Addon) LoadDueCatalogues(ctx context.Context, db *orm.Database) error {
	return a.finder.LoadDue(ctx, db)
}

// Health tells how the synchronisations of a database's institutions went over the
// last days, the worst first, see institution.HealthOver.
func (a *Addon) Health(ctx context.Context, db *orm.Database, days int64) (all []institution.Health, err error) {
	err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
		all, err = institution.HealthOver(env, days)
		return err
	})
	return all, err
}

// Institutions finds institutions, best first, for whoever asks (S02): the caller
// decides who may. The query's limit is kept within 1..200.
func (a *Addon) Institutions(env *orm.Env, q catalogue.Query) (catalogue.Found, error) {
	return a.finder.Search(env, q)
}

// Secrets counts the stored credentials of a database, and those among them that
// the host's key set cannot open.
func (a *Addon) Secrets(ctx context.Context, db *orm.Database) (stored, lost int, err error) {
	return a.connections.Vault.Opened(ctx, db)
}

// Reseal seals the credentials that an older key sealed with the newest one and
// returns how many; what no key opens is told at the end and stays as it is.
func (a *Addon) Reseal(ctx context.Context, db *orm.Database) (sealed int, err error) {
	return a.connections.Vault.Reseal(ctx, db)
}

// Forget drops what is kept in memory of a database that is closed.
func (a *Addon) Forget(db *orm.Database) {
	a.finder.Forget(db)
	a.connections.Forget(db)
	a.plugins.Forget(db)
}
