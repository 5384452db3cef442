package record

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// OneJournal is the journal that a method was called on, if its caller may read it.
func OneJournal(env *orm.Env, call *orm.Call) (int64, error) {
	id, err := call.One()
	if err != nil {
		return 0, err
	}
	if err := env.CheckRules(Journals, call.IDs, orm.Read); err != nil {
		return 0, err
	}
	return id, CheckExist(env, Journals, call.IDs)
}

// CheckExist refuses records that do not exist; naming one twice is no fault.
func CheckExist(env *orm.Env, model string, ids []int64) error {
	found, err := env.Sudo().Exists(model, ids)
	if err == nil && len(found) < len(slices.Compact(slices.Sorted(slices.Values(ids)))) {
		err = fault.Say(fault.Missing, "fault.missing", nil)
	}
	return err
}

// DayArgument reads an optional date.
func DayArgument(call *orm.Call, name string) (schema.Date, error) {
	v := call.Value(name)
	if v == nil || v == false || v == "" {
		return "", nil
	}
	text, err := call.String(name)
	if err != nil {
		return "", err
	}
	day, err := schema.ParseDate(text)
	if err != nil {
		return "", fault.New(fault.Value, "time data '%s' does not match format '%%Y-%%m-%%d'", text)
	}
	return day, nil
}

// IDIn reads a record's id out of a map from a client.
func IDIn(values map[string]any, key string) (int64, bool) {
	switch v := values[key].(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return int64(v), v == float64(int64(v))
	case interface{ Int64() (int64, error) }:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

// OptionalString reads an argument that may be None or False.
func OptionalString(call *orm.Call, name string) (string, error) {
	if v := call.Value(name); v == nil || v == false {
		return "", nil
	}
	return call.String(name)
}

// MayKeep lets those pass who may change connections.
func MayKeep(env *orm.Env) error { return env.CheckAccess(Links, orm.Write) }
