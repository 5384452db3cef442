package account

import (
	"sort"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// The running balance of a line is its journal's balance after it, in the
// order of lines. It begins at the starting balance of the last statement that
// begins at or before the line (as observed on Odoo 18), so that only the lines
// from there on are added up, never the whole journal.

// gapFactor bounds how many lines between a page's first and last are read to
// add them up in memory; a page with larger gaps (the hits of a search) asks
// the database for each line's sum.
const gapFactor = 8

func runningBalance(env *orm.Env, batch *orm.Batch) error {
	env = env.Sudo()
	rows, err := batch.Rows("journal_id", "internal_index", "amount", "currency_id")
	if err != nil {
		return err
	}
	byJournal := map[int64][]int{}
	for i := range rows.Len() {
		id := rows.At(i).Ref("journal_id")
		byJournal[id] = append(byJournal[id], i)
	}
	for journalID, page := range byJournal {
		sort.Slice(page, func(a, b int) bool {
			return rows.At(page[a]).Str("internal_index") < rows.At(page[b]).Str("internal_index")
		})
		if err := balancePage(env, batch, rows, journalID, page); err != nil {
			return fault.Wrap(err, "running balance of journal", journalID)
		}
	}
	return nil
}

// anchor is a statement's start.
type anchor struct {
	index string
	start decimal.Decimal
}

// anchors returns the starts of statements in [from, to], and the last before.
func anchors(env *orm.Env, journalID int64, from, to string) ([]anchor, error) {
	before, err := env.SearchRead("account.bank.statement", domain.All(
		domain.Where("journal_id", domain.Eq, journalID), domain.Where("first_line_index", domain.Le, from)),
		[]string{"first_line_index", "balance_start"}, orm.SearchOptions{Order: "first_line_index desc", Limit: 1})
	if err != nil {
		return nil, err
	}
	within, err := env.SearchRead("account.bank.statement", domain.All(
		domain.Where("journal_id", domain.Eq, journalID), domain.Where("first_line_index", domain.Gt, from),
		domain.Where("first_line_index", domain.Le, to)),
		[]string{"first_line_index", "balance_start"}, orm.SearchOptions{Order: "first_line_index"})
	if err != nil {
		return nil, err
	}
	found := []anchor{{}} // the beginning of the journal, at zero
	for _, rows := range []*orm.Rows{before, within} {
		for row := range rows.All() {
			found = append(found, anchor{row.Str("first_line_index"), row.Decimal("balance_start")})
		}
	}
	return found, nil
}

// balancePage fills in one journal's lines, given in their order.
func balancePage(env *orm.Env, batch *orm.Batch, rows *orm.Rows, journalID int64, page []int) error {
	first := rows.At(page[0]).Str("internal_index")
	last := rows.At(page[len(page)-1]).Str("internal_index")
	starts, err := anchors(env, journalID, first, last)
	if err != nil {
		return err
	}
	sums, err := newSummer(env, journalID, first, last, len(page))
	if err != nil {
		return err
	}
	var balance decimal.Decimal
	round := rounding{env: env}
	at, upTo := -1, ""
	for _, i := range page {
		index := rows.At(i).Str("internal_index")
		next := sort.Search(len(starts), func(k int) bool { return starts[k].index > index }) - 1
		if next != at {
			at, balance, upTo = next, starts[next].start, starts[next].index
			sum, err := sums.between(upTo, true, index)
			if err != nil {
				return err
			}
			if balance, err = balance.Add(sum); err != nil {
				return err
			}
		} else {
			sum, err := sums.between(upTo, false, index)
			if err != nil {
				return err
			}
			if balance, err = balance.Add(sum); err != nil {
				return err
			}
		}
		upTo = index
		shown, err := round.to(rows.At(i).Ref("currency_id"), balance)
		if err != nil {
			return err
		}
		batch.Set(i, "running_balance", shown)
	}
	return nil
}

// BalanceBefore is the balance of a journal before the first line of a day.
func BalanceBefore(env *orm.Env, journal int64, day schema.Date) (decimal.Decimal, error) {
	return balanceBefore(env, journal, DayIndex(day))
}

// balanceBefore is the running balance before a line.
func balanceBefore(env *orm.Env, journalID int64, index string) (decimal.Decimal, error) {
	previous, err := env.SearchRead("account.bank.statement", domain.All(
		domain.Where("journal_id", domain.Eq, journalID),
		domain.Where("first_line_index", domain.Lt, index)),
		[]string{"first_line_index", "balance_start"}, orm.SearchOptions{Order: "first_line_index desc", Limit: 1})
	if err != nil {
		return decimal.Zero, err
	}
	start := anchor{}
	if previous.Len() > 0 {
		start = anchor{previous.At(0).Str("first_line_index"), previous.At(0).Decimal("balance_start")}
	}
	sum, err := sumLines(env, domain.All(domain.Where("journal_id", domain.Eq, journalID),
		domain.Where("internal_index", domain.Ge, start.index), domain.Where("internal_index", domain.Lt, index)))
	if err != nil {
		return decimal.Zero, err
	}
	return start.start.Add(sum)
}

// summer adds up lines of one journal between two of them.
type summer struct {
	env     *orm.Env
	journal int64
	first   string   // the lines in memory begin here
	index   []string // ascending; nil when the range is too large to hold
	prefix  []decimal.Decimal
}

func newSummer(env *orm.Env, journalID int64, first, last string, page int) (*summer, error) {
	s := &summer{env: env, journal: journalID, first: first}
	limit := page*gapFactor + 1
	rows, err := env.SearchRead("account.bank.statement.line", domain.All(
		domain.Where("journal_id", domain.Eq, journalID),
		domain.Where("internal_index", domain.Ge, first), domain.Where("internal_index", domain.Le, last)),
		[]string{"internal_index", "amount"}, orm.SearchOptions{Order: "internal_index", Limit: limit})
	if err != nil || rows.Len() == limit {
		return s, err
	}
	s.prefix = make([]decimal.Decimal, 1, rows.Len()+1)
	s.index = make([]string, 0, rows.Len())
	for row := range rows.All() {
		total, err := s.prefix[len(s.prefix)-1].Add(row.Decimal("amount"))
		if err != nil {
			return nil, err
		}
		s.prefix = append(s.prefix, total)
		s.index = append(s.index, row.Str("internal_index"))
	}
	return s, nil
}

// between adds the lines after from (from itself too when inclusive) up to and
// including to.
func (s *summer) between(from string, inclusive bool, to string) (decimal.Decimal, error) {
	if s.index == nil || from < s.first && from != "" || from == "" {
		return s.ask(from, inclusive, to)
	}
	low := sort.SearchStrings(s.index, from)
	if !inclusive && low < len(s.index) && s.index[low] == from {
		low++
	}
	high := sort.SearchStrings(s.index, to)
	if high < len(s.index) && s.index[high] == to {
		high++
	}
	return s.prefix[high].Sub(s.prefix[low])
}

func (s *summer) ask(from string, inclusive bool, to string) (decimal.Decimal, error) {
	op := domain.Gt
	if inclusive {
		op = domain.Ge
	}
	return sumLines(s.env, domain.All(domain.Where("journal_id", domain.Eq, s.journal),
		domain.Where("internal_index", op, from), domain.Where("internal_index", domain.Le, to)))
}

func sumLines(env *orm.Env, where domain.Node) (decimal.Decimal, error) {
	groups, err := env.Group("account.bank.statement.line", where, nil,
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil || len(groups.List) == 0 {
		return decimal.Zero, err
	}
	sum, _ := groups.List[0].Figures[0].(decimal.Decimal)
	return sum, nil
}
