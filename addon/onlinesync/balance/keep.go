package balance

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Report is who reports balances of an account, and how.
type Report struct {
	Account  int64
	Currency string
	Invert   bool
	Source   string
	Run      int64
}

// balanceKey tells reported balances of one account apart.
type balanceKey struct {
	day  schema.Date
	kind string
}

// Keep notes what a bank reported, each under its own day: the newest
// word for a day and kind counts. Balances in another currency, or without a
// day, are left out.
func Keep(env *orm.Env, t Report, list []sdk.Balance) error {
	amounts := map[balanceKey]decimal.Decimal{}
	var order []balanceKey
	var days []any
	for _, b := range list {
		amount, ok := t.amount(b)
		if !ok || !b.Date.Valid() || !isOption(kinds, string(b.Kind)) {
			continue
		}
		key := balanceKey{record.Date(b.Date), string(b.Kind)}
		if _, twice := amounts[key]; !twice {
			order = append(order, key)
			days = append(days, key.day)
		}
		amounts[key] = amount
	}
	if len(order) == 0 {
		return nil
	}
	rows, err := env.SearchRead(record.Balances, domain.All(domain.Where("account_id", domain.Eq, t.Account),
		domain.Where("date", domain.In, days)),
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
		if err := env.Write(record.Balances, []int64{row.ID()},
			orm.Values{"amount": amount, "source": t.Source, "run": t.Run, "told_at": env.Now()}); err != nil {
			return err
		}
	}
	var fresh [][]any
	for _, key := range order {
		if amount, ok := amounts[key]; ok {
			fresh = append(fresh, []any{t.Account, key.day, key.kind, amount, record.OrNoText(t.Source), t.Run, env.Now()})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	_, err = env.BulkCreate(record.Balances, []string{"account_id", "date", "kind", "amount", "source", "run", "told_at"}, fresh)
	return fault.Wrap(err, "keep balances of account", t.Account)
}

func isOption(options []schema.Option, value string) bool {
	for _, o := range options {
		if o.Value == value {
			return true
		}
	}
	return false
}

// Amount is a balance as the account's lines count; false when it is in
// another currency or no amount.
func (t Report) amount(b sdk.Balance) (decimal.Decimal, bool) {
	if b.Currency != "" && b.Currency != t.Currency {
		return decimal.Zero, false
	}
	amount, ok := record.Amount(b.Amount)
	if t.Invert {
		amount = amount.Neg()
	}
	return amount, ok
}

// Newest notes on the account's own row what the bank reports now.
func (t Report) Newest(values orm.Values, list []sdk.Balance) {
	own := make([]sdk.Balance, 0, len(list))
	for _, b := range list {
		if b.Currency == "" || b.Currency == t.Currency {
			own = append(own, b)
		}
	}
	b := Best(own)
	if b == nil {
		return
	}
	if amount, ok := t.amount(*b); ok {
		values["balance"], values["balance_date"] = amount, record.OrNoDate(record.Date(b.Date))
	}
}

// Best prefers booked balances to available ones, and the newest.
func Best(list []sdk.Balance) *sdk.Balance {
	rank := map[sdk.BalanceKind]int{sdk.Closing: 3, sdk.Interim: 3, sdk.Available: 1, sdk.Opening: 0}
	var best *sdk.Balance
	for i := range list {
		b := &list[i]
		if best == nil || rank[b.Kind] > rank[best.Kind] || rank[b.Kind] == rank[best.Kind] && !b.Date.Before(best.Date) {
			best = b
		}
	}
	return best
}

// Booked is the best of the balances that count booked entries only.
func Booked(list []sdk.Balance, currency string) *sdk.Balance {
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
