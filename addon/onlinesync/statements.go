package onlinesync

import (
	"maps"
	"slices"
	"strconv"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// statements returns the statement of each entry, made when missing; 0 where
// the journal has none.
func (w *writer) statements(env *orm.Env, entries []*importing.Entry) ([]int64, error) {
	of := make([]int64, len(entries))
	days := map[schema.Date]importing.Period{}
	var periods []importing.Period
	seen := map[string]bool{"": true}
	for _, e := range entries {
		p, ok := days[e.Date]
		if !ok {
			p = importing.PeriodOf(w.account.grouping, e.Date)
			days[e.Date] = p
		}
		if !seen[p.Key] {
			seen[p.Key] = true
			periods = append(periods, p)
		}
	}
	if len(periods) == 0 {
		return of, nil
	}
	byKey, err := w.statementsOf(env, periods)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		of[i] = byKey[days[e.Date].Key]
	}
	return of, nil
}

// statementsOf maps the keys of periods to the journal's statements, made when
// missing, with one query.
func (w *writer) statementsOf(env *orm.Env, periods []importing.Period) (map[string]int64, error) {
	mark := func(key string) string { return strconv.FormatInt(w.account.journal, 10) + ":" + key }
	marks := make([]any, len(periods))
	for i, p := range periods {
		marks[i] = mark(p.Key)
	}
	rows, err := env.SearchRead(statements, domain.Where("online_period", domain.In, marks), []string{"online_period"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	byMark := make(map[string]int64, len(periods))
	for row := range rows.All() {
		byMark[row.Str("online_period")] = row.ID()
	}
	byKey := make(map[string]int64, len(periods))
	var missing []orm.Values
	var missed []string
	for _, p := range periods {
		if id, ok := byMark[mark(p.Key)]; ok {
			byKey[p.Key] = id
			continue
		}
		missed = append(missed, p.Key)
		missing = append(missing, orm.Values{"name": w.account.journalCode + "/" + p.Label, "online_period": mark(p.Key)})
	}
	if len(missing) == 0 {
		return byKey, nil
	}
	ids, err := env.Create(statements, missing...)
	if err != nil {
		return nil, fault.Wrap(err, "make statements of journal", w.account.journal)
	}
	for i, key := range missed {
		byKey[key] = ids[i]
	}
	return byKey, nil
}

// touched is what an import changed in a journal, so that the balances of
// statements are chained from there on and not before.
type touched struct {
	day        schema.Date // the earliest that got, lost or changed a line
	statements map[int64]bool
	// began is where statements began before the first change, and older the
	// sum of lines that came before that.
	began beginning
	older decimal.Decimal
}

func (t *touched) on(day schema.Date, statement int64) {
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

// chainTouched chains the balances of a journal from the earliest of its
// statements that was touched.
func chainTouched(env *orm.Env, journal int64, t *touched) error {
	if t.day == "" {
		return nil
	}
	if !t.older.IsZero() {
		if err := extend(env, journal, t.began, t.older); err != nil {
			return err
		}
	}
	from := account.DayIndex(t.day)
	if len(t.statements) > 0 {
		ids := slices.Collect(maps.Keys(t.statements))
		first, err := env.SearchRead(statements, domain.All(domain.Where("id", domain.In, anyIDs(ids)), domain.Where("first_line_index", domain.Ne, nil)),
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
// one before it ends, and end where its lines end: lines came in, also into
// statements of past periods. The first one's start, the statements that users
// made, and an ending balance that a user wrote into one of ours stay as they
// are. Statements before the index are not read, but for the last.
func chainBalances(env *orm.Env, journal int64, from string) error {
	fields := []string{"online_period", "online_end", "balance_start", "balance_end", "balance_end_real"}
	of := domain.Where("journal_id", domain.Eq, journal)
	previous, err := env.SearchRead(statements, domain.All(of, domain.Where("first_line_index", domain.Lt, from)), fields[2:],
		orm.SearchOptions{Order: "first_line_index desc, id desc", Limit: 1})
	if err != nil {
		return err
	}
	rows, err := env.SearchRead(statements, domain.All(of, domain.Where("first_line_index", domain.Ge, from)), fields,
		orm.SearchOptions{Order: "first_line_index, id"})
	if err != nil {
		return err
	}
	first := previous.Len() == 0
	var before decimal.Decimal // the end of the statement before
	if !first {
		before = previous.At(0).Decimal("balance_end_real")
	}
	for row := range rows.All() {
		start := row.Decimal("balance_start")
		moved := plus(row.Decimal("balance_end"), start.Neg())
		end := row.Decimal("balance_end_real")
		if row.Str("online_period") != "" {
			if !first {
				start = before
			}
			if end, err = chain(env, row, start, plus(start, moved)); err != nil {
				return err
			}
		}
		before, first = end, false
	}
	return nil
}

// chain writes one of our statements' balances where they changed, and returns
// the ending balance that it has then.
func chain(env *orm.Env, row orm.Row, start, end decimal.Decimal) (decimal.Decimal, error) {
	theirs, ours := row.Decimal("balance_end_real"), row.Str("online_end")
	follow := ours == "" || ours == plainText(theirs)
	if start.Equal(row.Decimal("balance_start")) && (!follow || ours == plainText(end)) {
		return theirs, nil
	}
	if !start.Equal(row.Decimal("balance_start")) {
		// this makes the ending balance follow the lines, so that a user's own
		// has to be written again
		if err := env.Write(statements, []int64{row.ID()}, orm.Values{"balance_start": start}); err != nil {
			return end, err
		}
	}
	values := orm.Values{"balance_end_real": end, "online_end": plainText(end)}
	if !follow {
		values = orm.Values{"balance_end_real": theirs}
		end = theirs
	}
	return end, env.Write(statements, []int64{row.ID()}, values)
}

// plainText writes equal amounts alike, whatever their trailing zeros.
func plainText(d decimal.Decimal) string { return d.Trim(0).String() }
