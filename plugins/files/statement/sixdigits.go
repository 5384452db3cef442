package statement

import (
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// IsSixDigits reports whether a date is written as six digits without anything
// between them, which most orders can read.
func IsSixDigits(s string) bool {
	parts := dayParts(s)
	return len(parts) == 1 && len(parts[0]) == 6 && isNumber(parts[0]) && len(strings.TrimSpace(s)) == 6
}

// mostDays is how many days the transactions of one file span at most, where
// nothing but that tells how its days are written.
const mostDays = 3 * 366

// OrderOfSix returns the order of dates of six digits, given in the order of the
// file: the only one that makes days of all; or year first where the file's
// language writes so; or the only one by which the days follow each other within
// three years. Else it is not ok.
func OrderOfSix(dates []string, yearFirst bool) (order DateOrder, ok bool) {
	var valid, sane []DateOrder
	for _, o := range []DateOrder{YearMonthDay, DayMonthYear, MonthDayYear} {
		days, all := daysOf(dates, o)
		if !all {
			continue
		}
		valid = append(valid, o)
		if follow(days) {
			sane = append(sane, o)
		}
	}
	switch {
	case len(valid) == 1:
		return valid[0], true
	case yearFirst && len(valid) > 0 && valid[0] == YearMonthDay:
		return YearMonthDay, true
	case len(sane) == 1 && len(dates) > 1:
		return sane[0], true
	}
	return AnyOrder, false
}

func daysOf(dates []string, order DateOrder) (days []sdk.Date, all bool) {
	var figures *Months // six digits name no month
	for _, s := range dates {
		day, err := figures.ParseDay(s, order)
		if err != nil {
			return nil, false
		}
		days = append(days, day)
	}
	return days, true
}

// follow reports whether days rise or fall, within the span of a file.
func follow(days []sdk.Date) bool {
	up, down := true, true
	for i := 1; i < len(days); i++ {
		up = up && !days[i].Before(days[i-1])
		down = down && !days[i-1].Before(days[i])
	}
	first, last := days[0], days[len(days)-1]
	if last.Before(first) {
		first, last = last, first
	}
	return (up || down) && !first.AddDays(mostDays).Before(last)
}
