package repair

import (
	"encoding/json"
	"maps"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

func undoRuns(env *orm.Env, call *orm.Call) (any, error) { return undo(env, call.IDs) }

// undo takes back what runs did. What a run told first goes, with its ledger
// rows, so that a next fetch of the same days brings it again; what it posted
// is pending again; what it changed is as it was; a line that it removed is
// there again. It refuses a run that is not finished, of which somebody
// changed or reconciled a line, or that reaches into a closed period.
func undo(env *orm.Env, ids []int64) (any, error) {
	for _, id := range ids {
		if err := undoRun(env, id); err != nil {
			return nil, err
		}
	}
	return true, nil
}

func undoRun(env *orm.Env, id int64) error {
	if err := env.CheckRules(record.Runs, []int64{id}, orm.Read); err != nil {
		return err
	}
	if err := env.CheckAccess(record.Lines, orm.Unlink); err != nil {
		return err
	}
	env = env.Sudo()
	rows, err := env.Read(record.Runs, []int64{id}, "state", "window_from", "window_to", "removed", "company_id")
	if err != nil {
		return err
	}
	if rows.Len() == 0 {
		return fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	if row.Str("state") != record.RunDone {
		return fault.Say(fault.User, "sync.run_busy", nil)
	}
	u := &undoing{env: env, company: row.Ref("company_id"), run: id, touched: map[int64]*books.Touched{}, accounts: map[int64]bool{}}
	if err := u.find(); err != nil || !u.any() {
		return err
	}
	if err := u.refuse(row.Ref("company_id")); err != nil {
		return err
	}
	ledger.LetEngineWork(env)
	if err := u.takeBack(); err != nil {
		return err
	}
	if err := u.settle(importing.Interval{From: row.Date("window_from"), To: row.Date("window_to")}); err != nil {
		return err
	}
	return env.Write(record.Runs, []int64{id}, orm.Values{"removed": row.Int("removed") + int64(len(u.gone))})
}

// undoing is a run being undone.
type undoing struct {
	env      *orm.Env
	company  int64
	run      int64
	told     []int64   // ledger rows that the run told first
	posted   []orm.Row // that it posted, told by an earlier one
	changed  []orm.Row
	removed  []orm.Row
	gone     []int64 // lines to delete
	kept     []int64 // lines to change
	accounts map[int64]bool
	touched  map[int64]*books.Touched // by journal
}

// find reads what the run did.
func (u *undoing) find() error {
	rows, err := u.env.SearchRead(record.Transactions,
		domain.Or{domain.Where("run", domain.Eq, u.run), domain.Where("posted_run", domain.Eq, u.run),
			domain.Where("changed_run", domain.Eq, u.run)},
		append([]string{"run", "posted_run", "changed_run", "before_change", "status", "line_id", "line_deleted",
			"account_id"}, ledger.KeptFields...), orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		u.accounts[row.Ref("account_id")] = true
		line := row.Ref("line_id")
		switch {
		case row.Int("run") == u.run:
			u.told = append(u.told, row.ID())
			u.drop(line)
		case row.Bool("line_deleted"):
		case row.Int("posted_run") == u.run:
			u.posted = append(u.posted, row)
			u.drop(line)
		case line != 0:
			u.changed = append(u.changed, row)
			u.kept = append(u.kept, line)
		case row.Str("status") == string(importing.Removed):
			u.removed = append(u.removed, row)
		}
	}
	return nil
}

func (u *undoing) drop(line int64) {
	if line != 0 {
		u.gone = append(u.gone, line)
	}
}

func (u *undoing) any() bool { return len(u.told)+len(u.posted)+len(u.changed)+len(u.removed) > 0 }

// refuse what somebody works with, or what is closed.
func (u *undoing) refuse(company int64) error {
	mine := domain.Where("id", domain.In, record.IDs(append(append([]int64{}, u.gone...), u.kept...)))
	held, err := u.env.Count(record.Lines, domain.All(mine,
		domain.Or{domain.Where("online_edited", domain.Eq, true),
			domain.All(domain.Where("is_reconciled", domain.Eq, true), domain.Where("amount", domain.Ne, int64(0)))}), 0)
	if err != nil {
		return err
	}
	if held > 0 {
		return fault.Say(fault.User, "sync.run_touched", fault.Args{"count": held})
	}
	lock, err := record.LockDate(u.env, company)
	if err != nil || lock == "" {
		return err
	}
	closed, err := u.env.Count(record.Lines, domain.All(mine, domain.Where("date", domain.Le, lock)), 0)
	if err != nil {
		return err
	}
	if closed > 0 {
		return fault.Say(fault.User, "sync.run_closed", fault.Args{"count": closed, "day": string(lock)})
	}
	return nil
}

func (u *undoing) takeBack() error {
	if err := u.note(); err != nil {
		return err
	}
	if err := u.env.Unlink(record.Lines, u.gone); err != nil {
		return err
	}
	if err := u.env.Unlink(record.Transactions, u.told); err != nil {
		return err
	}
	for _, row := range u.posted {
		if err := u.env.Write(record.Transactions, []int64{row.ID()},
			orm.Values{"status": string(importing.Pending), "pending_since": row.Date("date"),
				"line_id": nil, "posted_at": nil, "posted_run": nil}); err != nil {
			return err
		}
	}
	for _, row := range u.changed {
		if err := u.restore(row); err != nil {
			return err
		}
	}
	return u.recreate()
}

// note remembers which days and statements change, by journal.
func (u *undoing) note() error {
	rows, err := u.env.Read(record.Lines, append(append([]int64{}, u.gone...), u.kept...), "journal_id", "date", "statement_id")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		u.on(row.Ref("journal_id"), row.Date("date"), row.Ref("statement_id"))
	}
	moved, err := books.MovedOpenings(u.env, u.run)
	if err != nil {
		return err
	}
	for journal, t := range u.touched {
		if t.Began, err = books.BeginningOf(u.env, journal); err != nil {
			return err
		}
		t.Older = record.DecimalOf(moved[journal]).Neg()
	}
	return nil
}

func (u *undoing) on(journal int64, day schema.Date, statement int64) {
	if u.touched[journal] == nil {
		u.touched[journal] = &books.Touched{}
	}
	u.touched[journal].On(day, statement)
}

// restore lets a line and its ledger row say what they said before.
func (u *undoing) restore(row orm.Row) error {
	var was apply.Before
	if err := json.Unmarshal(row.JSON("before_change"), &was); err != nil {
		return fault.Wrap(err, "undo change of transaction", row.ID())
	}
	amount, ok := record.Amount(was.Amount.String())
	if !ok {
		return fault.New(fault.Internal, "transaction %d was %s before", row.ID(), was.Amount)
	}
	label := was.Text
	if label == "" {
		label = was.Partner
	}
	line := orm.Values{"date": was.Date, "value_date": record.OrNoDate(was.ValueDate), "amount": amount,
		"payment_ref":  record.OrNoText(label),
		"partner_name": record.OrNoText(was.Partner), "account_number": record.OrNoText(was.Number)}
	if was.Paid != nil {
		entry := &importing.Entry{Amount: amount}
		ledger.PaidIn(entry, *was.Paid)
		paid, err := (&apply.Writer{}).ForeignValues(u.env, entry)
		if err != nil {
			return err
		}
		maps.Copy(line, paid)
	}
	if was.Date != row.Date("date") {
		journal, statement, err := u.statementOf(row.Ref("account_id"), was.Date)
		if err != nil {
			return err
		}
		line["statement_id"] = record.OrNil(statement)
		u.on(journal, was.Date, statement)
	}
	if err := u.env.Write(record.Lines, []int64{row.Ref("line_id")}, line); err != nil {
		return err
	}
	return u.env.Write(record.Transactions, []int64{row.ID()},
		orm.Values{"date": was.Date, "value_date": record.OrNoDate(was.ValueDate), "amount": amount,
			"payment_ref": record.OrNoText(was.Text), "partner_name": record.OrNoText(was.Partner),
			"account_number": record.OrNoText(was.Number),
			"fingerprint":    was.Fingerprint, "occurrence": was.Occurrence, "before_change": nil, "changed_run": nil})
}

// statementOf is where a day's line belongs in the journal that an account feeds.
func (u *undoing) statementOf(account int64, day schema.Date) (journal, statement int64, err error) {
	facts, err := record.ReadAccount(u.env, account)
	if err != nil || facts == nil || facts.Journal == 0 {
		return 0, 0, err
	}
	of, err := books.FinderOf(facts).Find(u.env, []schema.Date{day})
	return facts.Journal, of[day], err
}

// recreate makes the lines again that the run removed because the bank took
// their transactions back.
func (u *undoing) recreate() error {
	for _, row := range u.removed {
		journal, statement, err := u.statementOf(row.Ref("account_id"), row.Date("date"))
		if err != nil {
			return err
		}
		if journal == 0 {
			continue // the account feeds no journal any more
		}
		entry, err := ledger.KeptEntry(row)
		if err != nil {
			return err
		}
		values, err := (&apply.Writer{}).ForeignValues(u.env, entry)
		if err != nil {
			return err
		}
		partner, err := apply.PartnerOf(u.env, u.company, entry)
		if err != nil {
			return err
		}
		maps.Copy(values, apply.ToldValues(entry))
		maps.Copy(values, orm.Values{"journal_id": journal, "statement_id": record.OrNil(statement),
			"partner_id": record.OrNil(partner),
			"ref":        record.OrNoText(entry.EndToEnd), "transaction_type": record.OrNoText(entry.Code),
			"online_transaction_identifier": record.OrNoText(entry.ID), "online_account_id": row.Ref("account_id")})
		ids, err := u.env.Create(record.Lines, values)
		if err != nil {
			return fault.Wrap(err, "make line of transaction", row.ID())
		}
		u.on(journal, row.Date("date"), statement)
		if err := u.env.Write(record.Transactions, []int64{row.ID()},
			orm.Values{"status": string(importing.Posted), "line_id": ids[0], "changed_run": nil}); err != nil {
			return err
		}
	}
	return nil
}

// settle chains what is left, and lets the next fetch ask for the days again.
func (u *undoing) settle(window importing.Interval) error {
	for journal, t := range u.touched {
		if err := books.DropEmptied(u.env, journal); err != nil {
			return err
		}
		if err := books.ChainTouched(u.env, journal, t); err != nil {
			return err
		}
	}
	if window.From == "" {
		window.From = "0001-01-01"
	}
	for account := range u.accounts {
		if err := uncover(u.env, account, window); err != nil {
			return err
		}
		left, err := u.env.Count(record.Lines, domain.Where("online_account_id", domain.Eq, account), 1)
		if err != nil {
			return err
		}
		if left == 0 { // the next lines begin anew, with the bank's balance
			if err := u.env.Write(record.Accounts, []int64{account}, orm.Values{"begun": false}); err != nil {
				return err
			}
		}
	}
	return nil
}

// uncover makes the next fetch ask for a window again.
func uncover(env *orm.Env, account int64, window importing.Interval) error {
	rows, err := env.Read(record.Accounts, []int64{account}, "coverage")
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
	beside, err := env.Search(record.FurtherConnections, domain.Where("account_id", domain.Eq, account), orm.SearchOptions{})
	if err != nil {
		return err
	}
	if err := env.Write(record.FurtherConnections, beside, orm.Values{"cursor": nil}); err != nil {
		return err
	}
	return env.Write(record.Accounts, []int64{account}, orm.Values{"coverage": json.RawMessage(text), "cursor": nil})
}
