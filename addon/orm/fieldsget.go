package orm

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// jsonValue is a value in a form that any encoder writes as Odoo does.
func jsonValue(v any) any {
	switch v.(type) {
	case nil:
		return false
	case bool, int64, string, map[string]any, []any:
		return v
	}
	return json.RawMessage(appendAny(nil, v))
}

// doFieldsGet describes fields: name → attribute → value. Unknown fields, and
// those that the user may not see, are left out.
func doFieldsGet(env *Env, call *Call) (any, error) {
	wanted, err := call.within("allfields")
	if err != nil {
		return nil, err
	}
	attribute, err := call.within("attributes")
	if err != nil {
		return nil, err
	}
	on := env.db.reg.entities[call.Model]
	if err := env.checkAccess(on, Read); err != nil {
		return nil, err
	}
	answer := map[string]any{}
	for _, f := range on.Fields {
		if !env.canSee(f) || !wanted(f.Name) {
			continue
		}
		all := env.describe(on, f)
		for name := range all {
			if !attribute(name) {
				delete(all, name)
			}
		}
		answer[f.Name] = all
	}
	return answer, nil
}

// within tells what Python's "name in value" says of a parameter: of a text, every
// name that is a part of it; of an empty value, every name.
func (c *Call) within(param string) (func(name string) bool, error) {
	if text, ok := c.args[param].(string); ok {
		return func(name string) bool { return strings.Contains(text, name) || text == "" }, nil
	}
	list, err := c.Strings(param)
	return func(name string) bool { return len(list) == 0 || slices.Contains(list, name) }, err
}

func (e *Env) describe(on *entity, f *schema.Field) map[string]any {
	stored := !f.NotStored
	_, searchable := on.searches[f.Name]
	sortable := e.db.reg.isColumn(on, f) && f.Type != schema.TypeBinary
	d := map[string]any{
		"name": f.Name, "type": f.ToldType(), "string": e.label(f.Label),
		"required": f.IsRequired, "readonly": f.IsReadonly, "store": stored,
		"searchable": searchable || sortable || stored, "sortable": sortable, "groupable": sortable,
		"exportable": true, "default_export_compatible": false, "manual": false,
		"company_dependent": false, "change_default": false, "depends": texts(f.Depends),
	}
	if f.HelpText != "" {
		d["help"] = e.label(f.HelpText)
	}
	if len(f.Path) > 0 {
		d["related"] = strings.Join(f.Path, ".")
	}
	if len(f.Groups) > 0 {
		d["groups"] = strings.Join(f.Groups, ",")
	}
	switch f.Type {
	case schema.TypeChar, schema.TypeText, schema.TypeHTML:
		d["translate"] = f.Translated
		if f.Type == schema.TypeChar {
			d["trim"] = true
			if f.Size > 0 {
				d["size"] = int64(f.Size)
			}
		}
	case schema.TypeSelection:
		options := make([]any, len(f.Options))
		for i, o := range f.Options {
			options[i] = []any{o.Value, e.label(o.Label)}
		}
		d["selection"] = options
	case schema.TypeMonetary:
		d["currency_field"] = f.CurrencyField
		if !f.NotStored {
			d["aggregator"] = "sum"
		}
	case schema.TypeInteger, schema.TypeFloat:
		if f.ModelField != "" {
			d["model_field"] = f.ModelField
		} else if f.Name != "id" && !f.NotStored {
			d["aggregator"] = "sum"
		}
	case schema.TypeMany2one, schema.TypeOne2many, schema.TypeMany2many:
		d["relation"] = f.Comodel
		d["context"], d["domain"] = map[string]any{}, []any{}
		if f.Type == schema.TypeOne2many {
			d["relation_field"] = f.Inverse
		}
		if f.Type == schema.TypeMany2one {
			co := e.db.reg.entities[f.Comodel]
			d["allow_hierachy_operators"] = co != nil && co.Parent != ""
		}
	}
	return d
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
