package query_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// reference evaluates conditions record by record, straight from what the
// operators mean; it knows no SQL.
type reference struct {
	models registry
	data   data
}

func (r reference) search(model string, n domain.Node) []int64 {
	out := []int64{}
	for _, rec := range r.data.rows[model] {
		if r.holds(r.models[model], rec, n) {
			out = append(out, rec["id"].(int64))
		}
	}
	return out
}

var opposites = map[domain.Op]domain.Op{"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in",
	"like": "not like", "not like": "like", "ilike": "not ilike", "not ilike": "ilike", "any": "not any", "not any": "any"}

func (r reference) holds(m *schema.Model, rec record, n domain.Node) bool {
	switch n := n.(type) {
	case domain.Const:
		return bool(n)
	case domain.And:
		for _, each := range n {
			if !r.holds(m, rec, each) {
				return false
			}
		}
		return true
	case domain.Or:
		for _, each := range n {
			if r.holds(m, rec, each) {
				return true
			}
		}
		return false
	case domain.Not:
		return r.fails(m, rec, n.Node)
	}
	return r.leaf(m, rec, n.(domain.Leaf))
}

// fails is the negation: it turns operators into their opposites.
func (r reference) fails(m *schema.Model, rec record, n domain.Node) bool {
	switch n := n.(type) {
	case domain.Const:
		return !bool(n)
	case domain.Not:
		return r.holds(m, rec, n.Node)
	case domain.And:
		for _, each := range n {
			if r.fails(m, rec, each) {
				return true
			}
		}
		return false
	case domain.Or:
		for _, each := range n {
			if !r.fails(m, rec, each) {
				return false
			}
		}
		return true
	}
	l := n.(domain.Leaf)
	if l.Op == "=?" && !unset(l.Value) {
		l.Op = "="
	}
	if op, ok := opposites[l.Op]; ok {
		l.Op = op
		return r.leaf(m, rec, l)
	}
	return !r.leaf(m, rec, l)
}

func unset(v any) bool { return v == nil || v == false }

func (r reference) leaf(m *schema.Model, rec record, l domain.Leaf) bool {
	if l.Op == "=?" {
		if unset(l.Value) {
			return true
		}
		l.Op = "="
	}
	name, rest, dotted := strings.Cut(l.Field, ".")
	f, _ := m.Field(name)
	if dotted {
		return r.anyOf(r.ends(m, rec, f), f, domain.Leaf{Field: rest, Op: l.Op, Value: l.Value}, f.IsX2many())
	}
	below := l.Op == "child_of" || l.Op == "parent_of"
	if below && f.Type == schema.TypeMany2one && f.Comodel == m.Name && len(f.Path) == 0 {
		return r.tree(m, rec, f.Name, l)
	}
	if f.IsRelation() {
		return r.relation(f, r.ends(m, rec, f), l)
	}
	v, end := r.read(m, rec, f)
	if end.Name == "id" && below {
		return r.tree(m, rec, "parent_id", l)
	}
	return scalarHolds(end, v, l)
}

// read is a field's value, following related ones.
func (r reference) read(m *schema.Model, rec record, f *schema.Field) (any, *schema.Field) {
	if len(f.Path) == 0 {
		return rec[f.Name], f
	}
	at := f
	var v any
	for _, step := range f.Path {
		at, _ = m.Field(step)
		if rec != nil {
			v = rec[step]
		} else {
			v = nil
		}
		if at.Comodel != "" {
			m = r.models[at.Comodel]
			id, _ := v.(int64)
			rec = r.byID(at.Comodel, id)
		}
	}
	return v, at
}

func (r reference) byID(model string, id int64) record {
	for _, rec := range r.data.rows[model] {
		if rec["id"] == id {
			return rec
		}
	}
	return nil
}

// ends are the records at the other end of a relation.
func (r reference) ends(m *schema.Model, rec record, f *schema.Field) []record {
	var out []record
	switch f.Type {
	case schema.TypeMany2one:
		v, _ := r.read(m, rec, f)
		if id, ok := v.(int64); ok {
			out = append(out, r.byID(f.Comodel, id))
		}
	case schema.TypeOne2many:
		for _, other := range r.data.rows[f.Comodel] {
			if other[f.Inverse] == rec["id"] {
				out = append(out, other)
			}
		}
	case schema.TypeMany2many:
		for _, l := range r.data.links {
			if f.Name == "tag_ids" && l[0] == rec["id"] {
				out = append(out, r.byID(f.Comodel, l[1]))
			}
			if f.Name == "partner_ids" && l[1] == rec["id"] {
				out = append(out, r.byID(f.Comodel, l[0]))
			}
		}
	}
	return out
}

// anyOf: one of the ends matches; lines that are inactive are not seen unless asked for.
func (r reference) anyOf(ends []record, f *schema.Field, n domain.Node, lines bool) bool {
	co := r.models[f.Comodel]
	_, hasActive := co.Field("active")
	for _, end := range ends {
		if lines && hasActive && !strings.Contains(domain.String(n), "'active'") && end["active"] != true {
			continue
		}
		if r.holds(co, end, n) {
			return true
		}
	}
	return false
}

func (r reference) relation(f *schema.Field, ends []record, l domain.Leaf) bool {
	named := func(op domain.Op, v any) bool {
		return r.anyOf(ends, f, domain.Leaf{Field: "name", Op: op, Value: v}, false)
	}
	switch l.Op {
	case "any":
		return r.anyOf(ends, f, l.Value.(domain.Node), f.IsX2many())
	case "not any":
		return !r.anyOf(ends, f, l.Value.(domain.Node), f.IsX2many())
	case "like", "ilike", "=like", "=ilike":
		return named(l.Op, l.Value)
	case "not like", "not ilike":
		return !named(opposites[l.Op], l.Value)
	case "child_of", "parent_of":
		for _, end := range ends {
			if r.tree(r.models[f.Comodel], end, "parent_id", l) {
				return true
			}
		}
		return false
	case "!=", "not in":
		return !r.relation(f, ends, domain.Leaf{Field: l.Field, Op: opposites[l.Op], Value: l.Value})
	}
	list, isList := l.Value.([]any)
	if !isList {
		if l.Op == "in" && unset(l.Value) {
			return false
		}
		list = []any{l.Value}
	}
	for _, v := range list {
		name, isName := v.(string)
		switch {
		case unset(v):
			if len(ends) == 0 {
				return true
			}
		case isName:
			if named("=", name) {
				return true
			}
		default:
			for _, end := range ends {
				if end["id"] == v {
					return true
				}
			}
		}
	}
	return false
}

// tree: rec is below (above) one of the records that the value names.
func (r reference) tree(m *schema.Model, rec record, parent string, l domain.Leaf) bool {
	isRoot := func(rec record) bool {
		list, isList := l.Value.([]any)
		if !isList {
			list = []any{l.Value}
		}
		for _, v := range list {
			name, isName := v.(string)
			text, _ := rec["name"].(string)
			if isName && name != "" && rec["name"] != nil && dialect.Match(text, dialect.Pattern("%"+name+"%"), true) || !unset(v) &&
				rec["id"] == v {
				return true
			}
		}
		return false
	}
	if _, ok := m.Field(parent); !ok {
		return isRoot(rec)
	}
	up := func(from record) map[int64]bool {
		seen := map[int64]bool{}
		for from != nil && !seen[from["id"].(int64)] {
			seen[from["id"].(int64)] = true
			id, _ := from[parent].(int64)
			from = r.byID(m.Name, id)
		}
		return seen
	}
	for _, other := range r.data.rows[m.Name] {
		if isRoot(other) && (l.Op == "child_of" && up(rec)[other["id"].(int64)] || l.Op == "parent_of" && up(other)[rec["id"].(int64)]) {
			return true
		}
	}
	return false
}

// scalarHolds compares one value. Empty is NULL, "" for texts, 0 for numbers.
func scalarHolds(f *schema.Field, v any, l domain.Leaf) bool {
	text := f.Type == schema.TypeChar || f.Type == schema.TypeText
	number := (f.Type == schema.TypeInteger && f.Name != "id") || f.Type == schema.TypeFloat || f.Type == schema.TypeMonetary
	null := v == nil
	switch {
	case null && text:
		v = ""
	case null && number:
		v = int64(0)
	case null && f.Type == schema.TypeBoolean:
		v = false
	}
	equal := func(x any) bool {
		switch {
		case unset(x) && text:
			return v == ""
		case unset(x) && number:
			return compare(f, v, int64(0)) == 0
		case f.Type == schema.TypeBoolean:
			return v == (x == true)
		case unset(x) || v == nil:
			return unset(x) && v == nil
		}
		return compare(f, v, x) == 0
	}
	switch l.Op {
	case "=", "!=":
		_, isList := l.Value.([]any)
		if isList {
			return scalarHolds(f, original(v, null),
				domain.Leaf{Field: l.Field, Op: map[domain.Op]domain.Op{"=": "in", "!=": "not in"}[l.Op], Value: l.Value})
		}
		return equal(l.Value) == (l.Op == "=")
	case "in", "not in":
		if unset(l.Value) {
			return l.Op == "not in"
		}
		return slices.ContainsFunc(l.Value.([]any), equal) == (l.Op == "in")
	case "<", "<=", ">", ">=":
		if null && !number {
			return false
		}
		x := l.Value
		if unset(x) {
			if !number {
				return false
			}
			x = int64(0)
		}
		if s, ok := x.(string); ok && f.Type == schema.TypeDatetime && len(s) == 10 && (l.Op == "<=" || l.Op == ">") {
			x = s + " 23:59:59.999999"
		}
		c := compare(f, v, x)
		return map[domain.Op]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[l.Op]
	}
	return likeHolds(original(v, null), l)
}

func original(v any, null bool) any {
	if null {
		return nil
	}
	return v
}

func likeHolds(v any, l domain.Leaf) bool {
	pattern, _ := l.Value.(string)
	not := strings.HasPrefix(string(l.Op), "not ")
	if !strings.HasPrefix(string(l.Op), "=") {
		if pattern == "" {
			return !not || v == nil
		}
		pattern = "%" + pattern + "%"
	}
	if v == nil {
		return not
	}
	return dialect.Match(printed(v), dialect.Pattern(pattern), strings.HasSuffix(string(l.Op), "ilike")) != not
}

func printed(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return fmt.Sprint(x)
	case schema.Date:
		return string(x)
	case time.Time:
		return x.Format(schema.DatetimeLayout)
	case decimal.Decimal:
		return x.Trim(0).String()
	}
	panic(fmt.Sprintf("%T", v))
}

// compare orders a field's value and a literal as clients send it.
func compare(f *schema.Field, v, x any) int {
	switch f.Type {
	case schema.TypeInteger, schema.TypeFloat, schema.TypeMonetary, schema.TypeMany2one:
		return amount(v).Cmp(amount(x))
	case schema.TypeDatetime:
		return instantOf(v).Compare(instantOf(x))
	case schema.TypeDate:
		return strings.Compare(fmt.Sprint(v), fmt.Sprintf("%.10s", fmt.Sprint(x)))
	}
	return strings.Compare(v.(string), printed(x))
}

func amount(v any) decimal.Decimal {
	if d, ok := v.(decimal.Decimal); ok {
		return d
	}
	return decimal.MustParse(fmt.Sprint(v))
}

func instantOf(v any) time.Time {
	switch x := v.(type) {
	case time.Time:
		return x
	case string:
		if len(x) == 10 {
			x += " 00:00:00"
		}
		t, err := time.Parse("2006-01-02 15:04:05.999999", x)
		if err != nil {
			panic(err)
		}
		return t
	}
	panic(fmt.Sprintf("%T", v))
}
