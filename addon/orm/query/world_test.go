package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/migrate"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// registry is three models that point at each other in every way.
type registry map[string]*schema.Model

func (r registry) Model(name string) (*schema.Model, bool) {
	m, ok := r[name]
	return m, ok
}

func world() registry {
	model := func(name string, order []schema.OrderTerm, fields ...schema.Field) *schema.Model {
		id := schema.Integer("id", "ID")
		m := schema.Model{Name: "res." + name, Table: "res_" + name, RecName: "name", Order: order, Fields: []*schema.Field{&id}}
		for _, f := range fields {
			m.Fields = append(m.Fields, &f)
		}
		return schema.NewModel(m)
	}
	return registry{
		"res.partner": model("partner", []schema.OrderTerm{{Field: "name"}, {Field: "id"}},
			schema.Char("name", "Name"), schema.Text("ref", "Reference"), schema.Integer("color", "Color"), schema.Float("score", "Score"),
			schema.Monetary("balance", "Balance", "x"), schema.Boolean("flag", "Flag"), schema.Day("day", "Day"),
			schema.Datetime("seen", "Seen"),
			schema.Selection("kind", "Kind"), schema.Many2one("parent_id", "Parent", "res.partner"),
			schema.Many2one("company_id", "Company", "res.company"),
			schema.One2many("child_ids", "Children", "res.partner", "parent_id"),
			schema.Many2many("tag_ids", "Tags", "res.tag").Through("partner_tag_rel", "partner_id", "tag_id"),
			schema.Char("company_name", "Company Name").RelatedTo("company_id", "name"),
			schema.Char("grand_name", "Name of the parent's parent").RelatedTo("parent_id", "parent_id", "name"),
			schema.Many2one("parent_company_id", "Parent's Company", "res.company").RelatedTo("parent_id", "company_id"),
			schema.Char("computed", "Computed").DependsOn("name").NotKept(),
		),
		"res.company": model("company", []schema.OrderTerm{{Field: "rank", Desc: true}, {Field: "name"}, {Field: "id"}},
			schema.Char("name", "Name"), schema.Integer("rank", "Rank")),
		"res.tag": model("tag", []schema.OrderTerm{{Field: "name"}, {Field: "id"}},
			schema.Char("name", "Name"), schema.Boolean("active", "Active"),
			schema.Many2many("partner_ids", "Partners", "res.partner").Through("partner_tag_rel", "tag_id", "partner_id")),
	}
}

func (r registry) models() []*schema.Model {
	return []*schema.Model{r["res.partner"], r["res.company"], r["res.tag"]}
}

func (r registry) compiler(d dialect.Dialect) *query.Compiler {
	return &query.Compiler{Models: r, Dialect: d}
}

// stores opens both databases with the tables of the world.
func stores(t testing.TB) map[string]dialect.Store {
	out := map[string]dialect.Store{"sqlite": dialecttest.SQLite(t), "postgres": dialecttest.PostgresStore(t)}
	for name, s := range out {
		if err := migrate.Ensure(context.Background(), s, world().models(), nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return out
}

// record is a row as clients think of it; nil is NULL.
type record map[string]any

// data is the rows of all models, and the links of partners with tags.
type data struct {
	rows  map[string][]record
	links [][2]int64
}

// fill writes data into a transaction.
func (d data) fill(tx dialect.Tx, r registry, dia dialect.Dialect) error {
	ctx := context.Background()
	for _, name := range []string{"res.company", "res.tag", "res.partner"} {
		m := r[name]
		var columns []string
		var fields []*schema.Field
		for _, f := range m.Fields {
			if f.HasColumn() {
				columns, fields = append(columns, f.Name), append(fields, f)
			}
		}
		var rows [][]any
		for _, rec := range d.rows[name] {
			row := make([]any, len(fields))
			for i, f := range fields {
				value := rec[f.Name]
				if f.Name == "parent_id" { // set below: parents may come later
					value = nil
				}
				arg, err := dia.Arg(f, value)
				if err != nil {
					return fmt.Errorf("%s: %w", f.Name, err)
				}
				row[i] = arg
			}
			rows = append(rows, row)
		}
		if err := tx.Insert(ctx, m.Table, columns, rows); err != nil {
			return err
		}
	}
	for _, rec := range d.rows["res.partner"] {
		if rec["parent_id"] == nil {
			continue
		}
		sql := "UPDATE res_partner SET parent_id = " + dia.Placeholder(1) + " WHERE id = " + dia.Placeholder(2)
		if _, err := tx.Exec(ctx, sql, rec["parent_id"], rec["id"]); err != nil {
			return err
		}
	}
	var links [][]any
	for _, l := range d.links {
		links = append(links, []any{l[0], l[1]})
	}
	return tx.Insert(ctx, "partner_tag_rel", []string{"partner_id", "tag_id"}, links)
}

// ids runs a statement and reads its first column.
func ids(tx dialect.Tx, st query.Statement) ([]int64, error) {
	rows, err := tx.Query(context.Background(), st.SQL, st.Args...)
	if err != nil {
		return nil, fmt.Errorf("%s %v: %w", st.SQL, st.Args, err)
	}
	out := []int64{}
	for rows.Next() {
		out = append(out, rows.Int(0))
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

func where(field string, op domain.Op, v any) domain.Node { return domain.Where(field, op, v) }

func day(text string) schema.Date { return schema.Date(text) }

func at(text string) time.Time {
	v, err := time.Parse(schema.DatetimeLayout, text)
	if err != nil {
		panic(err)
	}
	return v
}
