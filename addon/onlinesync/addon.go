package onlinesync

import (
	"context"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// Providers opens bank data providers by name.
type Providers interface {
	// Provider returns a provider that is ready to be called. What fails is a
	// fault of kind Unavailable or Missing.
	Provider(name string) (sdk.Provider, error)
	// List tells every provider that is installed, loaded or not.
	List() []ProviderInfo
}

// ProviderInfo is what is known of a provider without calling it.
type ProviderInfo struct {
	Name            string
	DisplayName     string
	Version         string
	ProtocolVersion string
	State           string // stopped, starting, running, crashed, refused
	Checksum        string
	LastError       string
	Regions         []string
	Capabilities    []sdk.Capability
}

// Waker gets a worker to call RunSync for a run, soon. It may lose the message
// or bring it twice.
type Waker interface {
	Wake(ctx context.Context, database string, run int64) error
}

// Sealer encrypts secrets; what was sealed with other associated data cannot
// be opened.
type Sealer interface {
	Seal(plaintext, associated []byte) ([]byte, error)
	Open(ciphertext, associated []byte) ([]byte, error)
	// NeedsReseal reports whether an older key than the newest sealed it.
	NeedsReseal(ciphertext []byte) bool
}

// Options of the addon. Providers and Sealer are needed.
type Options struct {
	Providers Providers
	Sealer    Sealer
	// Waker may be nil: runs then wait for RunSync to be called.
	Waker Waker
	// Settings tells a provider's configuration; it may hold secrets.
	Settings func(provider string) map[string]string
	Log      *slog.Logger
	// Interval between two synchronisations of a connection; 12 h if 0 (S25).
	// It is the first value of the scheduled action that shows it in each
	// database; the parameter onlinesync.interval_hours overrides both.
	Interval time.Duration
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
	// RedirectURL is where banks send users back to.
	RedirectURL string
	// Step is called at every failpoint, for tests; nil for none.
	Step func(name string)
}

// Addon is onlinesync with what it needs from outside. It is shared by all
// databases of a host.
type Addon struct {
	opt     Options
	flows   *flowMemory
	indexes indexCache
	active  activeRuns
}

// New makes the addon.
func New(opt Options) *Addon {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Settings == nil {
		opt.Settings = func(string) map[string]string { return nil }
	}
	if opt.LookBackDays == 0 {
		opt.LookBackDays = importing.DefaultLookBack
	}
	if opt.Chunk == 0 {
		opt.Chunk = 4000
	}
	if opt.FilePart == 0 {
		opt.FilePart = maxPartEntries
	}
	if opt.KeepFiles == 0 {
		opt.KeepFiles = 32 << 20
	}
	setDefault(&opt.Interval, 12*time.Hour)
	setDefault(&opt.FlowLifetime, 15*time.Minute)
	setDefault(&opt.Lease, time.Minute)
	setDefault(&opt.PluginTimeout, 2*time.Minute)
	return &Addon{opt: opt, flows: newFlowMemory()}
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Addon is the manifest.
func (a *Addon) Addon() addon.Addon {
	return addon.Addon{
		Name: "onlinesync", Label: "Online Bank Statement Synchronization", Version: "18.0.1.0",
		Summary:  "Bank transactions come in by themselves",
		Depends:  []string{"base", "bus", "mail", "account"},
		Part:     a.Part(),
		Install:  a.install,
		Restored: a.restored,
	}
}

// Part is what the addon adds to a registry.
func (a *Addon) Part() orm.Part {
	return orm.Part{
		Labels: map[string][]byte{"nl": dutch},
		Name:   "onlinesync",
		Models: []orm.Model{
			providerModel, a.institutionModel(), a.linkModel(), a.accountModel(), a.flowModel(),
			a.runModel(), transactionModel, aliasModel, stagingModel, balanceModel, reviewModel, feedModel, a.mappingModel(),
		},
		Extensions: []orm.Extension{a.journalExtension(), statementExtension, lineExtension, companyExtension,
			a.fileExtension(), base.Attachable(statements), base.Attachable(runs)},
	}
}
