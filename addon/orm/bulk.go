package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// BulkCreate adds many records whose values stand in columns: rows[i][j] is
// record i's value of cols[j], in its Go type. It does what Create does; where a
// model has hooks for its rows or a list by default, it is Create.
func (e *Env) BulkCreate(model string, cols []string, rows [][]any) ([]int64, error) {
	on, err := e.writable(model)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []int64{}, nil
	}
	fields, ok, err := e.bulkFields(on, cols)
	if err != nil {
		return nil, err
	}
	if !ok || on.hasCreateHooks() {
		return e.Create(model, asValues(cols, rows)...)
	}
	if err := e.checkAccess(on, Create); err != nil {
		return nil, err
	}
	columns := make(map[string][]any, len(fields)+8)
	for j, f := range fields {
		values := make([]any, len(rows))
		for i, row := range rows {
			if len(row) != len(cols) {
				return nil, fault.New(fault.Internal, "bulk create %s: row %d has %d values for %d columns", model, i, len(row), len(cols))
			}
			if values[i], err = typed(on, f, row[j]); err != nil {
				return nil, err
			}
		}
		columns[f.Name] = values
	}
	if err := e.defaultColumns(on, columns, len(rows)); err != nil {
		return nil, err
	}
	env := e.withoutDefaults()
	if err := env.completeNew(on, len(rows), columns); err != nil {
		return nil, err
	}
	if err := env.checkRefs(on, columns); err != nil {
		return nil, err
	}
	c, err := env.insert(on, len(rows), columns)
	if err != nil {
		return nil, err
	}
	return c.ids, env.created(c, nil)
}

// bulkFields finds the columns; ok is false when one is no column of the table.
func (e *Env) bulkFields(on *entity, cols []string) (fields []*schema.Field, ok bool, err error) {
	ok = true
	for _, name := range cols {
		f, err := e.field(on, name, Write)
		if err != nil {
			return nil, false, err
		}
		if isMagic(name) {
			return nil, false, fault.New(fault.Internal, "bulk create %s: %s is the kernel's own", on.Name, name)
		}
		ok = ok && f.HasColumn()
		fields = append(fields, f)
	}
	for _, f := range on.Fields { // lists by default need commands
		if f.IsX2many() && (f.Default != nil || on.defaults[f.Name] != nil) {
			ok = false
		}
	}
	return fields, ok, nil
}

func (e *Env) defaultColumns(on *entity, columns map[string][]any, n int) error {
	given := e.context.defaults()
	for _, f := range on.columns {
		if _, ok := columns[f.Name]; ok || isMagic(f.Name) {
			continue
		}
		v, ok, err := e.defaultOf(on, f, given)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if v, err = typed(on, f, v); err != nil {
			return err
		}
		values := make([]any, n)
		for i := range values {
			values[i] = v
		}
		columns[f.Name] = values
	}
	return nil
}

func (e *entity) hasCreateHooks() bool {
	return slices.ContainsFunc(e.hooks, func(h Hooks) bool { return h.BeforeCreate != nil || h.AfterCreate != nil })
}

func asValues(cols []string, rows [][]any) []Values {
	list := make([]Values, len(rows))
	for i, row := range rows {
		list[i] = make(Values, len(cols))
		for j, name := range cols {
			if j < len(row) {
				list[i][name] = row[j]
			}
		}
	}
	return list
}
