package books

import (
	"strings"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Reopen notes in t, before transactions that are out of the books come into them
// again, where the statements of their journal will begin: the balance with which
// they begin now counts all that the bank told before it, in the books or not.
// first is the earliest day of the transactions; their rows say still that they are
// out. It changes nothing where no statement has lines: see Resume.
func Reopen(env *orm.Env, of *record.Account, first schema.Date, t *Touched) error {
	if !of.Begun {
		return nil
	}
	began, err := BeginningOf(env, of.Journal)
	if err != nil {
		return err
	}
	t.Began, t.Older = began, decimal.Zero
	if !began.Known || began.since <= first {
		return nil
	}
	t.Older, err = outOfBooks(env, of.ID, first, began.since)
	return err
}

// Resume lets the statements of a journal that was emptied begin where the bank's
// newest balance says, once lines are in the books again. The account has begun then.
func Resume(env *orm.Env, of *record.Account) error {
	rows, err := env.SearchRead(record.Balances, domain.All(domain.Where("account_id", domain.Eq, of.ID),
		domain.Where("kind", domain.In, []any{"closing", "interim"})), []string{"date", "amount"},
		orm.SearchOptions{Order: "date desc, kind", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return err
	}
	if err := anchorTo(env, of, rows.At(0).Date("date"), rows.At(0).Decimal("amount")); err != nil {
		return err
	}
	return env.Write(record.Accounts, []int64{of.ID}, orm.Values{"begun": true})
}

// outOfBooks adds up what the bank told of an account from a day on, and before
// another, that users deleted or an undo holds back.
func outOfBooks(env *orm.Env, account int64, from, before schema.Date) (decimal.Decimal, error) {
	groups, err := env.Group(record.Transactions, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("line_deleted", domain.Eq, true), domain.Where("merged_into", domain.Eq, nil),
		domain.Where("status", domain.Eq, string(importing.Posted)),
		domain.Where("date", domain.Ge, from), domain.Where("date", domain.Lt, before)),
		nil, []query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil || len(groups.List) == 0 {
		return decimal.Zero, err
	}
	return record.Decimal(groups.List[0].Figures[0]), nil
}

// periodBegins is the first day of the period of a statement; of one that a user
// made, the day of its first line.
func periodBegins(statement orm.Row) schema.Date {
	mark := statement.Str("online_period")
	if i := strings.LastIndexByte(mark, ':'); i >= 0 {
		return schema.Date(mark[i+1:])
	}
	return account.IndexDay(statement.Str("first_line_index"))
}
