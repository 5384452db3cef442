package orm

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// doFormattedReadGroup is Odoo 19's read_group. It answers one object per group:
// the keys and aggregates under the names that the client gave them, and
// "__extra_domain", which finds the group's records among those of the domain. A
// many2one is [id, name], a period [first moment, label]; an aggregate over no
// values is false, a count 0. Without keys and aggregates there is nothing to tell.
func doFormattedReadGroup(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	f, err := call.formattedQuery(env)
	if err != nil {
		return nil, err
	}
	if f.terms, err = call.Strings("groupby"); err != nil {
		return nil, err
	}
	if call.Has("having") {
		if f.page.Having, err = call.Domain("having"); err != nil {
			return nil, err
		}
	}
	if f.page.Offset, err = call.whole("offset"); err != nil {
		return nil, err
	}
	if f.page.Limit, err = call.whole("limit"); err != nil {
		return nil, err
	}
	return f.groups(where)
}

// formattedQuery is what Odoo 19's groupings have in common.
type formattedQuery struct {
	env   *Env
	on    *entity
	terms []string // grouped by
	specs []string // aggregates
	order string
	page  GroupOptions
}

// formattedQuery reads aggregates and order.
func (c *Call) formattedQuery(env *Env) (f formattedQuery, err error) {
	f.env, f.on = env, env.db.reg.entities[c.Model]
	if f.specs, err = c.Strings("aggregates"); err == nil {
		f.order, err = c.String("order")
	}
	return f, err
}

func (c *Call) whole(name string) (int, error) {
	n, err := c.Int(name)
	return int(n), err
}

// groups asks for the groups of what fulfils where.
func (f formattedQuery) groups(where domain.Node) ([]any, error) {
	g := grouping{env: f.env, on: f.on, count: "__count"}
	if err := checkRepeated(f.terms); err != nil {
		return nil, err
	}
	if err := g.group(f.terms); err != nil {
		return nil, err
	}
	if err := g.checkGranularity(); err != nil {
		return nil, err
	}
	if err := g.aggregate(f.specs); err != nil {
		return nil, err
	}
	var err error
	if f.page.Order, err = g.ordered(f.order); err != nil {
		return nil, err
	}
	if len(f.terms)+len(f.specs) == 0 {
		return []any{}, f.env.checkAccess(f.on, Read)
	}
	f.page.Limit = f.env.bounded(f.page.Limit)
	aggregates := []query.Aggregate{{Field: "__count"}}
	for _, figure := range g.figures {
		aggregates = append(aggregates, figure.aggregate)
	}
	groups, err := f.env.Group(f.on.Name, where, g.by, aggregates, f.page)
	if err == nil {
		err = f.env.checkAnswer(len(groups.List))
	}
	if err != nil {
		return nil, err
	}
	return g.formatted(groups)
}

// checkGranularity: a period must be named here, read_group takes a month.
func (g *grouping) checkGranularity() error {
	for i, by := range g.by {
		f, _ := g.on.Field(by.Field)
		if by.Granularity == "" && (f.Type == schema.TypeDate || f.Type == schema.TypeDatetime) {
			return fault.New(fault.Value, "Granularity not set on a date(time) field: '%s'", g.terms[i])
		}
	}
	return nil
}

// aggregate reads "__count" and "amount:sum".
func (g *grouping) aggregate(specs []string) error {
	for _, spec := range specs {
		if spec == "__count" {
			g.figures = append(g.figures, figure{spec, query.Aggregate{Field: spec}})
			continue
		}
		name, function, _ := strings.Cut(spec, ":")
		if _, err := g.env.field(g.on, name, Read); err != nil {
			return err
		}
		if function == "" {
			return fault.New(fault.Value, "Aggregate method is mandatory for '%s'", spec)
		}
		if function == "recordset" {
			function = "array_agg"
			spec = name + ":" + function
		}
		g.figures = append(g.figures, figure{spec, query.Aggregate{Field: name, Func: function}})
	}
	return g.checkFigures()
}

func (g *grouping) formatted(groups *Groups) ([]any, error) {
	names, err := g.names(groups)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(groups.List))
	for i, group := range groups.List {
		if err := g.env.spend(0, g.bytesOfGroup()); err != nil {
			return nil, err
		}
		row := map[string]any{}
		var extra []any
		for j, key := range group.Keys {
			f, _ := g.on.Field(g.by[j].Field)
			shown, conditions, span := g.key(f, g.by[j].Granularity, key, names[j])
			if period, ok := span.(map[string]any); ok {
				shown = []any{period["from"], shown}
			}
			row[g.terms[j]] = shown
			for _, part := range conditions {
				if _, operator := part.(string); !operator {
					extra = append(extra, part)
				}
			}
		}
		for j, f := range g.figures {
			row[f.name] = jsonValue(group.Figures[j+1])
		}
		row["__extra_domain"] = allOf(extra)
		list[i] = row
	}
	return list, nil
}

// allOf joins leaves in prefix form; none is what is always true.
func allOf(leaves []any) []any {
	if len(leaves) == 0 {
		return []any{[]any{int64(1), "=", int64(1)}}
	}
	var out []any
	for range len(leaves) - 1 {
		out = append(out, "&")
	}
	return append(out, leaves...)
}

// doReadProgressBar answers, for each value of group_by as text, how many records
// have each of the colours' values: {"1": {"done": 3, "draft": 0}, …}.
func doReadProgressBar(env *Env, call *Call) (any, error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, err
	}
	by, err := call.String("group_by")
	if err != nil {
		return nil, err
	}
	bar, err := call.Map("progress_bar")
	if err != nil {
		return nil, err
	}
	field, _ := bar["field"].(string)
	colors, ok := bar["colors"].(map[string]any)
	if field == "" || !ok {
		return nil, fault.New(fault.Key, "progress_bar needs 'field' and 'colors'")
	}
	g := grouping{env: env, on: env.db.reg.entities[call.Model]}
	if err := g.group([]string{by, field}); err != nil {
		return nil, err
	}
	groups, err := env.Group(call.Model, where, g.by, []query.Aggregate{{Field: "__count"}}, GroupOptions{Limit: env.bounded(0)})
	if err == nil {
		err = env.checkAnswer(len(groups.List))
	}
	if err != nil {
		return nil, err
	}
	names, err := g.names(groups)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{}
	for _, group := range groups.List {
		shown := [2]any{}
		for j, key := range group.Keys {
			f, _ := g.on.Field(g.by[j].Field)
			shown[j], _, _ = g.key(f, g.by[j].Granularity, key, names[j])
			if pair, ok := shown[j].([]any); ok {
				shown[j] = pair[0]
			}
		}
		counts, ok := answer[str(shown[0])].(map[string]any)
		if !ok {
			if err := env.spend(0, bytesOfValue*(1+len(colors))); err != nil {
				return nil, err
			}
			counts = map[string]any{}
			for value := range colors {
				counts[value] = int64(0)
			}
			answer[str(shown[0])] = counts
		}
		value, _ := shown[1].(string)
		if before, ok := counts[value].(int64); ok {
			counts[value] = before + group.Figures[0].(int64)
		}
	}
	return answer, nil
}

// doWebNameSearch answers, of the records that name_search finds, what a
// specification asks for.
func doWebNameSearch(env *Env, call *Call) (any, error) {
	spec, err := call.specification()
	if err != nil {
		return nil, err
	}
	pairs, err := env.foundByName(call, "domain")
	if err != nil {
		return nil, err
	}
	if _, named := spec["display_name"]; named && len(spec) == 1 {
		list := make([]any, len(pairs))
		for i, pair := range pairs {
			list[i] = map[string]any{"id": pair.ID, "display_name": pair.Name}
		}
		return list, nil
	}
	ids := make([]int64, len(pairs))
	for i, pair := range pairs {
		ids[i] = pair.ID
	}
	return env.webRead(env.db.reg.entities[call.Model], ids, spec)
}

// foundByName are the records that name_search finds; where is the parameter
// that has the domain.
func (e *Env) foundByName(call *Call, where string) ([]NamePair, error) {
	name, err := call.String("name")
	if err != nil {
		return nil, err
	}
	var condition domain.Node
	if call.Has(where) {
		if condition, err = call.Domain(where); err != nil {
			return nil, err
		}
	}
	op, err := call.String("operator")
	if err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	pairs, err := e.NameSearch(call.Model, name, condition, domain.Op(op), e.bounded(int(limit)))
	if err == nil {
		err = e.checkAnswer(len(pairs))
	}
	return pairs, err
}
