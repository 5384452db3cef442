package query_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden are statements whose text is kept in testdata, one file per database:
// a change of it is to be seen and wanted.
var golden = []struct {
	name string
	make func(c *query.Compiler, r registry) (query.Statement, error)
}{
	{"select everything", sel(query.Select{})},
	{"select a page in the model's order",
		sel(query.Select{Fields: []string{"name", "balance", "day", "seen", "flag"}, Order: byName, Limit: 80, Offset: 160})},
	{"select from an offset without a limit", sel(query.Select{Offset: 5})},
	{"select by text", sel(query.Select{Where: domain.All(where("name", domain.ILike, "éa%"), where("ref", domain.NotLike, "x"),
		where("kind", domain.Eq, "a"))})},
	{"select where unset", sel(query.Select{Where: domain.All(where("name", domain.Eq, false), where("color", domain.Eq, false),
		where("flag", domain.Eq, false), where("parent_id", domain.Eq, false))})},
	{"select among values and none",
		sel(query.Select{Where: domain.Or{where("color", domain.In, []any{int64(1), int64(2), false}),
			where("name", domain.NotIn, []any{"a", "b"}), where("name", domain.In, []any{})}})},
	{"select by amount, day and instant",
		sel(query.Select{Where: domain.All(where("balance", domain.Gt, 10.005), where("day", domain.Le, day("2025-03-01")),
			where("seen", domain.Lt, at("2025-03-01 10:00:00")))})},
	{"select along a path", sel(query.Select{Where: where("parent_id.company_id.name", domain.Eq, "Acme")})},
	{"select by name of a record", sel(query.Select{Where: where("company_id", domain.ILike, "acme")})},
	{"select by any line", sel(query.Select{Where: where("child_ids", domain.AnyOf, where("color", domain.Eq, int64(1)))})},
	{"select by no link", sel(query.Select{Where: where("tag_ids", domain.Eq, false)})},
	{"select by a link that is active", sel(query.Select{Where: where("tag_ids.name", domain.Eq, "vip")})},
	{"select by a link, archived too", func(c *query.Compiler, r registry) (query.Statement, error) {
		c.Archived = true
		return sel(query.Select{Where: where("tag_ids.name", domain.Eq, "vip")})(c, r)
	}},
	{"select not by any link", sel(query.Select{Where: domain.Not{Node: where("tag_ids", domain.In, []any{int64(1), int64(2)})}})},
	{"select below a record", sel(query.Select{Where: where("parent_id", domain.ChildOf, int64(7))})},
	{"select a related value and by it",
		sel(query.Select{Fields: []string{"company_name", "grand_name"}, Where: where("grand_name", domain.Eq, "x"),
			Order: []schema.OrderTerm{{Field: "company_name", Desc: true}}})},
	{"select in the order of another model",
		sel(query.Select{Order: []schema.OrderTerm{{Field: "company_id"}, {Field: "day", Desc: true, NullsLast: true}, {Field: "id"}}})},
	{"select what may be seen on the way", func(c *query.Compiler, r registry) (query.Statement, error) {
		c.Visible = func(m *schema.Model) (domain.Node, error) {
			if m.Name == "res.company" {
				return domain.Loose{Node: where("rank", domain.Gt, int64(3))}, nil
			}
			return nil, nil
		}
		return sel(query.Select{Where: where("company_id.name", domain.Eq, "Acme")})(c, r)
	}},
	{"select by an id that is no reference",
		sel(query.Select{Where: where("color", domain.AnyOf, domain.Of{Model: "res.company", Node: where("rank", domain.Gt, int64(3))})})},
	{"select but check a condition late",
		sel(query.Select{Where: domain.All(where("name", domain.Eq, "a"),
			domain.Loose{Node: where("company_id", domain.In, []any{int64(1)})})})},
	{"count", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Count(r["res.partner"], where("flag", domain.Eq, true), 0)
	}},
	{"count no further than", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Count(r["res.partner"], where("flag", domain.Eq, true), 100)
	}},
	{"those that exist", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Exists(r["res.partner"], []int64{3, 1, 2}, where("flag", domain.Eq, true))
	}},
	{"group by a record with figures", group(query.Group{By: []query.GroupBy{{Field: "company_id"}},
		Aggregates: []query.Aggregate{{Field: "__count"}, {Field: "balance", Func: "sum"}, {Field: "score", Func: "avg"},
			{Field: "day", Func: "max"}, {Field: "flag", Func: "bool_or"}, {Field: "name", Func: "count_distinct"}},
		Order: []query.GroupOrder{{Term: "company_id"}}})},
	{"group by a record, in any order",
		group(query.Group{By: []query.GroupBy{{Field: "company_id"}}, Aggregates: []query.Aggregate{{Field: "__count"}}})},
	{"group by month in a zone, a page",
		group(query.Group{Zone: "Europe/Amsterdam", By: []query.GroupBy{{Field: "seen", Granularity: "month"}, {Field: "kind"}},
			Aggregates: []query.Aggregate{{Field: "__count"}}, Order: []query.GroupOrder{{Term: "seen:month", Desc: true}}, Limit: 10,
			Offset: 20})},
	{"group by week of a day",
		group(query.Group{By: []query.GroupBy{{Field: "day", Granularity: "week"}},
			Aggregates: []query.Aggregate{{Field: "balance", Func: "sum"}}, Order: []query.GroupOrder{{Term: "balance:sum"}}})},
	{"sum of all", group(query.Group{Where: where("flag", domain.Eq, true),
		Aggregates: []query.Aggregate{{Field: "balance", Func: "sum"}}})},
	{"update", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Update(r["res.partner"], []string{"name", "balance"}, []int64{1, 2, 3}), nil
	}},
	{"update one", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Update(r["res.partner"], []string{"name"}, []int64{1}), nil
	}},
	{"delete", func(c *query.Compiler, r registry) (query.Statement, error) {
		return c.Delete(r["res.partner"], []int64{1, 2}), nil
	}},
	{"links", tags(func(c *query.Compiler, f *schema.Field) query.Statement { return c.Links(f, []int64{1, 2}) })},
	{"link", tags(func(c *query.Compiler, f *schema.Field) query.Statement { return c.Link(f) })},
	{"unlink some", tags(func(c *query.Compiler, f *schema.Field) query.Statement {
		return c.Unlink(f, []int64{1}, []int64{5, 6})
	})},
	{"unlink all", tags(func(c *query.Compiler, f *schema.Field) query.Statement { return c.Unlink(f, []int64{1, 2}, nil) })},
}

var byName = []schema.OrderTerm{{Field: "name"}, {Field: "id"}}

func sel(q query.Select) func(*query.Compiler, registry) (query.Statement, error) {
	return func(c *query.Compiler, r registry) (query.Statement, error) {
		q.Model = r["res.partner"]
		return c.Select(q)
	}
}

func group(g query.Group) func(*query.Compiler, registry) (query.Statement, error) {
	return func(c *query.Compiler, r registry) (query.Statement, error) {
		g.Model = r["res.partner"]
		return c.Group(g)
	}
}

func tags(make func(*query.Compiler, *schema.Field) query.Statement) func(*query.Compiler, registry) (query.Statement, error) {
	return func(c *query.Compiler, r registry) (query.Statement, error) {
		f, _ := r["res.partner"].Field("tag_ids")
		return make(c, f), nil
	}
}

// TestStatementsReadAsKept compares the text of statements with testdata, and
// has each database prepare and run those that read. Run with -update to keep
// new text.
func TestStatementsReadAsKept(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for _, g := range golden {
				r := world()
				st, err := g.make(r.compiler(s.Dialect()), r)
				if err != nil {
					t.Errorf("%s: %v", g.name, err)
					continue
				}
				fmt.Fprintf(&text, "-- %s\n%s\n", g.name, st.SQL)
				for i, arg := range st.Args {
					fmt.Fprintf(&text, "--   %d: %T %v\n", i+1, arg, arg)
				}
				text.WriteByte('\n')
				runs(t, s, g.name, st)
			}
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text.String()); diff != "" {
				t.Errorf("statements differ from %s (-kept +now):\n%s", file, diff)
			}
		})
	}
}

// runs has the database run a statement that reads.
func runs(t *testing.T, s dialect.Store, name string, st query.Statement) {
	t.Helper()
	if !strings.HasPrefix(st.SQL, "SELECT") {
		return
	}
	tx, err := s.Begin(t.Context(), dialect.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := ids(tx, st); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
