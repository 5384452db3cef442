package orm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
)

// Call runs a public method for a client and commits what it did.
//
// args and kwargs are decoded JSON (numbers float64 or json.Number): the ids
// first, for methods on records, then the method's parameters; "context" among
// kwargs joins who's. The result is nil, a Go scalar, []int64, *Rows,
// map[string]any, []any, json.RawMessage or a json.Marshaler.
//
// Errors are faults: User for an unknown model, Attribute for an unknown
// method, Denied for a private one, Type for arguments that do not fit, and
// what the method itself says.
func (d *Database) Call(ctx context.Context, who Principal, model, method string, args []any, kwargs map[string]any) (any, error) {
	result, err := d.call(ctx, who, model, method, args, kwargs)
	return result, who.Caller.Edition.retell(err)
}

func (d *Database) call(ctx context.Context, who Principal, model, method string, args []any, kwargs map[string]any) (any, error) {
	if err := d.reg.CheckModel(model); err != nil {
		return nil, err
	}
	on := d.reg.entities[model]
	m, own, err := d.reg.public(who.Caller.Edition, on, method)
	if err != nil {
		return nil, err
	}
	kwargs, who, err = takeContext(kwargs, who)
	if err != nil {
		return nil, err
	}
	call, err := bind(on, method, own, m, args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := d.opt.Limits.checkIDs(len(call.IDs)); err != nil {
		return nil, err
	}
	call.terms, call.edition = d.opt.Limits.Terms, who.Caller.Edition
	var result any
	err = d.Within(ctx, who, m.Tx, func(env *Env) error {
		if !m.AnyLang {
			if err := env.checkLang(); err != nil {
				return err
			}
		}
		result, err = env.do(on, m, call)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// do runs a method after the check of the right that it needs.
func (e *Env) do(on *entity, m Method, call *Call) (any, error) {
	if m.Needs != 0 {
		if err := e.checkAccess(on, m.Needs); err != nil {
			return nil, err
		}
	}
	return m.Do(e, call)
}

// Method calls a public method of another model in this transaction.
func (e *Env) Method(model, method string, ids []int64, kwargs map[string]any) (any, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	m, own, err := e.db.reg.public(Odoo18, on, method)
	if err != nil {
		return nil, err
	}
	if m.Tx == TxNone {
		return nil, fault.New(fault.Internal, "%s.%s opens its own transactions", model, method)
	}
	var args []any
	if !m.OnModel {
		args = []any{ids}
	}
	call, err := bind(on, method, own, m, args, kwargs)
	if err != nil {
		return nil, err
	}
	return e.do(on, m, call)
}

// public finds a method that may be called; own is false for a generic one.
func (r *Registry) public(edition Edition, on *entity, name string) (m Method, own bool, err error) {
	if edition.isPrivate(name) {
		return m, false, fault.New(fault.Denied, "Private methods (such as %s) cannot be called remotely.", name).
			Named(sayPrivate, fault.Args{"model": on.Name, "method": name})
	}
	if m, own, ok := on.method(edition, name); ok {
		return m, own, nil
	}
	return m, false, fault.New(fault.Attribute, "The method '%s' does not exist on the model '%s'", name, on.Name)
}

// method finds a method of a model; own is false for a generic one.
func (on *entity) method(edition Edition, name string) (m Method, own, ok bool) {
	if m, ok := on.methods[name]; ok {
		return m, true, true
	}
	m, ok = genericOf[edition][name]
	if !ok {
		m, ok = generic[name]
	}
	m.Doc = genericDocs[name]
	return m, false, ok
}

func (e Edition) isPrivate(name string) bool {
	return name == "" || name[0] == '_' || name == "init" || slices.Contains(editions[e].private, name)
}

// takeContext takes the context out of the named arguments.
func takeContext(kwargs map[string]any, who Principal) (map[string]any, Principal, error) {
	given, ok := kwargs["context"]
	if !ok {
		return kwargs, who, nil
	}
	kwargs = maps.Clone(kwargs)
	delete(kwargs, "context")
	switch c := given.(type) {
	case map[string]any:
		merged := make(Context, len(who.Context)+len(c))
		maps.Copy(merged, who.Context)
		maps.Copy(merged, c)
		who.Context = merged
	case Context:
		who.Context = c
	case string:
		if c != "" {
			return nil, who, fault.New(fault.Value, "dictionary update sequence element #0 has length 1; 2 is required")
		}
	default:
		if truth(given) {
			return nil, who, fault.New(fault.Type, "'%s' object is not iterable", typeName(given))
		}
	}
	return kwargs, who, nil
}

// bind fits arguments to a method's parameters, as Python does.
func bind(on *entity, name string, own bool, m Method, args []any, kwargs map[string]any) (*Call, error) {
	b := binding{name: "BaseModel." + name, params: m.Params, open: m.Extra, args: make(map[string]any, len(m.Params))}
	if own {
		b.name = className(on.Name) + "." + name
	}
	call := &Call{Model: on.Name, method: b.name, args: b.args}
	if !m.OnModel {
		ids, rest, named, err := takeIDs(args, kwargs)
		if errors.Is(err, errNoIDs) && own { // Odoo's words for the generic ones are no help
			err = fault.New(fault.Type, "%s() needs the ids of records, as its first argument or named ids", b.name)
		}
		if err != nil {
			return nil, err
		}
		if own { // a model's own method acts on records, and on each of them once
			ids = eachOnce(ids)
		}
		call.IDs, args, kwargs = ids, rest, named
	}
	if err := b.bind(args, kwargs); err != nil {
		return nil, err
	}
	call.extra = b.extra
	return call, nil
}

// errNoIDs is a call of a method on records that names none.
var errNoIDs = fault.New(fault.Type, "tuple index out of range")

// takeIDs takes the ids that a method is for: the first argument, or named.
func takeIDs(args []any, kwargs map[string]any) (ids []int64, rest []any, named map[string]any, err error) {
	if len(args) > 0 {
		ids, err = toIDs(args[0])
		return ids, args[1:], kwargs, err
	}
	given, ok := kwargs["ids"]
	if !ok {
		return nil, nil, nil, errNoIDs
	}
	named = maps.Clone(kwargs)
	delete(named, "ids")
	ids, err = toIDs(given)
	return ids, args, named, err
}

type binding struct {
	name   string
	params []Param
	args   map[string]any
	open   bool // takes named arguments that params does not list
	extra  map[string]any
}

func (b *binding) bind(args []any, kwargs map[string]any) error {
	if len(args) > len(b.params) {
		return b.tooMany(len(args))
	}
	for i, v := range args {
		b.args[b.params[i].Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(kwargs)) {
		if !slices.ContainsFunc(b.params, func(p Param) bool { return p.Name == name }) {
			if b.open {
				b.keep(name, kwargs[name])
				continue
			}
			return fault.New(fault.Type, "%s() got an unexpected keyword argument '%s'", b.name, name)
		}
		if _, twice := b.args[name]; twice {
			return fault.New(fault.Type, "%s() got multiple values for argument '%s'", b.name, name)
		}
		b.args[name] = kwargs[name]
	}
	var missing []string
	for _, p := range b.params {
		if _, ok := b.args[p.Name]; ok {
			continue
		}
		if !p.Optional {
			missing = append(missing, "'"+p.Name+"'")
			continue
		}
		b.args[p.Name] = p.Default
	}
	if len(missing) > 0 {
		return b.tooFew(missing)
	}
	return nil
}

func (b *binding) keep(name string, v any) {
	if b.extra == nil {
		b.extra = map[string]any{}
	}
	b.extra[name] = v
}

func (b *binding) tooFew(missing []string) error {
	s := ""
	list := strings.Join(missing, ", ")
	if n := len(missing); n > 1 {
		s = "s"
		and := " and "
		if n > 2 {
			and = ", and "
		}
		list = strings.Join(missing[:n-1], ", ") + and + missing[n-1]
	}
	return fault.New(fault.Type, "%s() missing %d required positional argument%s: %s", b.name, len(missing), s, list)
}

// tooMany counts self, as Python does.
func (b *binding) tooMany(given int) error {
	required := 1
	for _, p := range b.params {
		if !p.Optional {
			required++
		}
	}
	most := len(b.params) + 1
	takes := fmt.Sprint(most)
	if required < most {
		takes = fmt.Sprintf("from %d to %d", required, most)
	}
	s := "s"
	if most == 1 {
		s = ""
	}
	return fault.New(fault.Type, "%s() takes %s positional argument%s but %d were given", b.name, takes, s, given+1)
}

// className is the Python class of a model: AccountJournal for account.journal.
func className(model string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(model, func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
