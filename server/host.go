package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/ws"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/entrance"
	"github.com/girosync/girosync/server/jobs"
	"github.com/girosync/girosync/server/postman"
)

// Host is a host, open but not serving. Its parts may be used until Close.
type Host struct {
	Config    conf.Config
	Databases *databases.Manager
	System    *databases.System
	Plugins   *host.Manager
	Sync      *onlinesync.Addon
	Base      *base.Base
	Keys      *secret.Keyset

	presence *databases.Presence
	trust    *trust
	log      *slog.Logger
	now      func() time.Time
	throttle *databases.Throttle
	gate     *entrance.Gate
	sessions *entrance.Sessions
	rpc      *rpc.Server
	bus      *ws.Server
	buses    *buses
	metrics  *metrics

	pluginCalls *pluginCalls
	jobs        atomic.Pointer[jobs.Engine]
	postman     *postman.Postman
	runner      *postman.Runner
	rounds      rounds
	started     time.Time
	// demoClock is the clock of a demonstration, which can be put ahead; nil elsewhere.
	demoClock *DemoClock
	// waiting says why the host is not ready yet; nil when it is.
	waiting atomic.Pointer[string]
}

// Open makes a host of a configuration: system store, key set, plugins found,
// addons joined. Nothing listens and no job runs.
func Open(ctx context.Context, config conf.Config, log *slog.Logger) (*Host, error) {
	return OpenAt(ctx, config, log, time.Now)
}

// OpenAt is Open with another clock, which all that a host decides by time follows.
// How long work takes and how often it is looked for is the machine's.
func OpenAt(ctx context.Context, config conf.Config, log *slog.Logger, now func() time.Time) (*Host, error) {
	h := &Host{Config: config, log: log, now: now, started: time.Now()}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *Host) open(ctx context.Context) error {
	dir := h.Config.Server.DataDir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	place := databases.Place{Dir: dir, URL: string(h.Config.Database.URL)}
	var err error
	if h.System, err = databases.OpenSystem(ctx, place); err != nil {
		return err
	}
	if h.presence, err = databases.Appear(ctx, place); err != nil {
		return err
	}
	if h.Keys, err = secret.FindKeyset(h.Config.Secrets.KeySetFile); err != nil {
		return err
	}
	h.pluginCalls = newPluginCalls()
	if h.Plugins, err = h.openPlugins(ctx); err != nil {
		return err
	}
	h.throttle = h.System.Throttle(databases.ThrottleLimits(h.Config.Login), h.now)
	h.gate = entrance.NewGate(h.throttle, h.log, h.now)
	h.sessions = &entrance.Sessions{Sessions: h.System.Sessions(h.now)}
	if err := h.openPost(); err != nil {
		return err
	}
	ordered, registry, err := addon.Join(h.addons()...)
	if err != nil {
		return err
	}
	h.Databases = databases.New(databases.Options{
		Place: place, System: h.System, Addons: ordered, Registry: registry, Log: h.log, Now: h.now, Version: Version,
		Database: orm.Options{
			Log: h.log, Now: h.now, Directory: h.Base.Directory(),
			Limits: orm.Limits{Rows: h.Config.Limits.RecordsPerAnswer, Commands: h.Config.Limits.IDsPerCall,
				Bytes: int(h.Config.Limits.AnswerSize),
				Terms: h.Config.Limits.DomainSize},
		},
		Opened: h.opened, Closing: h.closing,
	})
	h.openDoors(ordered)
	return h.makeKeys(ctx)
}

// addons makes the addons of every host, in any order.
func (h *Host) addons() []addon.Addon {
	h.Base = base.With(base.Options{
		Hasher:   h.hasher(),
		Sessions: h.sessions, Guard: h.gate.Guard, MinPassword: h.Config.Passwords.MinLength,
	})
	h.Sync = onlinesync.New(onlinesync.Options{
		Providers:    providers{h.Plugins, h.trust, h.Config.Plugins.Demo},
		Offered:      func(provider string) bool { return provider != demoProvider || h.Config.Plugins.Demo },
		Sealer:       h.Keys,
		Waker:        waker{&h.jobs},
		Hosts:        h.presence,
		Settings:     func(provider string) map[string]string { return h.Config.Providers[provider] },
		Log:          h.log,
		Interval:     h.Config.Sync.Interval,
		Spread:       h.Config.Sync.Spread,
		LookBackDays: h.Config.Sync.LookBackDays,
		KeepRuns:     h.Config.Retention.Run, KeepRaw: h.Config.Retention.Raw,
		Lease:     h.Config.Sync.Lease,
		Chunk:     h.Config.Sync.Chunk,
		KeepFiles: h.Config.Sync.KeepFiles,
		// The plugin host ends a silent program before, and says what happened.
		PluginTimeout: h.Config.Plugins.StartTime + 2*h.Config.Plugins.CallTime,
		RedirectURL:   h.publicURL() + "/connect/callback",
		WebhookURL:    h.webhookURL(),
		DashboardURL:  h.publicURL(),
		Mail:          h.Config.Mail.Host != "",
		Directory:     directory{h.System},
		Version:       Version,
		Now:           h.now,
	})
	return []addon.Addon{h.Base.Addon(), bus.Addon(), mail.Addon(), account.Addon(), h.Sync.Addon()}
}

func (h *Host) hasher() secret.Passwords {
	cost := secret.Cost{Memory: uint32(h.Config.Passwords.HashMemory >> 10), Passes: uint32(h.Config.Passwords.HashPasses), Threads: 1}
	return secret.NewRemembering(secret.NewHasher(cost), secret.DefaultMemory())
}

func (h *Host) publicURL() string {
	if h.Config.Server.PublicURL != "" {
		return h.Config.Server.PublicURL
	}
	return "http://" + h.Config.Server.Listen
}

func (h *Host) openPlugins(ctx context.Context) (*host.Manager, error) {
	h.trust = &trust{file: h.Config.Plugins.TrustedFile, recorded: h.System.TrustedPlugins, graded: h.System.PluginGrades}
	if err := h.trust.read(ctx); err != nil {
		return nil, err
	}
	options, err := pluginOptions(h.Config.Plugins, h.trust, h.log)
	if err != nil {
		return nil, err
	}
	options.OnCall = h.pluginCalls.count
	options.Reread = h.rereadTrust
	return host.New(options)
}

// rereadTrust reads which plugins may run. newcomers reads that every few seconds, too,
// and says what is wrong.
func (h *Host) rereadTrust() {
	ctx, cancel := context.WithTimeout(context.Background(), lookEvery)
	defer cancel()
	_ = h.trust.read(ctx)
}

// pluginOptions are how plugins run, whoever runs them.
func pluginOptions(c conf.Plugins, trust *trust, log *slog.Logger) (host.Options, error) {
	env := []string(nil)
	if c.Proxy != "" {
		env = append(env, "HTTPS_PROXY="+string(c.Proxy), "HTTP_PROXY="+string(c.Proxy))
	}
	if c.CAFile != "" {
		file, err := filepath.Abs(c.CAFile)
		if err != nil {
			return host.Options{}, err
		}
		env = append(env, "SSL_CERT_FILE="+file)
	}
	return host.Options{
		Dir: c.Dir, Trust: trust, Log: log, IdleAfter: c.IdleTime, StartTimeout: c.StartTime, CallTimeout: c.CallTime, Env: env,
		Memory: c.Memory, Nice: c.Nice, User: c.User,
	}, nil
}

// origins are the pages that may use this host, and its names.
func (h *Host) origins() entrance.Origins {
	c := h.Config.Server
	return entrance.Origins{Any: c.AnyOrigin, Allowed: c.AllowedOrigins, PublicURL: h.publicURL(), Listen: c.Listen}
}

// openDoors makes what clients talk to.
func (h *Host) openDoors(addons []addon.Addon) {
	modules := make([]string, 0, len(addons)+1)
	for _, a := range addons {
		modules = append(modules, a.Name)
	}
	limits := h.Config.Limits
	people := entrance.NewPeople(h.Base, h.gate, h.now)
	origins := h.origins()
	visitors := &entrance.Visitors{Databases: h.Databases, Sessions: h.sessions, People: people, Origins: origins, Now: h.now}
	h.bus = ws.New(ws.Options{
		Backend: audience{visitors, h.Databases}, Origins: origins.Allow, Log: h.log, Now: h.now, Version: rpc.WebsocketVersion,
	})
	h.sessions.Sockets = h.bus
	h.buses = newBuses(h.bus, h.log)
	h.metrics = newMetrics(h.bus.Count, h.ready, h.Plugins.List, h.pluginCalls, h.System.Damaged)
	h.rpc = rpc.New(rpc.Options{
		Databases: opener{h.Databases}, People: people, Sessions: h.sessions, Bus: h.bus, Keeper: h.keeper(), Origins: origins.Allow,
		SessionLife: h.Config.Session.Lifetime, ListNames: h.Config.Database.List, PublicURL: h.publicURL(),
		Modules: append(modules, "web"), Log: h.log, Now: h.now, Deprecated: h.Config.Server.DeprecatedOn,
		Limits: rpc.Limits{Body: limits.BodySize, Depth: limits.NestingDepth, Time: limits.CallTime, Concurrent: limits.ConcurrentCalls,
			Values: limits.ValuesPerRequest, Answer: int(limits.AnswerSize), Unknown: limits.UnknownSize, Strangers: limits.UnknownCalls,
			DatabaseTime: h.Config.Database.ChangeTime},
	})
}

func (h *Host) keeper() keeper {
	master := entrance.NewMaster(h.Config.Database.MasterPasswordFile, h.hasher(), h.gate)
	return keeper{Master: master, databases: h.Databases, prepare: h.Prepare, log: h.log}
}

// chores are what the job engine does.
func (h *Host) chores() work {
	return work{databases: h.Databases, sync: h.Sync, postman: h.postman, runner: h.runner, rounds: &h.rounds, log: h.log,
		keepBus: h.Config.Retention.Bus,
		tidy:    []func(ctx context.Context) error{h.sessions.Sweep, h.throttle.Sweep, h.Databases.Tidy}}
}

// Forgive lets somebody try again whose password was set anew.
func (h *Host) Forgive(ctx context.Context, database, login string) error {
	return h.gate.Forgive(ctx, database, login)
}

// opened prepares a database that was just opened: its bus wakes the sockets, and
// its connections can be found by what providers notify.
func (h *Host) opened(name string, db *orm.Database) {
	h.buses.watch(name, db)
	h.learnNames(name, db)
}

// closing lets go of a database.
func (h *Host) closing(name string, db *orm.Database) {
	h.buses.unwatch(name)
	h.Sync.Forget(db)
}

// Close ends everything, in the order in which things need each other.
func (h *Host) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var errs []error
	if engine := h.jobs.Swap(nil); engine != nil {
		errs = append(errs, engine.Stop(ctx))
	}
	if h.bus != nil {
		errs = append(errs, h.bus.Close(ctx))
	}
	if h.buses != nil {
		h.buses.close()
	}
	if h.Plugins != nil {
		errs = append(errs, h.Plugins.Close())
	}
	if h.Databases != nil {
		errs = append(errs, h.Databases.Close())
	}
	if h.presence != nil {
		errs = append(errs, h.presence.Leave(ctx))
	}
	if h.System != nil {
		errs = append(errs, h.System.Close())
	}
	return errors.Join(errs...)
}
