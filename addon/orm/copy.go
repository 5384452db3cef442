package orm

import (
	"maps"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Copy creates a copy of each record, in order. Fields that are not copied get
// their defaults; overrides stand in every copy. A text that names the record
// gets " (copy)".
func (e *Env) Copy(model string, ids []int64, overrides Values) ([]int64, error) {
	on, err := e.writable(model)
	if err != nil {
		return nil, err
	}
	if err := e.checkAccess(on, Create); err != nil {
		return nil, err
	}
	if err := e.checkThere(on, distinct(ids)); err != nil {
		return nil, err
	}
	rows, err := e.copied(on, ids, overrides)
	if err != nil {
		return nil, err
	}
	return e.Create(model, rows...)
}

// copied are the values of the copies.
func (e *Env) copied(on *entity, ids []int64, overrides Values) ([]Values, error) {
	var fields []*schema.Field
	for _, f := range on.Fields {
		_, given := overrides[f.Name]
		if !given && !f.NoCopy && !f.NotStored && !isMagic(f.Name) && e.canSee(f) {
			fields = append(fields, f)
		}
	}
	read, err := e.load(on, ids, fields)
	if err != nil {
		return nil, err
	}
	list := make([]Values, read.Len())
	for i := range list {
		values := make(Values, len(fields)+len(overrides))
		for _, f := range fields {
			v, err := e.copyValue(f, read.At(i).Value(f.Name))
			if err != nil {
				return nil, err
			}
			values[f.Name] = v
		}
		if name, ok := values[on.nameField].(string); ok && name != "" {
			if rec, _ := on.Field(on.nameField); rec.Type == schema.TypeChar {
				values[on.nameField] = name + " (copy)"
			}
		}
		maps.Copy(values, overrides)
		list[i] = values
	}
	return list, nil
}

// copyValue copies the lines of a one2many with their owner; other values stand.
func (e *Env) copyValue(f *schema.Field, v any) (any, error) {
	switch f.Type {
	case schema.TypeMany2many:
		ids, _ := v.([]int64)
		return []Command{{Op: CommandSet, IDs: ids}}, nil
	case schema.TypeOne2many:
		ids, _ := v.([]int64)
		lines, err := e.copied(e.db.reg.entities[f.Comodel], ids, Values{f.Inverse: int64(0)})
		if err != nil {
			return nil, err
		}
		commands := make([]Command, len(lines))
		for i, line := range lines {
			delete(line, f.Inverse)
			commands[i] = Command{Op: CommandCreate, Values: line}
		}
		return commands, nil
	}
	return v, nil
}
