package orm

import (
	"encoding/json"
	"html"
	"strings"
)

// core is where the fields and methods come from that every model has.
const core = "core"

// Index lists the models that the user may read, with the names of their fields
// and of the methods of an edition: {"model", "name", "fields": {name: {"string"}},
// "methods": [name]}.
func (e *Env) Index(edition Edition) ([]any, error) {
	list := make([]any, 0, len(e.db.reg.names))
	for _, name := range e.db.reg.names {
		on := e.db.reg.entities[name]
		if e.checkAccess(on, Read) != nil {
			continue
		}
		fields := map[string]any{}
		for _, f := range on.Fields {
			if e.canSee(f) {
				fields[f.Name] = map[string]any{"string": e.label(f.Label)}
			}
		}
		list = append(list, map[string]any{"model": name, "name": e.label(on.Label), "fields": fields,
			"methods": texts(e.db.reg.MethodNames(edition, name))})
	}
	return list, nil
}

// Document describes a model for whoever calls it: {"model", "name", "doc",
// "fields", "methods"}. Fields are as fields_get tells them, with the module they
// come from; methods have their signature, parameters and description. Denied if
// the user may not read the model, Key if there is none.
func (e *Env) Document(edition Edition, model string) (map[string]any, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	if err := e.checkAccess(on, Read); err != nil {
		return nil, err
	}
	fields := map[string]any{}
	for _, f := range on.Fields {
		if !e.canSee(f) {
			continue
		}
		described := e.describe(on, f)
		described["module"] = orCore(on.fieldFrom[f.Name])
		fields[f.Name] = described
	}
	methods := map[string]any{}
	for _, name := range e.db.reg.MethodNames(edition, model) {
		m, own, _ := on.method(edition, name)
		described := m.describe()
		described["model"], described["module"] = core, core
		if own {
			described["model"], described["module"] = on.Name, orCore(on.methodFrom[name])
		}
		methods[name] = described
	}
	return map[string]any{"model": on.Name, "name": e.label(on.Label), "doc": nil, "fields": fields, "methods": methods}, nil
}

func orCore(part string) string {
	if part == "" {
		return core
	}
	return part
}

// describe tells a method as Odoo 19's documentation does. The ids come before
// the parameters, unless api says "model".
func (m *Method) describe() map[string]any {
	told := parameters{}
	words := make([]string, 0, len(m.Params)+1)
	for _, p := range m.Params {
		one := map[string]any{"name": p.Name}
		word := p.Name
		if p.Optional {
			one["default"] = p.Default
			word += "=" + repr(p.Default)
		}
		if p.Doc != "" {
			one["doc"] = paragraph(p.Doc)
		}
		told = append(told, one)
		words = append(words, word)
	}
	if m.Extra {
		told = append(told, map[string]any{"name": "kwargs", "kind": "VAR_KEYWORD"})
		words = append(words, "**kwargs")
	}
	described := map[string]any{"signature": "(" + strings.Join(words, ", ") + ")", "parameters": told}
	var api []any
	if m.OnModel {
		api = append(api, "model")
	}
	if m.Tx == TxRead {
		api = append(api, "readonly")
	}
	if api != nil {
		described["api"] = api
	}
	if m.Doc != "" {
		described["doc"] = paragraph(m.Doc)
	}
	return described
}

func paragraph(text string) string { return "<p>" + html.EscapeString(text) + "</p>" }

// parameters are those of a method, in order. In JSON they are an object, as in
// Odoo, with its members in this order: clients find names for arguments by position there.
type parameters []map[string]any

// MarshalJSON writes {name: parameter}.
func (p parameters) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	for i, one := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		text, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		name, _ := one["name"].(string)
		dst = append(append(appendText(dst, name), ':'), text...)
	}
	return append(dst, '}'), nil
}
