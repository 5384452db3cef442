package orm

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// stale is the records of which a stored compute must run again.
type stale struct {
	on      *entity
	compute *Compute
	ids     []int64
	has     map[int64]struct{}
	env     *Env // of the change that came first
}

// mostRounds bounds computes that make each other stale for ever.
const mostRounds = 10_000

// markStale remembers that a compute must run again before it is needed.
func (t *transaction) markStale(e *Env, on *entity, c *Compute, ids []int64) {
	var s *stale
	for _, have := range t.stale {
		if have.compute == c && have.on == on {
			s = have
		}
	}
	if s == nil {
		s = &stale{on: on, compute: c, has: map[int64]struct{}{}, env: e}
		t.stale = append(t.stale, s)
	}
	for _, id := range ids {
		if _, ok := s.has[id]; !ok && id != 0 {
			s.has[id] = struct{}{}
			s.ids = append(s.ids, id)
		}
	}
}

// forget drops records that are gone, or whose values were just written.
func (t *transaction) forget(on *entity, ids []int64, only *Compute) {
	for _, s := range t.stale {
		if s.on != on || only != nil && s.compute != only {
			continue
		}
		gone := make(map[int64]struct{}, len(ids))
		for _, id := range ids {
			gone[id] = struct{}{}
			delete(s.has, id)
		}
		s.ids = slices.DeleteFunc(s.ids, func(id int64) bool { _, ok := gone[id]; return ok })
	}
}

// flushAll computes everything that is stale.
func (t *transaction) flushAll() error {
	if len(t.stale) == 0 {
		return nil
	}
	return t.flush(func(*stale) bool { return true })
}

// flushFor computes what is stale of the fields to be read.
func (t *transaction) flushFor(on *entity, fields []*schema.Field) error {
	if len(t.stale) == 0 {
		return nil
	}
	related := slices.ContainsFunc(fields, func(f *schema.Field) bool { return len(f.Path) > 0 })
	return t.flush(func(s *stale) bool {
		if related {
			return true
		}
		return s.on == on && slices.ContainsFunc(fields, func(f *schema.Field) bool {
			return slices.Contains(s.compute.Fields, f.Name)
		})
	})
}

func (t *transaction) flush(want func(s *stale) bool) error {
	for round := 0; ; round++ {
		at := slices.IndexFunc(t.stale, want)
		if at < 0 {
			return nil
		}
		if round > mostRounds {
			return fault.New(fault.Internal, "computed fields make each other stale for ever: %s.%v", t.stale[at].on.Name,
				t.stale[at].compute.Fields)
		}
		s := t.stale[at]
		t.stale = slices.Delete(t.stale, at, at+1)
		if len(s.ids) == 0 {
			continue
		}
		if err := s.env.recompute(s.on, s.compute, s.ids); err != nil {
			return err
		}
	}
}

// recompute runs a stored compute and keeps what differs.
func (e *Env) recompute(on *entity, c *Compute, ids []int64) error {
	system := e.Sudo()
	var fields []*schema.Field
	for _, name := range c.Fields {
		if f, _ := on.Field(name); f.HasColumn() {
			fields = append(fields, f)
		}
	}
	before, err := system.selectRows(on, fields, idsIn(ids), nil, 0, 0)
	if err != nil {
		return err
	}
	if before.Len() == 0 {
		return nil
	}
	out, err := system.run(on, c, before.ids, nil, before)
	if err != nil {
		return err
	}
	return system.keep(on, fields, before, out)
}

// keep stores computed values that differ from those before, and makes stale
// what depends on them.
func (e *Env) keep(on *entity, fields []*schema.Field, before *Rows, out map[string][]any) error {
	var changed []int
	differs := make([]bool, len(fields))
	for i := range before.ids {
		same := true
		for j, f := range fields {
			if !equal(before.cols[j].value(i), filled(f, out[f.Name][i])) {
				same, differs[j] = false, true
			}
		}
		if !same {
			changed = append(changed, i)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	ids := make([]int64, len(changed))
	for i, at := range changed {
		ids[i] = before.ids[at]
	}
	var touched []*schema.Field
	for j, f := range fields {
		if differs[j] {
			touched = append(touched, f)
		}
	}
	moved, err := e.targets(on, touched, ids, true)
	if err != nil {
		return err
	}
	values := make([][]any, len(touched))
	for j, f := range touched {
		values[j] = make([]any, len(changed))
		for i, at := range changed {
			values[j][i] = out[f.Name][at]
		}
	}
	if err := e.updateEach(on, ids, touched, values); err != nil {
		return err
	}
	return e.changed(on, touched, ids, moved)
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case []int64:
		b, ok := b.([]int64)
		return ok && slices.Equal(a, b)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	case decimal.Decimal:
		b, ok := b.(decimal.Decimal)
		return ok && a.Cmp(b) == 0
	case json.RawMessage:
		b, ok := b.(json.RawMessage)
		return ok && bytes.Equal(a, b)
	}
	if _, ok := b.(json.RawMessage); ok {
		return false
	}
	return a == b
}

// target is records of which a compute becomes stale.
type target struct {
	on      *entity
	compute *Compute
	ids     []int64
}

// targets finds what a change of fields makes stale. before asks only for
// those that the change may take away: the ones before it count too.
func (e *Env) targets(on *entity, fields []*schema.Field, ids []int64, before bool) ([]target, error) {
	var found []target
	for _, f := range fields {
		for i := range on.triggers[f.Name] {
			t := &on.triggers[f.Name][i]
			if before && !t.moves(on, f) {
				continue
			}
			list, err := e.walkBack(t.back, ids)
			if err != nil {
				return nil, err
			}
			if len(list) > 0 {
				found = append(found, target{t.target, t.compute, list})
			}
		}
	}
	return found, nil
}

// changed makes stale what depends on fields of records, and what did before.
func (e *Env) changed(on *entity, fields []*schema.Field, ids []int64, moved []target) error {
	now, err := e.targets(on, fields, ids, false)
	if err != nil {
		return err
	}
	for _, list := range [][]target{moved, now} {
		for _, t := range list {
			e.tx.markStale(e, t.on, t.compute, t.ids)
		}
	}
	return nil
}

// walkBack leads from changed records to those at the start of a path.
func (e *Env) walkBack(back []step, ids []int64) ([]int64, error) {
	for i := len(back) - 1; i >= 0 && len(ids) > 0; i-- {
		var err error
		if ids, err = e.stepBack(back[i], ids); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (e *Env) stepBack(s step, ids []int64) ([]int64, error) {
	d := e.db.store.Dialect()
	var column, table, by string
	switch {
	case s.field.Type == schema.TypeOne2many && s.field.Inverse != "":
		co := e.db.reg.entities[s.field.Comodel]
		column, table, by = s.field.Inverse, co.Table, "id"
	case s.field.Type == schema.TypeMany2many && s.field.RelTable != "":
		column, table, by = s.field.RelColumn, s.field.RelTable, s.field.RelOther
	case s.field.HasColumn():
		column, table, by = "id", s.on.Table, s.field.Name
	default:
		return e.searchBack(s, ids)
	}
	in, args := d.InIDs(d.Quote(by), ids, nil)
	column = d.Quote(column)
	sql := "SELECT DISTINCT " + column + " FROM " + d.Quote(table) + " WHERE " + in + " AND " + column + " IS NOT NULL"
	rows, err := e.tx.tx.Query(e.ctx, sql, args...)
	if err != nil {
		return nil, fault.Wrap(err, "walk back", s.on.Name+"."+s.field.Name)
	}
	defer rows.Close()
	var found []int64
	for rows.Next() {
		found = append(found, rows.Int(0))
	}
	return found, fault.Wrap(rows.Err(), "walk back", s.on.Name+"."+s.field.Name)
}

// searchBack walks back along a relation that is not stored, if it can be searched.
func (e *Env) searchBack(s step, ids []int64) ([]int64, error) {
	if _, ok := s.on.searches[s.field.Name]; !ok {
		return nil, nil
	}
	rows, err := e.Sudo().selectRows(s.on, nil, domain.All(refIn(s.field.Name, ids)), nil, 0, 0)
	if err != nil {
		return nil, err
	}
	return rows.ids, nil
}

// Invalidate makes stored computed fields of every record of a model stale.
func (e *Env) Invalidate(model string, fields ...string) error {
	on, err := e.writable(model)
	if err != nil {
		return err
	}
	rows, err := e.Sudo().selectRows(on, nil, nil, nil, 0, 0)
	if err != nil {
		return err
	}
	return e.Recompute(model, rows.ids, fields...)
}

// Recompute makes stored computed fields of records stale: they are computed
// again before they are next needed. No fields means all.
func (e *Env) Recompute(model string, ids []int64, fields ...string) error {
	on, err := e.writable(model)
	if err != nil {
		return err
	}
	for _, c := range on.computes {
		f, _ := on.Field(c.Fields[0])
		if f.NotStored {
			continue
		}
		wanted := len(fields) == 0 || slices.ContainsFunc(c.Fields, func(name string) bool { return slices.Contains(fields, name) })
		if wanted {
			e.tx.markStale(e.Sudo(), on, c, ids)
		}
	}
	return nil
}
