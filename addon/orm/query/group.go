package query

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Columns of figures that have no field of their own type.
var (
	countField = schema.Field{Name: "__count", Type: schema.TypeInteger}
	meanField  = schema.Field{Name: "avg", Type: schema.TypeFloat}
	listField  = schema.Field{Name: "array_agg", Type: schema.TypeJSON}
	truthField = schema.Field{Name: "bool", Type: schema.TypeBoolean}
	dayField   = schema.Field{Name: "day", Type: schema.TypeDate}
	hourField  = schema.Field{Name: "hour", Type: schema.TypeDatetime}
)

// key is one thing grouped by, or one figure, and how to name it in an order.
type key struct {
	name  string
	expr  string
	field *schema.Field
}

// Group writes the statement that reads groups: first the keys in the order of
// By, then the figures in that of Aggregates. The key of a date or datetime is
// the first day of the period (a datetime for hours), in Zone. A many2many
// puts a record into the group of each of its records.
func (c *Compiler) Group(g Group) (Statement, error) {
	if err := checkPage(g.Limit, g.Offset); err != nil {
		return Statement{}, err
	}
	s := c.outermost(g.Model)
	keys, figures, err := s.groupColumns(g) // first: what is joined has its arguments before the condition's
	if err != nil {
		return Statement{}, err
	}
	where, err := s.condition(g.Where)
	if err != nil {
		return Statement{}, err
	}
	order, err := s.groupOrder(g, keys, figures)
	if err != nil {
		return Statement{}, err
	}
	having, err := s.having(g.Having)
	if err != nil {
		return Statement{}, err
	}
	b := append(s.w.take(), "SELECT "...)
	columns := make([]*schema.Field, 0, len(keys)+len(figures))
	for i, k := range append(append([]key(nil), keys...), figures...) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, k.expr...)
		columns = append(columns, k.field)
	}
	if len(columns) == 0 {
		return Statement{}, fault.New(fault.Value, "Nothing to group by and nothing to count")
	}
	b = clause(s.from(b), " WHERE ", where)
	for i, k := range keys {
		word := ", "
		if i == 0 {
			word = " GROUP BY "
		}
		b = append(append(b, word...), k.expr...)
	}
	b = clause(b, " HAVING ", having)
	b = clause(b, " ORDER BY ", order)
	b = s.page(b, g.Limit, g.Offset)
	return Statement{SQL: string(b), Args: s.w.args, Columns: columns}, nil
}

// having compiles a condition on aggregates; "" for nil.
func (s *scope) having(n domain.Node) (string, error) {
	if n == nil {
		return "", nil
	}
	s.grouped = true
	defer func() { s.grouped = false }()
	b, err := s.node(nil, n, false)
	return string(b), err
}

// aggregated compiles a leaf of having.
func (s *scope) aggregated(b []byte, l domain.Leaf, negate bool) ([]byte, error) {
	switch l.Op {
	case domain.In, domain.NotIn, domain.Lt, domain.Gt, domain.Le, domain.Ge, domain.Eq, domain.Ne:
	default:
		return nil, fault.New(fault.Value, "Invalid having clause %s: supported comparators are ('in', 'not in', '<', '>', '<=', '>=', "+
			"'=', '!=')", domain.LeafString(l))
	}
	if negate {
		l.Op, _ = opposite(l.Op)
	}
	name, function, _ := strings.Cut(l.Field, ":")
	k, err := s.figure(Aggregate{Field: name, Func: function})
	if err != nil {
		return nil, err
	}
	if k.field == &listField {
		return nil, fault.New(fault.Value, "Invalid having clause %s: a list compares with nothing", domain.LeafString(l))
	}
	return s.stored(b, "("+k.expr+")", k.field, l, false)
}

func (s *scope) groupColumns(g Group) (keys, figures []key, err error) {
	for _, by := range g.By {
		k, err := s.groupKey(by, g.Zone)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, k)
	}
	for _, a := range g.Aggregates {
		k, err := s.figure(a)
		if err != nil {
			return nil, nil, err
		}
		figures = append(figures, k)
	}
	return keys, figures, nil
}

// listKey is a key of a many2many. The records of it that the user may not see
// are none, as on Odoo.
func (s *scope) listKey(by GroupBy, f *schema.Field) (key, error) {
	alias := s.joinOn(s.col("id"), f.RelTable, f.RelColumn)
	other := alias + "." + s.quote(f.RelOther)
	co, err := s.comodel(f)
	if err != nil {
		return key{}, err
	}
	in, err := s.inner(co)
	if err != nil {
		return key{}, err
	}
	where, err := in.visibleCondition(nil)
	if err != nil {
		return key{}, err
	}
	if where != "" {
		seen := in.column([]byte(other+" IN (SELECT "), "id")
		s.onlyJoin(alias, string(clause(in.from(seen), " WHERE ", where))+")")
	}
	return key{by.Field, other, f}, nil
}

func (s *scope) groupKey(by GroupBy, zone string) (key, error) {
	if f, ok := lookup(s.model, by.Field); ok && f.Type == schema.TypeMany2many && !f.NotStored {
		return s.listKey(by, f)
	}
	expr, f, err := s.fieldExpr(by.Field)
	if err != nil {
		return key{}, err
	}
	if f.Type == schema.TypeBinary {
		return key{}, fault.New(fault.Value, "Cannot group by the binary field '%s'", by.Field)
	}
	name := by.Field
	if f.Type == schema.TypeBoolean {
		expr = "coalesce(" + expr + ", FALSE)"
	}
	if f.Type != schema.TypeDate && f.Type != schema.TypeDatetime {
		if by.Granularity != "" {
			return key{}, fault.New(fault.Value, "Granularity set on a no-datetime field or property: '%s:%s'", by.Field, by.Granularity)
		}
		return key{name, expr, f}, nil
	}
	granularity := by.Granularity
	if granularity == "" {
		granularity = "month"
	} else {
		name += ":" + granularity
	}
	if isPart(granularity) {
		expr, err := s.w.c.Dialect.Part(f, expr, granularity, zone)
		if err != nil {
			return key{}, badGranularity(granularity, err)
		}
		return key{name, expr, &countField}, nil
	}
	expr, err = s.w.c.Dialect.Truncate(f, expr, granularity, zone)
	if err != nil {
		return key{}, badGranularity(granularity, err)
	}
	if granularity == "hour" {
		return key{name, expr, &hourField}, nil
	}
	return key{name, expr, &dayField}, nil
}

func badGranularity(granularity string, cause error) error {
	return fault.New(fault.Value, "Granularity specification isn't correct: '%s'", granularity).Because(cause)
}

// isPart reports whether a granularity is a number in a date rather than a
// period that holds it.
func isPart(granularity string) bool {
	return strings.HasSuffix(granularity, "_number") || strings.HasPrefix(granularity, "day_of_")
}

func (s *scope) figure(a Aggregate) (key, error) {
	if a.Field == "__count" {
		return key{a.Field, "count(*)", &countField}, nil
	}
	expr, f, err := s.fieldExpr(a.Field)
	if err != nil {
		return key{}, err
	}
	d := s.w.c.Dialect
	name := a.Field + ":" + a.Func
	number := f.Type == schema.TypeInteger || f.Type == schema.TypeFloat || f.Type == schema.TypeMonetary
	switch {
	case a.Func == "sum" && number:
		return key{name, d.Sum(f, expr), f}, nil
	case a.Func == "avg" && number:
		return key{name, d.Avg(f, expr), &meanField}, nil
	case (a.Func == "min" || a.Func == "max") && f.Type != schema.TypeBoolean && f.Type != schema.TypeJSON && f.Type != schema.TypeBinary:
		return key{name, a.Func + "(" + expr + ")", f}, nil
	case a.Func == "count":
		return key{name, "count(" + expr + ")", &countField}, nil
	case a.Func == "count_distinct":
		return key{name, "count(DISTINCT " + expr + ")", &countField}, nil
	case a.Func == "bool_and" && f.Type == schema.TypeBoolean:
		return key{name, "min(CASE WHEN " + expr + " THEN 1 ELSE 0 END) = 1", &truthField}, nil
	case a.Func == "bool_or" && f.Type == schema.TypeBoolean:
		return key{name, "max(CASE WHEN " + expr + " THEN 1 ELSE 0 END) = 1", &truthField}, nil
	case a.Func == "array_agg" || a.Func == "recordset":
		return key{name, d.List(f, expr, s.col("id")), &listField}, nil
	}
	return key{}, fault.New(fault.Value, "Invalid aggregate method '%s' for '%s'.", a.Func, name)
}

// groupOrder orders by what is asked, or by the keys.
func (s *scope) groupOrder(g Group, keys, figures []key) (string, error) {
	o := &ordering{scope: s, wrap: func(expr string, f *schema.Field) string {
		if f.Type == schema.TypeBoolean {
			return "max(CASE WHEN " + expr + " THEN 1 ELSE 0 END)"
		}
		return "min(" + expr + ")"
	}}
	for _, term := range g.Order {
		k, ok := findKey(term.Term, keys, figures)
		if !ok {
			return "", fault.New(fault.Value, "Invalid order term '%s' for grouping %s: it is neither grouped by nor aggregated", term.Term,
				s.model.Name)
		}
		if k.field.Type == schema.TypeMany2one && contains(keys, k) {
			err := o.addMany2one(k.expr, k.field, schema.OrderTerm{Field: k.name, Desc: term.Desc}, 0)
			if err != nil {
				return "", err
			}
			continue
		}
		o.terms = append(o.terms, s.w.c.Dialect.OrderTerm(k.expr, term.Desc, term.Desc, false))
	}
	return strings.Join(o.terms, ", "), nil
}

func findKey(term string, lists ...[]key) (key, bool) {
	base, _, _ := strings.Cut(term, ":")
	for _, list := range lists {
		for _, k := range list {
			if k.name == term {
				return k, true
			}
		}
	}
	for _, k := range lists[0] { // "date" stands for "date:month"
		if at, _, _ := strings.Cut(k.name, ":"); at == base && base == term {
			return k, true
		}
	}
	return key{}, false
}

func contains(list []key, k key) bool {
	for _, each := range list {
		if each.expr == k.expr {
			return true
		}
	}
	return false
}
