package statement

import (
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Months knows the names of months. The zero value, and nil, know none.
type Months struct {
	begins  map[string]time.Month // how names begin, folded; 0 where they mean several months
	longest int                   // in bytes
	others  *Months               // asked about what is not known here
}

// NewMonths returns what knows no name yet, and asks others about that; nil is
// nobody.
func NewMonths(others *Months) *Months {
	return &Months{begins: map[string]time.Month{}, others: others}
}

// Add learns how a name begins. One that begins two months means none.
func (m *Months) Add(begin string, month time.Month) {
	folded := Fold(begin)
	if other, known := m.begins[folded]; known && other != month {
		month = 0
	}
	m.begins[folded] = month
	m.longest = max(m.longest, len(folded))
}

// named returns the month whose name a text is: the longest beginning that is
// known counts, and of equal ones this language's own. It is 0 for no month.
func (m *Months) named(text string) time.Month {
	if m == nil {
		return 0
	}
	folded, month, length := Fold(text), time.Month(0), 0
	for ; m != nil; m = m.others {
		for n := min(len(folded), m.longest); n > length; n-- {
			if found, known := m.begins[folded[:n]]; known {
				month, length = found, n
				break
			}
		}
	}
	return month
}

// IsDay reports whether s can be read as a date in some order.
func (m *Months) IsDay(s string) bool {
	_, err := m.readings(s, AnyOrder)
	return err == nil
}

// ParseDay reads a civil date as people and programs write it: parts set apart
// by anything that is neither a letter nor a digit, eight digits in a row, or a
// month by its name. A time behind the date is passed over; the day stays as
// written. A date that two orders read differently is an error when order is
// AnyOrder.
func (m *Months) ParseDay(s string, order DateOrder) (sdk.Date, error) {
	days, err := m.readings(s, order)
	if err != nil {
		return sdk.Date{}, err
	}
	return chooseDay(s, days, order)
}

// IsDayWord reports whether a letter stands behind the parts of a date and says
// which it is, as in 2024年3月17日.
func IsDayWord(r rune) bool {
	return r >= 0x5E74 && strings.ContainsRune("年月日년월일", r)
}
