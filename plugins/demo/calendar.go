package demo

import (
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// day counts civil days from 1 January 1970. The demo world lives in UTC.
type day int32

const secondsPerDay = 24 * 60 * 60

func dayOf(d sdk.Date) day {
	return day(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// dayAt returns the day of an instant given in Unix seconds.
func dayAt(second int64) day {
	if second < 0 {
		second -= secondsPerDay - 1
	}
	return day(second / secondsPerDay)
}

// begins returns the first second of d.
func (d day) begins() int64 { return int64(d) * secondsPerDay }

// civil splits d into year, month and day of month, by counting the 400-year
// cycles of the calendar from a 1 March, so that the leap day comes last.
func (d day) civil() (year, month, dom int) {
	const cycle = 146_097
	n := int(d) + 719_468
	era := n / cycle
	if n < 0 {
		era = (n - cycle + 1) / cycle
	}
	inEra := n - era*cycle
	yearOfEra := (inEra - inEra/1460 + inEra/36_524 - inEra/146_096) / 365
	inYear := inEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*inYear + 2) / 153 // 0 is March
	dom = inYear - (153*shifted+2)/5 + 1
	month = shifted + 3
	year = yearOfEra + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, dom
}

func (d day) date() sdk.Date {
	y, m, dom := d.civil()
	return sdk.Date{Year: y, Month: time.Month(m), Day: dom}
}

// weekday returns 0 for Sunday to 6 for Saturday.
func (d day) weekday() int { return ((int(d)+4)%7 + 7) % 7 }

// booksNothing reports whether banks rest on d: weekends, New Year, Christmas.
func (d day) booksNothing() bool {
	if w := d.weekday(); w == 0 || w == 6 {
		return true
	}
	_, month, dom := d.civil()
	return month == 1 && dom == 1 || month == 12 && (dom == 25 || dom == 26)
}

// business returns d, or the next day on which banks book.
func (d day) business() day {
	for d.booksNothing() {
		d++
	}
	return d
}

// month counts from January of the year 0.
type month int32

func (d day) month() month {
	y, m, _ := d.civil()
	return month(y*12 + m - 1)
}

func (m month) split() (year, ofYear int) { return int(m / 12), int(m%12) + 1 }

func (m month) first() day {
	y, of := m.split()
	return dayOf(sdk.Date{Year: y, Month: time.Month(of), Day: 1})
}

// last returns the last day of m.
func (m month) last() day { return (m + 1).first() - 1 }
