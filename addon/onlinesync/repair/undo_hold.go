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
// books again, but for what the bank took back meanwhile. It answers the lines' ids.
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
	rows, err := env.SearchRead(record.Transactions, domain.All(domain.Where("held_back", domain.In, record.IDs(call.IDs)),
		domain.Where("line_deleted", domain.Eq, true)), []string{"status", "account_id"}, orm.SearchOptions{Order: "date, id"})
	if err != nil {
		return nil, err
	}
	var ids []int64
	var gone []orm.Row
	for row := range rows.All() {
		if takenBack(row) {
			gone = append(gone, row)
		} else {
			ids = append(ids, row.ID())
		}
	}
	switch {
	case len(ids) == 0 && len(gone) > 0:
		return nil, fault.Say(fault.User, "undo.held_removed", fault.Args{"count": len(gone)})
	case len(ids) == 0:
		return nil, fault.Say(fault.User, "undo.nothing_held", nil)
	}
	ledger.LetEngineWork(env)
	made, err := reimportAll(env, ids)
	if err != nil {
		return nil, err
	}
	if err := leaveOut(env, gone); err != nil {
		return nil, err
	}
	return made, env.Write(record.Runs, call.IDs, orm.Values{"held_back": int64(0)})
}

// leaveOut ends the holding back of transactions that the bank took back meanwhile,
// and says on the journals how many they are: they are as any that a bank took
// back, and come only if it tells them again.
func leaveOut(env *orm.Env, gone []orm.Row) error {
	count := map[int64]int{} // by account
	for _, row := range gone {
		count[row.Ref("account_id")]++
		if err := env.Write(record.Transactions, []int64{row.ID()}, orm.Values{"line_deleted": false, "held_back": nil}); err != nil {
			return err
		}
	}
	lang, err := base.Param(env, "onlinesync.language", "en_US")
	if err != nil {
		return err
	}
	for account, n := range count {
		facts, err := record.ReadAccount(env, account)
		if err != nil {
			return err
		}
		if facts == nil || facts.Journal == 0 {
			continue
		}
		text := record.SayIn(lang, "undo.left_out", fault.Args{"count": n})
		if _, err := mail.Post(env, record.Journals, facts.Journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return nil
}
