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
	"github.com/girosync/girosync/server/jobs"
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

	log      *slog.Logger
	now      func() time.Time
	sessions *databases.Sessions
	throttle *databases.Throttle
	proven   *proven
	rpc      *rpc.Server
	bus      *ws.Server
	feeds    *feeds
	metrics  *metrics
	jobs     atomic.Pointer[jobs.Engine]
	started  time.Time
	// waiting says why the host is not ready yet; nil when it is.
	waiting atomic.Pointer[string]
}

// Open makes a host of a configuration: system store, key set, plugins found,
// addons joined. Nothing listens and no job runs.
func Open(ctx context.Context, config conf.Config, log *slog.Logger) (*Host, error) {
	h := &Host{Config: config, log: log, now: time.Now, started: time.Now()}
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
	if h.Keys, err = secret.OpenKeyset(h.Config.Secrets.KeySetFile); err != nil {
		return err
	}
	if h.Plugins, err = h.openPlugins(ctx); err != nil {
		return err
	}
	h.sessions, h.proven = h.System.Sessions(h.now), newProven()
	h.throttle = h.System.Throttle(databases.ThrottleLimits(h.Config.Login), h.now)
	ordered, registry, err := addon.Join(h.addons()...)
	if err != nil {
		return err
	}
	h.Databases = databases.New(databases.Options{
		Place: place, System: h.System, Addons: ordered, Registry: registry, Log: h.log, Now: h.now, Version: Version,
		Database: orm.Options{
			Log: h.log, Now: h.now, Directory: h.Base.Directory(),
			Limits: orm.Limits{Rows: h.Config.Limits.RecordsPerAnswer, Commands: h.Config.Limits.IDsPerCall,
				Terms: h.Config.Limits.DomainSize},
		},
		Opened: h.opened, Closing: h.closing,
	})
	h.openDoors(ordered)
	return nil
}

// addons makes the addons of every host, in any order.
func (h *Host) addons() []addon.Addon {
	h.Base = base.With(base.Options{
		Hasher:   h.hasher(),
		Sessions: userSessions{h}, Guard: h.guard, MinPassword: h.Config.Passwords.MinLength,
	})
	h.Sync = onlinesync.New(onlinesync.Options{
		Providers:     providers{h.Plugins},
		Sealer:        h.Keys,
		Waker:         waker{h},
		Settings:      func(provider string) map[string]string { return h.Config.Providers[provider] },
		Log:           h.log,
		Interval:      h.Config.Sync.Interval,
		LookBackDays:  h.Config.Sync.LookBackDays,
		Lease:         h.Config.Sync.Lease,
		Chunk:         h.Config.Sync.Chunk,
		KeepFiles:     h.Config.Sync.KeepFiles,
		PluginTimeout: h.Config.Plugins.CallTime,
		RedirectURL:   h.publicURL() + "/connect/callback",
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
	recorded, err := h.System.TrustedPlugins(ctx)
	if err != nil {
		return nil, err
	}
	trust, err := readTrust(h.Config.Plugins.Dir, h.Config.Plugins.TrustedFile, recorded)
	if err != nil {
		return nil, err
	}
	c := h.Config.Plugins
	env := []string(nil)
	if c.Proxy != "" {
		env = append(env, "HTTPS_PROXY="+string(c.Proxy), "HTTP_PROXY="+string(c.Proxy))
	}
	if c.CAFile != "" {
		file, err := filepath.Abs(c.CAFile)
		if err != nil {
			return nil, err
		}
		env = append(env, "SSL_CERT_FILE="+file)
	}
	return host.New(host.Options{
		Dir: c.Dir, Trust: trust, Log: h.log, IdleAfter: c.IdleTime, StartTimeout: c.StartTime, CallTimeout: c.CallTime, Env: env,
	})
}

// openDoors makes what clients talk to.
func (h *Host) openDoors(addons []addon.Addon) {
	modules := make([]string, 0, len(addons)+1)
	for _, a := range addons {
		modules = append(modules, a.Name)
	}
	limits := h.Config.Limits
	h.metrics = newMetrics(h)
	h.feeds = newFeeds(h)
	h.bus = ws.New(ws.Options{
		Backend: h.feeds, Origins: h.allowedOrigin, Log: h.log, Now: h.now, Version: rpc.WebsocketVersion,
	})
	h.rpc = rpc.New(rpc.Options{
		Databases: opener{h.Databases}, People: people{h}, Sessions: endingSessions{h}, Bus: h.bus,
		Keeper: keeper{h, &master{file: h.Config.Database.MasterPasswordFile, hasher: h.hasher()}}, Origins: h.allowedOrigin,
		SessionLife: h.Config.Session.Lifetime, ListNames: h.Config.Database.List, PublicURL: h.publicURL(),
		Modules: append(modules, "web"), Log: h.log, Now: h.now,
		Limits: rpc.Limits{Body: limits.BodySize, Depth: limits.NestingDepth, Time: limits.CallTime, Concurrent: limits.ConcurrentCalls,
			DatabaseTime: h.Config.Database.ChangeTime},
	})
}

// opened prepares a database that was just opened: its bus wakes the sockets.
func (h *Host) opened(name string, db *orm.Database) {
	h.feeds.watch(name, db)
}

// closing lets go of a database.
func (h *Host) closing(name string, db *orm.Database) {
	h.feeds.unwatch(name)
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
	if h.feeds != nil {
		h.feeds.close()
	}
	if h.Plugins != nil {
		errs = append(errs, h.Plugins.Close())
	}
	if h.Databases != nil {
		errs = append(errs, h.Databases.Close())
	}
	if h.System != nil {
		errs = append(errs, h.System.Close())
	}
	return errors.Join(errs...)
}
