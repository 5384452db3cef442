package query

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// isUnset reports whether a value stands for "empty": None or False.
func isUnset(v any) bool {
	b, isBool := v.(bool)
	return v == nil || isBool && !b
}

// emptyOf is the value that counts as empty besides NULL, by type: clients
// read 0 for a number without value, and cannot tell "" from no text.
func emptyOf(f *schema.Field) any {
	switch f.Type {
	case schema.TypeChar, schema.TypeText, schema.TypeHTML:
		return ""
	case schema.TypeInteger:
		if f.Name != "id" {
			return int64(0)
		}
	case schema.TypeFloat:
		return 0.0
	case schema.TypeMonetary:
		return decimal.Decimal{}
	}
	return nil
}

func isNumber(f *schema.Field) bool {
	return f.Type == schema.TypeInteger && f.Name != "id" || f.Type == schema.TypeFloat || f.Type == schema.TypeMonetary
}

// isEmpty reports whether v, a literal of f, is the empty value.
func isEmpty(f *schema.Field, v any) bool {
	switch x := v.(type) {
	case string:
		return x == "" && emptyOf(f) != nil
	case int64:
		return x == 0 && emptyOf(f) != nil
	case float64:
		return x == 0
	case decimal.Decimal:
		return x.IsZero()
	}
	return false
}

// scalar appends a condition on one column. It may be NULL only where a NULL
// column makes it so and the condition does not hold.
func (s *scope) scalar(b []byte, expr string, f *schema.Field, l domain.Leaf) ([]byte, error) {
	if f.Type == schema.TypeBoolean {
		return s.boolean(b, expr, l)
	}
	if f.Type == schema.TypeBinary && (l.Op != domain.Eq && l.Op != domain.Ne || !isUnset(l.Value)) {
		return nil, fault.New(fault.Value, "The binary field '%s' can only be compared with False", f.Name)
	}
	switch l.Op {
	case domain.Eq, domain.Ne:
		switch l.Value.(type) {
		case []any, []int64, []string:
			return s.among(b, expr, f, l, l.Op == domain.Ne)
		case domain.Node:
			return nil, invalidLeaf(l)
		}
		return s.equal(b, expr, f, l)
	case domain.In, domain.NotIn:
		return s.among(b, expr, f, l, l.Op == domain.NotIn)
	case domain.Lt, domain.Le, domain.Gt, domain.Ge:
		return s.compare(b, expr, f, l)
	case domain.Like, domain.NotLike, domain.ILike, domain.NotILike, domain.EqLike, domain.EqILike:
		return s.like(b, expr, f, l)
	}
	return nil, invalidLeaf(l)
}

func (s *scope) equal(b []byte, expr string, f *schema.Field, l domain.Leaf) ([]byte, error) {
	not := l.Op == domain.Ne
	empty := isUnset(l.Value)
	var value bounds
	if !empty {
		var err error
		if value, err = literal(f, l.Op, l.Value); err != nil {
			return nil, err
		}
		if !value.exact() {
			return constant(b, not), nil
		}
		empty = isEmpty(f, value.low)
	}
	switch {
	case empty && emptyOf(f) == nil:
		return append(append(b, expr...), nullTest(not)...), nil
	case empty && not:
		return s.against(append(append(b, expr...), " <> "...), f, emptyOf(f))
	case empty:
		return s.orNull(b, expr, " = ", f, emptyOf(f))
	case not:
		return s.orNull(b, expr, " <> ", f, value.low)
	}
	return s.against(append(append(b, expr...), " = "...), f, value.low)
}

func nullTest(not bool) string {
	if not {
		return " IS NOT NULL"
	}
	return " IS NULL"
}

// against appends an argument for f.
func (s *scope) against(b []byte, f *schema.Field, v any) ([]byte, error) {
	arg, err := s.argument(f, v)
	if err != nil {
		return nil, err
	}
	return s.w.arg(b, arg), nil
}

// argument is a literal for the database. The id 0 is that of no record: it
// differs from all of them, and from none.
func (s *scope) argument(f *schema.Field, v any) (any, error) {
	if f.Type == schema.TypeMany2one {
		f = &idField
	}
	arg, err := s.w.c.Dialect.Arg(f, v)
	if err != nil {
		return nil, fault.New(fault.Value, "Invalid value for %s: %v", f.Name, err)
	}
	return arg, nil
}

func (s *scope) orNull(b []byte, expr, op string, f *schema.Field, v any) ([]byte, error) {
	b = append(append(append(b, '('), expr...), op...)
	b, err := s.against(b, f, v)
	if err != nil {
		return nil, err
	}
	b = append(append(b, " OR "...), expr...)
	return append(b, " IS NULL)"...), nil
}

// among compiles in and not in. A boolean in place of the list is what old
// clients send: nothing is in False, everything that is set is in True.
func (s *scope) among(b []byte, expr string, f *schema.Field, l domain.Leaf, not bool) ([]byte, error) {
	m := members{s: s, f: f}
	var err error
	switch list := l.Value.(type) {
	case nil:
		return constant(b, not), nil
	case bool:
		if !list {
			return constant(b, not), nil
		}
		op := domain.Ne
		if not {
			op = domain.Eq
		}
		return s.equal(b, expr, f, domain.Leaf{Field: l.Field, Op: op})
	case []int64:
		if whole(f) && emptyOf(f) == nil {
			return s.amongIDs(b, expr, list, not), nil
		}
		err = addAll(&m, list)
	case []string:
		err = addAll(&m, list)
	case []any:
		m.args = make([]any, 0, len(list)+1)
		err = addAll(&m, list)
	default:
		return nil, invalidTerm(l)
	}
	if err != nil {
		return nil, err
	}
	return s.list(b, expr, f, m.args, m.null, not)
}

// members gathers what a list holds as arguments. Values that the column cannot
// hold exactly are left out: nothing equals them.
type members struct {
	s    *scope
	f    *schema.Field
	args []any
	null bool // what is not set is among them
}

func addAll[T any](m *members, list []T) error {
	for _, v := range list {
		if err := m.add(v); err != nil {
			return err
		}
	}
	return nil
}

func (m *members) add(v any) error {
	if isUnset(v) {
		m.null = true
		return nil
	}
	value, err := literal(m.f, domain.Eq, v)
	if err != nil || !value.exact() {
		return err
	}
	if isEmpty(m.f, value.low) {
		m.null = true
		return nil
	}
	arg, err := m.s.argument(m.f, value.low)
	if err != nil {
		return err
	}
	m.args = append(m.args, arg)
	return nil
}

func whole(f *schema.Field) bool {
	return f.Type == schema.TypeMany2one || f.Type == schema.TypeInteger
}

func (s *scope) list(b []byte, expr string, f *schema.Field, args []any, null, not bool) ([]byte, error) {
	if null && emptyOf(f) != nil {
		arg, err := s.w.c.Dialect.Arg(f, emptyOf(f))
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	if len(args) == 0 {
		if null {
			return append(append(b, expr...), nullTest(not)...), nil
		}
		return constant(b, not), nil
	}
	return s.memberOr(b, expr, null != not, not, func() (sql string) {
		sql, s.w.args = s.w.c.Dialect.In(f, expr, args, s.w.args)
		return sql
	}), nil
}

func (s *scope) amongIDs(b []byte, expr string, ids []int64, not bool) []byte {
	if len(ids) == 0 {
		return constant(b, not)
	}
	return s.memberOr(b, expr, not, not, func() (sql string) {
		sql, s.w.args = s.w.c.Dialect.InIDs(expr, ids, s.w.args)
		return sql
	})
}

func (s *scope) memberOr(b []byte, expr string, orNull, not bool, member func() string) []byte {
	if orNull {
		b = append(b, '(')
	}
	if not {
		b = append(b, "NOT ("...)
	}
	b = append(b, member()...)
	if not {
		b = append(b, ')')
	}
	if orNull {
		b = append(append(b, " OR "...), expr...)
		b = append(b, " IS NULL)"...)
	}
	return b
}

// compare compiles < <= > >=. A number without value compares as 0, which is
// what clients read; anything else without value compares with nothing.
func (s *scope) compare(b []byte, expr string, f *schema.Field, l domain.Leaf) ([]byte, error) {
	var value bounds
	switch v := l.Value.(type) {
	case []any, []int64, []string, domain.Node:
		return nil, invalidLeaf(l)
	default:
		if isUnset(v) && !isNumber(f) {
			return constant(b, false), nil
		}
		if isUnset(v) {
			value = exactly(emptyOf(f))
			break
		}
		var err error
		if value, err = literal(f, l.Op, v); err != nil {
			return nil, err
		}
	}
	op, at := l.Op, value.low
	if !value.exact() { // between two values that the column can hold
		switch op {
		case domain.Lt, domain.Le:
			op, at = domain.Le, value.low
		default:
			op, at = domain.Ge, value.high
		}
	}
	word := " " + string(op) + " "
	if isNumber(f) && zeroSatisfies(op, at) {
		return s.orNull(b, expr, word, f, at)
	}
	return s.against(append(append(b, expr...), word...), f, at)
}

func zeroSatisfies(op domain.Op, v any) bool {
	sign := 0
	switch n := v.(type) {
	case int64:
		sign = compareZero(n)
	case float64:
		sign = compareZero(n)
	case decimal.Decimal:
		sign = -n.Sign()
	}
	switch op {
	case domain.Lt:
		return sign < 0
	case domain.Le:
		return sign <= 0
	case domain.Gt:
		return sign > 0
	}
	return sign >= 0
}

// compareZero compares 0 with n.
func compareZero[T int64 | float64](n T) int {
	switch {
	case 0 < n:
		return -1
	case 0 > n:
		return 1
	}
	return 0
}

// like compiles the like family. like and ilike look for the value anywhere,
// =like and =ilike take it as the whole pattern. An empty value is everywhere,
// in NULL too.
func (s *scope) like(b []byte, expr string, f *schema.Field, l domain.Leaf) ([]byte, error) {
	switch l.Value.(type) {
	case []any, []int64, []string, domain.Node:
		return nil, invalidLeaf(l)
	}
	pattern := ""
	if !isUnset(l.Value) {
		var err error
		if pattern, err = textLiteral(l.Value); err != nil {
			return nil, err
		}
	}
	not := l.Op == domain.NotLike || l.Op == domain.NotILike
	whole := l.Op == domain.EqLike || l.Op == domain.EqILike
	fold := l.Op == domain.ILike || l.Op == domain.NotILike || l.Op == domain.EqILike
	if !whole {
		if pattern == "" && !not {
			return constant(b, true), nil
		}
		if pattern == "" {
			return append(append(b, expr...), " IS NULL"...), nil
		}
		pattern = "%" + pattern + "%"
	}
	text := s.w.c.Dialect.Text(f, expr)
	sql, arg, err := s.w.c.Dialect.Like(text, s.w.c.Dialect.Placeholder(len(s.w.args)+1), pattern, fold)
	if err != nil {
		return nil, fault.New(fault.Value, "Invalid pattern %s for %s: %v", quoted(l.Value), l.Field, err)
	}
	s.w.args = append(s.w.args, arg)
	if !not {
		return append(b, sql...), nil
	}
	b = append(append(append(b, "(NOT ("...), sql...), ") OR "...)
	return append(append(b, expr...), " IS NULL)"...), nil
}

// boolean compiles conditions on a boolean, where no value is false.
func (s *scope) boolean(b []byte, expr string, l domain.Leaf) ([]byte, error) {
	is := func(v bool) []byte {
		b = append(b, expr...)
		if v {
			return append(b, " IS TRUE"...)
		}
		return append(b, " IS NOT TRUE"...)
	}
	list, isList := l.Value.([]any)
	switch {
	case l.Op == domain.In || l.Op == domain.NotIn || isList && (l.Op == domain.Eq || l.Op == domain.Ne):
		not := l.Op == domain.NotIn || l.Op == domain.Ne
		if !isList {
			set, flag := l.Value.(bool)
			if l.Value != nil && !flag {
				return nil, invalidTerm(l)
			}
			if !set {
				return constant(b, not), nil
			}
			list = []any{true}
		}
		yes, no := false, false
		for _, v := range list {
			yes, no = yes || truthy(v), no || !truthy(v)
		}
		if yes == no {
			return constant(b, yes != not), nil
		}
		return is(yes != not), nil
	case isList:
	case l.Op == domain.Eq:
		return is(truthy(l.Value)), nil
	case l.Op == domain.Ne:
		return is(!truthy(l.Value)), nil
	case l.Op == domain.Lt || l.Op == domain.Le || l.Op == domain.Gt || l.Op == domain.Ge:
		return s.booleanOrder(b, l, is), nil
	}
	if _, isNode := l.Value.(domain.Node); isNode || isList {
		return nil, invalidLeaf(l)
	}
	switch l.Op {
	case domain.Like, domain.NotLike, domain.ILike, domain.NotILike, domain.EqLike, domain.EqILike:
		return s.like(b, expr, &schema.Field{Name: l.Field, Type: schema.TypeBoolean}, l)
	}
	return nil, invalidLeaf(l)
}

func (s *scope) booleanOrder(b []byte, l domain.Leaf, is func(bool) []byte) []byte {
	v := truthy(l.Value)
	switch {
	case l.Op == domain.Lt && v: // false < true
		return is(false)
	case l.Op == domain.Gt && !v:
		return is(true)
	case l.Op == domain.Le && !v:
		return is(false)
	case l.Op == domain.Ge && v:
		return is(true)
	}
	return constant(b, l.Op == domain.Le || l.Op == domain.Ge)
}

// truthy is Python's bool().
func truthy(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case string:
		return x != ""
	case int64:
		return x != 0
	case int:
		return x != 0
	case float64:
		return x != 0
	}
	return true
}
