package databases

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// history is what was done to a database so far.
type history struct {
	installed string          // the fingerprint of the addons whose data it has
	addons    map[string]bool // that it has
	done      map[string]bool // steps
	begun     bool            // whether an upgrade did not end
}

// The parameters that hold a database's history.
const (
	installedParameter = "girosync.installed"
	upgradesParameter  = "girosync.upgrades"  // a step a line
	upgradingParameter = "girosync.upgrading" // since when; there while an upgrade has not ended
)

// parameters is the table, which every version has alike.
const parameters = "ir_config_parameter"

// readHistory reads it, whichever version the tables are of.
func readHistory(env *orm.Env) (history, error) {
	past := history{addons: map[string]bool{}, done: map[string]bool{}}
	err := each(env, "SELECT key, value FROM "+parameters+" WHERE key LIKE 'girosync.%'", func(rows dialect.Rows) {
		switch rows.Text(0) {
		case installedParameter:
			past.installed = rows.Text(1)
		case upgradingParameter:
			past.begun = true
		case upgradesParameter:
			for key := range strings.Lines(rows.Text(1)) {
				past.done[strings.TrimSuffix(key, "\n")] = true
			}
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

// note adds a line to a parameter, whichever version the tables are of.
func note(env *orm.Env, parameter, line string) error {
	tx, d, err := env.SQL()
	if err != nil {
		return err
	}
	n, err := tx.Exec(env.Ctx(), "UPDATE "+parameters+" SET value = value || "+d.Placeholder(1)+" WHERE key = "+d.Placeholder(2),
		"\n"+line, parameter)
	if err != nil || n > 0 {
		return fault.Wrap(err, "note", line)
	}
	ids, err := tx.ReserveIDs(env.Ctx(), parameters, 1)
	if err == nil {
		err = tx.Insert(env.Ctx(), parameters, []string{"id", "key", "value"}, [][]any{{ids[0], parameter, line}})
	}
	return fault.Wrap(err, "note", line)
}
