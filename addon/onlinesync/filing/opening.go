package filing

import (
	"fmt"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// doubtOpening holds the balance that the file begins with against what the
// journal has before that day.
func (f *filing) doubtOpening(env *orm.Env) error {
	told := f.content.opening()
	if told == nil {
		return nil
	}
	amount, ok := f.amount(told)
	if !ok {
		return nil
	}
	day := record.Date(told.Date)
	has, err := account.BalanceBefore(env, f.req.Journal, day)
	if err != nil || has.Cmp(amount) == 0 {
		return err
	}
	f.doubt("opening_differs", "the file begins with %[1]s before %[3]s, but the journal has %[2]s there", amount, has, day)
	return nil
}

// doubtClosing holds the last balance of a file that tells none to begin with
// against what the journal would have. A journal that nothing was imported into
// yet takes its beginning from the file.
func (f *filing) doubtClosing(env *orm.Env) error {
	told, r := f.content.closing(), f.report
	if told == nil || f.content.opening() != nil || !f.target.account.Begun || r.Changed+r.Questions+r.Skipped > 0 {
		return nil
	}
	amount, ok := f.amount(told)
	if !ok {
		return nil
	}
	day := record.Date(told.Date)
	before, err := account.BalanceBefore(env, f.req.Journal, day)
	if err != nil {
		return err
	}
	after, err := account.BalanceBefore(env, f.req.Journal, day.AddDays(1))
	if err != nil {
		return err
	}
	before, after = record.Plus(before, f.gain.before), record.Plus(after, f.gain.until)
	if after.Cmp(amount) == 0 || told.Kind == sdk.Interim && before.Cmp(amount) == 0 {
		return nil // an interim balance may be that of the morning
	}
	f.doubt("closing_differs", "the journal would have %[2]s at the end of %[3]s, but the file says %[1]s", amount, after, day)
	return nil
}

// amount is a balance as the journal counts.
func (f *filing) amount(b *sdk.Balance) (decimal.Decimal, bool) {
	amount, ok := record.Amount(b.Amount)
	if f.target.account.Invert {
		amount = amount.Neg()
	}
	return amount, ok
}

func (f *filing) doubt(code, text string, told, has decimal.Decimal, day schema.Date) {
	f.content.found.Take(sdk.Finding{Kind: sdk.FindingDoubt, Code: code, Text: fmt.Sprintf(text, told, has, day),
		Values: map[string]string{"journal": f.target.name, "day": string(day), "told": told.String(), "has": has.String(),
			"difference": record.Plus(told, has.Neg()).String()}})
}

// opening is the oldest opening balance of the file, nil for none with a day.
func (c *fileContent) opening() (oldest *sdk.Balance) {
	for i := range c.balances {
		b := &c.balances[i]
		if b.Kind == sdk.Opening && !b.Date.IsZero() && (oldest == nil || b.Date.Before(oldest.Date)) {
			oldest = b
		}
	}
	return oldest
}

// closing is the newest closing balance of the file, or one of some moment; nil
// for none with a day.
func (c *fileContent) closing() (newest *sdk.Balance) {
	for i := range c.balances {
		b := &c.balances[i]
		if (b.Kind == sdk.Closing || b.Kind == sdk.Interim) && !b.Date.IsZero() && (newest == nil || !b.Date.Before(newest.Date)) {
			newest = b
		}
	}
	return newest
}

// closingDay is the day of closing; "" for none.
func (c *fileContent) closingDay() schema.Date {
	if b := c.closing(); b != nil {
		return record.Date(b.Date)
	}
	return ""
}

// gain is what the new transactions of a file come to, before a day and until its
// end.
type gain struct {
	day           schema.Date
	before, until decimal.Decimal
}

func (g *gain) add(e *importing.Entry) {
	if e.Date < g.day {
		g.before = record.Plus(g.before, e.Amount)
	}
	if e.Date <= g.day {
		g.until = record.Plus(g.until, e.Amount)
	}
}
