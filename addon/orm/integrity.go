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
func mandatory(on *entity, f *schema.Field) error {
	return fault.New(fault.Invalid, "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: %s (%s)\nField: %s (%s)\n",
		on.Label, on.Name, f.Label, f.Name)
}

// inUse is Odoo's text for a record that another one needs.
func inUse(label, model, constraint string) error {
	return fault.New(fault.Invalid, "The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: %s (%s)\nConstraint: %s\n",
		label, model, constraint)
}

// broken says in the user's words which constraint of the database a change breaks.
func (e *Env) broken(on *entity, err error) error {
	var c *dialect.ConstraintError
	if !errors.As(err, &c) {
		return fault.Wrap(err, "change", on.Name)
	}
	switch c.Kind {
	case "unique":
		return fault.New(fault.Invalid, "The operation cannot be completed: %s", on.uniqueMessage(c.Name)).Because(err)
	case "not null":
		if f, ok := on.Field(c.Name); ok {
			return mandatory(on, f)
		}
	case "foreign key":
		return inUse("Unknown", "unknown", c.Name)
	}
	return fault.New(fault.Invalid, "The operation cannot be completed: a constraint of %s is broken (%s).", on.Label, c.Name).Because(err)
}

func (e *entity) uniqueMessage(name string) string {
	for _, index := range e.Indexes {
		if index.Unique && index.Message != "" && name == migrate.IndexName(e.Model, index) {
			return index.Message
		}
	}
	for _, f := range e.Fields {
		if f.IsUnique && name == migrate.UniqueName(e.Model, f) {
			return f.Label + " must be unique."
		}
	}
	return e.Label + " must be unique."
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
