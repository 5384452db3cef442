package statement

import (
	"fmt"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// ParseISO reads the civil date at the head of YYYY-MM-DD, with or without a
// time or an offset behind it. The day stays as written: it is the bank's, in
// the zone it states.
func ParseISO(s string) (sdk.Date, error) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return sdk.Date{}, fmt.Errorf("date %q: want YYYY-MM-DD", Clip(s, 40))
	}
	return civil(s, s[:4], s[5:7], s[8:10])
}

// ParseCompact reads the civil date at the head of YYYYMMDD, whatever follows.
func ParseCompact(s string) (sdk.Date, error) {
	if len(s) < 8 {
		return sdk.Date{}, fmt.Errorf("date %q: want YYYYMMDD", Clip(s, 40))
	}
	return civil(s, s[:4], s[4:6], s[6:8])
}

// ParseShort reads YYMMDD: 80 to 99 are the last century's. The 30th (and, in
// a common year, the 29th) of February, which banks that count 30 days a month
// write, is the last day of February.
func ParseShort(s string) (sdk.Date, error) {
	if len(s) != 6 {
		return sdk.Date{}, fmt.Errorf("date %q: want YYMMDD", Clip(s, 40))
	}
	century := "20"
	if s[0] >= '8' {
		century = "19"
	}
	if s[2:4] == "02" && (s[4:] == "30" || s[4:] == "29") {
		if d, err := civil(s, century+s[:2], "03", "01"); err == nil {
			return d.AddDays(-1), nil
		}
	}
	return civil(s, century+s[:2], s[2:4], s[4:6])
}

func civil(whole, year, month, day string) (sdk.Date, error) {
	y, okYear := number(year)
	m, okMonth := number(month)
	d, okDay := number(day)
	if !okYear || !okMonth || !okDay {
		return sdk.Date{}, fmt.Errorf("date %q: not a date", Clip(whole, 40))
	}
	date := sdk.Date{Year: y, Month: time.Month(m), Day: d}
	if y < 1900 || m < 1 || m > 12 || d < 1 || (d > 28 && !date.Valid()) {
		return sdk.Date{}, fmt.Errorf("date %q: no such day", Clip(whole, 40))
	}
	return date, nil
}

func number(digits string) (int, bool) {
	n := 0
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = n*10 + int(digits[i]-'0')
	}
	return n, true
}
