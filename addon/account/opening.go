package account

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// OpeningLine makes the line that a journal without statements begins with
// (D18): what its account held at the end of a day.
func OpeningLine(env *orm.Env, journalID int64, day schema.Date, amount decimal.Decimal) (int64, error) {
	label := fault.Localize(fault.Say(fault.User, "statements.opening", nil), env.Context().Lang())
	ids, err := env.Create("account.bank.statement.line",
		orm.Values{"journal_id": journalID, "date": day, "amount": amount, "payment_ref": label})
	return first(ids), fault.Wrap(err, "opening line of journal", journalID)
}

// createOpening is create_opening_transaction(balance, date): a line that lets
// a journal's balance be what the account held at the end of a day, the one
// before the first line if none is given. It answers the line's id, or false
// when the balance is right already.
func createOpening(env *orm.Env, call *orm.Call) (any, error) {
	id, err := call.One()
	if err != nil {
		return nil, err
	}
	if err := env.CheckRules("account.journal", call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if found, err := env.Sudo().Exists("account.journal", call.IDs); err != nil || len(found) == 0 {
		if err == nil {
			err = fault.Say(fault.Missing, "fault.missing", nil)
		}
		return nil, err
	}
	balance, err := amountArgument(call, "balance")
	if err != nil {
		return nil, err
	}
	text, err := textArgument(call, "date")
	if err != nil {
		return nil, err
	}
	day := schema.Date("")
	if text != "" {
		if day, err = schema.ParseDate(text); err != nil {
			return nil, fault.New(fault.Value, "time data '%s' does not match format '%%Y-%%m-%%d'", text)
		}
	}
	oldest, err := env.SearchRead("account.bank.statement.line", domain.Where("journal_id", domain.Eq, id), []string{"date"},
		orm.SearchOptions{Order: "internal_index", Limit: 1})
	if err != nil {
		return nil, err
	}
	if day == "" {
		day = env.Today()
		if oldest.Len() > 0 {
			day = oldest.At(0).Date("date").AddDays(-1)
		}
	}
	has, err := balanceBefore(env.Sudo(), id, DayIndex(day.AddDays(1)))
	if err != nil {
		return nil, err
	}
	amount, err := balance.Sub(has)
	if err != nil {
		return nil, fault.Wrap(err, "opening of journal", id)
	}
	if amount.IsZero() {
		return false, nil
	}
	return OpeningLine(env, id, day, amount)
}

// amountArgument reads an amount that a client sent as a number or a text.
func amountArgument(call *orm.Call, name string) (decimal.Decimal, error) {
	var text string
	switch v := call.Value(name).(type) {
	case string:
		text = v
	default:
		n, err := call.Float(name)
		if err != nil {
			return decimal.Zero, err
		}
		d, err := decimal.NewFromFloat64(n)
		if err != nil {
			return decimal.Zero, fault.New(fault.Value, "%s: not an amount", name)
		}
		return d, nil
	}
	d, err := decimal.Parse(text)
	if err != nil {
		return decimal.Zero, fault.New(fault.Value, "%s: not an amount: %s", name, text)
	}
	return d, nil
}

// textArgument reads an optional text; false and null are none.
func textArgument(call *orm.Call, name string) (string, error) {
	if v := call.Value(name); v == nil || v == false {
		return "", nil
	}
	return call.String(name)
}
