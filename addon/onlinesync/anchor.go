package onlinesync

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/plugins/sdk"
)

// anchor lets a journal's first statement start where the bank's own balance
// says: the booked balance that the bank reports for a day, less the lines up
// to that day. Without it a history that does not reach back to the account's
// opening would be off by one amount for ever (D18, complaint 32). It is done
// once, at the end of the first import, into a journal that has no lines but
// the account's own (an interrupted import may have left some); a start that a
// user wrote stays.
func anchor(env *orm.Env, account *accountFacts, got *fetched) error {
	if account.synced {
		return nil
	}
	others, err := env.Count(lines, domain.All(domain.Where("journal_id", domain.Eq, account.journal),
		domain.Where("online_account_id", domain.Ne, account.id)), 1)
	if err != nil || others > 0 {
		return err
	}
	var reported *sdk.Balance
	for i := range got.pages {
		if b := bookedBalance(got.pages[i].Balances, account.currency); b != nil {
			reported = b
		}
	}
	if reported == nil {
		return nil
	}
	first, err := env.SearchRead(statements, domain.All(domain.Where("journal_id", domain.Eq, account.journal),
		domain.Where("first_line_index", domain.Ne, nil)), []string{"online_period", "balance_start"}, orm.SearchOptions{Order: "first_line_index", Limit: 1})
	if err != nil || first.Len() == 0 {
		return err
	}
	row := first.At(0)
	if row.Str("online_period") == "" || !row.Decimal("balance_start").IsZero() {
		return nil
	}
	groups, err := env.Group(lines, domain.All(domain.Where("journal_id", domain.Eq, account.journal),
		domain.Where("date", domain.Le, dateOf(reported.Date))), nil, []query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil || len(groups.List) == 0 {
		return err
	}
	amount, ok := amountOf(reported.Amount)
	if !ok {
		return nil // refused with the page that brought it
	}
	if account.invert {
		amount = amount.Neg()
	}
	start := plus(amount, asDecimal(groups.List[0].Figures[0]).Neg())
	if err := env.Write(statements, []int64{row.ID()}, orm.Values{"balance_start": start, "online_end": nil}); err != nil {
		return err
	}
	return chainBalances(env, account.journal, "")
}

// bookedBalance is the best of the balances that count booked entries only.
func bookedBalance(list []sdk.Balance, currency string) *sdk.Balance {
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
