package orm

import "github.com/girosync/girosync/addon/orm/schema"

// fromClient drops values of read-only fields: those that are computed are
// computed again, others are what the host keeps. So it is with the values of
// related records that are written with them.
func (e *Env) fromClient(model string, values map[string]any) Values {
	on := e.db.reg.entities[model]
	kept := make(Values, len(values))
	for name, v := range values {
		f, ok := on.Field(name)
		switch {
		case ok && f.IsReadonly && !isMagic(name):
			continue
		case ok && f.IsX2many():
			v = e.commandsFromClient(f, v)
		}
		kept[name] = v
	}
	return kept
}

// commandsFromClient is fromClient for the commands of a list. A list whose
// records are told by a read-only field of theirs is changed by nobody: only
// values of the records in it can be written.
func (e *Env) commandsFromClient(f *schema.Field, v any) any {
	list, ok := v.([]any)
	fixed := false
	if co := e.db.reg.entities[f.Comodel]; f.Type == schema.TypeOne2many && co != nil {
		inverse, found := co.Field(f.Inverse)
		fixed = found && inverse.IsReadonly
	}
	if !ok {
		if fixed {
			return []Command{}
		}
		return v
	}
	kept := make([]any, 0, len(list))
	for _, item := range list {
		command, ok := item.([]any)
		op, known := int64(-1), false
		if ok && len(command) > 0 {
			op, known = whole(command[0])
		}
		if fixed && !(known && op == int64(CommandUpdate)) {
			continue
		}
		if known && len(command) == 3 && (op == int64(CommandCreate) || op == int64(CommandUpdate)) {
			if values, ok := command[2].(map[string]any); ok {
				item = []any{command[0], command[1], map[string]any(e.fromClient(f.Comodel, values))}
			}
		}
		kept = append(kept, item)
	}
	if fixed && len(kept) == 0 {
		return []Command{}
	}
	return kept
}
