package orm

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/migrate"
	"github.com/girosync/girosync/addon/orm/schema"
)

// isUnset reports whether v is what f may not be when it is required. Numbers and
// booleans are always set, and so is the empty text.
func isUnset(f *schema.Field, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case schema.Date:
		return v == ""
	case time.Time:
		return v.IsZero()
	case json.RawMessage:
		return v == nil
	case int64:
		return v == 0 && f.Type == schema.TypeMany2one
	}
	return false
}

// mandatory is Odoo's text for a required field without a value.
func (e *Env) mandatory(on *entity, f *schema.Field) error {
	return fault.Say(fault.Invalid, "orm.mandatory", fault.Args{
		"label": e.label(on.Label), "model": on.Name, "field": e.label(f.Label), "name": f.Name})
}

// inUse is Odoo's text for a record that another one needs.
func (e *Env) inUse(label, model, constraint string) error {
	return fault.Say(fault.Invalid, "orm.in_use", fault.Args{"label": e.label(label), "model": model, "constraint": constraint})
}

// broken says in the user's words which constraint of the database a change breaks.
func (e *Env) broken(on *entity, err error) error {
	var c *dialect.ConstraintError
	if !errors.As(err, &c) {
		return fault.Wrap(err, "change", on.Name)
	}
	switch c.Kind {
	case "unique":
		label, message := on.unique(c.Name)
		if message != "" {
			return fault.New(fault.Invalid, "The operation cannot be completed: %s", message).Because(err)
		}
		return fault.Say(fault.Invalid, "orm.must_be_unique", fault.Args{"label": e.label(label)}).Because(err)
	case "not null":
		if f, ok := on.Field(c.Name); ok {
			return e.mandatory(on, f)
		}
	case "foreign key":
		return e.inUse("Unknown", "unknown", c.Name)
	}
	return fault.New(fault.Invalid, "The operation cannot be completed: a constraint of %s is broken (%s).", on.Label, c.Name).Because(err)
}

// unique says what must be unique, by its label or in words of its own.
func (e *entity) unique(name string) (label, message string) {
	for _, index := range e.Indexes {
		if index.Unique && index.Message != "" && name == migrate.IndexName(e.Model, index) {
			return "", index.Message
		}
	}
	for _, f := range e.Fields {
		if f.IsUnique && name == migrate.UniqueName(e.Model, f) {
			return f.Label, ""
		}
	}
	return e.Label, ""
}

// constrain runs the constraints that name one of the touched fields.
func (e *Env) constrain(on *entity, ids []int64, touched []string) error {
	for _, constraint := range on.constraints {
		if !slices.ContainsFunc(constraint.Fields, func(name string) bool { return slices.Contains(touched, name) }) {
			continue
		}
		if err := constraint.Check(e.Sudo(), ids); err != nil {
			return err
		}
	}
	return nil
}

// checkRefs refuses many2ones to records that do not exist, or that the user
// may not read: their names would be told.
func (e *Env) checkRefs(on *entity, cols map[string][]any) error {
	for _, f := range on.columns {
		values, ok := cols[f.Name]
		if !ok || f.Type != schema.TypeMany2one {
			continue
		}
		ids := (&column{field: f, boxed: present(values)}).ids()
		co := e.db.reg.entities[f.Comodel]
		if err := e.checkThere(co, ids); err != nil {
			return err
		}
		if err := e.checkReadable(co, ids); err != nil {
			return err
		}
	}
	return nil
}

// checkReadable refuses ids of records that the user may read in none of the
// companies where they may work, whichever the call has chosen.
func (e *Env) checkReadable(on *entity, ids []int64) error {
	if e.system || len(ids) == 0 || len(on.rules) == 0 {
		return nil
	}
	env := e
	if len(e.context.companies()) > 0 {
		env = e.With(nil)
		delete(env.context, companiesKey)
	}
	return env.checkRules(on, ids, Read)
}

// checkThere refuses ids of no records.
func (e *Env) checkThere(on *entity, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	there, err := e.Sudo().matching(on, ids, nil)
	if err != nil || len(there) == len(ids) {
		return err
	}
	for _, id := range ids {
		if !there[id] {
			return e.missing(on, id)
		}
	}
	return nil
}
