package orm

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// doSearchPanel is search_panel_select_range: what records may be filtered by, at
// the side of a list. It answers {"parent_field", "values"}: of a many2one the
// records that are in use (all with expand), of a selection its options, each
// {"id", "display_name"} with "__count" where counters are asked for, and the
// parent's id under parent_field where the records have parents. More than limit
// are {"error_msg"}.
func doSearchPanel(env *Env, call *Call) (any, error) {
	p := panel{env: env, on: env.db.reg.entities[call.Model]}
	if err := p.parse(call); err != nil {
		return nil, err
	}
	switch p.field.Type {
	case schema.TypeMany2one, schema.TypeSelection:
	default:
		return nil, fault.New(fault.User, "Only types %s are supported for category (found type %s)", "many2one, selection", p.field.Type)
	}
	if err := p.count(); err != nil {
		return nil, err
	}
	if p.field.Type == schema.TypeSelection {
		return map[string]any{"parent_field": false, "values": p.options()}, nil
	}
	return p.records()
}

// panel is one call of search_panel_select_range.
type panel struct {
	env                         *Env
	on                          *entity
	field                       *schema.Field
	where, among                domain.Node // of the model, of the field's model
	expand, counters, hierarchy bool
	limit                       int64
	counts                      map[any]int64
	order                       []int64 // the records in use
}

func (p *panel) parse(call *Call) error {
	name, err := call.String("field_name")
	if err == nil {
		p.field, err = p.env.field(p.on, name, Read)
	}
	if err != nil {
		return err
	}
	for _, part := range []string{"search_domain", "category_domain", "filter_domain"} {
		where, err := optionalDomain(call, part)
		if err != nil {
			return err
		}
		p.where = domain.All(p.where, where)
	}
	if p.among, err = optionalDomain(call, "comodel_domain"); err != nil {
		return err
	}
	for name, into := range map[string]*bool{"expand": &p.expand, "enable_counters": &p.counters, "hierarchize": &p.hierarchy} {
		if *into, err = call.Bool(name); err != nil {
			return err
		}
	}
	p.limit, err = call.Int("limit")
	return err
}

// count groups the records by the field.
func (p *panel) count() error {
	groups, err := p.env.Group(p.on.Name, p.where, []query.GroupBy{{Field: p.field.Name}},
		[]query.Aggregate{{Field: "__count"}}, GroupOptions{})
	if err != nil {
		return err
	}
	p.counts = make(map[any]int64, len(groups.List))
	for _, g := range groups.List {
		p.counts[g.Keys[0]], _ = g.Figures[0].(int64)
		if id, ok := g.Keys[0].(int64); ok && id != 0 {
			p.order = append(p.order, id)
		}
	}
	return nil
}

func (p *panel) options() []any {
	values := []any{}
	for _, o := range p.field.Options {
		n := p.counts[o.Value]
		if n == 0 && !p.expand {
			continue
		}
		values = append(values, p.value(o.Value, p.env.label(o.Label), n))
	}
	return values
}

func (p *panel) value(id any, name string, count int64) map[string]any {
	v := map[string]any{"id": id, "display_name": name}
	if p.counters {
		v["__count"] = count
	}
	return v
}

// records are those of the field's model, in its order, with their parents up to
// the top where these are asked for.
func (p *panel) records() (any, error) {
	co := p.env.db.reg.entities[p.field.Comodel]
	parent := ""
	if p.hierarchy {
		parent = co.Parent
	}
	where := p.among
	if !p.expand {
		used := domain.Where("id", domain.In, anyIDs(p.order))
		if parent != "" {
			used = domain.Where("id", domain.ParentOf, anyIDs(p.order))
		}
		where = domain.All(where, used)
	}
	fields := []string{"id"}
	if parent != "" {
		fields = append(fields, parent)
	}
	rows, err := p.env.SearchRead(co.Name, where, fields, SearchOptions{Limit: p.env.bounded(int(p.limit))})
	if err != nil {
		return nil, err
	}
	if p.limit > 0 && int64(rows.Len()) == p.limit {
		return map[string]any{"error_msg": "Too many items to display."}, nil
	}
	if err := p.env.checkAnswer(rows.Len()); err != nil {
		return nil, err
	}
	ids := make([]int64, rows.Len())
	for i := range ids {
		ids[i] = rows.ID(i)
	}
	names, err := p.env.names(co, ids)
	if err != nil {
		return nil, err
	}
	values := make([]any, rows.Len())
	for i := range values {
		v := p.value(ids[i], names[ids[i]], p.counts[ids[i]])
		if parent != "" {
			v[parent] = any(false)
			if above := rows.At(i).Ref(parent); above != 0 {
				v[parent] = above
			}
		}
		values[i] = v
	}
	if parent == "" {
		return map[string]any{"parent_field": false, "values": values}, nil
	}
	return map[string]any{"parent_field": parent, "values": values}, nil
}

func anyIDs(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

// optionalDomain reads a domain that may be left out, or be None or False.
func optionalDomain(call *Call, name string) (domain.Node, error) {
	if v := call.Value(name); v == nil || v == false {
		return domain.And{}, nil
	}
	return call.Domain(name)
}
