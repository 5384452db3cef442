package domain

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Limits bound what a domain may cost. Zero values mean those of DefaultLimits.
type Limits struct {
	Depth  int // how deep conditions may stand in each other
	Leaves int // how many leaves and operators one domain may have, in all
	Values int // how long a list of values may be
	Text   int // how many bytes a domain written as text may have
}

// DefaultLimits are generous for people and safe for the server.
func DefaultLimits() Limits {
	return Limits{Depth: 100, Leaves: 5_000, Values: 200_000, Text: 1 << 20}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	for _, at := range []struct{ have, standard *int }{
		{&l.Depth, &d.Depth}, {&l.Leaves, &d.Leaves}, {&l.Values, &d.Values}, {&l.Text, &d.Text},
	} {
		if *at.have <= 0 {
			*at.have = *at.standard
		}
	}
	return l
}

// Parse reads a domain as it comes decoded from JSON: a list of leaves and the
// operators & | !. It returns a normal condition (see Normalise), a fault of
// kind Value or Type when the form is wrong. Whether fields exist is not its concern.
func Parse(v any) (Node, error) { return Limits{}.Parse(v) }

// Parse is Parse within these limits.
func (l Limits) Parse(v any) (Node, error) {
	p := parser{limits: l.orDefault()}
	return p.domain(v, 0)
}

type parser struct {
	limits Limits
	leaves int
}

func (p *parser) domain(v any, depth int) (Node, error) {
	if n, ok := v.(Node); ok {
		return Normalise(n), nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, fault.New(fault.Value, "Domains to normalize must have a 'domain' form: a list or tuple of domain components").
			Named("domain.form", fault.Args{"domain": rawString(v)})
	}
	if depth > p.limits.Depth {
		return nil, fault.New(fault.Value, "The domain is nested more than %d levels deep", p.limits.Depth)
	}
	if p.leaves += len(items); p.leaves > p.limits.Leaves {
		return nil, fault.New(fault.Value, "The domain has more than %d terms", p.limits.Leaves)
	}
	// Prefix notation is read from its end, so that operands are ready when
	// their operator comes; no recursion, however deep it is.
	stack := make([]nested, 0, len(items))
	for i := len(items) - 1; i >= 0; i-- {
		op, isText := items[i].(string)
		arity := 0
		switch {
		case isText && (op == "&" || op == "|"):
			arity = 2
		case isText && op == "!":
			arity = 1
		}
		if arity > len(stack) {
			return nil, fault.New(fault.Value, "Domain %s is syntactically not correct.", rawString(v))
		}
		if arity == 0 {
			n, err := p.leaf(items[i], depth)
			if err != nil {
				return nil, err
			}
			stack = append(stack, nested{n, 0})
			continue
		}
		n, err := p.operate(op, stack[len(stack)-arity:])
		if err != nil {
			return nil, err
		}
		stack = append(stack[:len(stack)-arity], n)
	}
	and := make(And, 0, len(stack))
	for i := len(stack) - 1; i >= 0; i-- {
		and = append(and, stack[i].node)
	}
	return Normalise(and), nil
}

// nested is a condition and how deep it goes.
type nested struct {
	node  Node
	depth int
}

// operate joins operands, the first of which is on top of the stack.
func (p *parser) operate(op string, operands []nested) (nested, error) {
	depth := 0
	for _, o := range operands {
		depth = max(depth, o.depth)
	}
	if op == "!" {
		if depth++; depth > p.limits.Depth {
			return nested{}, p.tooDeep()
		}
		return nested{Not{operands[0].node}, depth}, nil
	}
	first, second := operands[1], operands[0]
	// A chain of the same operator is one level, as '&' '&' '&' a b c d is.
	if op == "&" {
		joined, grew := joinAnd(first.node, second.node)
		return p.nest(joined, depth, grew)
	}
	joined, grew := joinOr(first.node, second.node)
	return p.nest(joined, depth, grew)
}

func (p *parser) nest(n Node, depth int, grew bool) (nested, error) {
	if grew {
		depth++
	}
	if depth > p.limits.Depth {
		return nested{}, p.tooDeep()
	}
	return nested{n, depth}, nil
}

func (p *parser) tooDeep() error {
	return fault.New(fault.Value, "The domain is nested more than %d levels deep", p.limits.Depth)
}

func joinAnd(a, b Node) (Node, bool) {
	left, isLeft := a.(And)
	right, isRight := b.(And)
	switch {
	case isLeft && isRight:
		return append(left, right...), false
	case isLeft:
		return append(left, b), false
	case isRight:
		return append(And{a}, right...), false
	}
	return And{a, b}, true
}

func joinOr(a, b Node) (Node, bool) {
	left, isLeft := a.(Or)
	right, isRight := b.(Or)
	switch {
	case isLeft && isRight:
		return append(left, right...), false
	case isLeft:
		return append(left, b), false
	case isRight:
		return append(Or{a}, right...), false
	}
	return Or{a, b}, true
}

// leaf reads one leaf. Odoo unpacks it as Python does, so a text of three
// letters is one, too.
func (p *parser) leaf(v any, depth int) (Node, error) {
	if n, ok := v.(Node); ok {
		return Normalise(n), nil
	}
	var parts []any
	switch item := v.(type) {
	case []any:
		parts = item
	case string:
		for _, r := range item {
			if parts = append(parts, string(r)); len(parts) > 3 {
				break
			}
		}
	case nil, bool, int64, float64, json.Number, int:
		return nil, noLeaf(v, fault.New(fault.Type, "'%s' object is not subscriptable", pythonType(v)))
	default:
		return nil, noLeaf(v, fault.New(fault.Value, "Invalid leaf %s", rawString(v)))
	}
	if len(parts) < 3 {
		return nil, noLeaf(v, fault.New(fault.Value, "Invalid leaf %s: tuple index out of range", rawString(v)))
	}
	if len(parts) > 3 {
		return nil, noLeaf(v, fault.New(fault.Value, "Invalid leaf %s", rawTuple(parts)))
	}
	if left, ok := whole(parts[0]); ok {
		return constLeaf(left, parts)
	}
	field, isText := parts[0].(string)
	if !isText {
		return nil, fault.New(fault.Value, "Invalid leaf %s", rawTuple(parts))
	}
	op, isText := parts[1].(string)
	if op == "<>" {
		op = string(Ne)
	}
	if !isText || !Op(op).Known() {
		if isText && len(field) == 1 && len(op) == 1 { // three letters: the field is looked for first
			return Leaf{Field: field, Op: Op(op), Value: parts[2]}, nil
		}
		leaf := rawTuple(parts)
		return nil, fault.New(fault.Value, "Invalid leaf %s", leaf).Named("domain.operator", fault.Args{"leaf": leaf})
	}
	value, err := p.value(Op(op), parts[2], depth)
	if err != nil {
		return nil, err
	}
	return Leaf{Field: field, Op: Op(op), Value: value}, nil
}

// noLeaf names what is no leaf at all.
func noLeaf(v any, said *fault.Error) error {
	return said.Named("domain.item", fault.Args{"item": rawString(v)})
}

// constLeaf reads (1, '=', 1) and (0, '=', 1).
func constLeaf(left int64, parts []any) (Node, error) {
	right, ok := whole(parts[2])
	if op, isText := parts[1].(string); !ok || !isText || op != "=" || right != 1 || left != 0 && left != 1 {
		return nil, fault.New(fault.Value, "Invalid leaf %s", rawTuple(parts))
	}
	return Const(left == 1), nil
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n), true
		}
	case json.Number:
		i, err := strconv.ParseInt(string(n), 10, 64)
		return i, err == nil
	}
	return 0, false
}

// Known reports whether op is one of the operators.
func (op Op) Known() bool {
	switch op {
	case Eq, Ne, Lt, Le, Gt, Ge, EqIfSet, In, NotIn, Like, NotLike, ILike, NotILike, EqLike, EqILike, ChildOf, ParentOf, AnyOf, NotAnyOf:
		return true
	}
	return false
}

func (p *parser) value(op Op, v any, depth int) (any, error) {
	if op == AnyOf || op == NotAnyOf {
		n, err := p.domain(v, depth+1)
		if err != nil {
			return nil, err
		}
		return n, nil
	}
	list, ok := v.([]any)
	if !ok {
		return scalar(v)
	}
	if len(list) > p.limits.Values {
		return nil, fault.New(fault.Value, "A list in the domain has more than %d values", p.limits.Values)
	}
	out := make([]any, len(list))
	for i, each := range list {
		if _, isList := each.([]any); isList {
			return nil, fault.New(fault.Value, "Invalid value %s in a list of the domain", rawString(each))
		}
		value, err := scalar(each)
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

// scalar reads one value: whole JSON numbers become int64, others float64.
func scalar(v any) (any, error) {
	switch x := v.(type) {
	case nil, bool, string, int64, schema.Date, []int64, []string:
		return v, nil
	case int:
		return int64(x), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fault.New(fault.Value, "The domain has a number that is none")
		}
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int64(x), nil
		}
		return x, nil
	case json.Number:
		if n, err := strconv.ParseInt(string(x), 10, 64); err == nil {
			return n, nil
		}
		f, err := strconv.ParseFloat(string(x), 64)
		if err != nil {
			return nil, fault.New(fault.Value, "Invalid number %s in the domain", x)
		}
		return scalar(f)
	case map[string]any:
		return nil, fault.New(fault.Value, "Invalid value %s in the domain", rawString(v))
	}
	return v, nil
}
