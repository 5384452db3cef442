package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// toCommands reads what is written to a one2many or many2many: commands, a
// list of ids that replaces, or false, which clears.
func (e *Env) toCommands(on *entity, f *schema.Field, v any) ([]Command, error) {
	switch v := v.(type) {
	case []Command:
		return v, nil
	case []int64:
		return []Command{{Op: CommandSet, IDs: v}}, nil
	case []any:
		if most := e.db.opt.Limits.Commands; most > 0 && len(v) > most && !e.system {
			return nil, fault.New(fault.User, "%s: at most %d commands in one call", f.Name, most)
		}
		return listCommands(on, f, v)
	case nil:
		return []Command{{Op: CommandClear}}, nil
	case bool:
		if !v {
			return []Command{{Op: CommandClear}}, nil
		}
	}
	return nil, wrongValue(on, f, str(v))
}

func listCommands(on *entity, f *schema.Field, list []any) ([]Command, error) {
	var commands []Command
	var plain []int64
	for _, item := range list {
		switch item := item.(type) {
		case Command:
			commands = append(commands, item)
		case []any:
			c, err := toCommand(on, f, item)
			if err != nil {
				return nil, err
			}
			commands = append(commands, c)
		default:
			id, ok := whole(item)
			if !ok {
				return nil, wrongValue(on, f, repr(list))
			}
			plain = append(plain, id)
		}
	}
	if len(commands) == 0 {
		return []Command{{Op: CommandSet, IDs: plain}}, nil
	}
	for _, id := range plain {
		commands = append(commands, Command{Op: CommandLink, ID: id})
	}
	return commands, nil
}

// toCommand reads one of Odoo's lists: [0, 0, {…}], [1, id, {…}], [2, id],
// [3, id], [4, id], [5], [6, 0, [ids]].
func toCommand(on *entity, f *schema.Field, item []any) (Command, error) {
	wrong := wrongValue(on, f, repr(item))
	if len(item) == 0 || len(item) > 3 {
		return Command{}, wrong
	}
	op, ok := whole(item[0])
	if !ok || op < 0 || op > 6 {
		return Command{}, wrong
	}
	c := Command{Op: CommandOp(op)}
	if len(item) > 1 {
		c.ID, _ = whole(item[1])
	}
	switch c.Op {
	case CommandCreate, CommandUpdate:
		if len(item) < 3 {
			return Command{}, wrong
		}
		values, ok := item[2].(map[string]any)
		if !ok {
			return Command{}, wrong
		}
		c.Values = values
	case CommandSet:
		if len(item) < 3 {
			return Command{}, wrong
		}
		ids, err := toIDs(item[2])
		if err != nil {
			return Command{}, wrong
		}
		c.IDs = ids
	}
	needsID := c.Op == CommandUpdate || c.Op == CommandDelete || c.Op == CommandUnlink || c.Op == CommandLink
	if needsID && c.ID == 0 {
		return Command{}, wrong
	}
	return c, nil
}

// commandList writes commands as clients send them: [op, id, values or ids].
func commandList(commands []Command) []any {
	list := make([]any, len(commands))
	for i, c := range commands {
		third := any(int64(0))
		switch c.Op {
		case CommandCreate, CommandUpdate:
			third = map[string]any(c.Values)
		case CommandSet:
			third = c.IDs
		}
		list[i] = []any{int64(c.Op), c.ID, third}
	}
	return list
}

// command carries out the commands of a field: lists[i] are those of owners[i].
func (e *Env) command(on *entity, f *schema.Field, owners []int64, lists [][]Command) error {
	r := relation{env: e.withoutDefaults(), on: on, field: f, co: e.db.reg.entities[f.Comodel]}
	if f.Type == schema.TypeOne2many {
		return r.one2many(owners, lists)
	}
	return r.many2many(owners, lists)
}

// relation is a field that lists records, being changed.
type relation struct {
	env   *Env
	on    *entity
	field *schema.Field
	co    *entity
}

// one2many creates all new lines of all owners at once, before the other commands
// of each: their order among themselves is kept.
func (r *relation) one2many(owners []int64, lists [][]Command) error {
	var fresh []Values
	var made []*int64
	for i, owner := range owners {
		for _, c := range lists[i] {
			if c.Op == CommandClear || c.Op == CommandSet {
				if err := r.detach(owner, c.IDs); err != nil {
					return err
				}
			}
			if c.Op == CommandCreate {
				values := make(Values, len(c.Values)+1)
				for name, v := range c.Values {
					values[name] = v
				}
				values[r.field.Inverse] = owner
				fresh, made = append(fresh, values), append(made, c.made)
			}
			if err := r.oneCommand(owner, c); err != nil {
				return err
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	ids, err := r.env.Create(r.co.Name, fresh...)
	for i, id := range ids {
		if made[i] != nil {
			*made[i] = id
		}
	}
	return err
}

func (r *relation) oneCommand(owner int64, c Command) error {
	switch c.Op {
	case CommandUpdate:
		return r.env.Write(r.co.Name, []int64{c.ID}, c.Values)
	case CommandDelete:
		return r.env.Unlink(r.co.Name, []int64{c.ID})
	case CommandUnlink:
		there, err := r.env.Sudo().matching(r.co, []int64{c.ID}, nil)
		if err == nil && !there[c.ID] {
			err = r.env.missing(r.co, c.ID)
		}
		if err != nil {
			return err
		}
		return r.release(owner, []int64{c.ID})
	case CommandLink:
		return r.attach(owner, []int64{c.ID})
	case CommandSet:
		return r.attach(owner, c.IDs)
	}
	return nil
}

// attach gives lines to an owner; those it has already stay untouched.
func (r *relation) attach(owner int64, ids []int64) error {
	ids = distinct(ids)
	have, err := r.env.Sudo().matching(r.co, ids, refIn(r.field.Inverse, []int64{owner}))
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return have[id] })
	return r.env.Write(r.co.Name, ids, Values{r.field.Inverse: owner})
}

// detach takes all lines from an owner but those to keep.
func (r *relation) detach(owner int64, keep []int64) error {
	rows, err := r.env.Sudo().selectRows(r.co, nil, refIn(r.field.Inverse, []int64{owner}), r.co.Order, 0, 0)
	if err != nil {
		return err
	}
	ids := slices.DeleteFunc(slices.Clone(rows.ids), func(id int64) bool { return slices.Contains(keep, id) })
	return r.release(owner, ids)
}

// release takes lines from an owner: they are deleted when they cannot be
// without one.
func (r *relation) release(owner int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	mine, err := r.env.Sudo().matching(r.co, ids, refIn(r.field.Inverse, []int64{owner}))
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !mine[id] })
	inverse, _ := r.co.Field(r.field.Inverse)
	if inverse.IsRequired || inverse.OnDelete == schema.Cascade {
		return r.env.Unlink(r.co.Name, ids)
	}
	return r.env.Write(r.co.Name, ids, Values{r.field.Inverse: int64(0)})
}

func (r *relation) many2many(owners []int64, lists [][]Command) error {
	moved, err := r.env.targets(r.on, []*schema.Field{r.field}, owners, true)
	if err != nil {
		return err
	}
	for i, owner := range owners {
		for _, c := range lists[i] {
			if err := r.manyCommand(owner, c); err != nil {
				return err
			}
		}
	}
	return r.env.changed(r.on, []*schema.Field{r.field}, owners, moved)
}

func (r *relation) manyCommand(owner int64, c Command) error {
	switch c.Op {
	case CommandCreate:
		ids, err := r.env.Create(r.co.Name, c.Values)
		if err != nil {
			return err
		}
		return r.link(owner, ids)
	case CommandUpdate:
		return r.env.Write(r.co.Name, []int64{c.ID}, c.Values)
	case CommandDelete:
		return r.env.Unlink(r.co.Name, []int64{c.ID})
	case CommandUnlink:
		return r.unlink(owner, []int64{c.ID})
	case CommandLink:
		return r.link(owner, []int64{c.ID})
	case CommandClear:
		return r.unlink(owner, nil)
	case CommandSet:
		have, err := r.linked(owner)
		if err != nil {
			return err
		}
		gone := slices.DeleteFunc(have, func(id int64) bool { return slices.Contains(c.IDs, id) })
		if len(gone) > 0 {
			if err := r.unlink(owner, gone); err != nil {
				return err
			}
		}
		return r.link(owner, c.IDs)
	}
	return nil
}

func (r *relation) linked(owner int64) ([]int64, error) {
	var ids []int64
	err := r.env.tx.links(r.field, []int64{owner}, func(_, other int64) { ids = append(ids, other) })
	return ids, err
}

// link adds rows to the link table that are not there yet.
func (r *relation) link(owner int64, ids []int64) error {
	have, err := r.linked(owner)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(distinct(ids)), func(id int64) bool { return slices.Contains(have, id) })
	if len(ids) == 0 {
		return nil
	}
	there, err := r.env.Sudo().matching(r.co, ids, nil)
	if err != nil {
		return err
	}
	if len(there) < len(ids) {
		return r.env.inUse("Unknown", "unknown", r.field.RelTable+"_"+r.field.RelOther+"_fkey")
	}
	if err := r.env.checkReadable(r.co, ids); err != nil {
		return err
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{owner, id}
	}
	err = r.env.tx.tx.Insert(r.env.ctx, r.field.RelTable, []string{r.field.RelColumn, r.field.RelOther}, rows)
	if err != nil {
		return r.env.broken(r.on, err)
	}
	return nil
}

// unlink removes rows of the link table; all of the owner's for no ids.
func (r *relation) unlink(owner int64, ids []int64) error {
	d := r.env.db.store.Dialect()
	sql, args := d.InIDs(d.Quote(r.field.RelColumn), []int64{owner}, nil)
	if ids != nil {
		var in string
		in, args = d.InIDs(d.Quote(r.field.RelOther), ids, args)
		sql += " AND " + in
	}
	_, err := r.env.tx.tx.Exec(r.env.ctx, "DELETE FROM "+d.Quote(r.field.RelTable)+" WHERE "+sql, args...)
	return fault.Wrap(err, "unlink", r.field.RelTable)
}
