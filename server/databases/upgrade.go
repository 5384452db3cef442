package databases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// upgrade brings a database that exists up to date with this host's addons: the
// steps before the tables, the tables, the other steps, the addons' data. It
// only reads when nothing is due. Of several hosts one does the work, and the
// others wait for it.
func (m *Manager) upgrade(ctx context.Context, db *orm.Database) error {
	if due, err := m.due(ctx, db); err != nil || !due {
		return err
	}
	return exclusively(ctx, db.Store(), func() error {
		if due, err := m.due(ctx, db); err != nil || !due {
			return err
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
	})
}

// upgradeRestored brings the data of a dump, which is in tables of this host
// already, up to date.
func (m *Manager) upgradeRestored(ctx context.Context, db *orm.Database, progress Progress) error {
	if due, err := m.due(ctx, db); err != nil || !due {
		return err
	}
	if err := m.runSteps(ctx, db, newTables); err != nil {
		return err
	}
	return m.install(ctx, db, addon.Setup{}, progress)
}

// due reports whether anything of a database is older than this host.
func (m *Manager) due(ctx context.Context, db *orm.Database) (bool, error) {
	migrated, err := db.Migrated(ctx)
	if err != nil {
		return false, err
	}
	var past history
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
		past, err = readHistory(env)
		return err
	})
	if err != nil {
		return false, err
	}
	if err := m.refuseNewer(past); err != nil {
		return false, err
	}
	waits := slices.ContainsFunc(m.steps(), func(s step) bool { return !past.done[s.key()] })
	return waits || !migrated || past.installed != m.opt.Registry.Fingerprint(), nil
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
		return false, record(env, s.key())
	case now == oldTables && !s.BeforeTables:
		return false, nil
	case now == newTables && s.BeforeTables: // only a restored dump comes this far
		return false, fault.Say(fault.User, "dump.older", fault.Args{"step": s.key()})
	}
	if err := s.Do(env); err != nil {
		return false, err
	}
	return true, record(env, s.key())
}

// history is what was done to a database so far.
type history struct {
	installed string          // the fingerprint of the addons whose data it has
	addons    map[string]bool // that it has
	done      map[string]bool // steps
}

// The parameters that hold a database's history.
const (
	installedParameter = "girosync.installed"
	upgradesParameter  = "girosync.upgrades" // a step a line
)

// readHistory reads it, whichever version the tables are of.
func readHistory(env *orm.Env) (history, error) {
	past := history{addons: map[string]bool{}, done: map[string]bool{}}
	err := each(env, "SELECT key, value FROM ir_config_parameter WHERE key IN ('"+installedParameter+"', '"+upgradesParameter+"')",
		func(rows dialect.Rows) {
			if rows.Text(0) == installedParameter {
				past.installed = rows.Text(1)
				return
			}
			for key := range strings.Lines(rows.Text(1)) {
				past.done[strings.TrimSuffix(key, "\n")] = true
			}
		})
	if err != nil {
		return past, err
	}
	return past, each(env, "SELECT name FROM ir_module_module", func(rows dialect.Rows) { past.addons[rows.Text(0)] = true })
}

func each(env *orm.Env, query string, row func(rows dialect.Rows)) error {
	tx, _, err := env.SQL()
	if err != nil {
		return err
	}
	rows, err := tx.Query(env.Ctx(), query)
	if err != nil {
		return fault.Wrap(err, "read history", nil)
	}
	for rows.Next() {
		row(rows)
	}
	return errors.Join(rows.Err(), rows.Close())
}

// record adds a step to those done.
func record(env *orm.Env, key string) error {
	tx, d, err := env.SQL()
	if err != nil {
		return err
	}
	const table = "ir_config_parameter"
	n, err := tx.Exec(env.Ctx(), "UPDATE "+table+" SET value = value || "+d.Placeholder(1)+" WHERE key = "+d.Placeholder(2),
		"\n"+key, upgradesParameter)
	if err != nil || n > 0 {
		return fault.Wrap(err, "record", key)
	}
	ids, err := tx.ReserveIDs(env.Ctx(), table, 1)
	if err == nil {
		err = tx.Insert(env.Ctx(), table, []string{"id", "key", "value"}, [][]any{{ids[0], upgradesParameter, key}})
	}
	return fault.Wrap(err, "record", key)
}
