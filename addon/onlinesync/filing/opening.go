package filing

import (
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// doubtOpening holds the balance that the file begins with against what the
// journal has before that day, and says in the report when they differ.
func (f *filing) doubtOpening(env *orm.Env) error {
	told := f.content.opening()
	if told == nil {
		return nil
	}
	amount, ok := record.Amount(told.Amount)
	if !ok {
		return nil
	}
	if f.target.account.Invert {
		amount = amount.Neg()
	}
	day := record.Date(told.Date)
	has, err := account.BalanceBefore(env, f.req.Journal, day)
	if err != nil || has.Cmp(amount) == 0 {
		return err
	}
	f.report.Doubts = append(f.report.Doubts, fault.Localize(fault.Say(fault.User, "sync.file_opening_differs",
		fault.Args{"journal": f.target.name, "day": string(day), "told": amount.String(), "has": has.String(),
			"difference": record.Plus(amount, has.Neg()).String()}), f.target.lang))
	return nil
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
