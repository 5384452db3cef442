package books

import (
	"maps"
	"slices"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Touched is what an import changed in a journal, so that the balances of
// statements are chained from there on and not before.
type Touched struct {
	day        schema.Date // the earliest that got, lost or changed a line
	statements map[int64]bool
	// Began is where statements began before the first change, and older the
	// sum of lines that came before that.
	Began beginning
	Older decimal.Decimal
}

// On notes that a line of a day changed, in a statement; 0 for none.
func (t *Touched) On(day schema.Date, statement int64) {
	if t.day == "" || day < t.day {
		t.day = day
	}
	if statement != 0 {
		if t.statements == nil {
			t.statements = map[int64]bool{}
		}
		t.statements[statement] = true
	}
}

// ChainTouched chains the balances of a journal from the earliest of its
// statements that was touched.
func ChainTouched(env *orm.Env, journal int64, t *Touched) error {
	if t.day == "" {
		return nil
	}
	if t.Began.Known {
		if err := extend(env, journal, t.Began, t.Older); err != nil {
			return err
		}
	}
	from := account.DayIndex(t.day)
	if len(t.statements) > 0 {
		ids := slices.Collect(maps.Keys(t.statements))
		first, err := env.SearchRead(record.Statements,
			domain.All(domain.Where("id", domain.In, record.IDs(ids)), domain.Where("first_line_index", domain.Ne, nil)),
			[]string{"first_line_index"}, orm.SearchOptions{Order: "first_line_index", Limit: 1})
		if err != nil {
			return err
		}
		if first.Len() > 0 {
			from = min(from, first.At(0).Str("first_line_index"))
		}
	}
	return chainBalances(env, journal, from)
}

// chainBalances lets each of our statements from an index on begin where the
// one before it ends, plus the lines between that are in none, and end where its
// lines end: lines came in, also into statements of past periods. The first one's start, the statements that users
// made, and an ending balance that a user wrote into one of ours stay as they
// are. Statements before the index are not read, but for the last.
func chainBalances(env *orm.Env, journal int64, from string) error {
	fields := []string{"online_period", "online_end", "first_line_index", "balance_start", "balance_end", "balance_end_real"}
	of := domain.Where("journal_id", domain.Eq, journal)
	previous, err := env.SearchRead(record.Statements, domain.All(of, domain.Where("first_line_index", domain.Lt, from)), fields[2:],
		orm.SearchOptions{Order: "first_line_index desc, id desc", Limit: 1})
	if err != nil {
		return err
	}
	rows, err := env.SearchRead(record.Statements, domain.All(of, domain.Where("first_line_index", domain.Ge, from)), fields,
		orm.SearchOptions{Order: "first_line_index, id"})
	if err != nil {
		return err
	}
	first := previous.Len() == 0
	var before decimal.Decimal // the end of the statement before
	if !first {
		before = previous.At(0).Decimal("balance_end_real")
	}
	gaps, err := anyLoose(env, of, previous, rows)
	if err != nil {
		return err
	}
	for row := range rows.All() {
		start := row.Decimal("balance_start")
		moved := record.Plus(row.Decimal("balance_end"), start.Neg())
		end := row.Decimal("balance_end_real")
		if row.Str("online_period") != "" {
			if !first {
				if start, err = startAfter(env, journal, row, before, gaps); err != nil {
					return err
				}
			} else if start.IsZero() && row.Str("online_end") == "" {
				// the first one begins with what lines without a statement come to
				if start, err = sumOf(env, domain.All(of,
					domain.Where("internal_index", domain.Lt, row.Str("first_line_index")))); err != nil {
					return err
				}
			}
			if end, err = chain(env, row, start, record.Plus(start, moved)); err != nil {
				return err
			}
		}
		before, first = end, false
	}
	return nil
}

// anyLoose reports whether lines without a statement lie between the first and
// the last of some statements: hardly ever, so that gaps are not looked for.
func anyLoose(env *orm.Env, of domain.Node, previous, rows *orm.Rows) (bool, error) {
	all := make([]string, 0, 2)
	for _, list := range []*orm.Rows{previous, rows} {
		if n := list.Len(); n > 0 {
			all = append(all, list.At(0).Str("first_line_index"), list.At(n-1).Str("first_line_index"))
		}
	}
	if previous.Len()+rows.Len() < 2 {
		return false, nil
	}
	n, err := env.Count(record.Lines, domain.All(of, domain.Where("statement_id", domain.Eq, nil),
		domain.Where("internal_index", domain.Gt, slices.Min(all)), domain.Where("internal_index", domain.Lt, slices.Max(all))), 1)
	return n > 0, err
}

// startAfter is where a statement starts that is not the first one of its journal.
func startAfter(env *orm.Env, journal int64, row orm.Row, before decimal.Decimal, gaps bool) (decimal.Decimal, error) {
	if !gaps {
		return before, nil
	}
	_, between, err := account.Between(env, journal, row.Str("first_line_index"))
	return record.Plus(before, between), err
}

// chain writes one of our statements' balances where they changed, and returns
// the ending balance that it has then.
func chain(env *orm.Env, row orm.Row, start, end decimal.Decimal) (decimal.Decimal, error) {
	theirs, ours := row.Decimal("balance_end_real"), row.Str("online_end")
	follow := ours == "" || ours == record.PlainText(theirs)
	if start.Equal(row.Decimal("balance_start")) && (!follow || ours == record.PlainText(end)) {
		return theirs, nil
	}
	if !start.Equal(row.Decimal("balance_start")) {
		// this makes the ending balance follow the lines, so that a user's own
		// has to be written again
		if err := env.Write(record.Statements, []int64{row.ID()}, orm.Values{"balance_start": start}); err != nil {
			return end, err
		}
	}
	values := orm.Values{"balance_end_real": end, "online_end": record.PlainText(end)}
	if !follow {
		values = orm.Values{"balance_end_real": theirs}
		end = theirs
	}
	return end, env.Write(record.Statements, []int64{row.ID()}, values)
}

// sumOf adds up lines.
func sumOf(env *orm.Env, where domain.Node) (decimal.Decimal, error) {
	groups, err := env.Group(record.Lines, where, nil, []query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil || len(groups.List) == 0 {
		return decimal.Zero, err
	}
	return record.Decimal(groups.List[0].Figures[0]), nil
}

// JournalBalance is the sum of a journal's lines.
func JournalBalance(env *orm.Env, journal int64) (decimal.Decimal, error) {
	balances, err := account.Balances(env, []int64{journal})
	return balances[journal], err
}
