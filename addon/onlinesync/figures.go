package onlinesync

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// asInt reads a group's key or figure that is an integer.
func asInt(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case int:
		return int64(n)
	case float64:
		return int64(n)
	}
	return 0
}

// asDecimal reads a figure that is an amount.
func asDecimal(v any) decimal.Decimal {
	if d, ok := v.(decimal.Decimal); ok {
		return d
	}
	return decimal.Decimal{}
}

// asDay reads a key that is a date.
func asDay(v any) schema.Date {
	switch d := v.(type) {
	case schema.Date:
		return d
	case string:
		return schema.Date(d)
	}
	return ""
}

// plus adds amounts. One that no longer fits 19 digits stays as it was: figures
// for display only.
func plus(a, b decimal.Decimal) decimal.Decimal {
	sum, err := a.Add(b)
	if err != nil {
		return a
	}
	return sum
}
