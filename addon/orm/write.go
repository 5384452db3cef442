package orm

import (
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Write changes records: all get the same values, in Go types or a client's
// JSON. id, the stamps and display_name are left alone.
//
// Errors are those of Create, and Missing for a record that does not exist.
func (e *Env) Write(model string, ids []int64, values Values) error {
	on, err := e.writable(model)
	if err != nil {
		return err
	}
	if err := e.checkAccess(on, Write); err != nil {
		return err
	}
	if len(ids) == 0 {
		return nil
	}
	ids = distinct(ids)
	if err := e.checkRules(on, ids, Write); err != nil {
		return err
	}
	values = maps.Clone(values)
	if err := e.convert(on, values); err != nil {
		return err
	}
	for _, hooks := range on.hooks {
		if hooks.BeforeWrite != nil {
			if err := hooks.BeforeWrite(e, ids, values); err != nil {
				return err
			}
		}
	}
	g, err := e.gather(on, []Values{values})
	if err != nil {
		return err
	}
	if err := e.checkRefs(on, g.cols); err != nil {
		return err
	}
	if err := e.store(on, ids, g); err != nil {
		return err
	}
	if err := e.written(on, ids, values, g); err != nil {
		return err
	}
	return e.checkMoved(on, ids, values)
}

// store carries out what was gathered for all of ids.
func (e *Env) store(on *entity, ids []int64, g *gathered) error {
	var fields []*schema.Field
	var args []any
	for _, f := range on.columns {
		if values, ok := g.cols[f.Name]; ok {
			if f.IsRequired && isUnset(f, values[0]) {
				return e.mandatory(on, f)
			}
			fields = append(fields, f)
			args = append(args, values[0])
		}
	}
	moved, err := e.targets(on, fields, ids, true)
	if err != nil {
		return err
	}
	if len(fields) > 0 || len(g.lists) > 0 {
		if err := e.update(on, ids, fields, args); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if c := on.computeOf[f.Name]; c != nil {
			e.tx.forget(on, ids, c)
		}
	}
	if err := e.changed(on, fields, ids, moved); err != nil {
		return err
	}
	for f, lists := range g.lists {
		commands := lists[0]
		lists = make([][]Command, len(ids))
		for i := range lists {
			lists[i] = commands
		}
		g.lists[f] = lists
	}
	return nil
}

// written runs what follows a change: lists, inverses, constraints, hooks.
func (e *Env) written(on *entity, ids []int64, values Values, g *gathered) error {
	if err := g.apply(e, ids, []Values{values}); err != nil {
		return err
	}
	touched := slices.Collect(maps.Keys(values))
	if err := e.constrain(on, ids, touched); err != nil {
		return err
	}
	for _, hooks := range on.hooks {
		if hooks.AfterWrite != nil {
			if err := hooks.AfterWrite(e, ids, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// update sets the same values in all of ids, with the stamps.
func (e *Env) update(on *entity, ids []int64, fields []*schema.Field, values []any) error {
	d := e.db.store.Dialect()
	var sql strings.Builder
	args := make([]any, 0, len(fields)+3)
	sql.WriteString("UPDATE " + d.Quote(on.Table) + " SET ")
	set := func(f *schema.Field, v any) error {
		arg, err := d.Arg(f, v)
		if err != nil {
			return fault.New(fault.Invalid, "%s (%s): %s", f.Label, f.Name, err)
		}
		if len(args) > 0 {
			sql.WriteString(", ")
		}
		args = append(args, arg)
		sql.WriteString(d.Quote(f.Name) + " = " + d.Placeholder(len(args)))
		return nil
	}
	for i, f := range fields {
		if err := set(f, values[i]); err != nil {
			return err
		}
	}
	who, _ := on.Field("write_uid")
	when, _ := on.Field("write_date")
	if err := set(who, e.UID()); err != nil {
		return err
	}
	if err := set(when, e.tx.now); err != nil {
		return err
	}
	in, args := d.InIDs(d.Quote("id"), ids, args)
	sql.WriteString(" WHERE " + in)
	if _, err := e.tx.tx.Exec(e.ctx, sql.String(), args...); err != nil {
		return e.broken(on, err)
	}
	return nil
}

// mostUpdates is how many records one statement of updateEach changes.
const mostUpdates = 200

// updateEach sets values of its own in each of ids: values[j][i] is record i's
// value of fields[j].
func (e *Env) updateEach(on *entity, ids []int64, fields []*schema.Field, values [][]any) error {
	if sameForAll(values) {
		one := make([]any, len(fields))
		for j := range fields {
			one[j] = filled(fields[j], values[j][0])
		}
		return e.update(on, ids, fields, one)
	}
	for from := 0; from < len(ids); from += mostUpdates {
		to := min(from+mostUpdates, len(ids))
		if err := e.updateSome(on, ids[from:to], fields, values, from); err != nil {
			return err
		}
	}
	return nil
}

func sameForAll(values [][]any) bool {
	for _, list := range values {
		for _, v := range list[1:] {
			if !equal(list[0], v) {
				return false
			}
		}
	}
	return true
}

func (e *Env) updateSome(on *entity, ids []int64, fields []*schema.Field, values [][]any, from int) error {
	d := e.db.store.Dialect()
	id, _ := on.Field("id")
	var sql strings.Builder
	var args []any
	put := func(f *schema.Field, v any, cast bool) error {
		arg, err := d.Arg(f, v)
		if err != nil {
			return fault.New(fault.Invalid, "%s (%s): %s", f.Label, f.Name, err)
		}
		args = append(args, arg)
		place := d.Placeholder(len(args))
		if cast {
			place = "CAST(" + place + " AS " + d.ColumnType(f) + ")"
		}
		sql.WriteString(place)
		return nil
	}
	sql.WriteString("WITH v (id")
	for _, f := range fields {
		sql.WriteString(", " + d.Quote("new_"+f.Name))
	}
	sql.WriteString(") AS (VALUES ")
	for i := range ids {
		if i > 0 {
			sql.WriteString(", ")
		}
		sql.WriteString("(")
		if err := put(id, ids[i], i == 0); err != nil {
			return err
		}
		for j, f := range fields {
			sql.WriteString(", ")
			if err := put(f, filled(f, values[j][from+i]), i == 0); err != nil {
				return err
			}
		}
		sql.WriteString(")")
	}
	sql.WriteString(") UPDATE " + d.Quote(on.Table) + " SET ")
	for _, f := range fields {
		sql.WriteString(d.Quote(f.Name) + " = v." + d.Quote("new_"+f.Name) + ", ")
	}
	who, _ := on.Field("write_uid")
	when, _ := on.Field("write_date")
	sql.WriteString(d.Quote("write_uid") + " = ")
	if err := put(who, e.UID(), false); err != nil {
		return err
	}
	sql.WriteString(", " + d.Quote("write_date") + " = ")
	if err := put(when, e.tx.now, false); err != nil {
		return err
	}
	sql.WriteString(" FROM v WHERE " + d.Quote(on.Table) + "." + d.Quote("id") + " = v.id")
	if _, err := e.tx.tx.Exec(e.ctx, sql.String(), args...); err != nil {
		return e.broken(on, err)
	}
	return nil
}
