package query

import (
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// tree appends: the id in expr lies below (child_of) or above (parent_of) one
// of the records of the value, these included. Records are given by ids or by
// names, which match as ilike. parent is the many2one that makes the tree, "" if
// there is none. Loops in the data do no harm.
func (s *scope) tree(b []byte, expr, parent string, l domain.Leaf, negate bool) ([]byte, error) {
	roots, err := s.roots(l)
	if err != nil {
		return nil, err
	}
	if len(roots) == 0 {
		return constant(b, negate), nil
	}
	if parent == "" {
		return s.node(b, roots, negate)
	}
	in, err := s.inner(s.model)
	if err != nil {
		return nil, err
	}
	where, err := in.visibleCondition(roots)
	if err != nil {
		return nil, err
	}
	id, up, name := s.quote("id"), s.quote(parent), s.w.alias()
	b = append(b, expr...)
	if negate {
		b = append(b, " NOT"...)
	}
	b = append(b, " IN (WITH RECURSIVE "...)
	b = append(b, name...)
	b = append(b, "(id) AS (SELECT "...)
	b = in.column(b, "id")
	b = clause(in.from(b), " WHERE ", where)
	next := s.w.alias()
	if l.Op == domain.ChildOf {
		b = append(b, " UNION SELECT "+next+"."+id+" FROM "+s.quote(s.model.Table)+" AS "+next+" JOIN "+name+" ON "+next+"."+up+" = "+
			name+".id"...)
	} else {
		b = append(b, " UNION SELECT "+next+"."+up+" FROM "+s.quote(s.model.Table)+" AS "+next+" JOIN "+name+" ON "+next+"."+id+" = "+name+
			".id WHERE "+next+"."+up+" IS NOT NULL"...)
	}
	b = append(b, ") SELECT id FROM "...)
	b = append(b, name...)
	return append(b, ')'), nil
}

// roots is the condition that finds the records a tree grows from; empty for none.
func (s *scope) roots(l domain.Leaf) (domain.Or, error) {
	var ids []any
	var out domain.Or
	add := func(v any) {
		switch name, isName := v.(string); {
		case isUnset(v):
		case isName && name != "":
			out = append(out, domain.Leaf{Field: recName(s.model), Op: domain.ILike, Value: v})
		case !isName:
			ids = append(ids, v)
		}
	}
	switch v := l.Value.(type) {
	case []any:
		for _, each := range v {
			add(each)
		}
	case []int64:
		if len(v) > 0 {
			out = append(out, domain.Leaf{Field: "id", Op: domain.In, Value: v})
		}
	case domain.Node:
		return nil, invalidLeaf(l)
	default:
		add(v)
	}
	if len(ids) > 0 {
		out = append(out, domain.Leaf{Field: "id", Op: domain.In, Value: ids})
	}
	return out, nil
}

// parentField is the many2one that makes the model a tree; "" if it is none.
func (s *scope) parentField() string {
	name := s.model.Parent
	if name == "" {
		name = "parent_id"
	}
	if f, ok := s.model.Field(name); ok && f.Type == schema.TypeMany2one && f.HasColumn() && f.Comodel == s.model.Name {
		return name
	}
	return ""
}
