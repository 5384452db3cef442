package onlinesync

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/consent"
	"github.com/girosync/girosync/addon/onlinesync/declare"
	"github.com/girosync/girosync/addon/onlinesync/expiry"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/addon/onlinesync/hook"
	"github.com/girosync/girosync/addon/onlinesync/institution"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/quota"
	"github.com/girosync/girosync/addon/onlinesync/repair"
	"github.com/girosync/girosync/addon/onlinesync/review"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/onlinesync/support"
	"github.com/girosync/girosync/addon/onlinesync/sync"
	"github.com/girosync/girosync/addon/onlinesync/vault"
	"github.com/girosync/girosync/addon/onlinesync/webhook"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/onlinesync/failpoint"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// Options of the addon. Providers and Sealer are needed.
type Options struct {
	Providers provider.Providers
	Sealer    vault.Sealer
	// Waker may be nil: runs then wait for RunSync to be called.
	Waker run.Waker
	// Hosts may be nil: the run of a host that was killed then waits for the end
	// of its lease.
	Hosts run.Hosts
	// Settings tells a provider's configuration; it may hold secrets.
	Settings func(provider string) map[string]string
	// Offered tells whether a provider's banks may be found; nil: every one's.
	Offered func(provider string) bool
	Log     *slog.Logger
	// Interval between two synchronisations of a connection; 12 h if 0 (S25).
	// It is the first value of the scheduled action that shows it in each
	// database; the parameter onlinesync.interval_hours overrides both.
	Interval time.Duration
	// Spread is the time over which connections are spread that are due at once,
	// where they are many; 30 min if 0.
	Spread time.Duration
	// LookBackDays is how many days before the last known one a fetch begins,
	// to catch what banks book late; a provider may ask for more. 10 if 0.
	LookBackDays int
	// FlowLifetime is how long a flow waits for its user; 15 min if 0.
	FlowLifetime time.Duration
	// Lease is how long a run stays with a worker that gives no sign; 1 min if 0.
	Lease time.Duration
	// PluginTimeout ends a call in which a plugin gives no sign; 2 min if 0.
	PluginTimeout time.Duration
	// Chunk is how many bank transactions are applied in one transaction of the
	// database; 4,000 if 0. More cost less each, since the pages of an index are
	// written once per transaction, and hold up other writers longer (0.1 s).
	Chunk int
	// KeepFiles is the size in bytes up to which a statement file is kept as an
	// attachment; 32 MiB if 0, none if negative.
	KeepFiles int64
	// FilePart is how many transactions of a statement file are decided at once;
	// 100,000 if 0. A larger file is imported in parts of whole days.
	FilePart int
	// KeepRuns is how long finished runs are kept that did nothing, and KeepRaw how
	// long the bank's own record of a transaction, see LetGo; for ever if 0.
	KeepRuns, KeepRaw time.Duration
	// RedirectURL is where banks send users back to.
	RedirectURL string
	// DashboardURL is where notices lead people, without a final slash.
	DashboardURL string
	// Mail says that the host can send e-mail; notices are not mailed otherwise.
	Mail bool
	// WebhookURL is where providers notify this host, the provider's name left
	// out, such as "https://books.example/webhook/"; "" when nobody outside can
	// reach it.
	WebhookURL string
	// Version of the host's program, for support.
	Version string
	// Directory may be nil: no notification then finds its connection.
	Directory connect.Directory
	// Now is the host's clock; time.Now if nil.
	Now func() time.Time
	// Step is called at every failpoint, for tests; nil for none.
	Step func(name string)
}

// Addon is onlinesync with what it needs from outside: its rooms, joined. It is
// shared by all databases of a host.
type Addon struct {
	plugins     *provider.Plugins
	finder      *institution.Finder
	queue       *run.Queue
	connections *connect.Connections
	tools       *repair.Tools
	desk        *filing.Desk
	syncer      *sync.Syncer
	receiver    *webhook.Receiver
	expiries    *expiry.Consents
	notices     *notice.Desk
	support     *support.Desk
	hooks       *hook.Hooks
	keepRuns    time.Duration
	keepRaw     time.Duration
}

// New makes the addon.
func New(opt Options) *Addon {
	opt = opt.withDefaults()
	points := failpoint.Points{Step: opt.Step}
	plugins := &provider.Plugins{Providers: opt.Providers, Settings: opt.Settings, Offered: opt.Offered, Timeout: opt.PluginTimeout}
	queue := &run.Queue{Waker: opt.Waker, Log: opt.Log, Interval: opt.Interval, Spread: opt.Spread, Lease: opt.Lease, Hosts: opt.Hosts}
	applier := &apply.Applier{Chunk: opt.Chunk, Points: points}
	secrets := &vault.Vault{Sealer: opt.Sealer, Settings: opt.Settings, Points: points}
	connections := &connect.Connections{Plugins: plugins, Queue: queue, Vault: secrets,
		Ender: &consent.Ender{Plugins: plugins, Vault: secrets, Log: opt.Log},
		Log:   opt.Log, Points: points, FlowLifetime: opt.FlowLifetime, Interval: opt.Interval, RedirectURL: opt.RedirectURL,
		WebhookURL: opt.WebhookURL, Directory: opt.Directory}
	notices := &notice.Desk{URL: opt.DashboardURL, Mail: opt.Mail}
	hooks := &hook.Hooks{Vault: secrets, Notices: notices}
	notices.Outlet = hooks.Spread
	return &Addon{support: &support.Desk{Version: opt.Version}, keepRuns: opt.KeepRuns, keepRaw: opt.KeepRaw,
		plugins: plugins, queue: queue, connections: connections, finder: &institution.Finder{Plugins: plugins, Log: opt.Log},
		tools: &repair.Tools{Plugins: plugins, Queue: queue, Connections: connections, Log: opt.Log, LookBackDays: opt.LookBackDays},
		desk: &filing.Desk{Plugins: plugins, Queue: queue, Applier: applier, Log: opt.Log, KeepFiles: opt.KeepFiles,
			FilePart: opt.FilePart},
		syncer: &sync.Syncer{Plugins: plugins, Queue: queue, Connections: connections, Applier: applier, Log: opt.Log, Points: points,
			LookBackDays: opt.LookBackDays},
		expiries: &expiry.Consents{Connections: connections, Queue: queue, Log: opt.Log},
		notices:  notices, hooks: hooks,
		receiver: &webhook.Receiver{Plugins: plugins, Queue: queue, Connections: connections, Log: opt.Log, Now: opt.Now},
	}
}

// withDefaults fills in what was left out.
func (opt Options) withDefaults() Options {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Settings == nil {
		opt.Settings = func(string) map[string]string { return nil }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	opt.LookBackDays = cmp.Or(opt.LookBackDays, importing.DefaultLookBack)
	opt.Chunk = cmp.Or(opt.Chunk, 4000)
	opt.FilePart = cmp.Or(opt.FilePart, 100_000)
	opt.KeepFiles = cmp.Or(opt.KeepFiles, 32<<20)
	opt.Interval = cmp.Or(opt.Interval, 12*time.Hour)
	opt.Spread = cmp.Or(opt.Spread, 30*time.Minute)
	opt.FlowLifetime = cmp.Or(opt.FlowLifetime, 15*time.Minute)
	opt.Lease = cmp.Or(opt.Lease, time.Minute)
	opt.PluginTimeout = cmp.Or(opt.PluginTimeout, 2*time.Minute)
	return opt
}

// Addon is the manifest.
func (a *Addon) Addon() addon.Addon {
	return addon.Addon{
		Name: "onlinesync", Label: "Online Bank Statement Synchronization", Version: "18.0.1.0",
		Summary: "Bank transactions come in by themselves",
		Depends: []string{"base", "bus", "mail", "account"},
		Part:    a.Part(),
		Install: a.queue.Install,
		Restored: func(env *orm.Env, copied bool) error {
			return errors.Join(a.connections.Restored(env, copied), notice.Restored(env, copied),
				hook.Restored(env, copied))
		},
	}
}

// Part is what the addon adds to a registry: what its rooms do, the card of a
// journal, and whether a company has a bank yet.
func (a *Addon) Part() orm.Part {
	part := orm.Part{Name: "onlinesync", Labels: map[string][]byte{"nl": dutch}}
	for _, room := range []orm.Part{
		provider.Part(), a.finder.Part(), a.connections.Part(), a.queue.Part(), ledger.Part(), quota.Part(), consent.Part(), declare.Part(),
		fetch.Part(), balance.Part(), review.Part(), a.desk.Part(), books.Part(), a.tools.Part(), a.support.Part(), a.notices.Part(),
		a.hooks.Part(),
	} {
		part.Models = append(part.Models, room.Models...)
		part.Extensions = append(part.Extensions, room.Extensions...)
	}
	part.Extensions = append(part.Extensions, cardExtension, firstBankExtension)
	return part
}
