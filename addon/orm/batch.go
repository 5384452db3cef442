package orm

import (
	"fmt"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// Batch is the records that a Compute fills: existing ones, or ones that are
// being created, whose ids are reserved and whose values are known before they
// are in the table.
type Batch struct {
	env   *Env
	on    *entity
	ids   []int64
	fresh *creation // nil: the records exist
	// before is what stored fields had; nil for new records and fields that are
	// computed at reading.
	before *Rows
	out    map[string][]any
	err    error
}

// Model is the records' model.
func (b *Batch) Model() string { return b.on.Name }

// IDs are the records, each once. They must not be changed.
func (b *Batch) IDs() []int64 { return b.ids }

// Len is the number of records.
func (b *Batch) Len() int { return len(b.ids) }

// ID is the i-th record's id.
func (b *Batch) ID(i int) int64 { return b.ids[i] }

// Set gives the i-th record a field's value, in the Go type that package
// schema lists. A value that the field cannot hold fails the compute.
func (b *Batch) Set(i int, field string, v any) {
	values, ok := b.out[field]
	if !ok {
		b.fail(fault.New(fault.Internal, "a compute of %s sets %q, which it does not declare", b.on.Name, field))
		return
	}
	f, _ := b.on.Field(field)
	value, err := typed(b.on, f, v)
	if err != nil {
		b.fail(err)
		return
	}
	values[i] = value
}

// Keep leaves the i-th record's fields as they were stored. A new record has
// nothing yet.
func (b *Batch) Keep(i int, fields ...string) {
	if b.before == nil {
		return
	}
	for _, field := range fields {
		if c := b.before.column(field); c != nil {
			b.Set(i, field, c.value(i))
		}
	}
}

func (b *Batch) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Rows reads fields of the batch's records: row i is record i.
func (b *Batch) Rows(fields ...string) (*Rows, error) {
	wanted, err := b.env.fields(b.on, fields)
	if err != nil {
		return nil, err
	}
	if b.fresh != nil {
		return b.fresh.rows(b.env, wanted)
	}
	rows, err := b.env.load(b.on, b.ids, wanted)
	if err != nil {
		return nil, err
	}
	if rows.Len() != len(b.ids) {
		return nil, fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: %s, User: %d)", b.on.Name, b.env.UID())
	}
	return rows, nil
}

// run calls a compute for records and returns its fields' values. fresh are
// records on their way into the table, before what stored fields have.
func (e *Env) run(on *entity, c *Compute, ids []int64, fresh *creation, before *Rows) (map[string][]any, error) {
	b := &Batch{env: e.Sudo().withoutDefaults(), on: on, ids: ids, fresh: fresh, before: before, out: make(map[string][]any, len(c.Fields))}
	for _, name := range c.Fields {
		b.out[name] = make([]any, len(ids))
	}
	err := c.Do(b.env, b)
	if err == nil {
		err = b.err
	}
	if err != nil {
		return nil, fault.Wrap(err, "compute", fmt.Sprintf("%s.%s", on.Name, c.Fields[0]))
	}
	return b.out, nil
}

// compute returns the values of fields that are computed at reading.
func (e *Env) compute(on *entity, ids []int64, fields []*schema.Field) (map[string][]any, error) {
	values := map[string][]any{}
	unique, places := ids, []int(nil)
	if d := distinct(ids); len(d) != len(ids) {
		unique = d
		at := make(map[int64]int, len(d))
		for i, id := range d {
			at[id] = i
		}
		places = make([]int, len(ids))
		for i, id := range ids {
			places[i] = at[id]
		}
	}
	for _, f := range fields {
		if _, ok := values[f.Name]; ok {
			continue
		}
		c := on.computeOf[f.Name]
		if c == nil {
			return nil, fault.New(fault.Internal, "nothing computes %s.%s", on.Name, f.Name)
		}
		out, err := e.run(on, c, unique, nil, nil)
		if err != nil {
			return nil, err
		}
		for name, list := range out {
			if places != nil {
				spread := make([]any, len(ids))
				for i, at := range places {
					spread[i] = list[at]
				}
				list = spread
			}
			values[name] = list
		}
	}
	return values, nil
}

// typed is toField with a short way for values that are in their Go type
// already: they are returned as they are, without a copy.
func typed(on *entity, f *schema.Field, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return filled(f, nil), nil
	case int64:
		if f.Type == schema.TypeInteger || f.Type == schema.TypeMany2one {
			return v, nil
		}
	case bool:
		if f.Type == schema.TypeBoolean {
			return v, nil
		}
	case string:
		if isText(f.Type) && f.Type != schema.TypeHTML && (f.Size == 0 || len(x) <= f.Size) && dialect.CheckText(x) == nil {
			return v, nil
		}
	case schema.Date:
		if f.Type == schema.TypeDate {
			return v, nil
		}
	case decimal.Decimal:
		if f.Type == schema.TypeMonetary {
			return v, nil
		}
	case []int64:
		if f.IsX2many() {
			return v, nil
		}
	}
	return toField(on, f, v)
}
