package orm

import (
	"github.com/girosync/girosync/addon/orm/schema"
)

func doDefaultGet(env *Env, call *Call) (any, error) { return defaultGet(env, call, "fields_list") }

func doDefaultGet19(env *Env, call *Call) (any, error) { return defaultGet(env, call, "fields") }

// defaultGet answers what create would fill in: booleans always, other fields
// and lists only where there is something. named is the parameter with the fields.
func defaultGet(env *Env, call *Call, named string) (any, error) {
	names, err := call.Strings(named)
	if err != nil {
		return nil, err
	}
	on := env.db.reg.entities[call.Model]
	if err := env.checkAccess(on, Create); err != nil {
		return nil, err
	}
	given := env.context.defaults()
	answer := map[string]any{}
	for _, name := range names {
		f, ok := on.Field(name)
		if !ok || !env.canSee(f) {
			continue
		}
		v, ok, err := env.defaultOf(on, f, given)
		if err != nil {
			return nil, err
		}
		if !ok && f.Type == schema.TypeBoolean && !f.IsComputed {
			v, ok = false, true
		}
		if !ok {
			continue
		}
		if v, ok, err = shownDefault(on, f, v); err != nil {
			return nil, err
		}
		if ok {
			answer[name] = jsonValue(v)
		}
	}
	return answer, nil
}

// shownDefault is a default as a client reads it; ok is false for an empty list.
func shownDefault(on *entity, f *schema.Field, v any) (shown any, ok bool, err error) {
	if f.IsX2many() {
		if commands, are := v.([]Command); are {
			v = commandList(commands)
		}
		return v, truth(v), nil
	}
	v, err = typed(on, f, v)
	if f.Type == schema.TypeMany2one && v == int64(0) {
		v = nil
	}
	return v, true, err
}
