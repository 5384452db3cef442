package query_test

import (
	"context"
	"slices"
	"testing"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

var pools = map[schema.Type][]any{
	schema.TypeChar:     {"", "Ghent", "ghent", "GHÉNT", "a%b", "a_b", "Kelvin", "\u212a", "Dom One", "it's", "12"},
	schema.TypeInteger:  {int64(0), int64(1), int64(2), int64(-3), int64(12)},
	schema.TypeFloat:    {0.0, 1.5, 2.0, -0.25},
	schema.TypeMonetary: {decimal.MustParse("0"), decimal.MustParse("1.5"), decimal.MustParse("10.005"), decimal.MustParse("-2")},
	schema.TypeBoolean:  {true, false},
	schema.TypeDate:     {day("2026-01-01"), day("2026-02-28"), day("2025-12-31")},
	schema.TypeDatetime: {at("2026-01-01 00:00:00"), at("2026-01-01 23:59:59"), at("2025-12-31 12:00:00")},
}

func pool(f *schema.Field) []any {
	if f.Type == schema.TypeText || f.Type == schema.TypeSelection {
		return pools[schema.TypeChar]
	}
	return pools[f.Type]
}

func drawData(t *rapid.T, r registry) data {
	d := data{rows: map[string][]record{}}
	size := map[string]int{"res.company": 3, "res.tag": 3, "res.partner": 7}
	for _, m := range r.models() {
		for i := range size[m.Name] {
			rec := record{"id": int64(i + 1)}
			for _, f := range m.Fields {
				if !f.HasColumn() || f.Name == "id" {
					continue
				}
				if f.Type == schema.TypeMany2one {
					if id := rapid.IntRange(0, size[f.Comodel]).Draw(t, f.Name); id > 0 {
						rec[f.Name] = int64(id)
					}
					continue
				}
				rec[f.Name] = rapid.SampledFrom(append([]any{nil}, pool(f)...)).Draw(t, f.Name)
			}
			d.rows[m.Name] = append(d.rows[m.Name], rec)
		}
	}
	for p := range 7 {
		for tag := range 3 {
			if rapid.IntRange(0, 3).Draw(t, "link") == 0 {
				d.links = append(d.links, [2]int64{int64(p + 1), int64(tag + 1)})
			}
		}
	}
	return d
}

func drawNode(t *rapid.T, r registry, m *schema.Model, depth int) domain.Node {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 || kind > 4 {
		return drawLeaf(t, r, m, depth)
	}
	switch kind {
	case 0:
		return domain.Not{Node: drawNode(t, r, m, depth-1)}
	case 1:
		return domain.Const(rapid.Bool().Draw(t, "const"))
	}
	nodes := []domain.Node{}
	for range rapid.IntRange(0, 3).Draw(t, "operands") {
		nodes = append(nodes, drawNode(t, r, m, depth-1))
	}
	if kind == 2 {
		return domain.Or(nodes)
	}
	return domain.And(nodes)
}

func drawLeaf(t *rapid.T, r registry, m *schema.Model, depth int) domain.Node {
	var names []string
	for _, f := range m.Fields {
		if f.Name != "computed" {
			names = append(names, f.Name)
		}
	}
	f, _ := m.Field(rapid.SampledFrom(names).Draw(t, "field"))
	if f.IsRelation() {
		return drawRelation(t, r, f, depth)
	}
	ops := []domain.Op{"=", "!=", "=?", "in", "not in"}
	like := []domain.Op{"like", "not like", "ilike", "not ilike", "=like", "=ilike"}
	order := []domain.Op{"<", "<=", ">", ">="}
	values := append([]any{nil, false}, literals(f)...)
	switch f.Type {
	case schema.TypeBoolean:
		order, like, values = nil, nil, []any{true, false, nil}
	case schema.TypeFloat:
		like = nil
	case schema.TypeInteger:
		if f.Name == "id" {
			order = append(order, "child_of", "parent_of")
		}
	}
	op := rapid.SampledFrom(slices.Concat(ops, like, order)).Draw(t, "op")
	if slices.Contains(like, op) {
		return domain.Leaf{Field: f.Name, Op: op,
			Value: rapid.SampledFrom([]any{"gh", "É", "k", "%", "_", "a\\%b", "", "1", "2026-01", ".5", "ghent", false}).Draw(t, "pattern")}
	}
	if op == "in" || op == "not in" || rapid.IntRange(0, 9).Draw(t, "aslist") == 0 && (op == "=" || op == "!=" || op == "child_of") {
		return domain.Leaf{Field: f.Name, Op: op,
			Value: append([]any{}, rapid.SliceOfN(rapid.SampledFrom(values), 0, 15).Draw(t, "list")...)}
	}
	return domain.Leaf{Field: f.Name, Op: op, Value: rapid.SampledFrom(values).Draw(t, "value")}
}

// literals are values as clients send them.
func literals(f *schema.Field) []any {
	switch f.Type {
	case schema.TypeInteger:
		return []any{int64(0), int64(1), int64(2), 1.5, -0.5, "12", int64(-3)}
	case schema.TypeFloat:
		return []any{0.0, int64(2), 1.5, "-0.25"}
	case schema.TypeMonetary:
		return []any{int64(0), 1.5, "10.005", 10.00501, -1.99999, int64(-2)}
	case schema.TypeDate:
		return []any{"2026-01-01", "2026-02-28", "2026-01-01 12:00:00", "2030-01-01"}
	case schema.TypeDatetime:
		return []any{"2026-01-01", "2026-01-01 23:59:59", "2025-12-31 12:00:00", "2025-12-31"}
	}
	return append([]any{"nobody", int64(12)}, pool(f)...)
}

func drawRelation(t *rapid.T, r registry, f *schema.Field, depth int) domain.Node {
	co := r[f.Comodel]
	if depth > 0 && rapid.IntRange(0, 2).Draw(t, "walk") > 0 {
		if rapid.Bool().Draw(t, "dotted") {
			if l, ok := drawLeaf(t, r, co, depth-1).(domain.Leaf); ok {
				return domain.Leaf{Field: f.Name + "." + l.Field, Op: l.Op, Value: l.Value}
			}
		}
		op := rapid.SampledFrom([]domain.Op{"any", "not any"}).Draw(t, "op")
		return domain.Leaf{Field: f.Name, Op: op, Value: drawNode(t, r, co, depth-1)}
	}
	values := []any{nil, false, int64(0), int64(1), int64(2), int64(3), int64(99), int64(-1), "Ghent", "Dom One"}
	op := rapid.SampledFrom([]domain.Op{"=", "!=", "in", "not in", "like", "not ilike", "ilike", "child_of", "parent_of"}).Draw(t, "op")
	switch op {
	case "like", "ilike", "not ilike":
		return domain.Leaf{Field: f.Name, Op: op, Value: rapid.SampledFrom([]any{"gh", "one", "k"}).Draw(t, "pattern")}
	case "in", "not in", "child_of", "parent_of":
		return domain.Leaf{Field: f.Name, Op: op,
			Value: append([]any{}, rapid.SliceOfN(rapid.SampledFrom(values), 0, 14).Draw(t, "list")...)}
	}
	return domain.Leaf{Field: f.Name, Op: op, Value: rapid.SampledFrom(values).Draw(t, "value")}
}

// TestConditionsMeanTheSameEverywhere runs any condition over any rows on both
// databases and compares with the reference.
func TestConditionsMeanTheSameEverywhere(t *testing.T) {
	r := world()
	dbs := stores(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawData(t, r)
		ref := reference{r, d}
		var conditions []domain.Node
		for range 8 {
			conditions = append(conditions, drawNode(t, r, r["res.partner"], 3))
		}
		order := drawOrder(t, r["res.partner"])
		var ordered []int64
		for name, s := range dbs {
			got := runOn(t, name, s, ref, conditions, order)
			if ordered != nil && !slices.Equal(got, ordered) {
				t.Fatalf("order %v: %v here, %v there", order, got, ordered)
			}
			ordered = got
		}
	})
}

// runOn checks the conditions on one database and returns its order of all partners.
func runOn(t *rapid.T, name string, s dialect.Store, ref reference, conditions []domain.Node, order []schema.OrderTerm) []int64 {
	tx, err := s.Begin(context.Background(), dialect.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := ref.data.fill(tx, ref.models, s.Dialect()); err != nil {
		t.Fatal(err)
	}
	c := ref.models.compiler(s.Dialect())
	for _, n := range conditions {
		check(t, name, c, tx, ref, n)
	}
	st, err := c.Select(query.Select{Model: ref.models["res.partner"], Order: order})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ids(tx, st)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func check(t *rapid.T, name string, c *query.Compiler, tx dialect.Tx, ref reference, n domain.Node) {
	st, err := c.Select(query.Select{Model: ref.models["res.partner"], Where: n, Order: []schema.OrderTerm{{Field: "id"}}})
	if err != nil {
		t.Fatalf("%s: %s: %v", name, domain.String(n), err)
	}
	got, err := ids(tx, st)
	if err != nil {
		t.Fatalf("%s: %s: %v", name, domain.String(n), err)
	}
	if diff := cmp.Diff(ref.search("res.partner", n), got); diff != "" {
		t.Fatalf("%s: %s\n%s %v\n%s", name, domain.String(n), st.SQL, st.Args, diff)
	}
	count, err := c.Count(ref.models["res.partner"], n, 3)
	if err != nil {
		t.Fatal(err)
	}
	if counted, err := ids(tx, count); err != nil || counted[0] != int64(min(3, len(got))) {
		t.Fatalf("%s: counted %v of %d: %v", name, counted, len(got), err)
	}
}

func drawOrder(t *rapid.T, m *schema.Model) []schema.OrderTerm {
	var out []schema.OrderTerm
	for range rapid.IntRange(0, 3).Draw(t, "terms") {
		f := rapid.SampledFrom(m.Fields).Draw(t, "order by")
		if f.IsX2many() || f.Name == "computed" {
			continue
		}
		nulls := rapid.IntRange(0, 2).Draw(t, "nulls")
		out = append(out, schema.OrderTerm{Field: f.Name, Desc: rapid.Bool().Draw(t, "desc"), NullsFirst: nulls == 1,
			NullsLast: nulls == 2})
	}
	return append(out, schema.OrderTerm{Field: "id"})
}
