package statement

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/sdk"
)

// DateOrder says in which order a file writes a date's parts.
type DateOrder string

// The orders. AnyOrder leaves it to what a date itself tells.
const (
	AnyOrder     DateOrder = ""
	DayMonthYear DateOrder = "dmy"
	MonthDayYear DateOrder = "mdy"
	YearMonthDay DateOrder = "ymd"
)

// ParseOrder reads a user's choice.
func ParseOrder(s string) (DateOrder, error) {
	switch order := DateOrder(strings.ToLower(strings.TrimSpace(s))); order {
	case AnyOrder, DayMonthYear, MonthDayYear, YearMonthDay:
		return order, nil
	}
	return "", fmt.Errorf("date order %q: want dmy, mdy or ymd", Clip(s, 40))
}

// chooseDay returns the day that a date is in an order, out of the ways to read it.
func chooseDay(s string, days []dayReading, order DateOrder) (sdk.Date, error) {
	if order != AnyOrder {
		for _, r := range days {
			if r.order == order || r.order == AnyOrder {
				return r.day, nil
			}
		}
		return sdk.Date{}, fmt.Errorf("date %q: no such day, read as %s", Clip(s, 40), order.words())
	}
	for _, r := range days[1:] {
		if r.day != days[0].day {
			return sdk.Date{}, fmt.Errorf("date %q: it can be read as %s or as %s", Clip(s, 40), days[0].order.words(), r.order.words())
		}
	}
	return days[0].day, nil
}

// lastYear is the last in which a transaction can have been.
const lastYear = 2049

// CheckYear refuses a day that no transaction can have: its year is mistyped, or
// counted by another calendar.
func CheckYear(day sdk.Date) error {
	if day.Year <= lastYear {
		return nil
	}
	return fmt.Errorf("date %s: the year %d is not one of a transaction, or of another calendar", day, day.Year)
}

func (o DateOrder) words() string {
	switch o {
	case DayMonthYear:
		return "day/month/year"
	case MonthDayYear:
		return "month/day/year"
	}
	return "year/month/day"
}

// dayReading is one way to read a date. Its order is AnyOrder when the text
// leaves no choice.
type dayReading struct {
	order DateOrder
	day   sdk.Date
}

// readings returns every way to read a date, one at least. A year of two digits
// comes first only where chosen says so.
func (m *Months) readings(s string, chosen DateOrder) ([]dayReading, error) {
	parts := dayParts(s)
	var ways []dayReading
	try := func(order DateOrder, year, month, day string) {
		if d, ok := civilDay(year, month, day); ok {
			ways = append(ways, dayReading{order, d})
		}
	}
	switch {
	case len(parts) == 1 && len(parts[0]) == 8 && isNumber(parts[0]):
		p := parts[0]
		try(YearMonthDay, p[:4], p[4:6], p[6:])
		try(DayMonthYear, p[4:], p[2:4], p[:2])
		try(MonthDayYear, p[4:], p[:2], p[2:4])
	case len(parts) == 1 && len(parts[0]) == 6 && isNumber(parts[0]):
		p := parts[0]
		try(YearMonthDay, p[:2], p[2:4], p[4:])
		try(DayMonthYear, p[4:], p[2:4], p[:2])
		try(MonthDayYear, p[4:], p[:2], p[2:4])
	case len(parts) < 3:
	case !isNumber(parts[1]):
		if month := m.number(parts[1]); len(parts[0]) == 4 {
			try(AnyOrder, parts[0], month, parts[2])
		} else {
			try(AnyOrder, parts[2], month, parts[0])
		}
	case !isNumber(parts[0]):
		try(AnyOrder, parts[2], m.number(parts[0]), parts[1])
	case len(parts[0]) == 4:
		try(AnyOrder, parts[0], parts[1], parts[2])
	default:
		try(DayMonthYear, parts[2], parts[1], parts[0])
		try(MonthDayYear, parts[2], parts[0], parts[1])
		if len(parts[2]) <= 2 && (len(ways) == 0 || chosen == YearMonthDay) {
			try(YearMonthDay, parts[0], parts[1], parts[2])
		}
	}
	if len(ways) == 0 {
		return nil, fmt.Errorf("date %q: not a date", Clip(s, 40))
	}
	return ways, nil
}

// dayParts returns the first three runs of digits or letters.
func dayParts(s string) []string {
	var parts []string
	s = Clip(s, 64)
	for len(parts) < 3 {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return !isAlnum(r) })
		if s == "" {
			break
		}
		first, _ := utf8.DecodeRuneInString(s)
		digits := unicode.IsDigit(first)
		end := strings.IndexFunc(s, func(r rune) bool { return !isAlnum(r) || unicode.IsDigit(r) != digits })
		if end < 0 {
			end = len(s)
		}
		parts = append(parts, s[:end])
		s = s[end:]
		if len(parts) == 1 && len(parts[0]) >= 6 && digits {
			break // a time, or the like, follows
		}
	}
	return parts
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) && !IsDayWord(r) || unicode.IsDigit(r) }

func isNumber(s string) bool {
	_, ok := number(s)
	return ok && s != ""
}

// civilDay makes a day of three texts; a year of two digits is of this century
// up to 79.
func civilDay(year, month, day string) (sdk.Date, bool) {
	y, okYear := number(year)
	m, okMonth := number(month)
	d, okDay := number(day)
	if !okYear || !okMonth || !okDay || month == "" || len(month) > 2 || len(day) > 2 {
		return sdk.Date{}, false
	}
	switch len(year) {
	case 4:
	case 1, 2:
		y += 2000
		if y >= 2080 {
			y -= 100
		}
	default:
		return sdk.Date{}, false
	}
	date := sdk.Date{Year: y, Month: time.Month(m), Day: d}
	return date, y >= 1900 && date.Valid()
}

// number writes the month that a text names; "" for none.
func (m *Months) number(name string) string {
	if month := m.named(name); month > 0 {
		return strconv.Itoa(int(month))
	}
	return ""
}

// Days gathers what a file's dates tell of their order.
type Days struct {
	Months   *Months // nil for dates of figures alone
	ruledOut map[DateOrder]bool
	unsure   bool     // some date is read differently by the orders
	short    []string // dates of figures whose year has two of them
	long     bool     // there are others, too
	Doubtful string   // the first such date
}

// Add takes a date into account; what is none is passed over.
func (d *Days) Add(s string) {
	ways, err := d.Months.readings(s, AnyOrder)
	if err != nil || ways[0].order == AnyOrder {
		return
	}
	d.noteShort(s)
	if d.ruledOut == nil {
		d.ruledOut = map[DateOrder]bool{}
	}
	possible := map[DateOrder]bool{}
	for _, r := range ways {
		possible[r.order] = true
		if r.day != ways[0].day && !d.unsure {
			d.unsure, d.Doubtful = true, Clip(s, 40)
		}
	}
	for _, order := range []DateOrder{DayMonthYear, MonthDayYear, YearMonthDay} {
		if !possible[order] {
			d.ruledOut[order] = true
		}
	}
}

// Order returns the one order in which all dates make sense. It is ok, and
// AnyOrder, too when no date depends on it. It is not ok when several orders
// fit and differ, or none does.
func (d *Days) Order() (order DateOrder, ok bool) {
	order, ok = d.byParts()
	return d.shortOrder(order, ok)
}

// byParts goes by what the parts of each date can be.
func (d *Days) byParts() (order DateOrder, ok bool) {
	if !d.unsure && len(d.ruledOut) == 0 {
		return AnyOrder, true
	}
	left := 0
	for _, o := range []DateOrder{YearMonthDay, MonthDayYear, DayMonthYear} {
		if !d.ruledOut[o] {
			order = o
			left++
		}
	}
	switch {
	case left == 1:
		return order, true
	case !d.unsure && left > 1:
		return AnyOrder, true
	}
	return AnyOrder, false
}
