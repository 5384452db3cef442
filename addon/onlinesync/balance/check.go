package balance

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Check is what the bank's newest booked balance says of a journal.
type Check struct {
	Date       schema.Date   `json:"date"`
	Reported   json.Number   `json:"reported"`
	Computed   json.Number   `json:"computed"`
	Difference json.Number   `json:"difference"`
	Verdict    proof.Verdict `json:"verdict"`
	First      schema.Date   `json:"first_disagreement,omitempty"`
}

// Checks compares, for journals that a bank reports to, the newest booked
// balance with what the journal has on that day, over no more lines than came
// after it. journals are by the account that journals them, balances by journal. It
// takes three queries for any number of journals; only one that differs is
// looked at day by day.
func Checks(env *orm.Env, journals map[int64]int64, balances map[int64]decimal.Decimal) (map[int64]*Check, error) {
	newest, err := newestBalances(env, journals)
	if err != nil || len(newest) == 0 {
		return nil, err
	}
	after, err := sumsAfter(env, newest)
	if err != nil {
		return nil, err
	}
	checks := make(map[int64]*Check, len(newest))
	for id, told := range newest {
		computed := record.Plus(balances[id], after[id].Neg())
		check := &Check{Date: told.Day, Reported: record.Number(told.Amount), Computed: record.Number(computed),
			Difference: record.Number(record.Plus(told.Amount, computed.Neg())), Verdict: proof.Agrees}
		checks[id] = check
		if told.Amount.Cmp(computed) == 0 {
			continue
		}
		if err := check.lookCloser(env, id); err != nil {
			return nil, err
		}
	}
	return checks, nil
}

// lookCloser proves a journal whose newest balance differs: an interim one may
// lie between two lines.
func (c *Check) lookCloser(env *orm.Env, journal int64) error {
	b, err := openBooks(env, journal)
	if err != nil {
		return err
	}
	p, err := b.prove(c.Date)
	if err != nil {
		return err
	}
	c.Verdict = proof.Disagrees
	if n := len(p.Days); n > 0 && p.Days[n-1].Day == c.Date && b.anchor.provenance != proof.Unknown {
		c.Verdict = p.Days[n-1].Verdict
	}
	if c.Verdict == proof.Disagrees && p.First != nil {
		c.First = p.First.Day
	}
	return nil
}

// newestBalances finds the newest booked balance of each account, by journal.
func newestBalances(env *orm.Env, journals map[int64]int64) (map[int64]proof.Reported, error) {
	ids := make([]any, 0, len(journals))
	for id := range journals {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	booked := domain.All(domain.Where("account_id", domain.In, ids),
		domain.Where("kind", domain.In, []any{string(sdk.Closing), string(sdk.Interim)}))
	groups, err := env.Group(record.Balances, booked, []query.GroupBy{{Field: "account_id"}},
		[]query.Aggregate{{Field: "date", Func: "max"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	var days []any
	newest := map[int64]schema.Date{}
	for _, g := range groups.List {
		day := record.Day(g.Figures[0])
		newest[record.Int(g.Keys[0])] = day
		days = append(days, day)
	}
	if len(days) == 0 {
		return nil, nil
	}
	rows, err := env.SearchRead(record.Balances, domain.All(booked, domain.Where("date", domain.In, days)),
		[]string{"account_id", "date", "kind", "amount"},
		orm.SearchOptions{Order: "kind desc, id"}) // a closing one counts more than an interim one
	if err != nil {
		return nil, err
	}
	out := make(map[int64]proof.Reported, len(newest))
	for row := range rows.All() {
		if account := row.Ref("account_id"); newest[account] == row.Date("date") {
			out[journals[account]] = proof.Reported{Day: row.Date("date"), Kind: proof.Kind(row.Str("kind")), Amount: row.Decimal("amount")}
		}
	}
	return out, nil
}

// sumsAfter adds up the lines of journals after the days of their balances.
func sumsAfter(env *orm.Env, newest map[int64]proof.Reported) (map[int64]decimal.Decimal, error) {
	where := make(domain.Or, 0, len(newest))
	for id, told := range newest {
		where = append(where, domain.All(domain.Where("journal_id", domain.Eq, id), domain.Where("date", domain.Gt, told.Day)))
	}
	groups, err := env.Group(record.Lines, where, []query.GroupBy{{Field: "journal_id"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	sums := make(map[int64]decimal.Decimal, len(groups.List))
	for _, g := range groups.List {
		sums[record.Int(g.Keys[0])] = record.Decimal(g.Figures[0])
	}
	return sums, nil
}
