package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Read returns records in the order of ids, each once per mention; those that
// do not exist are left out. No fields means all that the user may see. Denied
// when a rule hides one of them.
func (e *Env) Read(model string, ids []int64, fields ...string) (*Rows, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	if err := e.checkAccess(on, Read); err != nil {
		return nil, err
	}
	wanted, err := e.fields(on, fields)
	if err != nil {
		return nil, err
	}
	return e.load(on, ids, wanted)
}

// load is Read without the check of the model's rights.
func (e *Env) load(on *entity, ids []int64, wanted []*schema.Field) (*Rows, error) {
	if len(ids) == 0 {
		return e.complete(on, &Rows{entity: on}, wanted)
	}
	if err := e.tx.flushFor(on, wanted); err != nil {
		return nil, err
	}
	rule, err := e.visible(on, Read)
	if err != nil {
		return nil, err
	}
	rows, err := e.selectRows(on, inTable(e.db.reg, on, wanted), domain.All(idsIn(ids), rule), nil, 0, 0)
	if err != nil {
		return nil, err
	}
	if rule != nil && rows.Len() < len(ids) {
		if err := e.checkRules(on, distinct(ids), Read); err != nil {
			return nil, err
		}
	}
	return e.complete(on, rows.inOrder(ids), wanted)
}

// inOrder brings rows into the order of ids.
func (r *Rows) inOrder(ids []int64) *Rows {
	if slices.Equal(ids, r.ids) {
		return r
	}
	places := make(map[int64]int, len(r.ids))
	for i, id := range r.ids {
		places[id] = i
	}
	sorted := &Rows{entity: r.entity}
	order := make([]int, 0, len(ids))
	for _, id := range ids {
		if at, ok := places[id]; ok {
			sorted.ids = append(sorted.ids, id)
			order = append(order, at)
		}
	}
	for _, c := range r.cols {
		sorted.cols = append(sorted.cols, c.pick(order))
	}
	return sorted
}

// fields finds the fields that a reading names; all visible ones for none.
func (e *Env) fields(on *entity, names []string) ([]*schema.Field, error) {
	var wanted []*schema.Field
	if len(names) == 0 {
		for _, f := range on.Fields {
			if e.canSee(f) {
				wanted = append(wanted, f)
			}
		}
		return wanted, nil
	}
	wanted = make([]*schema.Field, 0, len(names))
	for _, name := range names {
		f, err := e.field(on, name, Read)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(wanted, f) {
			wanted = append(wanted, f)
		}
	}
	return wanted, nil
}

// inTable returns the fields that one SELECT can read: columns, and related
// ones that end in a column.
func inTable(r *Registry, on *entity, fields []*schema.Field) []*schema.Field {
	var list []*schema.Field
	for _, f := range fields {
		if f.Name != "id" && r.isColumn(on, f) {
			list = append(list, f)
		}
	}
	return list
}

func (r *Registry) isColumn(on *entity, f *schema.Field) bool {
	if len(f.Path) == 0 {
		return f.HasColumn()
	}
	for i, name := range f.Path {
		g, ok := on.Field(name)
		if !ok || !g.HasColumn() {
			return false
		}
		if i < len(f.Path)-1 {
			on = r.entities[g.Comodel]
		}
	}
	return true
}

// complete adds what no column holds: lists, names, computed values. The
// result has the wanted fields, in order.
func (e *Env) complete(on *entity, rows *Rows, wanted []*schema.Field) (*Rows, error) {
	full := &Rows{entity: on, ids: rows.ids, cols: make([]*column, 0, len(wanted))}
	var compute []*schema.Field
	for _, f := range wanted {
		if f.Name == "id" {
			continue
		}
		if have := rows.column(f.Name); have != nil {
			full.cols = append(full.cols, have)
			continue
		}
		c := &column{field: f, boxed: []any{}}
		full.cols = append(full.cols, c)
		var err error
		switch {
		case len(rows.ids) == 0:
		case len(f.Path) > 0:
			c.boxed, err = e.walk(on, f.Path, slices.Clone(rows.ids))
		case f.Name == "display_name":
			c.boxed, err = e.nameValues(on, rows.ids)
		case f.NotStored:
			compute = append(compute, f)
		case f.IsX2many():
			c.boxed, err = e.lists(on, f, rows.ids)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(compute) == 0 || len(rows.ids) == 0 {
		return full, nil
	}
	values, err := e.compute(on, rows.ids, compute)
	if err != nil {
		return nil, err
	}
	for _, c := range full.cols {
		if boxed, ok := values[c.field.Name]; ok {
			c.boxed = boxed
		}
	}
	return full, nil
}

// walk follows a path of fields from records and returns the values at its end;
// it uses up at. An id of 0 gives nil. It runs with the system's rights.
func (e *Env) walk(on *entity, path []string, at []int64) ([]any, error) {
	system := e.Sudo()
	values := make([]any, len(at))
	if len(path) == 0 {
		for i, id := range at {
			values[i] = id
		}
		return values, nil
	}
	for i, name := range path {
		f, ok := on.Field(name)
		if !ok {
			return nil, invalidField(on, name)
		}
		rows, err := system.load(on, distinct(at), []*schema.Field{f})
		if err != nil {
			return nil, err
		}
		for j, id := range at {
			row, ok := rows.ByID(id)
			switch {
			case !ok:
				at[j] = 0
			case i == len(path)-1:
				values[j] = row.Value(name)
			case f.Type == schema.TypeMany2one:
				at[j] = row.Ref(name)
			default:
				at[j] = first(row.Refs(name))
			}
		}
		on = e.db.reg.entities[f.Comodel]
	}
	return values, nil
}

// lists reads a one2many or many2many: the comodel's records that the user may
// read, in the comodel's order, without archived ones.
func (e *Env) lists(on *entity, f *schema.Field, ids []int64) ([]any, error) {
	co := e.db.reg.entities[f.Comodel]
	rule, err := e.visible(co, Read)
	if err != nil {
		return nil, err
	}
	where := rule
	if co.hasActive && e.context.Flag("active_test", true) {
		where = domain.All(where, domain.Leaf{Field: "active", Op: domain.Eq, Value: true})
	}
	if err := e.tx.flushAll(); err != nil {
		return nil, err
	}
	lists := make(map[int64][]int64, len(ids))
	if f.Type == schema.TypeOne2many {
		inverse, _ := co.Field(f.Inverse)
		rows, err := e.selectRows(co, []*schema.Field{inverse}, domain.All(refIn(f.Inverse, ids), where), co.Order, 0, 0)
		if err != nil {
			return nil, err
		}
		for i, id := range rows.ids {
			owner := rows.cols[0].ints[i]
			lists[owner] = append(lists[owner], id)
		}
		return boxLists(lists, ids), nil
	}
	owners := map[int64][]int64{}
	var others []int64
	err = e.tx.links(f, ids, func(owner, other int64) {
		if _, ok := owners[other]; !ok {
			others = append(others, other)
		}
		owners[other] = append(owners[other], owner)
	})
	if err != nil || len(others) == 0 {
		return boxLists(lists, ids), err
	}
	rows, err := e.selectRows(co, nil, domain.All(idsIn(others), where), co.Order, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, other := range rows.ids {
		for _, owner := range owners[other] {
			lists[owner] = append(lists[owner], other)
		}
	}
	return boxLists(lists, ids), nil
}

func boxLists(lists map[int64][]int64, ids []int64) []any {
	boxed := make([]any, len(ids))
	for i, id := range ids {
		boxed[i] = lists[id]
	}
	return boxed
}

// links calls each for every row of a many2many's table that has one of ids.
func (t *transaction) links(f *schema.Field, ids []int64, each func(owner, other int64)) error {
	d := t.db.store.Dialect()
	in, args := d.InIDs(d.Quote(f.RelColumn), ids, nil)
	sql := "SELECT " + d.Quote(f.RelColumn) + ", " + d.Quote(f.RelOther) + " FROM " + d.Quote(f.RelTable) + " WHERE " + in
	rows, err := t.tx.Query(t.ctx, sql, args...)
	if err != nil {
		return fault.Wrap(err, "links", f.RelTable)
	}
	defer rows.Close()
	for rows.Next() {
		each(rows.Int(0), rows.Int(1))
	}
	return fault.Wrap(rows.Err(), "links", f.RelTable)
}

// distinct returns ids without repetitions and zeroes.
func distinct(ids []int64) []int64 {
	if len(ids) == 1 && ids[0] != 0 {
		return ids
	}
	seen := make(map[int64]struct{}, len(ids))
	list := make([]int64, 0, len(ids))
	for _, id := range ids {
		if _, ok := seen[id]; !ok && id != 0 {
			seen[id] = struct{}{}
			list = append(list, id)
		}
	}
	return list
}

func first(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}
