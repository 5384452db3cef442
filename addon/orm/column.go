package orm

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// column is one field's values of many records, in a slice of the field's own
// type; which one is used follows from the field.
type column struct {
	field *schema.Field
	null  []bool // nil when nothing is unset
	ints  []int64
	reals []float64
	texts []string
	money []decimal.Decimal
	times []time.Time
	lists [][]int64
	// boxed holds values that came one by one (computed, or given to create);
	// the slices above are then empty. nil, or "", 0 and the like, is unset.
	boxed []any
	// names of the records that a many2one points at, for JSON.
	names map[int64]string
}

// grow makes room for n values.
func (c *column) grow(n int) {
	switch c.field.Type {
	case schema.TypeInteger, schema.TypeMany2one, schema.TypeBoolean:
		c.ints = make([]int64, 0, n)
	case schema.TypeFloat:
		c.reals = make([]float64, 0, n)
	case schema.TypeMonetary:
		c.money = make([]decimal.Decimal, 0, n)
	case schema.TypeDatetime:
		c.times = make([]time.Time, 0, n)
	default:
		c.texts = make([]string, 0, n)
	}
}

// scan appends the value at position i of the current row, and returns how many
// bytes its text has.
func (c *column) scan(rows dialect.Rows, i int) int {
	null := rows.Null(i)
	if null && c.null == nil {
		c.null = make([]bool, c.len(), max(c.len()+1, 16))
	}
	if c.null != nil {
		c.null = append(c.null, null)
	}
	switch c.field.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		c.ints = append(c.ints, rows.Int(i))
	case schema.TypeBoolean:
		n := int64(0)
		if rows.Bool(i) {
			n = 1
		}
		c.ints = append(c.ints, n)
	case schema.TypeFloat:
		c.reals = append(c.reals, rows.Float(i))
	case schema.TypeMonetary:
		c.money = append(c.money, rows.Decimal(i))
	case schema.TypeDate:
		c.texts = append(c.texts, string(rows.Date(i)))
	case schema.TypeDatetime:
		c.times = append(c.times, rows.Time(i))
	default:
		text := rows.Text(i)
		c.texts = append(c.texts, text)
		return len(text)
	}
	return 0
}

func (c *column) len() int {
	switch {
	case c.boxed != nil:
		return len(c.boxed)
	case c.field.IsX2many():
		return len(c.lists)
	}
	switch c.field.Type {
	case schema.TypeInteger, schema.TypeMany2one, schema.TypeBoolean:
		return len(c.ints)
	case schema.TypeFloat:
		return len(c.reals)
	case schema.TypeMonetary:
		return len(c.money)
	case schema.TypeDatetime:
		return len(c.times)
	}
	return len(c.texts)
}

// value returns the i-th value in its Go type; nil for an unset text or JSON.
func (c *column) value(i int) any {
	if c.boxed != nil {
		return filled(c.field, c.boxed[i])
	}
	if c.null != nil && c.null[i] {
		return filled(c.field, nil)
	}
	switch c.field.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return c.ints[i]
	case schema.TypeBoolean:
		return c.ints[i] != 0
	case schema.TypeFloat:
		return c.reals[i]
	case schema.TypeMonetary:
		return c.money[i]
	case schema.TypeDate:
		return schema.Date(c.texts[i])
	case schema.TypeDatetime:
		return c.times[i]
	case schema.TypeJSON:
		return json.RawMessage(c.texts[i])
	case schema.TypeBinary:
		return []byte(c.texts[i])
	case schema.TypeOne2many, schema.TypeMany2many:
		return c.lists[i]
	}
	return c.texts[i]
}

// filled gives an unset value its field's Go form.
func filled(f *schema.Field, v any) any {
	if v != nil {
		return v
	}
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return int64(0)
	case schema.TypeBoolean:
		return false
	case schema.TypeFloat:
		return float64(0)
	case schema.TypeMonetary:
		return decimal.Zero
	case schema.TypeDate:
		return schema.Date("")
	case schema.TypeDatetime:
		return time.Time{}
	case schema.TypeOne2many, schema.TypeMany2many:
		return []int64(nil)
	}
	return nil
}

// pick returns the column of other records: those at the places of order, or
// unset where the place is -1.
func (c *column) pick(order []int) *column {
	if c.boxed != nil || slices.Contains(order, -1) {
		return c.pickBoxed(order)
	}
	return &column{
		field: c.field, names: c.names,
		null: places(c.null, order), ints: places(c.ints, order), reals: places(c.reals, order), texts: places(c.texts, order),
		money: places(c.money, order), times: places(c.times, order), lists: places(c.lists, order),
	}
}

func (c *column) pickBoxed(order []int) *column {
	boxed := make([]any, len(order))
	for i, at := range order {
		if at >= 0 {
			boxed[i] = c.value(at)
		}
	}
	return &column{field: c.field, boxed: boxed, names: c.names}
}

func places[T any](list []T, order []int) []T {
	if list == nil {
		return nil
	}
	picked := make([]T, len(order))
	for i, at := range order {
		picked[i] = list[at]
	}
	return picked
}

// ids returns the distinct ids that the column points at.
func (c *column) ids() []int64 {
	seen := map[int64]bool{}
	var ids []int64
	add := func(id int64) {
		if id != 0 && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for i := range c.len() {
		switch v := c.value(i).(type) {
		case int64:
			add(v)
		case []int64:
			for _, id := range v {
				add(id)
			}
		}
	}
	return ids
}

// refs is ids for a many2one read from the database, without boxing.
func (c *column) refs() []int64 {
	if c.boxed != nil {
		return c.ids()
	}
	ids := make([]int64, 0, 8)
	var seen map[int64]bool
	last := int64(0)
next:
	for i, id := range c.ints {
		if id == 0 || id == last || c.null != nil && c.null[i] {
			continue
		}
		last = id
		if len(ids) < 16 {
			for _, have := range ids {
				if have == id {
					continue next
				}
			}
			ids = append(ids, id)
			continue
		}
		if seen == nil {
			seen = make(map[int64]bool, len(c.ints))
			for _, have := range ids {
				seen[have] = true
			}
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
