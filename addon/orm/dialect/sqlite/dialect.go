package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// Dialect writes SQL for SQLite.
//
// Dates are TEXT YYYY-MM-DD, datetimes TEXT with six decimals of a second, in
// UTC, booleans 0 and 1, amounts INTEGER ten-thousandths, JSON TEXT. Text
// compares byte by byte, which is by code point.
type Dialect struct{}

var _ dialect.Dialect = Dialect{}

// datetimeLayout has a fixed width, so that text compares as time does.
const datetimeLayout = "2006-01-02 15:04:05.000000"

// Name is "sqlite".
func (Dialect) Name() string { return "sqlite" }

// Quote doubles the quotes inside.
func (Dialect) Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Placeholder is "?": arguments stand in the order of their places.
func (Dialect) Placeholder(int) string { return "?" }

// ColumnType is one of SQLite's four storage classes.
func (Dialect) ColumnType(f *schema.Field) string {
	switch f.Type {
	case schema.TypeInteger, schema.TypeMonetary, schema.TypeBoolean, schema.TypeMany2one:
		return "integer"
	case schema.TypeFloat:
		return "real"
	case schema.TypeBinary:
		return "blob"
	}
	return "text"
}

// ColumnDDL is the type alone.
func (d Dialect) ColumnDDL(f *schema.Field) string { return d.ColumnType(f) }

// IDColumn is the rowid; a table of counters keeps ids from being given twice.
func (Dialect) IDColumn() string { return "integer PRIMARY KEY" }

// Widen never needs a statement: a column holds values of any type.
func (d Dialect) Widen(_ string, f *schema.Field, from string) (string, bool) {
	switch {
	case from == d.ColumnType(f):
		return "", true
	case f.Type == schema.TypeFloat && from == "integer":
		return "", true
	}
	return "", false
}

// Arg makes amounts ten-thousandths, and refuses those that do not fit 64 bits; dates and datetimes
// become texts that sort as time does.
func (Dialect) Arg(f *schema.Field, v any) (any, error) {
	c, err := dialect.Canonical(f, v)
	if err != nil || c == nil {
		return nil, err
	}
	switch x := c.(type) {
	case decimal.Decimal:
		return money(x)
	case bool:
		if x {
			return int64(1), nil
		}
		return int64(0), nil
	case schema.Date:
		return string(x), nil
	case time.Time:
		return x.Format(datetimeLayout), nil
	}
	return c, nil
}

func money(d decimal.Decimal) (any, error) {
	n, err := dialect.Money(d)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Value reads back what Arg made.
func (Dialect) Value(f *schema.Field, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch f.Type {
	case schema.TypeMonetary:
		if n, ok := v.(int64); ok {
			return dialect.FromMoney(n), nil
		}
	case schema.TypeBoolean:
		if n, ok := v.(int64); ok {
			return n != 0, nil
		}
	case schema.TypeFloat:
		switch n := v.(type) {
		case float64:
			return n, nil
		case int64:
			return float64(n), nil
		}
	case schema.TypeInteger, schema.TypeMany2one:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case schema.TypeDate:
		if s, ok := v.(string); ok {
			return schema.Date(s), nil
		}
	case schema.TypeDatetime:
		if s, ok := v.(string); ok {
			return parseTime(s)
		}
	case schema.TypeJSON:
		if s, ok := v.(string); ok {
			return jsonText(s), nil
		}
	case schema.TypeBinary:
		if raw, ok := v.([]byte); ok {
			return raw, nil
		}
	default:
		if s, ok := v.(string); ok {
			return s, nil
		}
	}
	return nil, fmt.Errorf("column %s (%s) holds a %T", f.Name, f.Type, v)
}

// Like uses the database's own matching only: LIKE where folding ASCII is the
// rule of dialect.Fold, else GLOB with every case of a letter spelt out. A
// function of ours would cost a microsecond per row.
func (Dialect) Like(expr, placeholder, pattern string, fold bool) (string, any, error) {
	if err := dialect.CheckText(pattern); err != nil {
		return "", nil, err
	}
	parts := dialect.Pattern(pattern)
	if len(parts) > dialect.MaxPattern {
		return "", nil, fmt.Errorf("pattern is longer than %d characters", dialect.MaxPattern)
	}
	if fold && asciiFolds(parts) {
		return expr + " LIKE " + placeholder + ` ESCAPE '\'`, dialect.LikePattern(parts), nil
	}
	return expr + " GLOB " + placeholder, globPattern(parts, fold), nil
}

// Text prints as PostgreSQL does, except for floats of more than 15 digits.
func (Dialect) Text(f *schema.Field, expr string) string {
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return "CAST(" + expr + " AS TEXT)"
	case schema.TypeMonetary:
		// 10.5000 prints as 10.5 and 10.0000 as 10.
		return "CASE WHEN " + expr + " < 0 THEN '-' WHEN " + expr + " >= 0 THEN '' END || rtrim(rtrim(printf('%d.%04d', abs(" + expr +
			") / 10000, abs(" + expr + ") % 10000), '0'), '.')"
	case schema.TypeFloat:
		return "CASE WHEN " + expr + " IS NOT NULL THEN rtrim(rtrim(printf('%.6f', " + expr + "), '0'), '.') END"
	case schema.TypeBoolean:
		return "CASE WHEN " + expr + " THEN 'true' WHEN NOT " + expr + " THEN 'false' END"
	case schema.TypeDatetime:
		return "substr(" + expr + ", 1, 19)"
	}
	return expr
}

// inlineMost is how many values stand as placeholders of their own; longer
// lists travel as one JSON array.
const inlineMost = 12

// In spells short lists out; longer ones travel as one JSON array, floats only above 30,000.
func (d Dialect) In(f *schema.Field, expr string, list, args []any) (string, []any) {
	if len(list) <= inlineMost || f.Type == schema.TypeFloat && len(list) <= 30_000 {
		return expr + " IN (" + strings.TrimSuffix(strings.Repeat("?,", len(list)), ",") + ")", append(args, list...)
	}
	js := make([]byte, 0, len(list)*12)
	js = append(js, '[')
	for i, v := range list {
		if i > 0 {
			js = append(js, ',')
		}
		switch x := v.(type) {
		case int64:
			js = strconv.AppendInt(js, x, 10)
		case float64:
			js = strconv.AppendFloat(js, x, 'g', -1, 64)
		case string:
			js = appendJSONText(js, x)
		}
	}
	return expr + " IN (SELECT value FROM json_each(?))", append(args, string(append(js, ']')))
}

// InIDs is In for ids.
func (d Dialect) InIDs(expr string, ids []int64, args []any) (string, []any) {
	if len(ids) <= inlineMost {
		for _, id := range ids {
			args = append(args, id)
		}
		return expr + " IN (" + strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",") + ")", args
	}
	js := make([]byte, 0, len(ids)*8)
	js = append(js, '[')
	for i, id := range ids {
		if i > 0 {
			js = append(js, ',')
		}
		js = strconv.AppendInt(js, id, 10)
	}
	return expr + " IN (SELECT value FROM json_each(?))", append(args, string(append(js, ']')))
}

// Sum fails beyond 64 bits, where it would otherwise become a float.
func (Dialect) Sum(_ *schema.Field, expr string) string { return "sum(" + expr + ")" }

// Avg is in units of the currency for amounts.
func (Dialect) Avg(f *schema.Field, expr string) string {
	if f.Type == schema.TypeMonetary {
		return "avg(" + expr + ") / 10000.0"
	}
	return "avg(" + expr + ")"
}

// List shows amounts as decimals, booleans as true and false, datetimes to the second.
func (Dialect) List(f *schema.Field, expr, by string) string {
	switch f.Type {
	case schema.TypeMonetary:
		expr += " / 10000.0"
	case schema.TypeBoolean:
		expr = "json(CASE WHEN " + expr + " THEN 'true' WHEN NOT " + expr + " THEN 'false' ELSE 'null' END)"
	case schema.TypeDatetime:
		expr = "substr(" + expr + ", 1, 19)"
	}
	return "json_group_array(" + expr + " ORDER BY " + by + ")"
}

// Loose keeps the planner, which has no statistics, from an index that nearly
// all rows are in: a unary plus hides the column from it.
func (Dialect) Loose(expr string) string { return "+" + expr }

// OrderTerm makes NULL the largest value by default, as PostgreSQL has it.
func (Dialect) OrderTerm(expr string, desc, nullsFirst, notNull bool) string {
	switch {
	case desc && (notNull || !nullsFirst):
		return expr + " DESC" // NULL is the smallest here
	case desc:
		return expr + " DESC NULLS FIRST"
	case notNull || nullsFirst:
		return expr
	}
	return expr + " NULLS LAST"
}
