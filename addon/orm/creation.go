package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// creation is records on their way into the table: ids reserved, values by
// column.
type creation struct {
	env     *Env
	on      *entity
	ids     []int64
	cols    map[string][]any
	running map[*Compute]bool
}

// absent marks a record that gives no value where others do.
type absent struct{}

// insert completes the columns, computes what can be computed before, and adds
// the records. cols has the given values in their Go types; of a stored
// computed field, records may be absent.
func (e *Env) insert(on *entity, n int, cols map[string][]any) (*creation, error) {
	ids, err := e.tx.tx.ReserveIDs(e.ctx, on.Table, n)
	if err != nil {
		return nil, fault.Wrap(err, "reserve ids", on.Name)
	}
	c := &creation{env: e, on: on, ids: ids, cols: cols, running: map[*Compute]bool{}}
	c.stamp()
	if err := c.computeLocal(); err != nil {
		return nil, err
	}
	if err := c.checkRequired(); err != nil {
		return nil, err
	}
	names, rows, err := c.arguments()
	if err != nil {
		return nil, err
	}
	if err := e.tx.tx.Insert(e.ctx, on.Table, names, rows); err != nil {
		return nil, e.broken(on, err)
	}
	return c, c.markStale()
}

func (c *creation) stamp() {
	constant := func(name string, v any) {
		list := make([]any, len(c.ids))
		for i := range list {
			list[i] = v
		}
		c.cols[name] = list
	}
	constant("create_uid", c.env.UID())
	constant("write_uid", c.env.UID())
	constant("create_date", c.env.tx.now)
	constant("write_date", c.env.tx.now)
}

// computeLocal runs the computes whose values follow from the records
// themselves and from others that exist.
func (c *creation) computeLocal() error {
	for _, compute := range c.on.computes {
		if !c.on.local[compute] || c.on.isLoose(compute) {
			continue
		}
		if err := c.computed(compute); err != nil {
			return err
		}
	}
	return nil
}

// computed fills a stored compute's fields, leaving what was given.
func (c *creation) computed(compute *Compute) error {
	missing := slices.ContainsFunc(compute.Fields, func(name string) bool {
		given, ok := c.cols[name]
		return !ok || slices.Contains(given, any(absent{}))
	})
	if !missing || c.running[compute] {
		return nil
	}
	c.running[compute] = true
	out, err := c.env.run(c.on, compute, c.ids, c, nil)
	if err != nil {
		return err
	}
	for name, values := range out {
		for i, given := range c.cols[name] {
			if given != any(absent{}) {
				values[i] = given
			}
		}
		c.cols[name] = values
	}
	return nil
}

// rows reads the records as they will be.
func (c *creation) rows(e *Env, wanted []*schema.Field) (*Rows, error) {
	rows := &Rows{entity: c.on, ids: c.ids}
	for _, f := range wanted {
		if f.Name == "id" {
			continue
		}
		values, err := c.values(e, f)
		if err != nil {
			return nil, err
		}
		rows.cols = append(rows.cols, &column{field: f, boxed: values})
	}
	return rows, nil
}

// values are one field's values of the records as they will be.
func (c *creation) values(e *Env, f *schema.Field) ([]any, error) {
	compute := c.on.computeOf[f.Name]
	if f.HasColumn() && compute != nil && c.on.local[compute] {
		if err := c.computed(compute); err != nil {
			return nil, err
		}
	}
	if values, ok := c.cols[f.Name]; ok {
		return present(values), nil
	}
	switch {
	case len(f.Path) > 0:
		return c.related(e, f)
	case f.Name == "display_name":
		if rec, ok := c.on.Field(c.on.RecName); ok {
			return c.values(e, rec)
		}
	case f.NotStored && compute != nil && !c.running[compute]:
		c.running[compute] = true
		defer delete(c.running, compute)
		out, err := e.run(c.on, compute, c.ids, c, nil)
		if err != nil {
			return nil, err
		}
		return out[f.Name], nil
	}
	return make([]any, len(c.ids)), nil
}

// related walks a related field's path from the records' own many2one.
func (c *creation) related(e *Env, f *schema.Field) ([]any, error) {
	own, ok := c.on.Field(f.Path[0])
	if !ok {
		return nil, invalidField(c.on, f.Path[0])
	}
	start, err := c.values(e, own)
	if err != nil || len(f.Path) == 1 {
		return start, err
	}
	at := make([]int64, len(start))
	for i, v := range start {
		at[i], _ = filled(own, v).(int64)
	}
	return e.walk(e.db.reg.entities[own.Comodel], f.Path[1:], at)
}

// present shows absent values as unset.
func present(values []any) []any {
	at := slices.Index(values, any(absent{}))
	if at < 0 {
		return values
	}
	shown := slices.Clone(values)
	for i := at; i < len(shown); i++ {
		if shown[i] == any(absent{}) {
			shown[i] = nil
		}
	}
	return shown
}

// checkRequired refuses records that lack a required value.
func (c *creation) checkRequired() error {
	for _, f := range c.on.required {
		values, ok := c.cols[f.Name]
		if !ok {
			if isNumber(f) {
				continue
			}
			return c.env.mandatory(c.on, f)
		}
		for _, v := range values {
			if isUnset(f, v) {
				return c.env.mandatory(c.on, f)
			}
		}
	}
	return nil
}

// isNumber reports whether an unset value of f is a number, which is a value.
func isNumber(f *schema.Field) bool {
	switch f.Type {
	case schema.TypeInteger, schema.TypeFloat, schema.TypeMonetary, schema.TypeBoolean:
		return true
	}
	return false
}

// arguments turns the columns into rows of driver arguments. Columns that
// nobody gave get the number zero where theirs is one, else NULL.
func (c *creation) arguments() (names []string, rows [][]any, err error) {
	d := c.env.db.store.Dialect()
	names = make([]string, 0, len(c.on.columns))
	fields := make([]*schema.Field, 0, len(c.on.columns))
	for _, f := range c.on.columns[1:] {
		if _, ok := c.cols[f.Name]; ok || isNumber(f) {
			names = append(names, f.Name)
			fields = append(fields, f)
		}
	}
	names = append(names, "id")
	width := len(names)
	slab := make([]any, width*len(c.ids))
	for j, f := range fields {
		values, given := c.cols[f.Name]
		if !given {
			zero, err := d.Arg(f, filled(f, nil))
			if err != nil {
				return nil, nil, err
			}
			for i := range c.ids {
				slab[i*width+j] = zero
			}
			continue
		}
		var last, made any // days and times repeat from record to record
		for i, v := range values {
			if v == nil && !isNumber(f) || v == any(absent{}) {
				continue
			}
			if last != nil && v == last {
				slab[i*width+j] = made
				continue
			}
			if made, err = argument(d, f, v); err != nil {
				return nil, nil, err
			}
			if slab[i*width+j] = made; f.Type == schema.TypeDate || f.Type == schema.TypeDatetime {
				last = v
			}
		}
	}
	rows = make([][]any, len(c.ids))
	for i, id := range c.ids {
		slab[i*width+width-1] = id
		rows[i] = slab[i*width : (i+1)*width : (i+1)*width]
	}
	return names, rows, nil
}

// argument is a value as the driver takes it. Texts and numbers, which typed has
// checked, are so already.
func argument(d dialect.Dialect, f *schema.Field, v any) (any, error) {
	switch x := v.(type) {
	case string:
		if isText(f.Type) || f.Type == schema.TypeSelection {
			return v, nil
		}
	case int64:
		if f.Type == schema.TypeInteger || f.Type == schema.TypeMany2one && x != 0 {
			return v, nil
		}
	}
	arg, err := d.Arg(f, filled(f, v))
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s (%s): %s", f.Label, f.Name, err)
	}
	return arg, nil
}

// markStale makes stale what depends on the new records: their own computes
// that could not run before, and those of others.
func (c *creation) markStale() error {
	for _, compute := range c.on.computes {
		if !c.on.local[compute] && !c.on.isLoose(compute) {
			c.staleSelf(compute)
		}
	}
	var seen []*trigger
	for _, f := range c.on.Fields {
	next:
		for i := range c.on.triggers[f.Name] {
			t := &c.on.triggers[f.Name][i]
			if len(t.back) == 0 {
				continue
			}
			for _, s := range seen {
				if s.compute == t.compute && slices.Equal(s.back, t.back) {
					continue next
				}
			}
			seen = append(seen, t)
			if err := c.staleOthers(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// staleSelf leaves out the records for which every field was given.
func (c *creation) staleSelf(compute *Compute) {
	ids := make([]int64, 0, len(c.ids))
	for i, id := range c.ids {
		given := !slices.ContainsFunc(compute.Fields, func(name string) bool {
			values, ok := c.cols[name]
			return !ok || values[i] == any(absent{})
		})
		if !given {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		c.env.tx.markStale(c.env, c.on, compute, ids)
	}
}

// staleOthers finds the targets of a trigger by the inverse values of the new
// records. Nothing else can point at them yet.
func (c *creation) staleOthers(t *trigger) error {
	last := t.back[len(t.back)-1].field
	if last.Type != schema.TypeOne2many {
		return nil
	}
	inverse, _ := c.on.Field(last.Inverse)
	owners := (&column{field: inverse, boxed: present(c.cols[last.Inverse])}).ids()
	if len(owners) == 0 {
		return nil
	}
	ids, err := c.env.walkBack(t.back[:len(t.back)-1], owners)
	if err != nil {
		return err
	}
	c.env.tx.markStale(c.env, t.target, t.compute, ids)
	return nil
}

// concerned lists the new records that have a value in one of the fields; all
// of them where no field is named.
func (c *creation) concerned(given []string) []int64 {
	if len(given) == 0 {
		return c.ids
	}
	var ids []int64
	for i, id := range c.ids {
		if slices.ContainsFunc(given, func(name string) bool { return c.has(i, name) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// has reports whether a new record has a value other than the field's empty one.
func (c *creation) has(i int, name string) bool {
	values, ok := c.cols[name]
	if !ok || values[i] == any(absent{}) {
		return false
	}
	f, _ := c.on.Field(name)
	return !isUnset(f, values[i]) && !equal(filled(f, nil), values[i])
}
