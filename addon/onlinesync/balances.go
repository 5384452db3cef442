package onlinesync

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// teller is who told balances of an account, and how.
type teller struct {
	account  int64
	currency string
	invert   bool
	source   string
	run      int64
}

// balanceKey tells reported balances of one account apart.
type balanceKey struct {
	day  schema.Date
	kind string
}

// keepBalances notes what a bank reported, each under its own day: the newest
// word for a day and kind counts. Balances in another currency, or without a
// day, are left out.
func keepBalances(env *orm.Env, t teller, list []sdk.Balance) error {
	amounts := map[balanceKey]decimal.Decimal{}
	var order []balanceKey
	var days []any
	for _, b := range list {
		amount, ok := t.amount(b)
		if !ok || !b.Date.Valid() || !isOption(balanceKinds, string(b.Kind)) {
			continue
		}
		key := balanceKey{dateOf(b.Date), string(b.Kind)}
		if _, twice := amounts[key]; !twice {
			order = append(order, key)
			days = append(days, key.day)
		}
		amounts[key] = amount
	}
	if len(order) == 0 {
		return nil
	}
	rows, err := env.SearchRead(balances, domain.All(domain.Where("account_id", domain.Eq, t.account), domain.Where("date", domain.In, days)),
		[]string{"date", "kind", "amount"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		key := balanceKey{row.Date("date"), row.Str("kind")}
		amount, again := amounts[key]
		delete(amounts, key)
		if !again || amount.Equal(row.Decimal("amount")) {
			continue
		}
		if err := env.Write(balances, []int64{row.ID()}, orm.Values{"amount": amount, "source": t.source, "run": t.run, "told_at": env.Now()}); err != nil {
			return err
		}
	}
	var fresh [][]any
	for _, key := range order {
		if amount, ok := amounts[key]; ok {
			fresh = append(fresh, []any{t.account, key.day, key.kind, amount, orNoText(t.source), t.run, env.Now()})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	_, err = env.BulkCreate(balances, []string{"account_id", "date", "kind", "amount", "source", "run", "told_at"}, fresh)
	return fault.Wrap(err, "keep balances of account", t.account)
}

func isOption(options []schema.Option, value string) bool {
	for _, o := range options {
		if o.Value == value {
			return true
		}
	}
	return false
}

// amount is a balance as the account's lines count; false when it is in
// another currency or no amount.
func (t teller) amount(b sdk.Balance) (decimal.Decimal, bool) {
	if b.Currency != "" && b.Currency != t.currency {
		return decimal.Zero, false
	}
	amount, ok := amountOf(b.Amount)
	if t.invert {
		amount = amount.Neg()
	}
	return amount, ok
}

// newest notes on the account's own row what the bank reports now.
func (t teller) newest(values orm.Values, list []sdk.Balance) {
	own := make([]sdk.Balance, 0, len(list))
	for _, b := range list {
		if b.Currency == "" || b.Currency == t.currency {
			own = append(own, b)
		}
	}
	b := bestBalance(own)
	if b == nil {
		return
	}
	if amount, ok := t.amount(*b); ok {
		values["balance"], values["balance_date"] = amount, orNoDate(dateOf(b.Date))
	}
}
