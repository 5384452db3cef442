package schema

import (
	"fmt"
	"time"
)

// The Go types of values, by field type:
//
//	char text html selection   string; nil when unset
//	integer                    int64
//	float                      float64
//	monetary                   decimal.Decimal (github.com/govalues/decimal)
//	boolean                    bool
//	date                       Date; "" when unset
//	datetime                   time.Time in UTC; zero when unset
//	json                       json.RawMessage; nil when unset
//	binary                     []byte; nil when unset
//	many2one                   int64; 0 when unset
//	one2many many2many         []int64 when read, []orm.Command when written

// Date is a civil date, YYYY-MM-DD, in no time zone; "" is unset. Dates
// compare with < and ==.
type Date string

// ParseDate checks s. An impossible day is an error.
func ParseDate(s string) (Date, error) {
	if t, err := time.Parse(time.DateOnly, s); err != nil || !InCalendar(t) {
		return "", fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return Date(s), nil
}

// InCalendar reports whether an instant lies in the years 1 to 9999: earlier and
// later ones cannot be written, nor read by clients.
func InCalendar(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1 && year <= 9999
}

// DateOf returns the civil date of t in its own zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time returns midnight UTC of d; the zero time for an unset date.
func (d Date) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date {
	if d == "" {
		return ""
	}
	return DateOf(d.Time().AddDate(0, 0, n))
}

// DatetimeLayout is how a datetime stands in JSON, always UTC.
const DatetimeLayout = "2006-01-02 15:04:05"
