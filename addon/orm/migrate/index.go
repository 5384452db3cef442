package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// IndexName is the name that a model's index has in the database, as a
// violation reports it: dialect.ConstraintError.Name.
func IndexName(m *schema.Model, x schema.Index) string {
	name := x.Name
	if name == "" {
		name = strings.Join(x.Columns, "_")
	}
	ending := "_idx"
	if x.Unique {
		ending = "_uniq"
	}
	return shortened(m.Table + "_" + name + ending)
}

// UniqueName is the name of the index that keeps one field's values apart.
func UniqueName(m *schema.Model, f *schema.Field) string {
	return IndexName(m, schema.Index{Columns: []string{f.Name}, Unique: true})
}

// shortened keeps a name within what PostgreSQL allows, distinct by a hash.
func shortened(name string) string {
	if len(name) <= maxName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:maxName-9] + "_" + hex.EncodeToString(sum[:4])
}

func (w *planner) indexesOf(m *schema.Model) error {
	for _, f := range stored(m) {
		switch {
		case f.IsUnique:
			w.index(m, schema.Index{Columns: []string{f.Name}, Unique: true}, notEmpty(w.d.Quote(f.Name), f))
		case f.IsIndexed || lookedUp(f):
			if !leads(m, f.Name) {
				w.index(m, schema.Index{Columns: []string{f.Name}}, unsetLeftOut(w.d.Quote(f.Name), f))
			}
		}
	}
	for _, x := range m.Indexes {
		for _, column := range append(slices.Clone(x.Columns), x.Where) {
			if column == "" || column == "id" {
				continue
			}
			if f, ok := m.Field(column); !ok || !f.HasColumn() {
				return fmt.Errorf("index %s of %s names %q, which is no column", x.Name, m.Name, column)
			}
		}
		if len(x.Columns) == 0 {
			return fmt.Errorf("index %s of %s has no columns", x.Name, m.Name)
		}
		where := ""
		if x.Where != "" {
			where = w.d.Quote(x.Where) + " IS NOT NULL"
		}
		w.index(m, x, where)
	}
	return nil
}

// lookedUp reports whether a field needs an index of its own although nobody
// asked for one. A many2one is looked up from its other end, by its one2many
// and when its target is deleted. Who made and changed records, and what is
// copied from elsewhere, is looked up so rarely that it is not worth the time
// of every insert.
func lookedUp(f *schema.Field) bool {
	return f.Type == schema.TypeMany2one && !f.IsComputed && f.Name != "create_uid" && f.Name != "write_uid"
}

// leads reports whether an index of the model over all rows begins with column,
// which serves whatever an index of the column alone would.
func leads(m *schema.Model, column string) bool {
	return slices.ContainsFunc(m.Indexes, func(x schema.Index) bool {
		return x.Where == "" && len(x.Columns) > 0 && x.Columns[0] == column
	})
}

// unsetLeftOut keeps an optional many2one that points nowhere out of its index:
// nobody looks for that by index.
func unsetLeftOut(column string, f *schema.Field) string {
	if f.Type == schema.TypeMany2one && !f.IsRequired {
		return column + " IS NOT NULL"
	}
	return ""
}

// notEmpty leaves "" out of a unique index, as NULL is.
func notEmpty(column string, f *schema.Field) string {
	switch f.Type {
	case schema.TypeChar, schema.TypeText, schema.TypeHTML, schema.TypeSelection:
		return column + " <> ''"
	}
	return ""
}

func (w *planner) index(m *schema.Model, x schema.Index, where string) {
	name := IndexName(m, x)
	if slices.Contains(w.live[m.Table].Indexes, name) || w.indexes[name] != "" {
		return
	}
	w.indexes[name] = m.Table
	var b strings.Builder
	b.WriteString("CREATE ")
	if x.Unique {
		b.WriteString("UNIQUE ")
	}
	fmt.Fprintf(&b, "INDEX %s ON %s (", w.d.Quote(name), w.d.Quote(m.Table))
	for i, column := range x.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(w.d.Quote(column))
	}
	b.WriteString(")")
	if where != "" {
		b.WriteString(" WHERE " + where)
	}
	w.late("create index "+name, b.String())
}
