package onlinesync

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// reimport makes the line of transactions again that a user deleted: the one
// way by which a deleted line comes back. It answers the lines' ids, and is a
// fault of kind User where there is nothing to import, or the books are locked.
func reimport(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(transactions, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := env.CheckAccess(lines, orm.Create); err != nil {
		return nil, err
	}
	env = env.Sudo()
	letEngineWork(env)
	made := []int64{}
	for _, id := range call.IDs {
		line, err := reimportOne(env, id)
		if err != nil {
			return nil, err
		}
		made = append(made, line)
	}
	return made, nil
}

func reimportOne(env *orm.Env, id int64) (int64, error) {
	rows, err := env.Read(transactions, []int64{id}, append([]string{"account_id", "status", "line_id", "line_deleted", "merged_into"}, keptFields...)...)
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	row := rows.At(0)
	if row.Ref("line_id") != 0 || row.Ref("merged_into") != 0 || row.Str("status") == string(importing.Pending) || !row.Bool("line_deleted") {
		return 0, fault.Say(fault.User, "sync.reimport_nothing", nil)
	}
	facts, err := readAccount(env, row.Ref("account_id"))
	if err != nil {
		return 0, err
	}
	if facts == nil || facts.journal == 0 {
		return 0, fault.Say(fault.User, "sync.reimport_no_journal", nil)
	}
	if facts.lock != "" && row.Date("date") <= facts.lock {
		return 0, fault.Say(fault.User, "sync.reimport_locked", fault.Args{"day": string(facts.lock)})
	}
	entry, err := keptEntry(row)
	if err != nil {
		return 0, err
	}
	company, err := companyOf(env, facts.journal)
	if err != nil {
		return 0, err
	}
	w := &writer{s: &syncing{company: company, fed: map[int64]bool{}}, account: facts, now: env.Now(), foreign: map[string]int64{}}
	if w.balance, err = journalBalance(env, facts.journal); err != nil {
		return 0, err
	}
	made, err := w.lines(env, []*importing.Entry{entry})
	if err != nil {
		return 0, err
	}
	if err := env.Write(transactions, []int64{id}, orm.Values{"status": string(importing.Posted), "line_id": made[0], "line_deleted": false, "match_code": string(reimported),
		"removed_reason": nil}); err != nil {
		return 0, err
	}
	if err := chainTouched(env, facts.journal, &w.touched); err != nil {
		return 0, err
	}
	text := w.s.say("sync.reimported_note", fault.Args{"date": string(entry.Date), "amount": plainText(entry.Amount), "text": labelOf(entry)})
	_, err = mail.Post(env, journals, facts.journal, text, mail.Options{})
	return made[0], err
}

func companyOf(env *orm.Env, journal int64) (int64, error) {
	rows, err := env.Read(journals, []int64{journal}, "company_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return rows.At(0).Ref("company_id"), nil
}
