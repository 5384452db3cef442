package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Unlink deletes records. Records that point at them follow their many2one's
// rule: they are deleted too (with their hooks), lose the value, or refuse.
//
// Errors: Denied without the right, Missing for a record that does not exist,
// Invalid when another record needs one of them.
func (e *Env) Unlink(model string, ids []int64) error {
	on, err := e.writable(model)
	if err != nil {
		return err
	}
	if err := e.checkAccess(on, Unlink); err != nil {
		return err
	}
	if len(ids) == 0 {
		return nil
	}
	ids = distinct(ids)
	if err := e.checkRules(on, ids, Unlink); err != nil {
		return err
	}
	return e.remove(on, ids, 0)
}

// deepest bounds a cascade.
const deepest = 64

func (e *Env) remove(on *entity, ids []int64, depth int) error {
	if depth > deepest {
		return fault.New(fault.Internal, "deleting %s cascades for ever", on.Name)
	}
	for _, hooks := range on.hooks {
		if hooks.BeforeUnlink != nil {
			if err := hooks.BeforeUnlink(e, ids); err != nil {
				return err
			}
		}
	}
	if err := e.releaseReferrers(on, ids, depth); err != nil {
		return err
	}
	targets, err := e.targetsOfRemoval(on, ids)
	if err != nil {
		return err
	}
	if err := e.deleteRows(on, ids); err != nil {
		return err
	}
	e.tx.forget(on, ids, nil)
	for _, t := range targets {
		e.tx.markStale(e, t.on, t.compute, t.ids)
	}
	for _, hooks := range on.hooks {
		if hooks.AfterUnlink != nil {
			if err := hooks.AfterUnlink(e, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// releaseReferrers applies the rules of the many2ones that point at ids.
// Refusals come first, so that nothing is done in vain.
func (e *Env) releaseReferrers(on *entity, ids []int64, depth int) error {
	system := e.Sudo()
	holders := make([][]int64, len(on.referrers))
	for i, ref := range on.referrers {
		rows, err := system.selectRows(ref.from, nil, refIn(ref.field.Name, ids), nil, 0, 0)
		if err != nil {
			return err
		}
		holders[i] = slices.DeleteFunc(rows.ids, func(id int64) bool { return ref.from == on && slices.Contains(ids, id) })
		if len(holders[i]) > 0 && ref.rule() == schema.Restrict {
			return e.inUse(ref.from.Label, ref.from.Name, ref.from.Table+"_"+ref.field.Name+"_fkey")
		}
	}
	for i, ref := range on.referrers {
		if len(holders[i]) == 0 {
			continue
		}
		if ref.rule() == schema.Cascade {
			still, err := system.Exists(ref.from.Name, holders[i])
			if err != nil {
				return err
			}
			if err := system.remove(ref.from, still, depth+1); err != nil {
				return err
			}
			continue
		}
		if err := system.setNull(ref, holders[i]); err != nil {
			return err
		}
	}
	return nil
}

// rule is what becomes of the referrer: optional ones lose the value and
// required ones refuse, unless the field says otherwise.
func (r *referrer) rule() schema.OnDelete {
	switch {
	case r.field.OnDelete != "":
		return r.field.OnDelete
	case r.field.IsRequired:
		return schema.Restrict
	}
	return schema.SetNull
}

func (e *Env) setNull(ref referrer, ids []int64) error {
	fields := []*schema.Field{ref.field}
	moved, err := e.targets(ref.from, fields, ids, true)
	if err != nil {
		return err
	}
	if err := e.update(ref.from, ids, fields, []any{nil}); err != nil {
		return err
	}
	return e.changed(ref.from, fields, ids, moved)
}

// targetsOfRemoval finds what becomes stale when records are gone: computes
// whose path leads to them through a list.
func (e *Env) targetsOfRemoval(on *entity, ids []int64) ([]target, error) {
	var found []target
	var seen []*trigger
	for _, f := range on.Fields {
	next:
		for i := range on.triggers[f.Name] {
			t := &on.triggers[f.Name][i]
			if len(t.back) == 0 || !t.back[len(t.back)-1].field.IsX2many() {
				continue
			}
			for _, s := range seen {
				if s.compute == t.compute && slices.Equal(s.back, t.back) {
					continue next
				}
			}
			seen = append(seen, t)
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

func (e *Env) deleteRows(on *entity, ids []int64) error {
	d := e.db.store.Dialect()
	run := func(table, column string) error {
		in, args := d.InIDs(d.Quote(column), ids, nil)
		_, err := e.tx.tx.Exec(e.ctx, "DELETE FROM "+d.Quote(table)+" WHERE "+in, args...)
		return err
	}
	for _, l := range on.links {
		if err := run(l.table, l.column); err != nil {
			return fault.Wrap(err, "delete links", l.table)
		}
	}
	if err := run(on.Table, "id"); err != nil {
		return e.broken(on, err)
	}
	return nil
}
