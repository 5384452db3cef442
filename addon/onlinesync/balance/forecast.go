package balance

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// forecastFields are what an account or a journal will have once everything
// that is pending is booked. Pending transactions are in no other figure.
func forecastFields(dependsOn string) schema.Fields {
	return schema.Fields{
		schema.Monetary("pending_balance", "Pending", "currency_id").DependsOn(dependsOn).NotKept().
			Help("The sum of what the bank tells as pending; it is not in the books."),
		schema.Monetary("forecast_balance", "Forecast Balance", "currency_id").DependsOn(dependsOn).NotKept().
			Help("The balance with what is pending."),
	}
}

// forecastAccounts adds what is pending to what banks report of accounts.
func forecastAccounts(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("balance")
	if err != nil {
		return err
	}
	pending, err := pendingSums(env, batch.IDs())
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		sum := pending[batch.ID(i)]
		batch.Set(i, "pending_balance", sum)
		batch.Set(i, "forecast_balance", record.Plus(rows.At(i).Decimal("balance"), sum))
	}
	return nil
}

// forecastJournals adds what is pending to what journals have.
func forecastJournals(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("account_online_account_id")
	if err != nil {
		return err
	}
	fed := make([]int64, batch.Len())
	for i := range batch.Len() {
		fed[i] = rows.At(i).Ref("account_online_account_id")
	}
	pending, err := pendingSums(env, fed)
	if err != nil {
		return err
	}
	balance, err := account.Balances(env, batch.IDs())
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		batch.Set(i, "pending_balance", pending[fed[i]])
		batch.Set(i, "forecast_balance", record.Plus(balance[batch.ID(i)], pending[fed[i]]))
	}
	return nil
}

// pendingSums sums what is pending by account.
func pendingSums(env *orm.Env, list []int64) (map[int64]decimal.Decimal, error) {
	out := map[int64]decimal.Decimal{}
	groups, err := env.Sudo().Group(record.Transactions, domain.All(domain.Where("account_id", domain.In, record.IDs(list)),
		domain.Where("pending_since", domain.Ne, nil)), []query.GroupBy{{Field: "account_id"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	for _, g := range groups.List {
		out[record.Int(g.Keys[0])] = record.Decimal(g.Figures[0])
	}
	return out, nil
}
