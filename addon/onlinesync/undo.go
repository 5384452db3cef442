package onlinesync

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

func undoRuns(env *orm.Env, call *orm.Call) (any, error) { return undo(env, call.IDs) }

// undo takes back what runs brought in: their lines go, and so do their ledger
// rows, so that a next fetch of the same days brings them again. It refuses a
// run that is not finished, or of which somebody changed or reconciled a line.
func undo(env *orm.Env, ids []int64) (any, error) {
	for _, id := range ids {
		if err := undoRun(env, id); err != nil {
			return nil, err
		}
	}
	return true, nil
}

func undoRun(env *orm.Env, id int64) error {
	if err := env.CheckRules(runs, []int64{id}, orm.Read); err != nil {
		return err
	}
	if err := env.CheckAccess(lines, orm.Unlink); err != nil {
		return err
	}
	env = env.Sudo()
	rows, err := env.Read(runs, []int64{id}, "state", "window_from", "window_to", "removed")
	if err != nil {
		return err
	}
	if rows.Len() == 0 {
		return fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	if row.Str("state") != runDone {
		return fault.Say(fault.User, "sync.run_busy", nil)
	}
	known, err := env.SearchRead(transactions, domain.Where("run", domain.Eq, id), []string{"line_id", "account_id"}, orm.SearchOptions{})
	if err != nil || known.Len() == 0 {
		return err
	}
	var made []int64
	touched := map[int64]bool{}
	for k := range known.All() {
		touched[k.Ref("account_id")] = true
		if line := k.Ref("line_id"); line != 0 {
			made = append(made, line)
		}
	}
	held, err := env.Count(lines, domain.All(domain.Where("id", domain.In, anyIDs(made)),
		domain.Or{domain.Where("is_reconciled", domain.Eq, true), domain.Where("online_edited", domain.Eq, true)}), 0)
	if err != nil {
		return err
	}
	if held > 0 {
		return fault.Say(fault.User, "sync.run_touched", fault.Args{"count": held})
	}
	letEngineWork(env)
	if err := env.Unlink(lines, made); err != nil {
		return err
	}
	if err := env.Unlink(transactions, known.IDs()); err != nil {
		return err
	}
	window := importing.Interval{From: row.Date("window_from"), To: row.Date("window_to")}
	if window.From == "" {
		window.From = "0001-01-01"
	}
	for account := range touched {
		if err := uncover(env, account, window); err != nil {
			return err
		}
	}
	return env.Write(runs, []int64{id}, orm.Values{"removed": row.Int("removed") + int64(len(made))})
}

// uncover makes the next fetch ask for a window again.
func uncover(env *orm.Env, account int64, window importing.Interval) error {
	rows, err := env.Read(accounts, []int64{account}, "coverage")
	if err != nil || rows.Len() == 0 {
		return err
	}
	coverage, err := importing.ParseCoverage(rows.At(0).JSON("coverage"))
	if err != nil {
		return err
	}
	text, err := json.Marshal(coverage.Remove(window))
	if err != nil {
		return err
	}
	return env.Write(accounts, []int64{account}, orm.Values{"coverage": json.RawMessage(text), "cursor": nil})
}
