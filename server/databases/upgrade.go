package databases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// upgrade brings a database that exists up to date with this host's addons. It
// only reads when nothing is due. Of several hosts on PostgreSQL one does the
// work, and the others wait for it.
func (m *Manager) upgrade(ctx context.Context, db *orm.Database) error {
	if past, due, err := m.due(ctx, db); err != nil || !due && !past.begun {
		return err
	}
	return exclusively(ctx, db.Store(), func() error {
		past, due, err := m.due(ctx, db)
		if err == nil && due {
			err = m.renew(ctx, db, past)
		}
		if err != nil {
			return err
		}
		// A newer host's upgrade that failed is over, too, when nothing is due here.
		return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error { return base.SetParam(env, upgradingParameter, "") })
	})
}

// renew does an upgrade: a backup, unless it was begun before, the steps before
// the tables, the tables, the other steps, the addons' data.
func (m *Manager) renew(ctx context.Context, db *orm.Database, past history) error {
	if !past.begun {
		if err := m.backup(ctx, db); err != nil {
			return err
		}
	}
	if err := m.runSteps(ctx, db, oldTables); err != nil {
		return err
	}
	if err := db.Migrate(ctx, nil); err != nil {
		return err
	}
	if err := m.runSteps(ctx, db, newTables); err != nil {
		return err
	}
	return m.install(ctx, db, addon.Setup{}, nil)
}

// upgradeRestored brings the data of a dump, which is in tables of this host
// already, up to date.
func (m *Manager) upgradeRestored(ctx context.Context, db *orm.Database, progress Progress) error {
	if _, due, err := m.due(ctx, db); err != nil || !due {
		return err
	}
	if err := m.runSteps(ctx, db, newTables); err != nil {
		return err
	}
	return m.install(ctx, db, addon.Setup{}, progress)
}

// due reports whether anything of a database is older than this host.
func (m *Manager) due(ctx context.Context, db *orm.Database) (past history, due bool, err error) {
	migrated, err := db.Migrated(ctx)
	if err != nil {
		return history{}, false, err
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
		past, err = readHistory(env)
		return err
	})
	if err == nil {
		err = m.refuseNewer(past)
	}
	waits := slices.ContainsFunc(m.steps(), func(s step) bool { return !past.done[s.key()] })
	return past, waits || !migrated || past.installed != m.opt.Registry.Fingerprint(), err
}

// exclusively runs f while no other host that shares the store does so. On
// SQLite each transaction of f is alone for itself.
func exclusively(ctx context.Context, store dialect.Store, f func() error) error {
	tx, err := store.Begin(ctx, dialect.ReadOnly)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := tx.Lock(ctx, "girosync.upgrade"); err != nil {
		return fmt.Errorf("wait for another host's upgrade: %w", err)
	}
	return f()
}

// step is an addon's upgrade step.
type step struct {
	addon.Upgrade
	of string // the addon
}

// key is what the step is recorded as.
func (s step) key() string { return s.of + "/" + s.Name }

// steps are those of all addons, in order of dependency.
func (m *Manager) steps() (all []step) {
	for _, a := range m.opt.Addons {
		for _, u := range a.Upgrades {
			all = append(all, step{u, a.Name})
		}
	}
	return all
}

// refuseNewer refuses a database that has a step behind it which is not among
// those of its addon here. Steps of addons that this host lacks do not matter.
func (m *Manager) refuseNewer(past history) error {
	for _, a := range m.opt.Addons {
		for key := range past.done {
			name, its := strings.CutPrefix(key, a.Name+"/")
			if its && !slices.ContainsFunc(a.Upgrades, func(u addon.Upgrade) bool { return u.Name == name }) {
				return fault.Say(fault.User, "db.newer", fault.Args{"step": key})
			}
		}
	}
	return nil
}

// tables says whose version the tables of a database are at a moment.
type tables int

const (
	oldTables tables = iota // of the version that made the database
	newTables               // of this host
)

// runSteps runs the steps that a database lacks and whose time has come.
func (m *Manager) runSteps(ctx context.Context, db *orm.Database, now tables) error {
	for _, s := range m.steps() {
		ran := false
		err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) (err error) {
			ran, err = s.run(env, now)
			return err
		})
		if err != nil {
			return fault.Wrap(err, "upgrade step", s.key())
		}
		if ran {
			m.opt.Log.Info("upgrade step done", "database", db.Name(), "step", s.key())
		}
	}
	return nil
}

// run does and records a step that is not done yet. There is nothing to do in a
// database that the addon is new in.
func (s step) run(env *orm.Env, now tables) (ran bool, err error) {
	past, err := readHistory(env)
	switch {
	case err != nil || past.done[s.key()]:
		return false, err
	case !past.addons[s.of]:
		return false, note(env, upgradesParameter, s.key())
	case now == oldTables && !s.BeforeTables:
		return false, nil
	case now == newTables && s.BeforeTables: // only a restored dump comes this far
		return false, fault.Say(fault.User, "dump.older", fault.Args{"step": s.key()})
	}
	if err := s.Do(env); err != nil {
		return false, err
	}
	return true, note(env, upgradesParameter, s.key())
}
