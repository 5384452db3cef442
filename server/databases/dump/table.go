package dump

import (
	"cmp"
	"slices"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Header is the first line of a dump.
type Header struct {
	// Format is the number of the file's form; see formatVersion.
	Format int `json:"girosync_dump"`
	// Database and UUID tell whose data it is.
	Database string `json:"database"`
	UUID     string `json:"uuid"`
	// Made is when, in UTC; Program is the version of what wrote it.
	Made    string  `json:"made"`
	Program string  `json:"program"`
	Tables  []Table `json:"tables"`
}

// Table is what a header says of a table.
type Table struct {
	Name    string   `json:"table"`
	Columns []Column `json:"columns"`
	// LastID is the highest id that was ever given, 0 for a link table.
	LastID int64 `json:"last_id,omitempty"`
	Rows   int64 `json:"rows"`
}

// Column is what a header says of a column.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // a field type of package schema
}

// formatVersion is the newest form that this program reads and writes.
const formatVersion = 1

// table is a table of the registry.
type table struct {
	name   string
	fields []*schema.Field // with a column, in the order of the file
	model  bool            // else a link table: two columns and no id
}

// tables lists the registry's, sorted by name.
func tables(registry *orm.Registry) []table {
	var all []table
	seen := map[string]bool{}
	for _, name := range registry.Names() {
		model, _ := registry.Model(name)
		t := table{name: model.Table, model: true}
		for _, f := range model.Fields {
			switch {
			case f.HasColumn() && f.Name == "id":
				t.fields = slices.Insert(t.fields, 0, f)
			case f.HasColumn():
				t.fields = append(t.fields, f)
			case f.Type == schema.TypeMany2many && !f.NotStored && !seen[f.RelTable]:
				seen[f.RelTable] = true // both ends may declare it
				left, right := schema.Integer(f.RelColumn, ""), schema.Integer(f.RelOther, "")
				all = append(all, table{name: f.RelTable, fields: []*schema.Field{&left, &right}})
			}
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	return all
}

// about is the header's line for a table.
func (t table) about(rows, last int64) Table {
	out := Table{Name: t.name, Rows: rows, LastID: last}
	for _, f := range t.fields {
		out.Columns = append(out.Columns, Column{f.Name, string(f.Type)})
	}
	return out
}
