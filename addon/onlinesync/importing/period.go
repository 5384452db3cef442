package importing

import (
	"fmt"
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Grouping is how a journal groups lines into statements.
type Grouping string

// Groupings, as account.journal's bank_statement_creation_groupby spells them.
const (
	NoStatement Grouping = "none"
	PerDay      Grouping = "day"
	PerWeek     Grouping = "week"
	PerHalf     Grouping = "bimonthly" // the 1st to the 15th, the 16th to the end
	PerMonth    Grouping = "month"
)

// Period is the span of days that shares one statement.
type Period struct {
	// Key tells periods of one journal apart, also after its grouping changed;
	// "" when lines have no statement.
	Key      string
	From, To schema.Date
	// Label is what the statement's name says: "2026-03", "2026-03-16", "2026-W11".
	Label string
}

// PeriodOf returns the period of a day. Weeks begin on Monday.
func PeriodOf(g Grouping, day schema.Date) Period {
	t := day.Time()
	switch g {
	case NoStatement:
		return Period{From: day, To: day}
	case PerDay:
		return period(g, t, t, string(day))
	case PerWeek:
		monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
		year, week := monday.ISOWeek()
		return period(g, monday, monday.AddDate(0, 0, 6), fmt.Sprintf("%04d-W%02d", year, week))
	case PerHalf:
		first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		if t.Day() <= 15 {
			return period(g, first, first.AddDate(0, 0, 14), first.Format(time.DateOnly))
		}
		return period(g, first.AddDate(0, 0, 15), first.AddDate(0, 1, -1), first.AddDate(0, 0, 15).Format(time.DateOnly))
	default:
		first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		return period(PerMonth, first, first.AddDate(0, 1, -1), first.Format("2006-01"))
	}
}

func period(g Grouping, from, to time.Time, label string) Period {
	p := Period{From: schema.DateOf(from), To: schema.DateOf(to), Label: label}
	p.Key = string(g) + ":" + string(p.From)
	return p
}
