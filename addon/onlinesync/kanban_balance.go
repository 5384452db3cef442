package onlinesync

import (
	"encoding/json"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// attentionBalance is a card's attention when the bank's balance disagrees.
const attentionBalance = "balance"

// balanceCheck is what a card says of the bank's newest booked balance.
type balanceCheck struct {
	Date       schema.Date   `json:"date"`
	Reported   json.Number   `json:"reported"`
	Computed   json.Number   `json:"computed"`
	Difference json.Number   `json:"difference"`
	Verdict    proof.Verdict `json:"verdict"`
	First      schema.Date   `json:"first_disagreement,omitempty"`
}

// cardChecks compares, for journals that a bank reports to, the newest booked
// balance with what the journal has on that day, over no more lines than came
// after it. It takes three queries for any number of journals; only one that
// differs is looked at day by day.
func cardChecks(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	feeds := map[int64]int64{} // journals by account
	for row := range rows.All() {
		if id := row.Ref("account_online_account_id"); id != 0 && cards[row.ID()].LineCount > 0 {
			feeds[id] = row.ID()
		}
	}
	newest, err := newestBalances(env, feeds)
	if err != nil || len(newest) == 0 {
		return err
	}
	after, err := sumsAfter(env, newest)
	if err != nil {
		return err
	}
	for id, told := range newest {
		card := cards[id]
		balance, err := decimal.Parse(card.Balance.String())
		if err != nil {
			return fault.Wrap(err, "balance of journal", id)
		}
		computed := plus(balance, after[id].Neg())
		card.BalanceCheck = &balanceCheck{Date: told.Day, Reported: number(told.Amount), Computed: number(computed),
			Difference: number(plus(told.Amount, computed.Neg())), Verdict: proof.Agrees}
		if told.Amount.Cmp(computed) == 0 {
			continue
		}
		if err := lookCloser(env, id, card); err != nil {
			return err
		}
	}
	return nil
}

// lookCloser proves a journal whose newest balance differs: an interim one may
// lie between two lines.
func lookCloser(env *orm.Env, id int64, card *dashboard) error {
	b, err := openBooks(env, id)
	if err != nil {
		return err
	}
	p, err := b.prove(card.BalanceCheck.Date)
	if err != nil {
		return err
	}
	check := card.BalanceCheck
	check.Verdict = proof.Disagrees
	if n := len(p.Days); n > 0 && p.Days[n-1].Day == check.Date && b.anchor.provenance != proof.Unknown {
		check.Verdict = p.Days[n-1].Verdict
	}
	if check.Verdict != proof.Disagrees {
		return nil
	}
	if p.First != nil {
		check.First = p.First.Day
	}
	if card.Attention == attentionNone {
		card.Attention = attentionBalance
	}
	return nil
}

// newestBalances finds the newest booked balance of each account, by journal.
func newestBalances(env *orm.Env, feeds map[int64]int64) (map[int64]proof.Reported, error) {
	ids := make([]any, 0, len(feeds))
	for id := range feeds {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	booked := domain.All(domain.Where("account_id", domain.In, ids), domain.Where("kind", domain.In, []any{string(sdk.Closing), string(sdk.Interim)}))
	groups, err := env.Group(balances, booked, []query.GroupBy{{Field: "account_id"}}, []query.Aggregate{{Field: "date", Func: "max"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	var days []any
	newest := map[int64]schema.Date{}
	for _, g := range groups.List {
		day := asDay(g.Figures[0])
		newest[asInt(g.Keys[0])] = day
		days = append(days, day)
	}
	if len(days) == 0 {
		return nil, nil
	}
	rows, err := env.SearchRead(balances, domain.All(booked, domain.Where("date", domain.In, days)),
		[]string{"account_id", "date", "kind", "amount"}, orm.SearchOptions{Order: "kind desc, id"}) // a closing one counts more than an interim one
	if err != nil {
		return nil, err
	}
	out := make(map[int64]proof.Reported, len(newest))
	for row := range rows.All() {
		if feed := row.Ref("account_id"); newest[feed] == row.Date("date") {
			out[feeds[feed]] = proof.Reported{Day: row.Date("date"), Kind: proof.Kind(row.Str("kind")), Amount: row.Decimal("amount")}
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
	groups, err := env.Group(lines, where, []query.GroupBy{{Field: "journal_id"}}, []query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	sums := make(map[int64]decimal.Decimal, len(groups.List))
	for _, g := range groups.List {
		sums[asInt(g.Keys[0])] = asDecimal(g.Figures[0])
	}
	return sums, nil
}
