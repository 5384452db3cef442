package orm

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// figure is one aggregate of read_group and the name it answers under.
type figure struct {
	name      string
	aggregate query.Aggregate
}

// grouping is one call of read_group.
type grouping struct {
	env    *Env
	on     *entity
	domain []any // as the client sent it, in prefix form
	// bytesOfDomain is about what the domain takes in each group's answer.
	bytesOfDomain int
	by            []query.GroupBy
	terms         []string // as the client named them
	rest          []string // lazily left for the next call
	figures       []figure
	count         string // the name of the number of records
}

// doReadGroup answers one object per group: the keys and figures, the number
// of records, "__domain" that finds them, and "__range" for dates.
func doReadGroup(env *Env, call *Call) (any, error) {
	list, _, err := env.readGroup(call)
	return list, err
}

// doWebReadGroup answers {"groups", "length"}: a page of read_group, and how
// many groups there are in all.
func doWebReadGroup(env *Env, call *Call) (any, error) {
	list, total, err := env.readGroup(call)
	if err != nil {
		return nil, err
	}
	length, err := total()
	return map[string]any{"groups": list, "length": length}, err
}

// readGroup returns the groups, and how to count all of them.
func (e *Env) readGroup(call *Call) (list []any, total func() (int64, error), err error) {
	where, err := call.Domain("domain")
	if err != nil {
		return nil, nil, err
	}
	raw, err := call.List("domain")
	if err != nil {
		return nil, nil, err
	}
	g := grouping{env: e, on: e.db.reg.entities[call.Model], domain: prefixed(raw), bytesOfDomain: bytesOf(raw)}
	if err := g.parse(call); err != nil {
		return nil, nil, err
	}
	opt, err := g.options(call, "orderby")
	if err != nil {
		return nil, nil, err
	}
	aggregates := []query.Aggregate{{Field: "__count"}}
	for _, f := range g.figures {
		aggregates = append(aggregates, f.aggregate)
	}
	page := opt
	page.Limit = e.bounded(opt.Limit)
	groups, err := e.Group(call.Model, where, g.by, aggregates, page)
	if err == nil {
		err = e.checkAnswer(len(groups.List))
	}
	if err != nil {
		return nil, nil, err
	}
	list, err = g.answer(groups)
	return list, func() (int64, error) {
		if len(list) < opt.Limit || opt.Limit == 0 && (len(list) > 0 || opt.Offset == 0) {
			return int64(opt.Offset + len(list)), nil
		}
		all, err := e.Group(call.Model, where, g.by, aggregates[:1], GroupOptions{})
		if err != nil {
			return 0, err
		}
		return int64(len(all.List)), nil
	}, err
}

func (g *grouping) parse(call *Call) error {
	terms, err := call.Strings("groupby")
	if text, ok := call.Value("groupby").(string); ok {
		terms, err = []string{text}, nil
	}
	if err != nil {
		return err
	}
	lazy, err := call.Bool("lazy")
	if err != nil {
		return err
	}
	if err := checkRepeated(terms); err != nil {
		return err
	}
	g.count = "__count"
	if lazy && len(terms) > 0 {
		name, _, _ := strings.Cut(terms[0], ":")
		g.count = name + "_count"
		terms, g.rest = terms[:1], terms[1:]
	}
	if err := g.group(terms); err != nil {
		return err
	}
	fields, err := call.Strings("fields")
	if err != nil {
		return err
	}
	return g.parseFigures(fields)
}

// group reads "partner_id" and "date:month".
func (g *grouping) group(terms []string) error {
	g.terms = terms
	for _, term := range terms {
		name, granularity, _ := strings.Cut(term, ":")
		if _, err := g.env.field(g.on, name, Read); err != nil {
			return err
		}
		if granularity == "week" && startsOnSunday(g.env.context.Lang()) {
			granularity = "week_sunday"
		}
		g.by = append(g.by, query.GroupBy{Field: name, Granularity: granularity})
	}
	return nil
}

var figurePattern = regexp.MustCompile(`^(\w+)(?::(\w+)(?:\((\w+)\))?)?$`)

// parseFigures reads "amount", "amount:sum" and "total:sum(amount)".
func (g *grouping) parseFigures(fields []string) error {
	for _, text := range fields {
		m := figurePattern.FindStringSubmatch(text)
		if m == nil {
			return fault.New(fault.User, "Invalid field specification %s.", repr(text))
		}
		name, function, of := m[1], m[2], m[3]
		if name == "__count" {
			continue
		}
		if of == "" {
			of = name
		}
		f, err := g.env.field(g.on, of, Read)
		if err != nil {
			return err
		}
		grouped := slices.ContainsFunc(g.by, func(b query.GroupBy) bool { return b.Field == of })
		if function == "" {
			if !isSummed(f) || grouped || !g.env.db.reg.isColumn(g.on, f) {
				continue
			}
			function = "sum"
		}
		g.figures = append(g.figures, figure{name, query.Aggregate{Field: of, Func: function}})
	}
	return g.checkFigures()
}

// isSummed reports whether a field is added up when no function is named.
func isSummed(f *schema.Field) bool {
	return isNumber(f) && f.Type != schema.TypeBoolean && f.Name != "id" && f.ModelField == ""
}

// options reads the page, and the order under the name that the method gives it.
func (g *grouping) options(call *Call, by string) (opt GroupOptions, err error) {
	limit, err := call.Int("limit")
	if err != nil {
		return opt, err
	}
	offset, err := call.Int("offset")
	if err != nil {
		return opt, err
	}
	opt.Limit, opt.Offset = int(limit), int(offset)
	order, err := call.String(by)
	if err == nil {
		opt.Order, err = g.ordered(order)
	}
	return opt, err
}

// ordered reads an order of groups; by what is grouped by if it is empty.
func (g *grouping) ordered(order string) (terms []query.GroupOrder, err error) {
	if order == "" {
		for _, by := range g.by {
			terms = append(terms, query.GroupOrder{Term: termOf(by)})
		}
		return terms, nil
	}
	if strings.Count(order, ",") >= mostTerms {
		return nil, tooManyTerms()
	}
	for part := range strings.SplitSeq(order, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 || len(words) == 2 && !strings.EqualFold(words[1], "asc") &&
			!strings.EqualFold(words[1], "desc") {
			return nil, badOrder(order)
		}
		terms = append(terms, query.GroupOrder{
			Term: g.orderTerm(words[0]), Desc: len(words) == 2 && strings.EqualFold(words[1], "desc"),
		})
	}
	return terms, nil
}

// termOf is what query calls a thing that is grouped by.
func termOf(by query.GroupBy) string {
	if by.Granularity == "" {
		return by.Field
	}
	return by.Field + ":" + by.Granularity
}

// orderTerm finds what query calls the thing that a client orders by.
func (g *grouping) orderTerm(name string) string {
	if name == g.count || name == "__count" {
		return "__count"
	}
	for i, term := range g.terms {
		if by := g.by[i]; term == name && by.Granularity != "" {
			return termOf(by)
		}
	}
	for _, f := range g.figures {
		if f.name == name {
			return f.aggregate.Field + ":" + f.aggregate.Func
		}
	}
	return name
}

func (g *grouping) answer(groups *Groups) ([]any, error) {
	names, err := g.names(groups)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(groups.List))
	each := g.bytesOfGroup() + bytesOfValue*(len(g.domain)+len(g.rest)) + g.bytesOfDomain
	for i, group := range groups.List {
		if err := g.env.spend(0, each); err != nil {
			return nil, err
		}
		row := map[string]any{g.count: group.Figures[0]}
		where := g.domain
		ranges := map[string]any{}
		for j, key := range group.Keys {
			f, _ := g.on.Field(g.by[j].Field)
			shown, conditions, span := g.key(f, g.by[j].Granularity, key, names[j])
			row[g.terms[j]] = shown
			where = both(where, conditions)
			if span != nil {
				ranges[g.terms[j]] = span
			}
		}
		for j, f := range g.figures {
			row[f.name] = g.shownFigure(f, group.Figures[j+1])
		}
		row["__domain"] = where
		if len(ranges) > 0 {
			row["__range"] = ranges
		}
		if len(g.rest) > 0 {
			row["__context"] = map[string]any{"group_by": texts(g.rest)}
		}
		list[i] = row
	}
	return list, nil
}

func (g *grouping) shownFigure(f figure, v any) any {
	if v == nil && strings.HasPrefix(f.aggregate.Func, "count") {
		return int64(0)
	}
	of, _ := g.on.Field(f.aggregate.Field)
	if id, ok := v.(int64); ok && of.Type == schema.TypeMany2one && id == 0 && (f.aggregate.Func == "min" || f.aggregate.Func == "max") {
		return false
	}
	return jsonValue(v)
}

// names names the records grouped by, one query per many2one.
func (g *grouping) names(groups *Groups) ([]map[int64]string, error) {
	names := make([]map[int64]string, len(g.by))
	for j, by := range g.by {
		f, _ := g.on.Field(by.Field)
		if !f.IsRelation() {
			continue
		}
		var ids []int64
		for _, group := range groups.List {
			if id, ok := group.Keys[j].(int64); ok {
				ids = append(ids, id)
			}
		}
		var err error
		if names[j], err = g.env.names(g.env.db.reg.entities[f.Comodel], distinct(ids)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// key shows a group's key, the conditions that find its records, and the range
// of a date.
func (g *grouping) key(f *schema.Field, granularity string, key any, names map[int64]string) (shown any, where []any, span any) {
	leaf := func(op string, v any) []any { return []any{[]any{f.Name, op, v}} }
	if f.Type == schema.TypeMany2one || f.Type == schema.TypeMany2many {
		id, _ := key.(int64)
		switch {
		case id != 0:
			return []any{id, names[id]}, leaf("=", id), nil
		case f.Type == schema.TypeMany2many:
			return false, leaf("not in", []any{}), nil
		}
		return false, leaf("=", false), nil
	}
	if f.Type != schema.TypeDate && f.Type != schema.TypeDatetime {
		v := jsonValue(key)
		return v, leaf("=", v), nil
	}
	if n, ok := key.(int64); ok { // a part, such as day_of_week
		return n, []any{[]any{f.Name + "." + granularity, "=", n}}, nil
	}
	from, ok := periodStart(key)
	if !ok {
		return false, leaf("=", false), false
	}
	if granularity == "" {
		granularity = "month"
	}
	to := periodEnd(from, granularity)
	first, last := g.moment(f, from), g.moment(f, to)
	where = []any{"&", []any{f.Name, ">=", first}, []any{f.Name, "<", last}}
	return periodLabel(from, granularity, g.env.context.Lang()), where, map[string]any{"from": first, "to": last}
}

// moment writes the beginning of a period as a condition on f has it: a
// datetime is in UTC, the period in the user's zone.
func (g *grouping) moment(f *schema.Field, t time.Time) string {
	if f.Type == schema.TypeDate {
		return t.Format(time.DateOnly)
	}
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, g.env.location())
	return local.UTC().Format(schema.DatetimeLayout)
}

func periodStart(key any) (time.Time, bool) {
	switch v := key.(type) {
	case schema.Date:
		return v.Time(), v != ""
	case time.Time:
		return v, !v.IsZero()
	}
	return time.Time{}, false
}

// prefixed writes a domain with every operator in its place, as Odoo does:
// what stands side by side is joined by "&".
func prefixed(list []any) []any {
	var out []any
	expected := 1
	for _, item := range list {
		if expected == 0 {
			out = append([]any{"&"}, out...)
			expected = 1
		}
		out = append(out, item)
		switch word, _ := item.(string); word {
		case "!":
		case "&", "|":
			expected++
		default:
			expected--
		}
	}
	return out
}

// both joins two domains in prefix form.
func both(a, b []any) []any {
	if len(a) == 0 {
		return b
	}
	out := append([]any{"&"}, a...)
	return append(out, b...)
}
