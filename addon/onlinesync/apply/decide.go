package apply

import (
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// Decision is what becomes of what was told, and on what it was decided.
type Decision struct {
	Known []*importing.Known
	Plan  *importing.Plan
	// Typed are the entries that become lines of which a user may have typed one
	// before: they are asked about.
	Typed map[*importing.Entry]typedLine
}

// Decide reads what is known of what was told and decides what becomes of it.
// Nothing is written. An account that is not there yet, of id 0, knows nothing.
func Decide(env *orm.Env, account *record.Account, told *importing.Told) (d Decision, err error) {
	if account.ID != 0 {
		if d.Known, err = ledger.Known(env, account.ID, told); err != nil {
			return d, err
		}
	}
	d.Plan = importing.Decide(told, d.Known)
	d.Typed, err = typedNear(env, account, d.Plan)
	return d, err
}
