package repair

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// reimport makes the line of transactions again that a user deleted: the one
// way by which a deleted line comes back. It answers the lines' ids, and is a
// fault of kind User where there is nothing to import, the bank took the
// transaction back, or the books are locked.
func reimport(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.Transactions, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := env.CheckAccess(record.Lines, orm.Create); err != nil {
		return nil, err
	}
	env = env.Sudo()
	ledger.LetEngineWork(env)
	return reimportAll(env, call.IDs)
}

// reimportAll makes the lines of transactions, in their order, with one chaining
// of balances for each account.
func reimportAll(env *orm.Env, ids []int64) ([]int64, error) {
	rows, err := env.Read(record.Transactions, ids,
		append([]string{"account_id", "status", "line_id", "line_deleted", "merged_into"}, ledger.KeptFields...)...)
	if err != nil {
		return nil, err
	}
	byAccount := map[int64][]orm.Row{}
	var accounts []int64
	seen := map[int64]bool{}
	for _, id := range ids {
		row, there := rows.ByID(id)
		if !there || seen[id] {
			continue
		}
		seen[id] = true // a second line of it must not be possible, whoever calls
		if takenBack(row) {
			return nil, fault.Say(fault.User, "sync.reimport_removed", nil)
		}
		if row.Ref("line_id") != 0 || row.Ref("merged_into") != 0 || row.Str("status") == string(importing.Pending) ||
			!row.Bool("line_deleted") {
			return nil, fault.Say(fault.User, "sync.reimport_nothing", nil)
		}
		account := row.Ref("account_id")
		if byAccount[account] == nil {
			accounts = append(accounts, account)
		}
		byAccount[account] = append(byAccount[account], row)
	}
	made := []int64{}
	for _, account := range accounts {
		lines, err := reimportOf(env, account, byAccount[account])
		if err != nil {
			return nil, err
		}
		made = append(made, lines...)
	}
	return made, nil
}

// takenBack reports whether a transaction is none any more: its bank took it back,
// or another one stands for it. A line of it would book what did not happen.
func takenBack(row orm.Row) bool { return row.Str("status") == string(importing.Removed) }

// reimportOf makes the lines of one account's transactions.
func reimportOf(env *orm.Env, account int64, rows []orm.Row) ([]int64, error) {
	facts, err := record.ReadAccount(env, account)
	if err != nil {
		return nil, err
	}
	if facts == nil || facts.Journal == 0 {
		return nil, fault.Say(fault.User, "sync.reimport_no_journal", nil)
	}
	for _, row := range rows {
		if facts.Lock != "" && row.Date("date") <= facts.Lock {
			return nil, fault.Say(fault.User, "sync.reimport_locked", fault.Args{"day": string(facts.Lock)})
		}
	}
	entries, err := ledger.KeptEntries(env, rows)
	if err != nil {
		return nil, err
	}
	company, err := record.CompanyOf(env, facts.Journal)
	if err != nil {
		return nil, err
	}
	balance, err := books.JournalBalance(env, facts.Journal)
	if err != nil {
		return nil, err
	}
	w := apply.ByUser(env, facts, company)
	w.Begin(balance)
	var again books.Touched
	if err := books.Reopen(env, facts, firstDay(entries), &again); err != nil {
		return nil, err
	}
	made, err := w.Lines(env, entries)
	if err != nil {
		return nil, err
	}
	w.Touched.Began, w.Touched.Older = again.Began, again.Older
	for i, row := range rows {
		if err := env.Write(record.Transactions, []int64{row.ID()},
			orm.Values{"status": string(importing.Posted), "line_id": made[i], "line_deleted": false, "held_back": nil,
				"match_code": string(ledger.Reimported), "removed_reason": nil}); err != nil {
			return nil, err
		}
	}
	if err := w.Chain(env); err != nil {
		return nil, err
	}
	if !again.Began.Known {
		if err := books.Resume(env, facts); err != nil {
			return nil, err
		}
	}
	return made, tellReimported(env, w, entries)
}

// firstDay is the earliest day of some transactions, of which there are any.
func firstDay(entries []*importing.Entry) schema.Date {
	return slices.MinFunc(entries, func(a, b *importing.Entry) int { return strings.Compare(string(a.Date), string(b.Date)) }).Date
}

// mostReimported is how many transactions are named, each in a message of its own.
const mostReimported = 20

// tellReimported says on the journal what was imported again.
func tellReimported(env *orm.Env, w *apply.Writer, entries []*importing.Entry) error {
	texts := []string{w.Say("sync.reimported_many", fault.Args{"count": len(entries)})}
	if len(entries) <= mostReimported {
		texts = nil
		for _, e := range entries {
			texts = append(texts, w.Say("sync.reimported_note", fault.Args{"date": string(e.Date), "amount": record.PlainText(e.Amount),
				"text": apply.LabelOf(e)}))
		}
	}
	for _, text := range texts {
		if _, err := mail.Post(env, record.Journals, w.Account.Journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return nil
}
