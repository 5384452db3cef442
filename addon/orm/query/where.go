package query

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// opposite are the operators that a negation turns into, as Odoo does it; all
// others are negated as a whole.
func opposite(op domain.Op) (domain.Op, bool) {
	switch op {
	case domain.Eq:
		return domain.Ne, true
	case domain.Ne:
		return domain.Eq, true
	case domain.Lt:
		return domain.Ge, true
	case domain.Ge:
		return domain.Lt, true
	case domain.Gt:
		return domain.Le, true
	case domain.Le:
		return domain.Gt, true
	case domain.In:
		return domain.NotIn, true
	case domain.NotIn:
		return domain.In, true
	case domain.Like:
		return domain.NotLike, true
	case domain.NotLike:
		return domain.Like, true
	case domain.ILike:
		return domain.NotILike, true
	case domain.NotILike:
		return domain.ILike, true
	case domain.AnyOf:
		return domain.NotAnyOf, true
	case domain.NotAnyOf:
		return domain.AnyOf, true
	}
	return op, false
}

func constant(b []byte, v bool) []byte {
	if v {
		return append(b, "TRUE"...)
	}
	return append(b, "FALSE"...)
}

// node appends a condition that is never NULL.
func (s *scope) node(b []byte, n domain.Node, negate bool) ([]byte, error) {
	switch n := n.(type) {
	case nil:
		return constant(b, !negate), nil
	case domain.Const:
		return constant(b, bool(n) != negate), nil
	case domain.Not:
		return s.node(b, n.Node, !negate)
	case domain.Loose:
		outer := s.loose
		s.loose = true
		b, err := s.node(b, n.Node, negate)
		s.loose = outer
		return b, err
	case domain.And:
		return s.joined(b, n, !negate, negate)
	case domain.Or:
		return s.joined(b, n, negate, negate)
	case domain.Leaf:
		return s.leaf(b, n, negate)
	}
	return nil, fault.New(fault.Internal, "a condition is a %T", n)
}

// mostJoined is how many conditions stand in one chain.
const mostJoined = 100

func (s *scope) joined(b []byte, nodes []domain.Node, and, negate bool) ([]byte, error) {
	if len(nodes) == 0 {
		return constant(b, and), nil
	}
	if len(nodes) == 1 {
		return s.node(b, nodes[0], negate)
	}
	word := " OR "
	if and {
		word = " AND "
	}
	b = append(b, '(')
	if len(nodes) > mostJoined { // a database counts each operator of a chain as one level more
		half := len(nodes) / 2
		b, err := s.joined(b, nodes[:half], and, negate)
		if err != nil {
			return nil, err
		}
		if b, err = s.joined(append(b, word...), nodes[half:], and, negate); err != nil {
			return nil, err
		}
		return append(b, ')'), nil
	}
	for i, each := range nodes {
		if i > 0 {
			b = append(b, word...)
		}
		var err error
		if b, err = s.node(b, each, negate); err != nil {
			return nil, err
		}
	}
	return append(b, ')'), nil
}

func (s *scope) leaf(b []byte, l domain.Leaf, negate bool) ([]byte, error) {
	if s.grouped {
		return s.aggregated(b, l, negate)
	}
	if l.Op == domain.EqIfSet {
		if isUnset(l.Value) {
			return constant(b, !negate), nil
		}
		l.Op = domain.Eq
	}
	name, rest, dotted := strings.Cut(l.Field, ".")
	f, ok := lookup(s.model, name)
	if !ok {
		return nil, invalidLeafField(s.model, name, l)
	}
	if negate {
		if op, ok := opposite(l.Op); ok {
			l.Op, negate = op, false
		}
	}
	if dotted {
		return s.walk(b, l, f, rest, negate)
	}
	switch {
	case f.HasColumn() && (l.Op == domain.ChildOf || l.Op == domain.ParentOf) && f.Type == schema.TypeMany2one && f.Comodel == s.model.Name:
		// a many2one to the own model makes a tree of it, in which the records of
		// the value lie, too
		return s.tree(b, s.col("id"), f.Name, l, negate)
	case f.HasColumn():
		expr := s.col(f.Name)
		if s.loose {
			expr = s.w.c.Dialect.Loose(expr)
		}
		return s.stored(b, expr, f, l, negate)
	case len(f.Path) > 0:
		return s.related(b, l, f, negate)
	case f.IsX2many() && !f.NotStored:
		return s.lines(b, f, l, negate)
	}
	return s.searched(b, l, negate)
}

// walk follows a dotted path: records one of whose next records matches.
func (s *scope) walk(b []byte, l domain.Leaf, f *schema.Field, rest string, negate bool) ([]byte, error) {
	if f.Name == "id" && rest == "id" {
		l.Field = "id"
		return s.leaf(b, l, negate)
	}
	if (f.Type == schema.TypeDate || f.Type == schema.TypeDatetime) && isPart(rest) && f.HasColumn() {
		return s.part(b, l, f, rest, negate)
	}
	if !f.IsRelation() {
		return nil, invalidLeafField(s.model, l.Field, l)
	}
	next := domain.Leaf{Field: rest, Op: l.Op, Value: l.Value}
	any := domain.Leaf{Field: f.Name, Op: domain.AnyOf, Value: domain.Node(next)}
	if len(f.Path) > 0 {
		return s.related(b, any, f, negate)
	}
	if f.NotStored {
		return s.searched(b, any, negate)
	}
	return s.relation(b, s.relationExpr(f), f, next, !f.IsX2many() || s.w.c.Archived, negate)
}

// pointed compiles a condition on the record whose id stands in an integer
// field. It looks that one record up: most records of the other model are
// nothing to this one, so that a list of them all would be read for a page.
func (s *scope) pointed(b []byte, expr string, f *schema.Field, of domain.Of, negate bool) ([]byte, error) {
	co, err := s.comodel(&schema.Field{Name: f.Name, Type: schema.TypeMany2one, Comodel: of.Model})
	if err != nil {
		return nil, err
	}
	in, err := s.inner(co)
	if err != nil {
		return nil, err
	}
	in.sudo = true
	where, err := in.condition(of.Node)
	if err != nil {
		return nil, err
	}
	if negate {
		b = append(b, "NOT "...)
	}
	b = in.from(append(b, "EXISTS (SELECT 1"...))
	b = in.column(append(b, " WHERE "...), "id")
	b = append(append(b, " = "...), expr...)
	return append(clause(b, " AND ", where), ')'), nil
}

// part compiles a condition on a number in a date: "date.day_of_week".
func (s *scope) part(b []byte, l domain.Leaf, f *schema.Field, part string, negate bool) ([]byte, error) {
	expr, err := s.w.c.Dialect.Part(f, s.col(f.Name), part, s.w.c.Zone)
	if err != nil {
		return nil, invalidLeafField(s.model, l.Field, l)
	}
	return s.stored(b, expr, &schema.Field{Name: l.Field, Type: schema.TypeInteger}, l, negate)
}

// related compiles a condition on a related field: on the value at the end of
// its path, as it reads, or by walking where lines are passed on the way. What
// is visible of the models in between plays no part, as in reading it.
func (s *scope) related(b []byte, l domain.Leaf, f *schema.Field, negate bool) ([]byte, error) {
	if expr, end, err := s.exprAt(s.model, s.alias, f, 0); err == nil {
		return s.stored(b, expr, end, l, negate)
	}
	before := s.sudo
	s.sudo = true
	defer func() { s.sudo = before }()
	l.Field = strings.Join(f.Path, ".")
	return s.leaf(b, l, negate)
}

// searched asks the model's own search of a computed field.
func (s *scope) searched(b []byte, l domain.Leaf, negate bool) ([]byte, error) {
	if s.w.c.Search == nil {
		return constant(b, !negate), nil
	}
	n, err := s.w.c.Search(s.model, l)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return constant(b, !negate), nil
	}
	if s.depth >= maxDepth {
		return nil, fault.New(fault.Internal, "the search of %s.%s asks for itself", s.model.Name, l.Field)
	}
	s.depth++
	defer func() { s.depth-- }()
	return s.node(b, n, negate)
}

// stored compiles a condition on expr, a column of f.
func (s *scope) stored(b []byte, expr string, f *schema.Field, l domain.Leaf, negate bool) ([]byte, error) {
	switch {
	case f.Name == "id" && (l.Op == domain.ChildOf || l.Op == domain.ParentOf):
		return s.tree(b, expr, s.parentField(), l, negate)
	case f.Type == schema.TypeMany2one:
		return s.many2one(b, expr, f, l, negate)
	case f.Type == schema.TypeInteger && (l.Op == domain.AnyOf || l.Op == domain.NotAnyOf):
		if of, ok := l.Value.(domain.Of); ok {
			return s.pointed(b, expr, f, of, negate != (l.Op == domain.NotAnyOf))
		}
	}
	start := len(b)
	out, err := s.scalar(b, expr, f, l)
	if err != nil || !negate {
		return out, err
	}
	// Only like patterns come here; NULL matches none, so it is in the opposite.
	text := string(out[start:])
	return append(append(append(out[:start], "NOT coalesce("...), text...), ", FALSE)"...), nil
}
