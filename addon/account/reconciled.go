package account

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// A line of amount 0 is reconciled by itself, whatever is written: nothing is left
// to match. It no longer is when it gets an amount.

func completeLines(_ *orm.Env, fresh orm.Columns) error {
	for i := range fresh.Len() {
		if amount, _ := fresh.Value(i, "amount").(decimal.Decimal); !amount.IsZero() {
			continue
		}
		if err := fresh.Set(i, "is_reconciled", true); err != nil {
			return err
		}
	}
	return nil
}

// followAmount is what a new amount makes of is_reconciled, unless it is written too.
func followAmount(env *orm.Env, ids []int64, values orm.Values) error {
	amount, given := values["amount"].(decimal.Decimal)
	if _, told := values["is_reconciled"]; !given || told {
		return nil
	}
	if amount.IsZero() {
		values["is_reconciled"] = true
		return nil
	}
	empty, err := ofNothing(env, ids, true)
	if err != nil || len(empty) == 0 {
		return err
	}
	return env.Write("account.bank.statement.line", empty, orm.Values{"is_reconciled": false, "amount": amount})
}

// afterLineWrite makes lines of amount 0 that were opened reconciled again.
func afterLineWrite(env *orm.Env, ids []int64, values orm.Values) error {
	if open, ok := values["is_reconciled"].(bool); !ok || open {
		return nil
	}
	empty, err := ofNothing(env, ids, false)
	if err != nil || len(empty) == 0 {
		return err
	}
	return env.Write("account.bank.statement.line", empty, orm.Values{"is_reconciled": true})
}

// ofNothing finds those of the lines that have no amount and are reconciled, or not.
func ofNothing(env *orm.Env, ids []int64, reconciled bool) ([]int64, error) {
	return env.Search("account.bank.statement.line", domain.All(domain.Where("id", domain.In, list(ids)),
		domain.Where("amount", domain.Eq, int64(0)), domain.Where("is_reconciled", domain.Eq, reconciled)), orm.SearchOptions{})
}
