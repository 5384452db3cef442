package orm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// checker collects the mistakes of a registry.
type checker struct {
	r        *Registry
	mistakes []error
}

// check tells every mistake in the descriptors, in order of model and field.
func check(r *Registry) []error {
	c := &checker{r: r}
	for _, name := range r.names {
		e := r.entities[name]
		for _, f := range e.Fields {
			c.field(e, f)
		}
		c.model(e)
	}
	return c.mistakes
}

func (c *checker) add(format string, args ...any) {
	c.mistakes = append(c.mistakes, fmt.Errorf(format, args...))
}

func (c *checker) field(e *entity, f *schema.Field) {
	at := e.Name + "." + f.Name
	c.related(e, f)
	if f.Comodel != "" {
		if _, ok := c.r.entities[f.Comodel]; !ok {
			c.add("%s: unknown comodel %s", at, f.Comodel)
			return
		}
	}
	switch f.Type {
	case schema.TypeMany2one, schema.TypeMany2many:
		if f.Comodel == "" {
			c.add("%s: no comodel", at)
		}
	case schema.TypeOne2many:
		c.inverse(at, f, e)
	case schema.TypeSelection:
		if len(f.Options) == 0 {
			c.add("%s: a selection without options", at)
		}
	case schema.TypeMonetary:
		c.currency(at, e, f)
	}
	for _, path := range f.Depends {
		c.path(at, "depends on", e, path)
	}
	computed := f.IsComputed || (f.NotStored && len(f.Path) == 0)
	if computed && e.computeOf[f.Name] == nil && f.Name != "display_name" {
		c.add("%s: computed, but nothing computes it", at)
	}
	if f.Default != nil {
		if _, err := toField(e, f, f.Default); err != nil {
			c.add("%s: default: %w", at, err)
		}
	}
}

func (c *checker) inverse(at string, f *schema.Field, e *entity) {
	if len(f.Path) > 0 || f.NotStored {
		return
	}
	co, ok := c.r.entities[f.Comodel]
	if !ok {
		c.add("%s: no comodel", at)
		return
	}
	inverse, ok := co.Field(f.Inverse)
	if !ok || inverse.Type != schema.TypeMany2one || inverse.Comodel != e.Name || !inverse.HasColumn() {
		c.add("%s: its inverse %s.%s is no stored many2one to %s", at, f.Comodel, f.Inverse, e.Name)
	}
}

func (c *checker) currency(at string, e *entity, f *schema.Field) {
	if f.CurrencyField == "" {
		return
	}
	if g, ok := e.Field(f.CurrencyField); !ok || g.Type != schema.TypeMany2one {
		c.add("%s: its currency field %q is no many2one of %s", at, f.CurrencyField, e.Name)
	}
}

// related checks the path of a related field and takes over what it leaves out.
func (c *checker) related(e *entity, f *schema.Field) {
	if len(f.Path) == 0 {
		return
	}
	if len(f.Path) == 1 {
		f.Path = strings.Split(f.Path[0], ".")
	}
	end, ok := c.path(e.Name+"."+f.Name, "is related to", e, strings.Join(f.Path, "."))
	if !ok {
		return
	}
	if f.Comodel == "" {
		f.Comodel = end.Comodel
	}
	if len(f.Options) == 0 {
		f.Options = end.Options
	}
	if f.Type != end.Type && !(isText(f.Type) && isText(end.Type)) {
		c.add("%s.%s: a %s cannot be related to %s, a %s", e.Name, f.Name, f.Type, strings.Join(f.Path, "."), end.Type)
	}
}

// path walks a dotted path and returns the field at its end.
func (c *checker) path(at, verb string, e *entity, path string) (*schema.Field, bool) {
	here := e
	steps := strings.Split(path, ".")
	for i, step := range steps {
		f, ok := here.Field(step)
		if !ok {
			c.add("%s: %s %s, but %s has no field %q", at, verb, path, here.Name, step)
			return nil, false
		}
		if i == len(steps)-1 {
			return f, true
		}
		if here, ok = c.r.entities[f.Comodel]; !ok {
			c.add("%s: %s %s, but %s is no relation", at, verb, path, step)
			return nil, false
		}
	}
	return nil, false
}

func (c *checker) model(e *entity) {
	known := func(what string, names ...string) {
		for _, name := range names {
			if _, ok := e.Field(name); !ok {
				c.add("%s: %s names the unknown field %q", e.Name, what, name)
			}
		}
	}
	if e.RecName != "" {
		known("the record name", e.RecName, e.nameField)
	}
	if e.Parent != "" {
		known("the parent", e.Parent)
	}
	known("name_search", e.nameIn...)
	for _, compute := range e.computes {
		known("a compute", compute.Fields...)
	}
	for name := range e.defaults {
		known("a default", name)
	}
	for name := range e.searches {
		known("a search", name)
	}
	for _, constraint := range e.constraints {
		known("a constraint", constraint.Fields...)
	}
	for _, index := range e.Indexes {
		known("an index", index.Columns...)
		for _, column := range index.Columns {
			if f, ok := e.Field(column); ok && !f.HasColumn() {
				c.add("%s: an index names %q, which is not kept in the table", e.Name, column)
			}
		}
	}
	for name, m := range e.methods {
		if m.Do == nil || Odoo18.isPrivate(name) {
			c.add("%s: method %q cannot be called", e.Name, name)
		}
	}
	for _, compute := range e.computes {
		stored := slices.ContainsFunc(compute.Fields, func(name string) bool {
			f, ok := e.Field(name)
			return ok && !f.NotStored
		})
		loose := slices.ContainsFunc(compute.Fields, func(name string) bool {
			f, ok := e.Field(name)
			return ok && f.NotStored
		})
		if stored && loose {
			c.add("%s: one compute fills %v, of which some are kept and some not", e.Name, compute.Fields)
		}
	}
}

func isText(t schema.Type) bool {
	return t == schema.TypeChar || t == schema.TypeText || t == schema.TypeHTML
}
