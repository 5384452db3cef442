package orm

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
)

// SQL returns the transaction below the models, and how its database writes SQL.
// It is for what no descriptor can express: the upgrade steps of addons. What
// is changed there is not checked, computed or announced; the caller must not
// end the transaction. Internal, unless the environment has all rights.
func (e *Env) SQL() (dialect.Tx, dialect.Dialect, error) {
	if err := e.inside(); err != nil {
		return nil, nil, err
	}
	if !e.system {
		return nil, nil, fault.New(fault.Internal, "SQL without all rights")
	}
	if err := e.tx.flushAll(); err != nil {
		return nil, nil, err
	}
	return e.tx.tx, e.db.store.Dialect(), nil
}
