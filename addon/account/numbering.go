package account

import (
	"regexp"
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// numbering holds the last number given per journal and year. It is the
// kernel's own business: no group may read it.
var numbering = orm.Model{
	Name: "account.journal.numbering", Label: "Journal Numbering", Order: "journal_id, year", RecName: "year",
	Fields: schema.Fields{
		schema.Many2one("journal_id", "Journal", "account.journal").Required().WhenDeleted(schema.Cascade),
		schema.Char("year", "Year").Required().Max(4),
		schema.Integer("last", "Last Number").Required(),
	},
	Bound: orm.Bound{SQLUnique: []orm.Unique{{Columns: []string{"journal_id", "year"}, Message: "A journal counts each year once."}}},
}

// series is what lines are numbered in.
type series struct {
	journal int64
	year    string
}

func seriesOf(row orm.Row) series {
	key := series{journal: row.Ref("journal_id")}
	if day := row.Date("date"); len(day) >= 4 {
		key.year = string(day[:4])
	}
	return key
}

// beforeLineWrite refuses what numbers forbid and tells what changes.
func beforeLineWrite(env *orm.Env, ids []int64, values orm.Values) error {
	if err := keepYear(env, ids, values); err != nil {
		return err
	}
	if err := auditWrite(env, ids, values); err != nil {
		return err
	}
	return followAmount(env, ids, values)
}

// numberYear is the year in a line's number.
var numberYear = regexp.MustCompile(`/(\d{4})/\d+$`)

// keepYear refuses that a user moves a line out of the year that its number is
// of. A bank may: the line stays one and the same.
func keepYear(env *orm.Env, ids []int64, values orm.Values) error {
	day, given := values["date"].(schema.Date)
	if _, renamed := values["name"]; !given || renamed || len(day) < 4 || *Unaudited(env) {
		return nil
	}
	rows, err := env.Sudo().Read("account.bank.statement.line", ids, "name")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if of := numberYear.FindStringSubmatch(row.Str("name")); of != nil && of[1] != string(day[:4]) {
			layout := "01/02/2006"
			if env.Context().Lang() == "nl_NL" {
				layout = "02-01-2006"
			}
			return fault.Say(fault.Invalid, "account.date_outside_sequence",
				fault.Args{"date": day.Time().Format(layout), "number": row.Str("name")})
		}
	}
	return nil
}

// takeNumbers reserves as many numbers of each series as wanted and returns
// the first of each.
func takeNumbers(env *orm.Env, want map[series]int64) (map[series]int64, error) {
	env = env.Sudo()
	var journals, years []any
	for key := range want {
		if !slices.Contains(journals, any(key.journal)) {
			journals = append(journals, key.journal)
		}
		if !slices.Contains(years, any(key.year)) {
			years = append(years, key.year)
		}
	}
	rows, err := env.SearchRead("account.journal.numbering",
		domain.All(domain.Where("journal_id", domain.In, journals), domain.Where("year", domain.In, years)),
		[]string{"journal_id", "year", "last"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	next := make(map[series]int64, len(want))
	for row := range rows.All() {
		key := series{row.Ref("journal_id"), row.Str("year")}
		n, wanted := want[key]
		if !wanted {
			continue
		}
		next[key] = row.Int("last") + 1
		if err := env.Write("account.journal.numbering", []int64{row.ID()}, orm.Values{"last": row.Int("last") + n}); err != nil {
			return nil, err
		}
	}
	var fresh []orm.Values
	for key, n := range want {
		if _, known := next[key]; !known && key.journal != 0 {
			next[key] = 1
			fresh = append(fresh, orm.Values{"journal_id": key.journal, "year": key.year, "last": n})
		}
	}
	if len(fresh) > 0 {
		_, err = env.Create("account.journal.numbering", fresh...)
	}
	return next, err
}
