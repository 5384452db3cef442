package query

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// relationExpr is what a relation starts from: the many2one's column, or the
// record's own id for lines.
func (s *scope) relationExpr(f *schema.Field) string {
	if f.IsX2many() {
		return s.col("id")
	}
	return s.col(f.Name)
}

// relation appends: expr's record (or, for lines, one of the records) at the
// other end of f satisfies sub and is visible. archived keeps inactive ones.
func (s *scope) relation(b []byte, expr string, f *schema.Field, sub domain.Node, archived, negate bool) ([]byte, error) {
	co, err := s.comodel(f)
	if err != nil {
		return nil, err
	}
	in, err := s.inner(co)
	if err != nil {
		return nil, err
	}
	if active, ok := co.Field("active"); ok && !archived && active.HasColumn() && !domain.Mentions(sub, "active") {
		sub = domain.All(sub, domain.Leaf{Field: "active", Op: domain.Eq, Value: true})
	}
	where, err := in.visibleCondition(sub)
	if err != nil {
		return nil, err
	}
	if negate && f.Type == schema.TypeMany2one {
		b = append(b, '(')
	}
	b = append(b, expr...)
	if negate {
		b = append(b, " NOT"...)
	}
	b = append(b, " IN (SELECT "...)
	switch f.Type {
	case schema.TypeMany2one:
		b = in.column(b, "id")
		b = clause(in.from(b), " WHERE ", where)
	case schema.TypeOne2many:
		b, err = in.inverse(b, f, where)
	default:
		b = in.linked(b, f, where)
	}
	if err != nil {
		return nil, err
	}
	b = append(b, ')')
	if negate && f.Type == schema.TypeMany2one {
		b = append(b, " OR "...)
		b = append(b, expr...)
		b = append(b, " IS NULL)"...)
	}
	return b, nil
}

// visibleCondition is sub and what the user may see of the scope's model.
func (s *scope) visibleCondition(sub domain.Node) (string, error) {
	where, err := s.condition(sub)
	if err != nil || s.sudo || s.w.c.Visible == nil {
		return where, err
	}
	seen, err := s.w.c.Visible(s.model)
	if err != nil || seen == nil {
		return where, err
	}
	s.sudo = true
	defer func() { s.sudo = false }()
	rule, err := s.condition(seen)
	switch {
	case err != nil || rule == "":
		return where, err
	case where == "":
		return rule, nil
	}
	return where + " AND " + rule, nil
}

// inverse selects the owners of one2many lines.
func (s *scope) inverse(b []byte, f *schema.Field, where string) ([]byte, error) {
	expr, end, err := s.fieldExpr(f.Inverse)
	if err != nil {
		return nil, err
	}
	if end.Type != schema.TypeMany2one && end.Type != schema.TypeInteger {
		return nil, fault.New(fault.Internal, "one2many %s has the inverse %s, a %s", f.Name, f.Inverse, end.Type)
	}
	b = append(b, expr...)
	b = s.from(b)
	b = append(b, " WHERE "...)
	b = append(b, expr...)
	b = append(b, " IS NOT NULL"...)
	return clause(b, " AND ", where), nil
}

// linked selects the owners of many2many links.
func (s *scope) linked(b []byte, f *schema.Field, where string) []byte {
	link := s.w.alias()
	b = append(b, link...)
	b = append(b, '.')
	b = append(b, s.quote(f.RelColumn)...)
	b = append(b, " FROM "...)
	b = append(b, s.quote(f.RelTable)...)
	b = append(b, " AS "...)
	b = append(b, link...)
	if where == "" {
		return b
	}
	b = append(b, " WHERE "...)
	b = append(b, link...)
	b = append(b, '.')
	b = append(b, s.quote(f.RelOther)...)
	b = append(b, " IN (SELECT "...)
	b = s.column(b, "id")
	b = clause(s.from(b), " WHERE ", where)
	return append(b, ')')
}

// many2one compiles a condition on a many2one in expr: by id, by name when the
// value is text, or by what its record is like.
func (s *scope) many2one(b []byte, expr string, f *schema.Field, l domain.Leaf, negate bool) ([]byte, error) {
	walk := func(sub domain.Node, not bool) ([]byte, error) {
		return s.relation(b, expr, f, sub, true, not != negate)
	}
	switch l.Op {
	case domain.AnyOf, domain.NotAnyOf:
		sub, ok := subdomain(l.Value)
		if !ok {
			return nil, invalidLeaf(l)
		}
		return walk(sub, l.Op == domain.NotAnyOf)
	case domain.ChildOf, domain.ParentOf:
		return walk(domain.Leaf{Field: "id", Op: l.Op, Value: l.Value}, false)
	case domain.NotLike, domain.NotILike:
		op, _ := opposite(l.Op)
		return s.named(walk, f, op, l.Value, true)
	case domain.Like, domain.ILike, domain.EqLike, domain.EqILike:
		return s.named(walk, f, l.Op, l.Value, false)
	case domain.Eq, domain.Ne, domain.In, domain.NotIn:
		return s.members(b, l, func(b []byte, names []any, negate bool) ([]byte, error) {
			return s.named(func(sub domain.Node, not bool) ([]byte, error) {
				return s.relation(b, expr, f, sub, true, not)
			}, f, domain.In, names, negate)
		}, func(b []byte, rest domain.Leaf) ([]byte, error) {
			if rest.Op == domain.Eq || rest.Op == domain.Ne {
				if truth, ok := rest.Value.(bool); ok && truth { // set at all
					rest.Value = nil
					rest.Op, _ = opposite(rest.Op)
				}
			}
			return s.scalar(b, expr, f, rest)
		})
	}
	return s.scalar(b, expr, f, l)
}

// named walks to the records of a relation by their names.
func (s *scope) named(walk func(sub domain.Node, not bool) ([]byte, error), f *schema.Field, op domain.Op, name any,
	not bool) ([]byte, error) {
	co, err := s.comodel(f)
	if err != nil {
		return nil, err
	}
	return walk(domain.Leaf{Field: recName(co), Op: op, Value: name}, not)
}

// recName is the field that names a model's records.
func recName(m *schema.Model) string {
	if _, ok := m.Field(m.RecName); ok && m.RecName != "" {
		return m.RecName
	}
	if _, ok := m.Field("display_name"); ok {
		return "display_name"
	}
	return "id"
}

// members compiles = != in and not in on a relation, whose values may be ids,
// names or both.
func (s *scope) members(b []byte, l domain.Leaf,
	byName func(b []byte, names []any, negate bool) ([]byte, error),
	rest func(b []byte, l domain.Leaf) ([]byte, error),
) ([]byte, error) {
	negate := l.Op == domain.Ne || l.Op == domain.NotIn
	list, isList := l.Value.([]any)
	if !isList {
		name, isName := l.Value.(string)
		if !isName || name == "" {
			return rest(b, l)
		}
		return byName(b, []any{name}, negate)
	}
	var names, others []any
	for _, v := range list {
		if name, ok := v.(string); ok && name != "" {
			names = append(names, v)
		} else {
			others = append(others, v)
		}
	}
	if len(names) == 0 {
		return rest(b, l)
	}
	op, word := domain.In, " OR "
	if negate {
		op, word = domain.NotIn, " AND "
	}
	if len(others) == 0 {
		return byName(b, names, negate)
	}
	b, err := byName(append(b, '('), names, negate)
	if err != nil {
		return nil, err
	}
	b, err = rest(append(b, word...), domain.Leaf{Field: l.Field, Op: op, Value: others})
	if err != nil {
		return nil, err
	}
	return append(b, ')'), nil
}

// lines compiles a condition on a one2many or many2many.
func (s *scope) lines(b []byte, f *schema.Field, l domain.Leaf, negate bool) ([]byte, error) {
	expr := s.col("id")
	walk := func(sub domain.Node, not bool) ([]byte, error) {
		return s.relation(b, expr, f, sub, true, not != negate)
	}
	switch l.Op {
	case domain.AnyOf, domain.NotAnyOf:
		sub, ok := subdomain(l.Value)
		if !ok {
			return nil, invalidLeaf(l)
		}
		return s.relation(b, expr, f, sub, s.w.c.Archived, (l.Op == domain.NotAnyOf) != negate)
	case domain.ChildOf, domain.ParentOf:
		return walk(domain.Leaf{Field: "id", Op: l.Op, Value: l.Value}, false)
	case domain.NotLike, domain.NotILike:
		op, _ := opposite(l.Op)
		return s.named(walk, f, op, l.Value, true)
	case domain.Like, domain.ILike, domain.EqLike, domain.EqILike:
		return s.named(walk, f, l.Op, l.Value, false)
	case domain.Eq, domain.Ne, domain.In, domain.NotIn:
		return s.members(b, l, func(b []byte, names []any, negate bool) ([]byte, error) {
			return s.named(func(sub domain.Node, not bool) ([]byte, error) {
				return s.relation(b, expr, f, sub, true, not)
			}, f, domain.In, names, negate)
		}, func(b []byte, rest domain.Leaf) ([]byte, error) {
			return s.lineIDs(b, expr, f, rest)
		})
	}
	return nil, invalidLeaf(l)
}

// lineIDs compiles = != in and not in with ids; false stands for no lines at all.
func (s *scope) lineIDs(b []byte, expr string, f *schema.Field, l domain.Leaf) ([]byte, error) {
	negate := l.Op == domain.Ne || l.Op == domain.NotIn
	ids, isIDs := l.Value.([]int64)
	list, isList := l.Value.([]any)
	switch {
	case isIDs:
		list = nil
	case !isList && (l.Op == domain.In || l.Op == domain.NotIn) && isUnset(l.Value):
		return constant(b, negate), nil
	case !isList:
		list = []any{l.Value}
	}
	some, none := make([]any, 0, len(list)), false
	for _, v := range list {
		if truth, ok := v.(bool); ok && truth && !isList {
			return s.relation(b, expr, f, nil, true, negate) // has lines
		}
		if isUnset(v) {
			none = true
		} else {
			some = append(some, v)
		}
	}
	var member any = some
	if isIDs {
		member = ids
	}
	if len(some) == 0 && len(ids) == 0 {
		if none {
			return s.relation(b, expr, f, nil, true, !negate)
		}
		return constant(b, negate), nil
	}
	if !none {
		return s.relation(b, expr, f, domain.Leaf{Field: "id", Op: domain.In, Value: member}, true, negate)
	}
	word := " OR "
	if negate {
		word = " AND "
	}
	b, err := s.relation(append(b, '('), expr, f, domain.Leaf{Field: "id", Op: domain.In, Value: member}, true, negate)
	if err != nil {
		return nil, err
	}
	b, err = s.relation(append(b, word...), expr, f, nil, true, !negate)
	if err != nil {
		return nil, err
	}
	return append(b, ')'), nil
}

func subdomain(v any) (domain.Node, bool) {
	n, ok := v.(domain.Node)
	return n, ok
}
