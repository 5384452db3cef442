package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
)

// work is what the job engine does for this host.
type work struct{ h *Host }

func (w work) Sync(ctx context.Context, database string, run int64) error {
	db, err := w.h.Databases.Open(ctx, database)
	if err != nil {
		return err
	}
	return w.h.Sync.RunSync(ctx, db, run)
}

func (w work) Sweep(ctx context.Context) error {
	return w.each(ctx, func(name string, db *orm.Database) error {
		return w.h.Sync.Sweep(ctx, db)
	})
}

func (w work) Housekeep(ctx context.Context) error {
	return errors.Join(w.h.sessions.Sweep(ctx), w.h.throttle.Sweep(ctx), w.h.Databases.Tidy(ctx), w.each(ctx, func(name string, db *orm.Database) error {
		return errors.Join(w.h.Sync.LoadCatalogue(ctx, db, nil), w.sweepBus(ctx, db)) // a refused plugin stops no sweep
	}))
}

// sweepBus deletes old messages in short transactions.
func (w work) sweepBus(ctx context.Context, db *orm.Database) error {
	for {
		var n int
		err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) (err error) {
			n, err = bus.Sweep(env, env.Now().Add(-w.h.Config.Retention.Bus))
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// each does something for every database; one database's trouble stops no other.
func (w work) each(ctx context.Context, do func(name string, db *orm.Database) error) error {
	names, err := w.h.Databases.Names(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		db, err := w.h.Databases.Open(ctx, name)
		if err == nil {
			err = do(name, db)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
