package account

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
)

// Balances returns the balance of each journal after its last line: the start
// of its last statement and the lines from there on, so that the cost does not
// grow with the journal's age. It takes three queries for any number of
// journals.
func Balances(env *orm.Env, journals []int64) (map[int64]decimal.Decimal, error) {
	env = env.Sudo()
	starts, err := lastStarts(env, journals)
	if err != nil {
		return nil, err
	}
	balances := make(map[int64]decimal.Decimal, len(journals))
	since := make(domain.Or, 0, len(journals))
	for _, id := range journals {
		balances[id] = starts[id].start
		since = append(since, domain.All(domain.Where("journal_id", domain.Eq, id),
			domain.Where("internal_index", domain.Ge, starts[id].index)))
	}
	if len(since) == 0 {
		return balances, nil
	}
	groups, err := env.Group("account.bank.statement.line", since, []query.GroupBy{{Field: "journal_id"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	for _, g := range groups.List {
		id, _ := g.Keys[0].(int64)
		sum, _ := g.Figures[0].(decimal.Decimal)
		if balances[id], err = balances[id].Add(sum); err != nil {
			return nil, fault.Wrap(err, "balance of journal", id)
		}
	}
	return balances, nil
}

// lastStarts returns where the last statement of each journal begins, and at
// which balance.
func lastStarts(env *orm.Env, journals []int64) (map[int64]anchor, error) {
	of := domain.Where("journal_id", domain.In, list(journals))
	newest, err := env.Group("account.bank.statement", of, []query.GroupBy{{Field: "journal_id"}},
		[]query.Aggregate{{Field: "first_line_index", Func: "max"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	var indexes []any
	for _, g := range newest.List {
		if index, ok := g.Figures[0].(string); ok {
			indexes = append(indexes, index)
		}
	}
	starts := map[int64]anchor{}
	if len(indexes) == 0 {
		return starts, nil
	}
	rows, err := env.SearchRead("account.bank.statement", domain.All(of, domain.Where("first_line_index", domain.In, indexes)),
		[]string{"journal_id", "first_line_index", "balance_start"}, orm.SearchOptions{Order: "first_line_index, id"})
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		starts[row.Ref("journal_id")] = anchor{row.Str("first_line_index"), row.Decimal("balance_start")}
	}
	return starts, nil
}
