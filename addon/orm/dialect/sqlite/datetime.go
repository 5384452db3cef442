package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
)

// localFunc is the SQL function that moves a datetime into a zone; SQLite
// knows no zones.
const localFunc = "girosync_local"

func local(text, zone string) (string, error) {
	t, err := parseTime(text)
	if err != nil {
		return "", err
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return "", err
	}
	return t.In(place).Format(datetimeLayout), nil
}

// Truncate works on texts; a function of ours turns them into the zone first.
func (Dialect) Truncate(f *schema.Field, expr, granularity, zone string) (string, error) {
	expr, err := inZone(f, expr, zone)
	if err != nil {
		return "", err
	}
	switch granularity {
	case "hour":
		if f.Type == schema.TypeDatetime {
			return "substr(" + expr + ", 1, 13) || ':00:00.000000'", nil
		}
	case "day":
		return "substr(" + expr + ", 1, 10)", nil
	case "week":
		return "date(" + expr + ", '-6 days', 'weekday 1')", nil
	case "week_sunday":
		return "date(" + expr + ", '-6 days', 'weekday 0')", nil
	case "month":
		return "substr(" + expr + ", 1, 7) || '-01'", nil
	case "quarter":
		return "printf('%s-%02d-01', substr(" + expr + ", 1, 4), (substr(" + expr + ", 6, 2) - 1) / 3 * 3 + 1)", nil
	case "year":
		return "substr(" + expr + ", 1, 4) || '-01-01'", nil
	}
	return "", fmt.Errorf("granularity %q does not fit a %s", granularity, f.Type)
}

// inZone is expr as the clock in zone shows it.
func inZone(f *schema.Field, expr, zone string) (string, error) {
	if f.Type != schema.TypeDatetime || zone == "" || zone == "UTC" {
		return expr, nil
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return "", fmt.Errorf("time zone %q is not known", zone)
	}
	moved := localFunc + "(" + expr + ", '" + strings.ReplaceAll(zone, "'", "") + "')"
	return "CASE WHEN " + expr + " IS NOT NULL THEN " + moved + " END", nil
}

// Part cuts the number out of the text that a date or datetime is.
func (Dialect) Part(f *schema.Field, expr, part, zone string) (string, error) {
	expr, err := inZone(f, expr, zone)
	if err != nil {
		return "", err
	}
	number := func(format string) (string, error) {
		return "CAST(strftime('" + format + "', " + expr + ") AS INTEGER)", nil
	}
	switch part {
	case "year_number":
		return number("%Y")
	case "quarter_number":
		return "(CAST(strftime('%m', " + expr + ") AS INTEGER) + 2) / 3", nil
	case "month_number":
		return number("%m")
	case "iso_week_number":
		return number("%V")
	case "day_of_year":
		return number("%j")
	case "day_of_month":
		return number("%d")
	case "day_of_week":
		return number("%w")
	}
	if f.Type == schema.TypeDatetime {
		switch part {
		case "hour_number":
			return number("%H")
		case "minute_number":
			return number("%M")
		case "second_number":
			return number("%S")
		}
	}
	return "", fmt.Errorf("part %q does not fit a %s", part, f.Type)
}

// parseTime reads what Arg writes, without time.Parse's layouts: it is called
// for every datetime that is read.
func parseTime(s string) (time.Time, error) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, fmt.Errorf("datetime %q: want YYYY-MM-DD HH:MM:SS", s)
	}
	micro := 0
	if len(s) == 26 && s[19] == '.' {
		micro = digits(s[20:26])
	}
	year, month, day := digits(s[0:4]), digits(s[5:7]), digits(s[8:10])
	hour, minute, second := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	if year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || minute < 0 || second < 0 || micro < 0 {
		return time.Time{}, fmt.Errorf("datetime %q: want YYYY-MM-DD HH:MM:SS", s)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, micro*1000, time.UTC), nil
}

func digits(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func jsonText(s string) json.RawMessage { return json.RawMessage(s) }

func appendJSONText(dst []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // strings always marshal
		return append(dst, `""`...)
	}
	return append(dst, text...)
}
