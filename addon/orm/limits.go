package orm

import "github.com/girosync/girosync/addon/fault"

// Limits bound what one call of a client may ask. 0 is no limit; of Terms, the
// limit of package domain.
type Limits struct {
	// Rows is the most records, of all levels, that one answer may have.
	Rows int
	// Bytes is the most that one answer may have, and that one query of a
	// client's transaction may read of texts and files.
	Bytes int
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

// spend adds to what a client's transaction has produced, and refuses more than
// an answer may have, or work for a client that is gone. Ask before the work is
// done: the memory is not taken then.
func (e *Env) spend(records, bytes int) error {
	t := e.tx
	if t == nil || !t.client {
		return nil
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	t.records += records
	t.bytes += bytes
	limits := e.db.opt.Limits
	if limits.Rows > 0 && t.records > limits.Rows {
		return fault.Say(fault.User, "limit.records", fault.Args{"limit": limits.Rows})
	}
	return tooLong(t.bytes, limits.Bytes)
}

// checkRead refuses a query that reads too much at once.
func (e *Env) checkRead(bytes int) error {
	if e.tx == nil || !e.tx.client {
		return nil
	}
	return tooLong(bytes, e.db.opt.Limits.Bytes)
}

// tooLong is the refusal of more bytes than most; nil for fewer, and where there
// is no limit.
func tooLong(bytes, most int) error {
	if most > 0 && bytes > most {
		return fault.Say(fault.User, "limit.answer", fault.Args{"limit": most})
	}
	return nil
}
