package query

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// bounds is a literal as a field can hold it. Where the field cannot hold it
// exactly (1.5 in an integer), low and high are its neighbours.
type bounds struct{ low, high any }

func exactly(v any) bounds { return bounds{v, v} }

func (b bounds) exact() bool { return b.low == b.high }

// literal reads a value that is compared with f, in any form clients send it.
// v is neither nil nor false. op decides what a day means for a datetime.
func literal(f *schema.Field, op domain.Op, v any) (bounds, error) {
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one, schema.TypeOne2many, schema.TypeMany2many:
		return wholeLiteral(f, v)
	case schema.TypeFloat:
		return floatLiteral(v)
	case schema.TypeMonetary:
		return moneyLiteral(v)
	case schema.TypeDate:
		return dateLiteral(v)
	case schema.TypeDatetime:
		return timeLiteral(op, v)
	}
	s, err := textLiteral(v)
	return exactly(s), err
}

func wrongLiteral(kind string, v any) error {
	return fault.New(fault.Value, "invalid input syntax for type %s: %s", kind, quoted(v))
}

func outOfRange(kind string, v any) error {
	return fault.New(fault.Value, "value %s is out of range for type %s", quoted(v), kind)
}

func quoted(v any) string {
	text, err := textLiteral(v)
	if err != nil {
		text = fmt.Sprintf("%v", v)
	}
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return `"` + text + `"`
}

// wholeLiteral reads integers and ids. Ids beyond 2,147,483,647 are refused,
// as Odoo's database does.
func wholeLiteral(f *schema.Field, v any) (bounds, error) {
	var n int64
	switch x := v.(type) {
	case int64:
		n = x
	case int:
		n = int64(x)
	case bool:
		if x {
			n = 1
		}
	case float64:
		if math.IsNaN(x) || math.Abs(x) >= 1<<63 {
			return bounds{}, outOfRange("integer", v)
		}
		if low := math.Floor(x); low != x {
			return bounds{int64(low), int64(low) + 1}, nil
		}
		n = int64(x)
	case decimal.Decimal:
		return wholeLiteral(f, x.String())
	case string:
		parsed, err := strconv.ParseInt(strings.TrimSpace(x), 10, 64)
		if err != nil {
			return bounds{}, wrongLiteral("integer", v)
		}
		n = parsed
	case json.Number:
		return wholeLiteral(f, string(x))
	default:
		return bounds{}, wrongLiteral("integer", v)
	}
	if (f.Name == "id" || f.IsRelation()) && (n > math.MaxInt32 || n < math.MinInt32) {
		return bounds{}, outOfRange("integer", v)
	}
	return exactly(n), nil
}

func floatLiteral(v any) (bounds, error) {
	switch x := v.(type) {
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return bounds{}, outOfRange("double precision", v)
		}
		return exactly(x), nil
	case int64:
		return exactly(float64(x)), nil
	case int:
		return exactly(float64(x)), nil
	case bool:
		return exactly(1.0), nil
	case decimal.Decimal:
		return floatLiteral(x.String())
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
		if err != nil {
			return bounds{}, wrongLiteral("double precision", v)
		}
		return floatLiteral(n)
	}
	return bounds{}, wrongLiteral("double precision", v)
}

func moneyLiteral(v any) (bounds, error) {
	var text string
	switch x := v.(type) {
	case float64:
		if math.IsNaN(x) || math.Abs(x) > 1e15 {
			return bounds{}, outOfRange("numeric", v)
		}
		text = strconv.FormatFloat(x, 'f', -1, 64)
	case int64:
		text = strconv.FormatInt(x, 10)
	case int:
		text = strconv.Itoa(x)
	case bool:
		text = "1"
	case string:
		text = strings.TrimSpace(x)
	case decimal.Decimal:
		text = x.String()
	default:
		return bounds{}, wrongLiteral("numeric", v)
	}
	d, err := decimal.Parse(text)
	if err != nil {
		return bounds{}, wrongLiteral("numeric", v)
	}
	d = d.Trim(0)
	low, high := d.Floor(dialect.MoneyScale), d.Ceil(dialect.MoneyScale)
	if _, err := dialect.Money(low); err != nil {
		return bounds{}, outOfRange("numeric", v)
	}
	if _, err := dialect.Money(high); err != nil {
		return bounds{}, outOfRange("numeric", v)
	}
	if low.Cmp(high) == 0 {
		return exactly(d), nil
	}
	return bounds{low, high}, nil
}

// dateLiteral takes a day, or the day of a datetime.
func dateLiteral(v any) (bounds, error) {
	switch x := v.(type) {
	case schema.Date:
		return dateLiteral(string(x))
	case time.Time:
		return exactly(schema.DateOf(x)), nil
	case string:
		if t, ok := looseDay(x); ok {
			return exactly(schema.DateOf(t)), nil
		}
		day := x
		if len(x) > 10 {
			if _, err := parseDatetime(x); err != nil {
				return bounds{}, wrongLiteral("date", v)
			}
			day = x[:10]
		}
		d, err := schema.ParseDate(day)
		if err != nil {
			return bounds{}, wrongLiteral("date", v)
		}
		return exactly(d), nil
	}
	return bounds{}, wrongLiteral("date", v)
}

// looseDays are other ways to write a day that Odoo's database reads in a
// condition: without zeros, with slashes (the month first in the American way),
// without anything between.
var looseDays = [...]string{"2006-1-2", "2006/1/2", "1/2/2006", "20060102"}

// looseDay reads a day that is not written as YYYY-MM-DD.
func looseDay(s string) (time.Time, bool) {
	for _, layout := range looseDays {
		t, err := time.Parse(layout, s)
		if err == nil && schema.InCalendar(t) && len(s) >= len("2006-1-2") && s != t.Format(time.DateOnly) {
			return t, true
		}
	}
	return time.Time{}, false
}

// timeLiteral takes a datetime in UTC, or a day: its end for <= and >, else its start.
func timeLiteral(op domain.Op, v any) (bounds, error) {
	switch x := v.(type) {
	case time.Time:
		return exactly(x.UTC()), nil
	case schema.Date:
		return timeLiteral(op, string(x))
	case string:
		if len(x) == len(time.DateOnly) {
			d, err := schema.ParseDate(x)
			if err != nil {
				return bounds{}, wrongLiteral("timestamp", v)
			}
			t := d.Time()
			if op == domain.Le || op == domain.Gt {
				t = t.Add(24*time.Hour - time.Microsecond)
			}
			return exactly(t), nil
		}
		if t, ok := looseDay(x); ok {
			return exactly(t), nil
		}
		t, err := parseDatetime(x)
		if err != nil {
			return bounds{}, wrongLiteral("timestamp", v)
		}
		return exactly(t), nil
	}
	return bounds{}, wrongLiteral("timestamp", v)
}

var errYear = errors.New("a year beyond the calendar")

func parseDatetime(s string) (time.Time, error) {
	s = strings.TrimSuffix(strings.Replace(s, "T", " ", 1), "Z")
	t, err := time.Parse("2006-01-02 15:04:05.999999", s)
	if err != nil {
		t, err = time.Parse("2006-01-02 15:04", s)
	}
	if err == nil && !schema.InCalendar(t) {
		err = errYear
	}
	return t, err
}

// textLiteral is a value as Python's str() prints it.
func textLiteral(v any) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case nil:
		return "", nil
	case schema.Date:
		return string(x), nil
	case time.Time:
		return x.UTC().Format(schema.DatetimeLayout), nil
	case decimal.Decimal:
		return x.String(), nil
	case json.RawMessage:
		return string(x), nil
	case bool, int, int64, float64:
		return domain.ValueString(x), nil
	}
	return "", fault.New(fault.Value, "a %T cannot be compared with text", v)
}
