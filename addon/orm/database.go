package orm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/migrate"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Options of a database. The zero value is usable.
type Options struct {
	// Name is what the host calls the database.
	Name string
	Log  *slog.Logger
	// Now is the clock; time.Now if nil.
	Now       func() time.Time
	Limits    Limits
	Directory Directory
	// MaxRetries of a transaction that met a conflict; 0 is 8.
	MaxRetries int
}

// Database is one database opened with a registry. It may be used by many
// goroutines.
type Database struct {
	reg   *Registry
	store dialect.Store
	opt   Options

	users users
	zones sync.Map // name → *time.Location
}

// Open joins a registry and a store. It does not migrate. The database owns
// the store from then on.
func Open(ctx context.Context, reg *Registry, store dialect.Store, opt Options) (*Database, error) {
	if reg == nil || store == nil {
		return nil, errors.New("open database: a registry and a store are needed")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.MaxRetries == 0 {
		opt.MaxRetries = 8
	}
	return &Database{reg: reg, store: store, opt: opt, users: users{generation: generations.Add(1)}}, nil
}

// Migrate makes the tables what the descriptors say.
func (d *Database) Migrate(ctx context.Context, progress func(done, of int, what string)) error {
	return migrate.Ensure(ctx, d.store, d.models(), progress)
}

// Migrated reports whether the tables are what the descriptors say. It refuses
// a database that a newer version of the program has touched.
func (d *Database) Migrated(ctx context.Context) (bool, error) {
	return migrate.Current(ctx, d.store, d.models())
}

func (d *Database) models() []*schema.Model {
	models := make([]*schema.Model, len(d.reg.names))
	for i, name := range d.reg.names {
		models[i] = d.reg.entities[name].Model
	}
	return models
}

// Close closes the store.
func (d *Database) Close() error { return d.store.Close() }

// Name returns what the host calls the database.
func (d *Database) Name() string { return d.opt.Name }

// Registry returns the models that the database was opened with.
func (d *Database) Registry() *Registry { return d.reg }

// Store returns the database below, for copies and dumps.
func (d *Database) Store() dialect.Store { return d.store }

// Within runs f as who, in a transaction of that mode, and commits it when f
// succeeds. With TxWrite f is run again, whole, when another transaction was
// first, so it must keep no state outside that a repetition would spoil. A
// panic in f becomes a fault of kind Internal; its stack goes to the log.
func (d *Database) Within(ctx context.Context, who Principal, mode TxMode, f func(env *Env) error) error {
	if mode == TxNone {
		return d.without(ctx, who, f)
	}
	for attempt := 0; ; attempt++ {
		after, err := d.once(ctx, who, mode, f)
		if err == nil {
			return d.announce(after)
		}
		if !isConflict(err) || attempt >= d.opt.MaxRetries {
			return atBorder(err)
		}
		if err := pause(ctx, attempt); err != nil {
			return atBorder(err)
		}
	}
}

// once runs f in one transaction and returns what to run after its commit.
func (d *Database) once(ctx context.Context, who Principal, mode TxMode, f func(env *Env) error) (after []func(), err error) {
	begin := dialect.ReadWrite
	if mode == TxRead {
		begin = dialect.ReadOnly
	}
	tx, err := d.store.Begin(ctx, begin)
	if err != nil {
		return nil, fault.Wrap(err, "begin", nil)
	}
	t := &transaction{db: d, tx: tx, ctx: ctx, readonly: mode == TxRead, client: !who.System,
		now: d.opt.Now().UTC().Truncate(time.Microsecond)}
	defer func() {
		t.over = true
		if rolled := tx.Rollback(); rolled != nil && err == nil {
			err = rolled
		}
	}()
	err = d.guard("transaction", func() error {
		env, err := d.enter(ctx, t, who)
		if err != nil {
			return err
		}
		if err := f(env); err != nil {
			return err
		}
		return t.finish()
	})
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fault.Wrap(err, "commit", nil)
	}
	return t.after, nil
}

// without runs f outside any transaction.
func (d *Database) without(ctx context.Context, who Principal, f func(env *Env) error) error {
	var env *Env
	err := d.Within(ctx, who, TxRead, func(e *Env) error {
		env = e.outside()
		return nil
	})
	if err != nil {
		return err
	}
	return atBorder(d.guard("method", func() error { return f(env) }))
}

// announce runs what waited for the commit. A failure there cannot undo it.
func (d *Database) announce(after []func()) error {
	for _, f := range after {
		if err := d.guard("after commit", func() error { f(); return nil }); err != nil {
			d.opt.Log.Error("after commit", "error", err)
		}
	}
	return nil
}

// guard turns a panic into a fault.
func (d *Database) guard(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			d.opt.Log.Error("panic", "in", what, "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "%s: panic: %v", what, r)
		}
	}()
	return f()
}

// pause waits before the next attempt: a little more each time, never alike.
func pause(ctx context.Context, attempt int) error {
	base := time.Millisecond << min(attempt, 7)
	timer := time.NewTimer(base + rand.N(base))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isConflict(err error) bool {
	return errors.Is(err, dialect.ErrConflict) || fault.Is(err, fault.Conflict)
}

// atBorder gives errors of the database their kind.
func atBorder(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	switch {
	case errors.Is(err, dialect.ErrConflict):
		return fault.Say(fault.Conflict, "fault.conflict", nil).Because(err)
	case errors.Is(err, dialect.ErrTooLarge):
		return fault.Say(fault.Invalid, "fault.too_large", nil).Because(err)
	case errors.Is(err, dialect.ErrFull):
		return fault.Say(fault.Unavailable, "fault.disk_full", nil).Because(err)
	case errors.Is(err, dialect.ErrUnavailable):
		return fault.Say(fault.Unavailable, "fault.unavailable", nil).Because(err)
	}
	return err
}

func (d *Database) zone(name string) *time.Location {
	if name == "" || name == "Local" { // the machine's is nobody's
		return time.UTC
	}
	if known, ok := d.zones.Load(name); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	d.zones.Store(name, zone)
	return zone
}
