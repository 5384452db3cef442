package repair

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// reimport makes the line of transactions again that a user deleted: the one
// way by which a deleted line comes back. It answers the lines' ids, and is a
// fault of kind User where there is nothing to import, or the books are locked.
func reimport(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.Transactions, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := env.CheckAccess(record.Lines, orm.Create); err != nil {
		return nil, err
	}
	env = env.Sudo()
	ledger.LetEngineWork(env)
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
	rows, err := env.Read(record.Transactions, []int64{id},
		append([]string{"account_id", "status", "line_id", "line_deleted", "merged_into"}, ledger.KeptFields...)...)
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	row := rows.At(0)
	if row.Ref("line_id") != 0 || row.Ref("merged_into") != 0 || row.Str("status") == string(importing.Pending) ||
		!row.Bool("line_deleted") {
		return 0, fault.Say(fault.User, "sync.reimport_nothing", nil)
	}
	facts, err := record.ReadAccount(env, row.Ref("account_id"))
	if err != nil {
		return 0, err
	}
	if facts == nil || facts.Journal == 0 {
		return 0, fault.Say(fault.User, "sync.reimport_no_journal", nil)
	}
	if facts.Lock != "" && row.Date("date") <= facts.Lock {
		return 0, fault.Say(fault.User, "sync.reimport_locked", fault.Args{"day": string(facts.Lock)})
	}
	entry, err := ledger.KeptEntry(row)
	if err != nil {
		return 0, err
	}
	company, err := record.CompanyOf(env, facts.Journal)
	if err != nil {
		return 0, err
	}
	balance, err := books.JournalBalance(env, facts.Journal)
	if err != nil {
		return 0, err
	}
	w := apply.ByUser(env, facts, company)
	w.Begin(balance)
	made, err := w.Lines(env, []*importing.Entry{entry})
	if err != nil {
		return 0, err
	}
	if err := env.Write(record.Transactions, []int64{id},
		orm.Values{"status": string(importing.Posted), "line_id": made[0], "line_deleted": false, "match_code": string(ledger.Reimported),
			"removed_reason": nil}); err != nil {
		return 0, err
	}
	if err := w.Chain(env); err != nil {
		return 0, err
	}
	text := w.Say("sync.reimported_note", fault.Args{"date": string(entry.Date), "amount": record.PlainText(entry.Amount),
		"text": apply.LabelOf(entry)})
	_, err = mail.Post(env, record.Journals, facts.Journal, text, mail.Options{})
	return made[0], err
}
