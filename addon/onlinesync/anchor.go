package onlinesync

import (
	"encoding/json"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// anchor lets a journal's first statement start where the bank's own balance
// says: the booked balance that the bank reports for a day, less the lines up
// to that day. Without it a history that does not reach back to the account's
// opening would be off by one amount for ever (D18, complaint 32). It is done
// once, at the end of the first import that brings lines, into a journal that has no lines but
// the account's own (an interrupted import may have left some); a start that a
// user wrote stays.
func anchor(env *orm.Env, of *accountFacts, got *fetched) error {
	if of.begun {
		return nil
	}
	others, err := env.Count(lines, domain.All(domain.Where("journal_id", domain.Eq, of.journal),
		domain.Where("online_account_id", domain.Ne, of.id)), 1)
	if err != nil || others > 0 {
		return err
	}
	reported := bookedBalance(got.balances(), of.currency)
	if reported == nil {
		return nil
	}
	first, err := firstStatement(env, of.journal)
	if err != nil || first.Len() == 0 {
		return err
	}
	row := first.At(0)
	if row.Str("online_period") == "" || !row.Decimal("balance_start").IsZero() {
		return nil
	}
	groups, err := env.Group(lines, domain.All(domain.Where("journal_id", domain.Eq, of.journal),
		domain.Where("date", domain.Le, dateOf(reported.Date))), nil, []query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil || len(groups.List) == 0 {
		return err
	}
	amount, ok := amountOf(reported.Amount)
	if !ok {
		return nil // refused with the page that brought it
	}
	if of.invert {
		amount = amount.Neg()
	}
	start := plus(amount, asDecimal(groups.List[0].Figures[0]).Neg())
	if err := env.Write(statements, []int64{row.ID()}, orm.Values{"balance_start": start, "online_end": nil}); err != nil {
		return err
	}
	return chainBalances(env, of.journal, "")
}

// beginning is where the statements of a journal begin.
type beginning struct {
	known bool
	day   schema.Date     // of the first line of the first statement
	start decimal.Decimal // the balance before it
}

// firstStatement is the earliest statement of a journal that has lines.
func firstStatement(env *orm.Env, journal int64) (*orm.Rows, error) {
	return env.SearchRead(statements, domain.All(domain.Where("journal_id", domain.Eq, journal), domain.Where("first_line_index", domain.Ne, nil)),
		[]string{"online_period", "balance_start", "first_line_index"}, orm.SearchOptions{Order: "first_line_index, id", Limit: 1})
}

func beginningOf(env *orm.Env, journal int64) (beginning, error) {
	rows, err := firstStatement(env, journal)
	if err != nil || rows.Len() == 0 {
		return beginning{}, err
	}
	row := rows.At(0)
	return beginning{known: true, day: account.IndexDay(row.Str("first_line_index")), start: row.Decimal("balance_start")}, nil
}

// extend moves the start of a journal's statements back over older lines: the
// balance that they lead to was known before, so that they change the opening
// balance and nothing after them.
func extend(env *orm.Env, journal int64, b beginning, older decimal.Decimal) error {
	rows, err := firstStatement(env, journal)
	if err != nil || rows.Len() == 0 || rows.At(0).Str("online_period") == "" {
		return err
	}
	row, start := rows.At(0), plus(b.start, older.Neg())
	if start.Equal(row.Decimal("balance_start")) {
		return nil
	}
	return env.Write(statements, []int64{row.ID()}, orm.Values{"balance_start": start, "online_end": nil})
}

// movedOpening keeps with the run by how much it moved a journal's start back,
// so that undoing it can move it forth.
func (s *syncing) movedOpening(env *orm.Env, journal int64, older decimal.Decimal) error {
	if older.IsZero() {
		return nil
	}
	moved, err := openingsOf(env, s.run)
	if err != nil {
		return err
	}
	moved[journal] = number(plus(decimalOf(moved[journal]), older))
	text, err := json.Marshal(moved)
	if err != nil {
		return err
	}
	return env.Write(runs, []int64{s.run}, orm.Values{"moved_openings": json.RawMessage(text)})
}

// openingsOf tells by how much a run moved the start of journals back.
func openingsOf(env *orm.Env, run int64) (map[int64]json.Number, error) {
	rows, err := env.Read(runs, []int64{run}, "moved_openings")
	if err != nil {
		return nil, err
	}
	moved := map[int64]json.Number{}
	if text := rows.At(0).JSON("moved_openings"); len(text) > 0 {
		err = json.Unmarshal(text, &moved)
	}
	return moved, fault.Wrap(err, "openings that moved in run", run)
}

// decimalOf is an amount that was kept as a number; zero for none.
func decimalOf(n json.Number) decimal.Decimal {
	d, err := decimal.Parse(n.String())
	if err != nil {
		return decimal.Zero
	}
	return d
}

// bookedBalance is the best of the balances that count booked entries only.
func bookedBalance(list []sdk.Balance, currency string) *sdk.Balance {
	var best *sdk.Balance
	for i := range list {
		b := &list[i]
		if (b.Kind != sdk.Closing && b.Kind != sdk.Interim) || !b.Date.Valid() || b.Currency != "" && b.Currency != currency {
			continue
		}
		if best == nil || best.Date.Before(b.Date) {
			best = b
		}
	}
	return best
}
