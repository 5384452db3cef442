package sdk

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a civil date: a day on a calendar, in no time zone. The zero Date
// means "unknown".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD. An impossible day, such as 30 February, is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// DateOf returns the civil date of an instant, in the instant's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports whether d is unknown.
func (d Date) IsZero() bool { return d == Date{} }

// String returns YYYY-MM-DD, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := make([]byte, 0, len(time.DateOnly))
	for _, part := range [...]struct{ n, digits int }{{d.Year, 4}, {int(d.Month), 2}, {d.Day, 2}} {
		if len(b) > 0 {
			b = append(b, '-')
		}
		b = appendDigits(b, part.n, part.digits)
	}
	return string(b)
}

// appendDigits writes n with at least as many digits.
func appendDigits(b []byte, n, digits int) []byte {
	text := strconv.Itoa(n)
	for range digits - len(text) {
		b = append(b, '0')
	}
	return append(b, text...)
}

// Valid reports whether d exists in the calendar.
func (d Date) Valid() bool {
	return !d.IsZero() && DateOf(d.midnight()) == d
}

// AddDays returns the date n days later; n may be negative.
func (d Date) AddDays(n int) Date { return DateOf(d.midnight().AddDate(0, 0, n)) }

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.midnight().Before(e.midnight()) }

// After reports whether d comes after e.
func (d Date) After(e Date) bool { return e.Before(d) }

// Compare is negative when d comes before e, positive when it comes after, else 0.
func (d Date) Compare(e Date) int { return d.midnight().Compare(e.midnight()) }

// DaysSince returns the number of days from e to d.
func (d Date) DaysSince(e Date) int {
	return int(d.midnight().Sub(e.midnight()) / (24 * time.Hour))
}

func (d Date) midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
