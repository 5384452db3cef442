package onlinesync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/provider"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

// rig is a database with the addon, in a world whose clock the test moves.
type rig struct {
	t     testing.TB
	db    *orm.Database
	addon *onlinesync.Addon
	// options are those of addon, for a second host on the same database.
	options onlinesync.Options
	banks   providers
	woken   []int64
	log     *safeBuffer
	mu      sync.Mutex
	now     time.Time
	step    func(name string)
	// folder holds the files of an SQLite database.
	folder string
	// cost counts what is asked of the database of a countedRig.
	cost   *ormtest.Counter
	sealer *sealer
	book   *notebook // where the addon notes connections
}

// providers are those of a test, by name.
type providers map[string]sdk.Provider

func (p providers) Provider(name string) (sdk.Provider, error) {
	if p[name] == nil {
		return nil, fault.New(fault.Missing, "no provider %s", name)
	}
	return p[name], nil
}

func (p providers) List() []provider.Info {
	var list []provider.Info
	for name := range p {
		list = append(list, provider.Info{Name: name, DisplayName: name + " bank data", State: "running", Version: "1.0.0"})
	}
	return list
}

// bigDemo lists a bank of the demo world that it keeps to itself.
type bigDemo struct{ *demo.Provider }

func (p bigDemo) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	if err := p.Provider.ListInstitutions(ctx, call, emit); err != nil {
		return err
	}
	return emit([]sdk.Institution{{ID: "demo-big-1100", Name: "Demo Big 1100", Countries: []string{"BE"}, Status: sdk.Stable,
		AutoSyncAllowed: true}})
}

func (r *rig) Wake(_ context.Context, _ string, run int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.woken = append(r.woken, run)
	return nil
}

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// sealer is the key set of a host, which a test may exchange.
type sealer struct{ *secret.Keyset }

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) { test(t, newRig(t, kind)) })
	}
}

func newRig(t testing.TB, kind ormtest.Kind) *rig {
	t.Helper()
	return makeRig(t, kind, func(_ *rig, store dialect.Store) dialect.Store { return store })
}

// countedRig is a rig that knows what calls cost.
func countedRig(t testing.TB, kind ormtest.Kind) *rig {
	t.Helper()
	return makeRig(t, kind, func(r *rig, store dialect.Store) dialect.Store {
		r.cost = ormtest.Counting(store)
		return r.cost
	})
}

func makeRig(t testing.TB, kind ormtest.Kind, wrap func(*rig, dialect.Store) dialect.Store) *rig {
	t.Helper()
	r := &rig{t: t, log: &safeBuffer{}, now: time.Date(2026, 6, 17, 9, 30, 0, 0, time.UTC)}
	r.banks = providers{"demo": bigDemo{demo.New()}}

	keys, err := secret.OpenKeyset(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	r.sealer = &sealer{keys}
	r.book = &notebook{}
	r.options = onlinesync.Options{Providers: r.banks, Directory: r.book, Now: r.clock, Sealer: r.sealer, Waker: r,
		Log: slog.New(slog.NewTextHandler(r.log, nil)), RedirectURL: "http://127.0.0.1:8069/connect/callback",
		Settings:      func(string) map[string]string { return map[string]string{"institutions": "40"} },
		PluginTimeout: 5 * time.Second,
		Chunk:         500,
		DashboardURL:  "https://books.example", Mail: true,
		Step: func(name string) {
			if r.step != nil {
				r.step(name)
			}
		}}
	r.addon = onlinesync.New(r.options)
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	ordered, registry, err := addon.Join(people.Addon(), bus.Addon(), mail.Addon(), account.Addon(), r.addon.Addon())
	if err != nil {
		t.Fatal(err)
	}
	open := func(store dialect.Store) (*orm.Database, error) {
		options := orm.Options{Directory: people.Directory(), Now: r.clock,
			Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelWarn}))}
		return orm.Open(context.Background(), registry, store, options)
	}
	store := firstDay.copy(t, kind, func(store dialect.Store) error {
		db, err := open(store)
		if err != nil {
			return errors.Join(err, store.Close())
		}
		err = db.Migrate(context.Background(), nil)
		if err == nil {
			err = addon.Install(context.Background(), db, ordered, addon.Setup{Password: "admin", Currency: "EUR", Country: "BE"})
		}
		if err == nil {
			err = r.addon.LoadCatalogue(context.Background(), db, nil)
		}
		return errors.Join(err, db.Close())
	})
	r.folder = store.folder
	if r.db, err = open(wrap(r, store.Store)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// try calls a method as the administrator and returns its result as decoded JSON.
func (r *rig) try(model, method string, args ...any) (any, error) {
	return r.tryAs(base.AdminUser, model, method, args...)
}

func (r *rig) tryAs(uid int64, model, method string, args ...any) (any, error) {
	r.t.Helper()
	result, err := r.db.Call(r.t.Context(), orm.Principal{UID: uid}, model, method, args, nil)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		r.t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		r.t.Fatal(err)
	}
	return out, nil
}

func (r *rig) call(model, method string, args ...any) any {
	r.t.Helper()
	out, err := r.try(model, method, args...)
	if err != nil {
		r.t.Fatalf("%s.%s: %v", model, method, err)
	}
	return out
}

type object = map[string]any

func (r *rig) rows(model string, where []any, fields ...string) []object {
	r.t.Helper()
	names := make([]any, len(fields))
	for i, f := range fields {
		names[i] = f
	}
	list := r.call(model, "search_read", where, names).([]any)
	out := make([]object, len(list))
	for i, x := range list {
		out[i] = x.(object)
	}
	return out
}

func (r *rig) count(model string, where ...any) int {
	r.t.Helper()
	if where == nil {
		where = []any{}
	}
	return int(r.call(model, "search_count", where).(float64))
}

func leaf(field, op string, value any) []any { return []any{field, op, value} }

// bank is the id of an institution.
func (r *rig) bank(identifier string) float64 {
	r.t.Helper()
	found := r.rows("account.online.institution", []any{leaf("online_identifier", "=", identifier)}, "id")
	if len(found) != 1 {
		r.t.Fatalf("institution %s: %d found", identifier, len(found))
	}
	return found[0]["id"].(float64)
}

// connect walks a flow at a demo bank with user and password and chooses the
// first n accounts (all if n < 0). It returns the connection's id.
func (r *rig) connect(identifier string, n int, more object) float64 {
	r.t.Helper()
	return r.answer(r.call("account.online.flow", "start", object{"institution_id": r.bank(identifier)}).(object), n, more)
}

// answer walks a flow from its first step on, as connect does.
func (r *rig) answer(reply object, n int, more object) float64 {
	r.t.Helper()
	for range 6 {
		flow := reply["flow_id"]
		switch reply["state"] {
		case "done":
			return reply["link_id"].(float64)
		case "failed", "expired":
			r.t.Fatalf("flow: %v", reply)
		}
		step := reply["step"].(object)
		values := object{}
		switch step["type"] {
		case "form":
			values = object{"user": "jane", "password": "secret", "code": "123456", "delay_ms": "1"}
		case "accounts":
			ids := []any{}
			for i, a := range step["accounts"].([]any) {
				if n < 0 || i < n {
					ids = append(ids, a.(object)["id"])
				}
			}
			values["accounts"] = ids
		}
		for k, v := range more {
			values[k] = v
		}
		reply = r.call("account.online.flow", "submit", flow, values).(object)
	}
	r.t.Fatalf("flow does not end: %v", reply)
	return 0
}

// work runs every run that is queued.
func (r *rig) work() {
	r.t.Helper()
	for _, run := range r.rows("account.online.run", []any{leaf("state", "!=", "done")}, "id") {
		if err := r.addon.RunSync(r.t.Context(), r.db, int64(run["id"].(float64))); err != nil {
			r.t.Fatal(err)
		}
	}
}

// sync presses Fetch Transactions, works, and returns the run.
func (r *rig) sync(link float64) object {
	r.t.Helper()
	run := r.call("account.online.link", "action_fetch_transactions", []any{link})
	r.work()
	return r.run(run)
}

func (r *rig) run(id any) object {
	r.t.Helper()
	return r.rows("account.online.run", []any{leaf("id", "=", id)}, "state", "outcome", "trigger", "fetched", "created", "updated",
		"removed", "known", "pending",
		"error_message", "error_reference", "window_from", "window_to")[0]
}

func (r *rig) link(id float64) object {
	r.t.Helper()
	return r.rows("account.online.link", []any{leaf("id", "=", id)}, "name", "state", "attention", "error_message", "error_reference",
		"next_refresh",
		"last_refresh", "provider_refresh", "next_refresh_allowed", "journal_ids", "account_online_account_ids", "auto_sync",
		"message_ids")[0]
}

// staged counts the pages that wait to be applied; no user sees them.
func (r *rig) staged() int {
	r.t.Helper()
	n := 0
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) (err error) {
		n, err = env.Count("account.online.staging", nil, 0)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}
