package record

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Int reads a group's key or figure that is an integer.
func Int(v any) int64 {
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

// Decimal reads a figure that is an amount.
func Decimal(v any) decimal.Decimal {
	if d, ok := v.(decimal.Decimal); ok {
		return d
	}
	return decimal.Decimal{}
}

// Day reads a key that is a date.
func Day(v any) schema.Date {
	switch d := v.(type) {
	case schema.Date:
		return d
	case string:
		return schema.Date(d)
	}
	return ""
}

// Plus adds amounts. One that no longer fits 19 digits stays as it was: figures
// for display only.
func Plus(a, b decimal.Decimal) decimal.Decimal {
	sum, err := a.Add(b)
	if err != nil {
		return a
	}
	return sum
}
