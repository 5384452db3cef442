package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/catalogue"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/ws"
	"github.com/girosync/girosync/server/httpd"
	"github.com/girosync/girosync/server/jobs"
	"github.com/girosync/girosync/server/web"
)

// Serve listens and works until ctx ends. Prepare, when given, runs beside it;
// until it is done /readyz says what it is about. Listening is told the address
// once clients can connect.
func (h *Host) Serve(ctx context.Context, prepare func(ctx context.Context) error, listening func(address string)) error {
	if h.Keys.Missing() {
		return h.keysMissing()
	}
	listener, err := net.Listen("tcp", h.Config.Server.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	var resuming sync.WaitGroup
	defer resuming.Wait()
	defer stop(nil)
	h.wait("starting")
	done := make(chan error, 1)
	go func() { done <- httpd.Serve(ctx, listener, h.handler()) }()
	if listening != nil {
		listening(listener.Addr().String())
	}
	plugins := &newcomers{host: h, tries: map[newcomer]int{}}
	if err := h.work(ctx, plugins); err != nil {
		stop(err)
		return errors.Join(err, <-done)
	}
	resuming.Go(func() { h.resume(ctx) })
	resuming.Go(func() { plugins.watch(ctx) })
	resuming.Go(func() {
		if err := h.CheckReaders(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("settings for statement files", "error", err)
		}
	})
	if prepare != nil {
		if err := prepare(ctx); err != nil && ctx.Err() == nil {
			stop(err)
			return errors.Join(err, <-done)
		}
	}
	h.waiting.Store(nil)
	return <-done
}

// work starts the job engine, opens all databases and resumes what a crash or
// a stop cut off.
func (h *Host) work(ctx context.Context, plugins *newcomers) error {
	chores := h.chores()
	engine, err := jobs.Start(ctx, jobs.Options{Pool: h.System.Pool(), DB: h.System.Jobs(), Log: h.log, Minor: onlyRefused,
		Hosts: h.presence, Sync: chores.Sync, Duties: chores.duties(min(h.Config.Sync.Lease, time.Minute))})
	if err != nil {
		return err
	}
	h.jobs.Store(engine)
	if !h.postman.Works() {
		h.log.Info("no e-mail is sent: mail.host is not set")
	}
	err = h.chores().each(ctx, func(name string, db *orm.Database) error {
		if err := h.CheckSecrets(ctx, db); err != nil {
			h.log.Error("stored credentials", "database", name, "error", err)
		}
		return errors.Join(plugins.meet(ctx, name, db), h.Sync.Sweep(ctx, db))
	})
	if err != nil {
		h.log.Error("start of work", "error", err) // one database in trouble keeps no other from working
	}
	return nil
}

// resume takes up what another host held when this one started and still holds
// when its leases have ended, in case that it was killed where this cannot be
// seen. The job engine's own sweeps begin only when it knows that the other host
// no longer leads.
func (h *Host) resume(ctx context.Context) {
	pause(ctx, h.Config.Sync.Lease+time.Second)
	if ctx.Err() != nil {
		return
	}
	if err := h.chores().Sweep(ctx); err != nil && ctx.Err() == nil {
		h.log.Error("take up what was cut off", "error", err)
	}
}

func (h *Host) wait(why string) { h.waiting.Store(&why) }

// ready says why the host cannot serve now; "" when it can.
func (h *Host) ready(ctx context.Context) string {
	if why := h.waiting.Load(); why != nil {
		return *why
	}
	if err := h.System.Ping(ctx); err != nil {
		return "the system store does not answer"
	}
	if err := h.roomLeft(); err != nil {
		return "the disk of the data folder is full"
	}
	return ""
}

func (h *Host) handler() http.Handler {
	dashboard, err := web.Handler()
	if err != nil {
		dashboard = http.NotFoundHandler() // the page that says so is built in; this cannot be reached
	}
	if h.demoClock != nil {
		mux := http.NewServeMux()
		mux.Handle("/", dashboard)
		mux.HandleFunc("GET "+DemoClockPath, h.demoClockHandler)
		mux.HandleFunc("POST "+DemoClockPath, h.demoClockHandler)
		dashboard = mux
	}
	return h.metrics.counting(httpd.Routes(httpd.Doors{
		RPC: h.rpc.Handler(), Bus: h.bus, Calls: h.calls(), Dashboard: dashboard, Metrics: h.metrics.handler(),
		Ready: h.ready, Institutions: h.institutions, Font: web.Font(), Callback: h.callback, Webhook: h.webhook,
		Statement: h.statement,
		Origins:   h.Config.Server.AllowedOrigins, Allowed: h.origins().Allow, Known: h.origins().Known,
		Trusted: h.Config.Server.TrustedProxies, Log: h.log,
	}))
}

// calls is the door for JSON-RPC over sockets.
func (h *Host) calls() http.Handler {
	limits := h.Config.Limits
	return h.bus.Calls(h.rpc.Caller(), ws.CallLimits{Message: limits.BodySize, Unknown: limits.UnknownSize,
		Depth: limits.NestingDepth, Values: limits.ValuesPerRequest, Calls: limits.ConcurrentCalls})
}

// institutions is the public list: that of the first database, for all
// databases of a host have the same plugins.
func (h *Host) institutions(ctx context.Context, asked httpd.Search) (list httpd.Institutions, err error) {
	names, err := h.Databases.Names(ctx)
	if err != nil || len(names) == 0 {
		return list, err
	}
	db, err := h.Databases.Open(ctx, names[0])
	if err != nil {
		return list, err
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		found, err := h.Sync.Institutions(env, catalogue.Query{Text: asked.Query, Country: asked.Country, Kind: asked.Kind,
			Status: asked.Status, Offset: asked.Offset, Limit: asked.Limit})
		list.Count = found.Count
		for _, i := range found.List {
			list.List = append(list.List, httpd.Institution{Name: i.Name, Countries: i.Countries, Provider: i.ProviderName,
				Status: i.Status, BIC: i.BIC, Website: i.Website, AccountKinds: i.Kinds(), HistoryDays: i.HistoryDays,
				Automatic: i.AutoSync})
		}
		return err
	})
	return list, err
}

// callback takes a user who comes back from a bank into the dashboard again.
func (h *Host) callback(r *http.Request, query map[string]string, agreed bool) (httpd.Return, error) {
	by := connect.Visitor{Browser: isBrowser(r), Agreed: agreed}
	if known, _, err := h.rpc.Session(r); err == nil {
		by.Database, by.UID = known.Database, known.UID
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		by.Address = host
	}
	reply, begun, err := h.Sync.Callback(r.Context(), query, by)
	switch {
	case err != nil:
		return httpd.Return{}, err
	case begun != nil:
		return httpd.Return{Bank: begun.Bank, User: begun.User, Company: begun.Company}, nil
	}
	flow, _ := reply["flow_id"].(int64)
	return httpd.Return{Next: "/#/connect/flow/" + strconv.FormatInt(flow, 10)}, nil
}

// isBrowser reports whether a person's browser opens a page: those say so, and
// programs do not.
func isBrowser(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") || r.Header.Get("Sec-Fetch-Mode") != ""
}
