package books

import (
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// finder finds the statements of a journal by period.
type finder struct {
	journal  int64
	code     string
	grouping importing.Grouping
	// regroup: statements of other groupings do not count.
	regroup bool
}

// FinderOf finds the statements of the journal that an account feeds.
func FinderOf(account *record.Account) *finder {
	return &finder{journal: account.Journal, code: account.JournalCode, grouping: account.Grouping}
}

// groupings are all that make statements.
var groupings = [...]importing.Grouping{importing.PerMonth, importing.PerHalf, importing.PerWeek, importing.PerDay}

// mark is how a statement of a period is found again, whatever its name.
func (f *finder) mark(p importing.Period) string {
	return strconv.FormatInt(f.journal, 10) + ":" + p.Key
}

// Find maps days to statements, made when missing: the one of the day's period
// in the journal's grouping; before that, for a line that comes late, one that
// was made under an earlier grouping and reaches as far as the day. A journal
// without statements leaves days out. It takes one query, whatever the days.
func (f *finder) Find(env *orm.Env, days []schema.Date) (map[schema.Date]int64, error) {
	days = slices.Clone(days)
	slices.Sort(days)
	days = slices.Compact(days)
	known, err := f.known(env, days)
	if err != nil {
		return nil, err
	}
	of := make(map[schema.Date]int64, len(days))
	fresh := map[string]int{} // where in missing, by mark
	var missing []orm.Values
	waiting := map[schema.Date]int{}
	for _, day := range days {
		if id := f.earlier(known, day); id != 0 {
			of[day] = id
			continue
		}
		p := importing.PeriodOf(f.grouping, day)
		if p.Key == "" {
			continue
		}
		mark := f.mark(p)
		if s, ok := known[mark]; ok {
			of[day] = s.id
			continue
		}
		at, planned := fresh[mark]
		if !planned {
			at = len(missing)
			fresh[mark] = at
			missing = append(missing, orm.Values{"name": f.code + "/" + p.Label, "online_period": mark})
		}
		waiting[day] = at
	}
	if len(missing) == 0 {
		return of, nil
	}
	ids, err := env.Create(record.Statements, missing...)
	if err != nil {
		return nil, fault.Wrap(err, "make statements of journal", f.journal)
	}
	for day, at := range waiting {
		of[day] = ids[at]
	}
	return of, nil
}

// ofPeriod is a statement that was made for a period.
type ofPeriod struct {
	id   int64
	last schema.Date // of its lines
}

// known reads the statements, of any grouping, that days may belong to.
func (f *finder) known(env *orm.Env, days []schema.Date) (map[string]ofPeriod, error) {
	seen := map[string]bool{}
	var marks []any
	for _, day := range days {
		for _, g := range groupings {
			if f.regroup && g != f.grouping {
				continue
			}
			if mark := f.mark(importing.PeriodOf(g, day)); !seen[mark] {
				seen[mark] = true
				marks = append(marks, mark)
			}
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	rows, err := env.SearchRead(record.Statements, domain.Where("online_period", domain.In, marks), []string{"online_period", "date"},
		orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	known := make(map[string]ofPeriod, rows.Len())
	for row := range rows.All() {
		known[row.Str("online_period")] = ofPeriod{row.ID(), row.Date("date")}
	}
	return known, nil
}

// earlier is the statement of another grouping that a late day belongs to.
func (f *finder) earlier(known map[string]ofPeriod, day schema.Date) int64 {
	if f.regroup {
		return 0
	}
	for _, g := range groupings {
		if s, ok := known[f.mark(importing.PeriodOf(g, day))]; ok && g != f.grouping && s.last >= day {
			return s.id
		}
	}
	return 0
}
