package books

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Anchor lets a journal's first statement start where the bank's own balance
// says: the booked balance that the bank reports for a day, less the lines up
// to that day. Without it a history that does not reach back to the account's
// opening would be off by one amount for ever (D18, complaint 32). It is done
// once, at the end of the first import that brings lines, into a journal that has no lines but
// the account's own (an interrupted import may have left some); a start that a
// user wrote stays. reported is the booked balance; nil for none.
func Anchor(env *orm.Env, of *record.Account, reported *sdk.Balance) error {
	if of.Begun || reported == nil {
		return nil
	}
	amount, ok := record.Amount(reported.Amount)
	if !ok {
		return nil // refused with the page that brought it
	}
	if of.Invert {
		amount = amount.Neg()
	}
	return anchorTo(env, of, record.Date(reported.Date), amount)
}

// anchorTo anchors to a balance of a day, as the account's lines count. What is out
// of the books since the first line, as deleted, is in what the bank reports too.
func anchorTo(env *orm.Env, of *record.Account, day schema.Date, amount decimal.Decimal) error {
	others, err := env.Count(record.Lines, domain.All(domain.Where("journal_id", domain.Eq, of.Journal),
		domain.Where("online_account_id", domain.Ne, of.ID)), 1)
	if err != nil || others > 0 {
		return err
	}
	first, err := FirstStatement(env, of.Journal)
	if err != nil || first.Len() == 0 {
		return err
	}
	row := first.At(0)
	if row.Str("online_period") == "" || !row.Decimal("balance_start").IsZero() {
		return nil
	}
	sum, err := sumOf(env, domain.All(domain.Where("journal_id", domain.Eq, of.Journal),
		domain.Where("date", domain.Le, day)))
	if err != nil {
		return err
	}
	out, err := outOfBooks(env, of.ID, periodBegins(row), day.AddDays(1))
	if err != nil {
		return err
	}
	start := record.Plus(record.Plus(amount, sum.Neg()), out.Neg())
	if err := env.Write(record.Statements, []int64{row.ID()}, orm.Values{"balance_start": start, "online_end": nil}); err != nil {
		return err
	}
	return chainBalances(env, of.Journal, "")
}

// beginning is where the statements of a journal begin.
type beginning struct {
	Known bool
	Day   schema.Date     // of the first line of the first statement
	since schema.Date     // from where lines may belong to that statement
	start decimal.Decimal // the balance before it
}

// FirstStatement is the earliest statement of a journal that has lines.
func FirstStatement(env *orm.Env, journal int64) (*orm.Rows, error) {
	return env.SearchRead(record.Statements, domain.All(domain.Where("journal_id", domain.Eq, journal),
		domain.Where("first_line_index", domain.Ne, nil)),
		[]string{"online_period", "balance_start", "first_line_index"}, orm.SearchOptions{Order: "first_line_index, id", Limit: 1})
}

// BeginningOf tells where the statements of a journal begin.
func BeginningOf(env *orm.Env, journal int64) (beginning, error) {
	rows, err := FirstStatement(env, journal)
	if err != nil || rows.Len() == 0 {
		return beginning{}, err
	}
	row := rows.At(0)
	return beginning{Known: true, Day: account.IndexDay(row.Str("first_line_index")), since: periodBegins(row),
		start: row.Decimal("balance_start")}, nil
}

// extend moves the start of a journal's statements back over older lines: the
// balance that they lead to was known before, so that they change the opening
// balance and nothing after them.
func extend(env *orm.Env, journal int64, b beginning, older decimal.Decimal) error {
	rows, err := FirstStatement(env, journal)
	if err != nil || rows.Len() == 0 || rows.At(0).Str("online_period") == "" {
		return err
	}
	row, start := rows.At(0), record.Plus(b.start, older.Neg())
	if start.Equal(row.Decimal("balance_start")) {
		return nil
	}
	return env.Write(record.Statements, []int64{row.ID()}, orm.Values{"balance_start": start, "online_end": nil})
}

// MoveOpening keeps with the run by how much it moved a journal's start back,
// so that undoing it can move it forth.
func MoveOpening(env *orm.Env, run, journal int64, older decimal.Decimal) error {
	if older.IsZero() {
		return nil
	}
	moved, err := MovedOpenings(env, run)
	if err != nil {
		return err
	}
	moved[journal] = record.Number(record.Plus(record.DecimalOf(moved[journal]), older))
	text, err := json.Marshal(moved)
	if err != nil {
		return err
	}
	return env.Write(record.Runs, []int64{run}, orm.Values{"moved_openings": json.RawMessage(text)})
}

// MovedOpenings tells by how much a run moved the start of journals back.
func MovedOpenings(env *orm.Env, run int64) (map[int64]json.Number, error) {
	rows, err := env.Read(record.Runs, []int64{run}, "moved_openings")
	if err != nil {
		return nil, err
	}
	moved := map[int64]json.Number{}
	if text := rows.At(0).JSON("moved_openings"); len(text) > 0 {
		err = json.Unmarshal(text, &moved)
	}
	return moved, fault.Wrap(err, "openings that moved in run", run)
}
