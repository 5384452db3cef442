package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/jobs"
	"github.com/girosync/girosync/server/postman"
)

// system is who the host itself acts as.
var system = orm.Principal{System: true}

// work is what the job engine does for this host.
type work struct {
	databases *databases.Manager
	sync      *onlinesync.Addon
	postman   *postman.Postman
	runner    *postman.Runner
	rounds    *rounds
	tidy      []func(ctx context.Context) error // what the host keeps outside the databases
	keepBus   time.Duration                     // how long messages are kept
	log       *slog.Logger
}

// lookForDue is how often it is looked which lists of institutions are due; each is
// due once a day.
const lookForDue = 10 * time.Minute

// duties are what recurs; often is how often what waits for a time is looked for.
func (w work) duties(often time.Duration) []jobs.Duty {
	return []jobs.Duty{
		{Name: "sweep", Every: often, Do: w.Sweep},
		{Name: "post", Every: often, Do: w.Post},
		{Name: "deliver", Every: often, Do: w.Deliver},
		{Name: "consents", Every: often, Do: w.EndConsents},
		{Name: "catalogues", Every: lookForDue, Do: w.Catalogues},
		{Name: "housekeep", Daily: true, Do: w.Housekeep},
	}
}

func (w work) Sync(ctx context.Context, database string, run int64) error {
	db, err := w.databases.Open(ctx, database)
	if err != nil {
		return err
	}
	return w.sync.RunSync(ctx, db, run)
}

func (w work) Sweep(ctx context.Context) error {
	return w.each(ctx, func(name string, db *orm.Database) error {
		return w.sync.Sweep(ctx, db)
	})
}

func (w work) Catalogues(ctx context.Context) error {
	return w.each(ctx, func(name string, db *orm.Database) error {
		return w.sync.LoadDueCatalogues(ctx, db)
	})
}

func (w work) EndConsents(ctx context.Context) error {
	return w.each(ctx, func(name string, db *orm.Database) error {
		return w.sync.EndConsents(ctx, db)
	})
}

func (w work) Housekeep(ctx context.Context) error {
	var errs []error
	for _, tidy := range w.tidy {
		errs = append(errs, tidy(ctx))
	}
	errs = append(errs, w.each(ctx, func(name string, db *orm.Database) error {
		_, err := w.sync.RefreshProviders(ctx, db)
		return errors.Join(err, w.sweepBus(ctx, db), w.letGo(ctx, name, db), w.letGoOfMail(ctx, db))
	}))
	return errors.Join(append(errs, w.checkPages(ctx))...)
}

// onlyRefused reports whether nothing is wrong but that programs of providers may
// not run: an administrator has not trusted them, or does no longer.
func onlyRefused(err error) bool {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(e.Unwrap(), func(err error) bool { return !onlyRefused(err) })
	case interface{ Unwrap() error }:
		return onlyRefused(e.Unwrap())
	}
	return err == host.ErrRefused
}

// sweepBus deletes old messages in short transactions.
func (w work) sweepBus(ctx context.Context, db *orm.Database) error {
	for {
		var n int
		err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) (err error) {
			n, err = bus.Sweep(env, env.Now().Add(-w.keepBus))
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// letGo deletes what the synchronisation kept long enough.
func (w work) letGo(ctx context.Context, name string, db *orm.Database) error {
	runs, raw, err := w.sync.LetGo(ctx, db)
	if runs+raw > 0 {
		w.log.Info("kept long enough", "database", name, "runs", runs, "raw", raw)
	}
	return err
}

// each does something for every database; one database's trouble stops no other.
func (w work) each(ctx context.Context, do func(name string, db *orm.Database) error) error {
	names, err := w.databases.Names(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		db, err := w.databases.Open(ctx, name)
		if err == nil {
			err = do(name, db)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
