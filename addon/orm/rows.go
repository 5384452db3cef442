package orm

import (
	"encoding/json"
	"iter"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// Rows are records read: columns, not maps. They never change.
type Rows struct {
	entity *entity
	ids    []int64
	cols   []*column
	places map[int64]int // made by ByID
}

// Len is the number of records.
func (r *Rows) Len() int { return len(r.ids) }

// ID is the i-th record's id.
func (r *Rows) ID(i int) int64 { return r.ids[i] }

// IDs are all ids, in order. They must not be changed.
func (r *Rows) IDs() []int64 { return r.ids }

// Fields are the names of the fields read.
func (r *Rows) Fields() []string {
	names := make([]string, len(r.cols))
	for i, c := range r.cols {
		names[i] = c.field.Name
	}
	return names
}

// At is the i-th record.
func (r *Rows) At(i int) Row { return Row{r, i} }

// All ranges over the records.
func (r *Rows) All() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i := range r.ids {
			if !yield(Row{r, i}) {
				return
			}
		}
	}
}

// ByID finds a record.
func (r *Rows) ByID(id int64) (Row, bool) {
	if len(r.ids) <= 8 {
		at := slices.Index(r.ids, id)
		return Row{r, at}, at >= 0
	}
	if r.places == nil {
		r.places = make(map[int64]int, len(r.ids))
		for i, id := range r.ids {
			r.places[id] = i
		}
	}
	at, ok := r.places[id]
	return Row{r, at}, ok
}

func (r *Rows) column(name string) *column {
	for _, c := range r.cols {
		if c.field.Name == name {
			return c
		}
	}
	return nil
}

// Row is one record of Rows. Asking for a field that was not read, or as
// another type than its own, is a mistake of the program and panics; the panic
// becomes a fault at the border of the call.
type Row struct {
	rows *Rows
	at   int
}

func (r Row) column(name string) *column {
	c := r.rows.column(name)
	if c == nil {
		panic("orm: field " + r.rows.entity.Name + "." + name + " was not read")
	}
	return c
}

// ID is the record's id.
func (r Row) ID() int64 { return r.rows.ids[r.at] }

// Value is a field's value in its Go type, as package schema lists them; nil
// for an unset text, selection or JSON.
func (r Row) Value(f string) any {
	if f == "id" {
		return r.ID()
	}
	return r.column(f).value(r.at)
}

// Str is a text or a selection's value, "" when unset.
func (r Row) Str(f string) string {
	c := r.column(f)
	if c.boxed == nil && c.texts != nil {
		if c.null != nil && c.null[r.at] {
			return ""
		}
		return c.texts[r.at]
	}
	switch v := c.value(r.at).(type) {
	case nil:
		return ""
	case schema.Date:
		return string(v)
	case json.RawMessage:
		return string(v)
	default:
		return v.(string)
	}
}

// Int is an integer's value.
func (r Row) Int(f string) int64 {
	if f == "id" {
		return r.ID()
	}
	c := r.column(f)
	if c.boxed == nil && c.ints != nil {
		return c.ints[r.at]
	}
	return c.value(r.at).(int64)
}

// Float is a float's or an amount's value.
func (r Row) Float(f string) float64 {
	switch v := r.column(f).value(r.at).(type) {
	case decimal.Decimal:
		n, _ := v.Float64()
		return n
	case int64:
		return float64(v)
	default:
		return v.(float64)
	}
}

// Bool is a boolean's value.
func (r Row) Bool(f string) bool { return r.column(f).value(r.at).(bool) }

// Decimal is an amount.
func (r Row) Decimal(f string) decimal.Decimal {
	c := r.column(f)
	if c.boxed == nil && c.money != nil {
		return c.money[r.at]
	}
	return c.value(r.at).(decimal.Decimal)
}

// Date is a civil date, "" when unset.
func (r Row) Date(f string) schema.Date { return r.column(f).value(r.at).(schema.Date) }

// Time is an instant in UTC, zero when unset.
func (r Row) Time(f string) time.Time { return r.column(f).value(r.at).(time.Time) }

// Ref is a many2one's id, 0 when unset.
func (r Row) Ref(f string) int64 { return r.Int(f) }

// Refs are the ids of a one2many or many2many, in the comodel's order.
func (r Row) Refs(f string) []int64 { return r.column(f).value(r.at).([]int64) }

// Bytes is a binary value; nil when unset.
func (r Row) Bytes(f string) []byte {
	raw, _ := r.column(f).value(r.at).([]byte)
	return raw
}

// JSON is a JSON field's value, nil when unset.
func (r Row) JSON(f string) json.RawMessage {
	v, _ := r.column(f).value(r.at).(json.RawMessage)
	return v
}

// IsSet reports whether a field has a value. Numbers are set unless 0 in a
// many2one; "" is a set text.
func (r Row) IsSet(f string) bool {
	c := r.column(f)
	switch v := c.value(r.at).(type) {
	case nil:
		return false
	case int64:
		return c.field.Type != schema.TypeMany2one || v != 0
	case schema.Date:
		return v != ""
	case time.Time:
		return !v.IsZero()
	case []int64:
		return len(v) > 0
	}
	return true
}
