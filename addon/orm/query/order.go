package query

import (
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// ordering collects the terms of an ORDER BY.
type ordering struct {
	scope *scope
	terms []string
	seen  map[string]bool // expressions that already order
	// wrap makes an expression fit for a grouped statement.
	wrap func(expr string, f *schema.Field) string
}

// order compiles an order; a many2one orders as its own model does.
func (s *scope) order(terms []schema.OrderTerm) (string, error) {
	if len(terms) == 0 {
		return "", nil
	}
	o := &ordering{scope: s, terms: make([]string, 0, len(terms))}
	for _, term := range terms {
		if err := o.add(s.model, s.alias, term, 0); err != nil {
			return "", err
		}
	}
	return strings.Join(o.terms, ", "), nil
}

func (o *ordering) add(m *schema.Model, alias string, term schema.OrderTerm, depth int) error {
	name, plain := strings.CutSuffix(term.Field, ".id")
	f, ok := lookup(m, name)
	if !ok || plain && f.Type != schema.TypeMany2one {
		return invalidField(m, term.Field)
	}
	expr, end, err := o.scope.exprAt(m, alias, f, 0)
	if err != nil {
		return err
	}
	if end.Type == schema.TypeMany2one && !plain {
		return o.addMany2one(expr, end, term, depth)
	}
	o.append(expr, end, term, depth == 0 && f.IsRequired && f == end)
	return nil
}

// maxOrderDepth bounds how far an order follows from one model's order to another's.
const maxOrderDepth = 4

func (o *ordering) addMany2one(expr string, f *schema.Field, term schema.OrderTerm, depth int) error {
	co, err := o.scope.comodel(f)
	if err != nil {
		return err
	}
	if depth >= maxOrderDepth || len(co.Order) == 0 || co.Order[0].Field == "id" || o.seen[expr] {
		desc := term.Desc
		if depth < maxOrderDepth && len(co.Order) > 0 && co.Order[0].Field == "id" {
			term.Desc = desc != co.Order[0].Desc
		}
		o.append(expr, f, term, false)
		return nil
	}
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	o.seen[expr] = true
	alias := o.scope.join(expr, co)
	for _, next := range co.Order {
		if term.Desc {
			next.Desc = !next.Desc
			next.NullsFirst, next.NullsLast = next.NullsLast, next.NullsFirst
		}
		if term.NullsFirst || term.NullsLast {
			next.NullsFirst, next.NullsLast = term.NullsFirst, term.NullsLast
		}
		if err := o.add(co, alias, next, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (o *ordering) append(expr string, f *schema.Field, term schema.OrderTerm, notNull bool) {
	if f.Type == schema.TypeBoolean {
		expr, notNull = "coalesce("+expr+", FALSE)", true
	}
	if o.wrap != nil {
		expr, notNull = o.wrap(expr, f), false
	}
	notNull = notNull || expr == o.scope.col("id")
	nullsFirst := term.NullsFirst || term.Desc && !term.NullsLast
	o.terms = append(o.terms, o.scope.w.c.Dialect.OrderTerm(expr, term.Desc, nullsFirst, notNull))
}
