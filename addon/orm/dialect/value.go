package dialect

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// MoneyScale is the number of decimals that amounts are kept with.
const MoneyScale = 4

// Money returns d as ten-thousandths. Amounts with more decimals or beyond
// ±922,337,203,685,477.5807 cannot be held exactly and are refused.
func Money(d decimal.Decimal) (int64, error) {
	t := d.Trim(0)
	if t.Scale() > MoneyScale {
		return 0, fmt.Errorf("amount %s has more than %d decimals", d, MoneyScale)
	}
	whole, frac, ok := t.Int64(MoneyScale)
	if !ok {
		return 0, fmt.Errorf("amount %s is too large", d)
	}
	const unit, most = 10_000, 1<<63 - 1
	if whole > most/unit || whole < -most/unit {
		return 0, fmt.Errorf("amount %s is too large", d)
	}
	n := whole*unit + frac
	if (whole > 0 && n < 0) || (whole < 0 && n > 0) {
		return 0, fmt.Errorf("amount %s is too large", d)
	}
	return n, nil
}

// FromMoney returns ten-thousandths as an amount with at least two decimals.
func FromMoney(n int64) decimal.Decimal {
	d, err := decimal.New(n, MoneyScale)
	if err != nil { // 19 digits always fit
		return decimal.Decimal{}
	}
	return d.Trim(2)
}

// CheckText refuses text that not every database can hold: zero bytes and
// bytes that are not UTF-8.
func CheckText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("text is not UTF-8")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("text contains a zero byte")
	}
	return nil
}

// Canonical brings v into f's Go type as package schema lists it, and an unset
// value to nil. It accepts the near relations that code may hold (int for
// int64, string for a Date) and refuses everything else.
func Canonical(f *schema.Field, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch f.Type {
	case schema.TypeChar, schema.TypeText, schema.TypeHTML, schema.TypeSelection:
		if s, ok := v.(string); ok {
			return s, CheckText(s)
		}
	case schema.TypeInteger, schema.TypeMany2one:
		n, ok := integer(v)
		if ok && n == 0 && f.Type == schema.TypeMany2one {
			return nil, nil
		}
		if ok {
			return n, nil
		}
	case schema.TypeFloat:
		if n, ok := v.(float64); ok {
			return n, nil
		}
		if n, ok := integer(v); ok {
			return float64(n), nil
		}
	case schema.TypeMonetary:
		switch d := v.(type) {
		case decimal.Decimal:
			return d, nil
		case int64:
			return decimal.New(d, 0)
		}
	case schema.TypeBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case schema.TypeDate, schema.TypeDatetime:
		return canonicalTime(f, v)
	case schema.TypeBinary, schema.TypeJSON:
		return canonicalBytes(f, v)
	}
	return nil, cannotHold(f, v)
}

func cannotHold(f *schema.Field, v any) error {
	return fmt.Errorf("field %s (%s) cannot hold a %T", f.Name, f.Type, v)
}

func canonicalTime(f *schema.Field, v any) (any, error) {
	day, isDay := v.(schema.Date)
	if text, ok := v.(string); ok {
		day, isDay = schema.Date(text), true
	}
	at, isMoment := v.(time.Time)
	switch {
	case f.Type == schema.TypeDate && isDay && day == "", f.Type == schema.TypeDatetime && isMoment && at.IsZero():
		return nil, nil
	case f.Type == schema.TypeDate && isDay:
		return schema.ParseDate(string(day))
	case f.Type == schema.TypeDatetime && isMoment:
		return at.UTC().Truncate(time.Microsecond), nil
	}
	return nil, cannotHold(f, v)
}

func canonicalBytes(f *schema.Field, v any) (any, error) {
	switch raw := v.(type) {
	case []byte:
		if f.Type == schema.TypeBinary && len(raw) == 0 {
			return nil, nil
		}
		if f.Type == schema.TypeBinary {
			return raw, nil
		}
	case json.RawMessage:
		if f.Type == schema.TypeJSON && raw == nil {
			return nil, nil
		}
		if f.Type == schema.TypeJSON {
			return string(raw), CheckText(string(raw))
		}
	case string:
		if f.Type == schema.TypeJSON {
			return raw, CheckText(raw)
		}
	}
	return nil, cannotHold(f, v)
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	}
	return 0, false
}
