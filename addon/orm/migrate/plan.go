package migrate

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Step is one statement and what it is for, in words for a person.
type Step struct{ What, SQL string }

// Plan is what is missing, in an order that can be applied.
type Plan struct {
	Steps []Step
	// Refused are changes that could lose data; with any of them nothing is applied.
	Refused []string
}

// Empty reports whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.Steps) == 0 && len(p.Refused) == 0 }

// Make compares the models with the live tables.
func Make(models []*schema.Model, live []dialect.Table, d dialect.Dialect) (Plan, error) {
	w := planner{d: d, live: map[string]dialect.Table{}, models: map[string]*schema.Model{}, indexes: map[string]string{}}
	for _, t := range live {
		w.live[t.Name] = t
	}
	models = slices.Clone(models)
	sort.Slice(models, func(i, j int) bool { return models[i].Name < models[j].Name })
	for _, m := range models {
		w.models[m.Name] = m
	}
	if err := w.check(models); err != nil {
		return Plan{}, err
	}
	for _, m := range models {
		w.table(m)
	}
	for _, m := range models {
		w.columns(m)
	}
	for _, m := range models {
		if err := w.links(m); err != nil {
			return Plan{}, err
		}
	}
	for _, m := range models {
		if err := w.indexesOf(m); err != nil {
			return Plan{}, err
		}
	}
	w.plan.Steps = append(w.plan.Steps, w.after...)
	return w.plan, nil
}

type planner struct {
	d       dialect.Dialect
	live    map[string]dialect.Table
	models  map[string]*schema.Model
	indexes map[string]string // planned ones, to the table
	plan    Plan
	after   []Step
}

func (w *planner) add(what, sql string) { w.plan.Steps = append(w.plan.Steps, Step{what, sql}) }

// maxName is how long PostgreSQL lets a name be.
const maxName = 63

func (w *planner) check(models []*schema.Model) error {
	for _, m := range models {
		if m.Table == "" || len(m.Table) > maxName {
			return fmt.Errorf("model %s has the table name %q", m.Name, m.Table)
		}
		for _, f := range m.Fields {
			if len(f.Name) > maxName {
				return fmt.Errorf("field %s.%s has too long a name", m.Name, f.Name)
			}
			if f.IsRelation() && w.models[f.Comodel] == nil && !f.NotStored {
				return fmt.Errorf("field %s.%s points at the unknown model %s", m.Name, f.Name, f.Comodel)
			}
		}
	}
	return nil
}

// stored are the fields of m with a column, without id.
func stored(m *schema.Model) []*schema.Field {
	var out []*schema.Field
	for _, f := range m.Fields {
		if f.HasColumn() && f.Name != "id" {
			out = append(out, f)
		}
	}
	return out
}

// table makes a missing table. Foreign keys stand in it where SQLite takes
// them; PostgreSQL's tables may point at each other in circles, so there they
// follow when all tables are made.
func (w *planner) table(m *schema.Model) {
	if _, ok := w.live[m.Table]; ok {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (%s %s", w.d.Quote(m.Table), w.d.Quote("id"), w.d.IDColumn())
	for _, f := range stored(m) {
		b.WriteString(", ")
		b.WriteString(w.column(f, w.inlineKeys()))
	}
	b.WriteString(")")
	w.add("create table "+m.Table, b.String())
	if w.inlineKeys() {
		return
	}
	for _, f := range stored(m) {
		w.foreignKey(m, f)
	}
}

// inlineKeys reports whether foreign keys stand in CREATE TABLE.
func (w *planner) inlineKeys() bool { return w.d.Name() == "sqlite" }

func (w *planner) column(f *schema.Field, reference bool) string {
	text := w.d.Quote(f.Name) + " " + w.d.ColumnDDL(f)
	if reference && f.Type == schema.TypeMany2one {
		text += " " + w.reference(f)
	}
	return text
}

func (w *planner) reference(f *schema.Field) string {
	rule := f.OnDelete
	if rule == "" {
		rule = schema.SetNull
		if f.IsRequired {
			rule = schema.Restrict
		}
	}
	return fmt.Sprintf("REFERENCES %s (%s) ON DELETE %s", w.d.Quote(w.models[f.Comodel].Table), w.d.Quote("id"),
		strings.ToUpper(string(rule)))
}

// foreignKey is added late, after every table exists.
func (w *planner) foreignKey(m *schema.Model, f *schema.Field) {
	if f.Type != schema.TypeMany2one {
		return
	}
	name := shortened(m.Table + "_" + f.Name + "_fkey")
	w.late("reference "+m.Table+"."+f.Name, fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) %s",
		w.d.Quote(m.Table), w.d.Quote(name), w.d.Quote(f.Name), w.reference(f)))
}

// late plans a step that comes after all tables and columns.
func (w *planner) late(what, sql string) { w.after = append(w.after, Step{what, sql}) }

// columns adds missing columns and widens those that grew.
func (w *planner) columns(m *schema.Model) {
	t, ok := w.live[m.Table]
	if !ok {
		return
	}
	have := map[string]dialect.Column{}
	for _, c := range t.Columns {
		have[c.Name] = c
	}
	for _, f := range stored(m) {
		c, ok := have[f.Name]
		if !ok {
			w.add("add column "+m.Table+"."+f.Name, "ALTER TABLE "+w.d.Quote(m.Table)+" ADD COLUMN "+w.column(f, w.inlineKeys()))
			if !w.inlineKeys() {
				w.foreignKey(m, f)
			}
			continue
		}
		if c.Type == w.d.ColumnType(f) {
			continue
		}
		sql, ok := w.d.Widen(m.Table, f, c.Type)
		if !ok {
			w.plan.Refused = append(w.plan.Refused,
				fmt.Sprintf("column %s.%s is %s and would have to become %s", m.Table, f.Name, c.Type, w.d.ColumnType(f)))
		} else if sql != "" {
			w.add("widen column "+m.Table+"."+f.Name, sql)
		}
	}
}

// links makes the link tables of many2many fields.
func (w *planner) links(m *schema.Model) error {
	for _, f := range m.Fields {
		if f.Type != schema.TypeMany2many || f.NotStored {
			continue
		}
		if f.RelTable == "" || f.RelColumn == "" || f.RelOther == "" || f.RelColumn == f.RelOther {
			return fmt.Errorf("many2many %s.%s does not name its link table and two columns", m.Name, f.Name)
		}
		if _, ok := w.live[f.RelTable]; ok {
			continue
		}
		w.live[f.RelTable] = dialect.Table{Name: f.RelTable} // both ends may declare it
		q := w.d.Quote
		id := schema.Integer("id", "")
		side := func(column string, m *schema.Model) string {
			return fmt.Sprintf("%s %s NOT NULL REFERENCES %s (%s) ON DELETE CASCADE", q(column), w.d.ColumnType(&id), q(m.Table), q("id"))
		}
		w.late("create table "+f.RelTable, fmt.Sprintf("CREATE TABLE %s (%s, %s, PRIMARY KEY (%s, %s))",
			q(f.RelTable), side(f.RelColumn, m), side(f.RelOther, w.models[f.Comodel]), q(f.RelColumn), q(f.RelOther)))
		name := shortened(f.RelTable + "_" + f.RelOther + "_idx")
		w.late("create index "+name, fmt.Sprintf("CREATE INDEX %s ON %s (%s, %s)", q(name), q(f.RelTable), q(f.RelOther), q(f.RelColumn)))
	}
	return nil
}
