package orm

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Part is what one addon brings.
type Part struct {
	Name       string
	Models     []Model
	Extensions []Extension
	// Abstract names models that only lend others what they have, with their
	// labels: nobody may call them.
	Abstract map[string]string
	// Labels are the texts of models and fields in other languages: by
	// language ("nl") a JSON object from English to that language.
	Labels map[string][]byte
}

// Registry is the models of all addons, joined. It never changes.
type Registry struct {
	entities    map[string]*entity
	names       []string
	fingerprint string
	labels      map[string]map[string]string // language → English → that language
	abstract    map[string]string            // name → label
}

// entity is a complete model and what is bound to it.
type entity struct {
	*schema.Model
	hooks     []Hooks
	computes  []*Compute
	computeOf map[string]*Compute
	defaults  map[string]func(env *Env) (any, error)
	searches  Searches
	methods   Methods
	// fieldFrom and methodFrom name the parts that brought fields and methods.
	fieldFrom, methodFrom map[string]string
	constraints           []Constraint
	uniques               []Unique
	access                Access
	rules                 []Rule
	nameIn                []string
	nameField             string
	displayName           func(env *Env, ids []int64) ([]string, error)
	transient             bool

	// columns are the fields kept in the table, id first.
	columns []*schema.Field
	// hooked: some addon wants to see changes.
	hooked bool
	// hasActive: archived records are left out unless asked for.
	hasActive bool
	// triggers, by field of this model, tell what becomes stale when it changes.
	triggers map[string][]trigger
	// referrers are the stored many2ones, of any model, that point here.
	referrers []referrer
	// links are the many2many tables that mention this model.
	links    []link
	required []*schema.Field
	// local are the stored computes that need no other record to point here:
	// they run before their record is in the table.
	local map[*Compute]bool
}

type referrer struct {
	from  *entity
	field *schema.Field
}

// link is one side of a many2many table.
type link struct{ table, column string }

// NewRegistry joins the parts, in their order of dependency. The error names
// all mistakes at once.
//
// Every model gets id, display_name and the four stamps; create_uid and
// write_uid are plain integers when no part declares res.users.
func NewRegistry(parts ...Part) (*Registry, error) {
	b := builder{drafts: map[string]*draft{}}
	for _, part := range parts {
		for i := range part.Models {
			b.model(part.Name, &part.Models[i])
		}
		for i := range part.Extensions {
			b.extend(part.Name, &part.Extensions[i])
		}
	}
	r := b.finish()
	r.labels, r.abstract = map[string]map[string]string{}, map[string]string{}
	for _, part := range parts {
		maps.Copy(r.abstract, part.Abstract)
		if err := r.addLabels(part); err != nil {
			b.mistakes = append(b.mistakes, err)
		}
	}
	b.mistakes = append(b.mistakes, check(r)...)
	if len(b.mistakes) > 0 {
		return nil, fmt.Errorf("registry: %w", errors.Join(b.mistakes...))
	}
	wire(r)
	r.fingerprint = fingerprint(r)
	return r, nil
}

// CheckModel is a fault of kind User for a model that no addon declares, Denied
// for one that nobody may call.
func (r *Registry) CheckModel(name string) error {
	if r.entities[name] == nil {
		if err := r.Abstract(name); err != nil {
			return err
		}
		return fault.New(fault.User, "Object %s doesn't exist", name)
	}
	return nil
}

// Model finds a model.
func (r *Registry) Model(name string) (*schema.Model, bool) {
	e, ok := r.entities[name]
	if !ok {
		return nil, false
	}
	return e.Model, true
}

// Abstract refuses a model that nobody may call; nil for others.
func (r *Registry) Abstract(model string) error {
	label, ok := r.abstract[model]
	if !ok {
		return nil
	}
	return refused("denied", Read, fault.Args{"label": label, "model": model, "groups": ""})
}

// Names lists the models, sorted.
func (r *Registry) Names() []string { return r.names }

// Method finds a model's method in an edition, the generic ones (search, read, …)
// included. Private ones are not found.
func (r *Registry) Method(edition Edition, model, name string) (Method, bool) {
	e, ok := r.entities[model]
	if !ok || edition.isPrivate(name) {
		return Method{}, false
	}
	m, _, ok := e.method(edition, name)
	return m, ok
}

// IsPrivate reports whether only code may call methods of a name, in an edition.
func (r *Registry) IsPrivate(edition Edition, name string) bool { return edition.isPrivate(name) }

// MethodNames lists what clients may call on a model, the generic methods
// included, sorted; none for an unknown model.
func (r *Registry) MethodNames(edition Edition, model string) []string {
	e, ok := r.entities[model]
	if !ok {
		return nil
	}
	names := make(map[string]Method, len(generic)+len(e.methods))
	maps.Copy(names, generic)
	maps.Copy(names, genericOf[edition])
	maps.Copy(names, e.methods)
	maps.DeleteFunc(names, func(name string, _ Method) bool { return edition.isPrivate(name) })
	return slices.Sorted(maps.Keys(names))
}

// AccessOf tells which groups may do what with a model.
func (r *Registry) AccessOf(model string) Access {
	if e, ok := r.entities[model]; ok {
		return maps.Clone(e.access)
	}
	return nil
}

// RulesOf tells a model's record rules.
func (r *Registry) RulesOf(model string) []Rule {
	if e, ok := r.entities[model]; ok {
		return slices.Clone(e.rules)
	}
	return nil
}

// Transient reports whether a model is a wizard's.
func (r *Registry) Transient(model string) bool {
	e, ok := r.entities[model]
	return ok && e.transient
}

// Fingerprint changes when a model's shape does.
func (r *Registry) Fingerprint() string { return r.fingerprint }

// draft is a model while its parts are joined.
type draft struct {
	entity *entity
	model  schema.Model
	order  string
}

type builder struct {
	drafts   map[string]*draft
	mistakes []error
}

func (b *builder) mistake(format string, args ...any) {
	b.mistakes = append(b.mistakes, fmt.Errorf(format, args...))
}

func (b *builder) model(part string, m *Model) {
	if m.Name == "" {
		b.mistake("%s: a model without a name", part)
		return
	}
	if _, ok := b.drafts[m.Name]; ok {
		b.mistake("%s: model %s is declared twice", part, m.Name)
		return
	}
	d := &draft{
		order: m.Order,
		model: schema.Model{
			Name: m.Name, Table: strings.ReplaceAll(m.Name, ".", "_"), Label: m.Label,
			RecName: m.RecName, Parent: m.Parent, Indexes: slices.Clone(m.Indexes),
		},
		entity: &entity{
			computeOf: map[string]*Compute{}, defaults: map[string]func(*Env) (any, error){},
			searches: Searches{}, methods: Methods{}, access: Access{},
			fieldFrom: map[string]string{}, methodFrom: map[string]string{},
			nameIn: m.NameSearch, nameField: m.NameField, displayName: m.DisplayName, transient: m.Transient,
		},
	}
	if d.model.Label == "" {
		d.model.Label = m.Name
	}
	b.drafts[m.Name] = d
	b.fields(part, d, m.Fields, false)
	b.bind(part, d, &m.Bound)
}

func (b *builder) extend(part string, x *Extension) {
	d, ok := b.drafts[x.Of]
	if !ok {
		b.mistake("%s: extends the unknown model %s", part, x.Of)
		return
	}
	if x.Order != "" {
		d.order = x.Order
	}
	if x.DisplayName != nil {
		d.entity.displayName = x.DisplayName
	}
	d.model.Indexes = append(d.model.Indexes, x.Indexes...)
	b.fields(part, d, x.Fields, true)
	b.bind(part, d, &x.Bound)
}

// fields adds to a draft. An extension may replace a field that is there.
func (b *builder) fields(part string, d *draft, fields schema.Fields, replace bool) {
	for i := range fields {
		f := fields[i]
		if _, known := d.entity.fieldFrom[f.Name]; !known {
			d.entity.fieldFrom[f.Name] = part
		}
		at := slices.IndexFunc(d.model.Fields, func(have *schema.Field) bool { return have.Name == f.Name })
		switch {
		case f.Name == "" || isMagic(f.Name):
			b.mistake("%s: %s: a field may not be called %q", part, d.model.Name, f.Name)
		case at < 0:
			d.model.Fields = append(d.model.Fields, &f)
		case replace:
			d.model.Fields[at] = &f
		default:
			b.mistake("%s: %s.%s is declared twice", part, d.model.Name, f.Name)
		}
	}
}

func (b *builder) bind(part string, d *draft, bound *Bound) {
	e := d.entity
	for i := range bound.Computes {
		c := &bound.Computes[i]
		e.computes = append(e.computes, c)
		for _, name := range c.Fields {
			e.computeOf[name] = c
		}
		if c.Do == nil {
			b.mistake("%s: %s: a compute of %v has no function", part, d.model.Name, c.Fields)
		}
	}
	maps.Copy(e.defaults, bound.Defaults)
	maps.Copy(e.searches, bound.Searches)
	maps.Copy(e.methods, bound.Methods)
	for name := range bound.Methods {
		e.methodFrom[name] = part
	}
	e.constraints = append(e.constraints, bound.Constraints...)
	e.uniques = append(e.uniques, bound.SQLUnique...)
	e.hooks = append(e.hooks, bound.Hooks)
	h := &bound.Hooks
	e.hooked = e.hooked || h.BeforeCreate != nil || h.AfterCreate != nil || h.BeforeWrite != nil || h.AfterWrite != nil
	for group, rights := range bound.Access {
		e.access[group] |= rights
	}
	e.rules = append(e.rules, bound.Rules...)
}

// isMagic reports whether the kernel itself keeps the field.
func isMagic(name string) bool {
	switch name {
	case "id", "display_name", "create_uid", "create_date", "write_uid", "write_date":
		return true
	}
	return false
}

func magicFields(users bool) []*schema.Field {
	who := func(name, label string) schema.Field { return schema.Integer(name, label) }
	if users {
		who = func(name, label string) schema.Field { return schema.Many2one(name, label, "res.users") }
	}
	list := schema.Fields{
		schema.Integer("id", "ID").Readonly(),
		schema.Char("display_name", "Display Name").Readonly().NotKept(),
		who("create_uid", "Created by").Readonly().NotCopied(),
		schema.Datetime("create_date", "Created on").Readonly().NotCopied(),
		who("write_uid", "Last Updated by").Readonly().NotCopied(),
		schema.Datetime("write_date", "Last Updated on").Readonly().NotCopied(),
	}
	fields := make([]*schema.Field, len(list))
	for i := range list {
		fields[i] = &list[i]
	}
	return fields
}

// finish makes the entities of the drafts.
func (b *builder) finish() *Registry {
	r := &Registry{entities: map[string]*entity{}, names: slices.Sorted(maps.Keys(b.drafts))}
	_, users := b.drafts["res.users"]
	for name, d := range b.drafts {
		d.model.Fields = append(d.model.Fields, magicFields(users)...)
		b.complete(d)
		d.entity.Model = schema.NewModel(d.model)
		r.entities[name] = d.entity
	}
	for _, name := range r.names {
		e := r.entities[name]
		order := b.drafts[name].order
		if order == "" {
			order = "id"
		}
		terms, err := parseOrder(e, order)
		if err != nil {
			b.mistake("%s: order %q: %w", name, order, err)
		}
		e.Order = terms
	}
	return r
}

// complete fills in what a descriptor may leave out.
func (b *builder) complete(d *draft) {
	has := func(name string) bool {
		return slices.ContainsFunc(d.model.Fields, func(f *schema.Field) bool { return f.Name == name })
	}
	if d.model.RecName == "" && has("name") {
		d.model.RecName = "name"
	}
	if d.entity.nameField == "" {
		d.entity.nameField = d.model.RecName
	}
	if d.model.Parent == "" && has("parent_id") {
		d.model.Parent = "parent_id"
	}
	if len(d.entity.nameIn) == 0 && d.model.RecName != "" {
		d.entity.nameIn = []string{d.model.RecName}
	}
	for _, u := range d.entity.uniques {
		d.model.Indexes = append(d.model.Indexes, schema.Index{
			Columns: u.Columns, Unique: true, Message: u.Message,
		})
	}
	for _, f := range d.model.Fields {
		if f.Label == "" {
			f.Label = f.Name
		}
		if f.Type != schema.TypeMany2many || f.RelTable != "" || len(f.Path) > 0 || f.NotStored {
			continue
		}
		own, other := d.model.Table, strings.ReplaceAll(f.Comodel, ".", "_")
		tables := []string{own, other}
		slices.Sort(tables)
		f.RelTable = tables[0] + "_" + tables[1] + "_rel"
		f.RelColumn, f.RelOther = own+"_id", other+"_id"
		if own == other {
			f.RelColumn, f.RelOther = own+"_id1", own+"_id2"
		}
	}
}

func fingerprint(r *Registry) string {
	sum := sha256.New()
	for _, name := range r.names {
		e := r.entities[name]
		fmt.Fprintf(sum, "%s %s %v\n", name, e.Label, e.Order)
		for _, f := range e.Fields {
			g := *f
			g.Default = nil
			fmt.Fprintf(sum, "%+v %v\n", g, f.Default)
		}
		fmt.Fprintf(sum, "%+v\n", e.Indexes)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
