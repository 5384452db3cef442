package orm

import "github.com/girosync/girosync/addon/fault"

// Limits bound what one call of a client may ask. 0 is no limit; of Terms, the
// limit of package domain.
type Limits struct {
	// Rows is the most records that one answer may have.
	Rows int
	// Commands is the most records that one call may name, and that one create or
	// x2many value may carry.
	Commands int
	// Terms is the most leaves and operators that one domain may have.
	Terms int
}

// checkIDs refuses a call that names too many records.
func (l Limits) checkIDs(n int) error {
	if l.Commands > 0 && n > l.Commands {
		return fault.Say(fault.User, "limit.ids", fault.Args{"limit": l.Commands})
	}
	return nil
}

// bounded is a search's limit that finds out whether there are more records
// than an answer may have, and not many more.
func (e *Env) bounded(limit int) int {
	most := e.db.opt.Limits.Rows
	if most > 0 && !e.system && (limit == 0 || limit > most) {
		return most + 1
	}
	return limit
}

// checkAnswer refuses an answer with too many records.
func (e *Env) checkAnswer(n int) error {
	if most := e.db.opt.Limits.Rows; most > 0 && !e.system && n > most {
		return fault.Say(fault.User, "limit.records", fault.Args{"limit": most})
	}
	return nil
}
