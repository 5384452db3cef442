package repair

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// holdBack keeps the ledger rows whose lines the undo takes out of the books, as
// those of lines that a user deleted: they stay known, and what the bank tells of
// them makes no line until somebody asks for it.
func (u *undoing) holdBack() error {
	ids := make([]int64, 0, u.heldBack())
	for _, row := range append(append([]orm.Row{}, u.toldLine...), u.posted...) {
		ids = append(ids, row.ID())
	}
	return u.env.Write(record.Transactions, ids, orm.Values{"line_id": nil, "line_deleted": true, "held_back": u.run})
}

// heldBack counts the transactions whose lines are held back.
func (u *undoing) heldBack() int {
	if !u.hold {
		return 0
	}
	return len(u.toldLine) + len(u.posted)
}

// tell says on the journals that the run was undone; the lines themselves are told
// nowhere else, since no user deleted them one by one.
func (u *undoing) tell() error {
	lang, err := base.Param(u.env, "onlinesync.language", "en_US")
	if err != nil {
		return err
	}
	text := record.SayIn(lang, "undo.note", fault.Args{"run": u.run, "when": u.began, "count": len(u.gone), "held": u.hold})
	for journal := range u.touched {
		if _, err := mail.Post(u.env, record.Journals, journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// letIn is action_reimport() of runs: what their undoing held back comes into the
// books again. It answers the lines' ids.
func letIn(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.Runs, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := record.CheckExist(env, record.Runs, call.IDs); err != nil {
		return nil, err
	}
	if err := env.CheckAccess(record.Lines, orm.Create); err != nil {
		return nil, err
	}
	env = env.Sudo()
	ids, err := env.Search(record.Transactions, domain.All(domain.Where("held_back", domain.In, record.IDs(call.IDs)),
		domain.Where("line_deleted", domain.Eq, true)), orm.SearchOptions{Order: "date, id"})
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fault.Say(fault.User, "undo.nothing_held", nil)
	}
	ledger.LetEngineWork(env)
	made, err := reimportAll(env, ids)
	if err != nil {
		return nil, err
	}
	return made, env.Write(record.Runs, call.IDs, orm.Values{"held_back": int64(0)})
}
