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

// takeBack changes lines and ledger rows.
func (u *undoing) takeBack() error {
	if err := u.note(); err != nil {
		return err
	}
	for _, row := range u.heirs {
		if err := u.inherit(row); err != nil {
			return err
		}
	}
	if u.hold {
		if err := ledger.KeepLines(u.env, u.gone); err != nil {
			return err
		}
	}
	if err := u.env.Unlink(record.Lines, u.gone); err != nil {
		return err
	}
	take := u.forget
	if u.hold {
		take = u.holdBack
	}
	if err := take(); err != nil {
		return err
	}
	for _, row := range u.changed {
		if err := u.restore(row); err != nil {
			return err
		}
	}
	if u.hold { // holding back is about lines that came in: what the bank took back stays out
		return nil
	}
	return u.recreate()
}

// forget drops what the run told first, and lets what it posted be pending again.
func (u *undoing) forget() error {
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
	return nil
}

// note remembers which days and statements change, by journal.
func (u *undoing) note() error {
	rows, err := u.env.Read(record.Lines, append(append([]int64{}, u.gone...), u.kept...), "journal_id", "date", "statement_id",
		"amount", "online_account_id")
	if err != nil {
		return err
	}
	first, err := u.toldFirst()
	if err != nil {
		return err
	}
	for row := range rows.All() {
		u.on(row.Ref("journal_id"), row.Date("date"), row.Ref("statement_id"))
		if first[row.Ref("online_account_id")] {
			u.opened = append(u.opened, row)
		}
	}
	moved, err := books.MovedOpenings(u.env, u.run)
	if err != nil {
		return err
	}
	if u.hold { // as of deleted lines: the statements that are left begin as they do
		return nil
	}
	for journal, t := range u.touched {
		if t.Began, err = books.BeginningOf(u.env, journal); err != nil {
			return err
		}
		t.Older = record.DecimalOf(moved[journal]).Neg()
	}
	return nil
}

// toldFirst are the accounts of which no run told anything before: their journals
// began with the lines of this one.
func (u *undoing) toldFirst() (map[int64]bool, error) {
	first := map[int64]bool{}
	for account := range u.accounts {
		before, err := u.env.Count(record.Transactions, domain.All(domain.Where("account_id", domain.Eq, account),
			domain.Where("run", domain.Lt, u.run)), 1)
		if err != nil {
			return nil, err
		}
		first[account] = before == 0
	}
	return first, nil
}

// moveOn lets the statements of a journal that began with the run's lines begin with
// the first line that is left, with the balance that those led to.
func (u *undoing) moveOn(journal int64, t *books.Touched) error {
	left, err := books.BeginningOf(u.env, journal)
	if err != nil {
		return err
	}
	for _, row := range u.opened {
		if row.Ref("journal_id") == journal && row.Ref("statement_id") != 0 && row.Date("date") < left.Day {
			t.Older = record.Plus(t.Older, row.Decimal("amount").Neg())
		}
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
	if u.hold { // the bank's change is asked from now on
		line["online_change_held"] = true
	}
	u.reachTo(row.Date("date"))
	if err := u.env.Write(record.Lines, []int64{row.Ref("line_id")}, line); err != nil {
		return err
	}
	return u.env.Write(record.Transactions, []int64{row.ID()},
		orm.Values{"date": was.Date, "value_date": record.OrNoDate(was.ValueDate), "amount": amount,
			"payment_ref": record.OrNoText(was.Text), "partner_name": record.OrNoText(was.Partner),
			"account_number": record.OrNoText(was.Number),
			"fingerprint":    was.Fingerprint, "occurrence": was.Occurrence, "before_change": nil, "changed_run": nil})
}

// inherit lets a row that stood behind one of the run's stand for itself: its line
// stays, and says what the row says, unless somebody works with it.
func (u *undoing) inherit(row orm.Row) error {
	if row.Ref("merged_into") == 0 {
		return nil // the other way round: the run's row stood behind it
	}
	if err := u.env.Write(record.Transactions, []int64{row.ID()}, orm.Values{"merged_into": nil}); err != nil {
		return err
	}
	lines, err := u.env.Read(record.Lines, []int64{row.Ref("line_id")}, "date", "statement_id", "is_reconciled", "amount", "online_edited")
	if err != nil || lines.Len() == 0 {
		return err
	}
	line := lines.At(0)
	lock, err := record.LockDate(u.env, u.company)
	if err != nil || record.Reconciled(line) || line.Bool("online_edited") || min(line.Date("date"), row.Date("date")) <= lock {
		return err
	}
	entry, err := ledger.KeptEntry(u.env, row)
	if err != nil {
		return err
	}
	values := apply.ToldValues(entry)
	journal, statement, err := u.statementOf(row.Ref("account_id"), entry.Date)
	if err != nil {
		return err
	}
	if entry.Date != line.Date("date") {
		values["statement_id"] = record.OrNil(statement)
	}
	if journal != 0 {
		u.on(journal, min(line.Date("date"), entry.Date), line.Ref("statement_id"))
		u.on(journal, entry.Date, statement)
	}
	return u.env.Write(record.Lines, []int64{line.ID()}, values)
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
// their transactions back. Their days are asked for again, so that the bank's
// word counts anew.
func (u *undoing) recreate() error {
	for _, row := range u.removed {
		journal, statement, err := u.statementOf(row.Ref("account_id"), row.Date("date"))
		if err != nil {
			return err
		}
		if journal == 0 {
			continue // the account feeds no journal any more
		}
		entry, err := ledger.KeptEntry(u.env, row)
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
			orm.Values{"status": string(importing.Posted), "line_id": ids[0], "changed_run": nil, "removed_reason": nil}); err != nil {
			return err
		}
		u.reachTo(row.Date("date"))
	}
	return nil
}

// reachTo makes the days that are asked for again hold a day: what a run changed
// or removed may lie outside of what it asked for.
func (u *undoing) reachTo(day schema.Date) {
	if u.window.From != "" {
		u.window.From, u.window.To = min(u.window.From, day), max(u.window.To, day)
	}
}

// settle chains what is left, and lets the next fetch ask for the days again where
// the lines may come again.
func (u *undoing) settle() error {
	for journal, t := range u.touched {
		if err := books.DropEmptied(u.env, journal); err != nil {
			return err
		}
		if err := u.moveOn(journal, t); err != nil {
			return err
		}
		if err := books.ChainTouched(u.env, journal, t); err != nil {
			return err
		}
	}
	window := u.window
	if window.From == "" {
		window.From = importing.Beginning
	}
	for account := range u.accounts {
		if !u.hold {
			if err := uncover(u.env, account, window); err != nil {
				return err
			}
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

// uncover makes the next fetch ask for a window again, once, and until it is filled
// where days before it are known.
func uncover(env *orm.Env, account int64, window importing.Interval) error {
	rows, err := env.Read(record.Accounts, []int64{account}, "coverage", "ask_from")
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
	from := window.From
	if before := rows.At(0).Date("ask_from"); before != "" {
		from = min(from, before)
	}
	return env.Write(record.Accounts, []int64{account}, orm.Values{"coverage": json.RawMessage(text), "ask_from": from, "cursor": nil})
}
