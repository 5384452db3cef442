package orm

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
)

// loadRow is the cells of one record, and those of its lists' records.
type loadRow struct {
	from, to int // rows of the table
	// keys are the cells of ".id" and "id", and of "", which is the name.
	keys map[string]any
	// fields are the fields that have columns, in their order.
	fields []string
	cells  map[string]any
	// by is how many2one and many2many fields name records, as keys.
	by    map[string]string
	lists map[string][]loadRow
}

// loadPath takes a column's name apart: "parent_id.id" is "parent_id/.id", as
// "parent_id:id" is "parent_id/id".
func loadPath(column string) []string {
	column = strings.ReplaceAll(strings.ReplaceAll(column, ".id", "/.id"), ":id", "/id")
	return slices.DeleteFunc(strings.Split(column, "/"), func(s string) bool { return s == "" })
}

// deepestLoad bounds the steps of a column.
const deepestLoad = 8

// records puts the rows of a table together into records.
func (l *loading) records(columns []string, data []any) ([]loadRow, error) {
	paths := make([][]string, len(columns))
	for i, column := range columns {
		if paths[i] = loadPath(column); len(paths[i]) > deepestLoad {
			return nil, fault.New(fault.User, "A path to load has more than %d steps.", deepestLoad)
		}
		if len(paths[i]) == 0 {
			return nil, invalidField(l.on, column)
		}
	}
	table := make([][]any, len(data))
	for i, item := range data {
		cells, ok := item.([]any)
		if !ok {
			return nil, fault.New(fault.Type, "load() takes rows of values, not %s", typeName(item))
		}
		table[i] = make([]any, len(paths)) // what is missing at its end is empty
		copy(table[i], cells)
	}
	return l.gather(l.on, paths, table)
}

// gather puts rows together: those with values in columns of one2many fields
// alone belong to the record above them.
func (l *loading) gather(on *entity, paths [][]string, table [][]any) ([]loadRow, error) {
	fields := make([]*schema.Field, len(paths)) // nil for keys
	for i, path := range paths {
		if isLoadKey(path) {
			continue
		}
		if _, ok := on.Field(path[0]); !ok {
			return nil, fault.New(fault.Value, "Invalid field name '%s'", path[0])
		}
		var err error
		if fields[i], err = l.env.field(on, path[0], Write); err != nil {
			return nil, err
		}
	}
	continues := func(row []any) bool {
		inLists := false
		for i, cell := range row {
			if !truth(cell) {
				continue
			}
			if fields[i] == nil || fields[i].Type != schema.TypeOne2many {
				return false
			}
			inLists = true
		}
		return inLists
	}
	var records []loadRow
	for at := 0; at < len(table); {
		end := at + 1
		for end < len(table) && continues(table[end]) {
			end++
		}
		r := loadRow{from: at, to: end - 1, keys: map[string]any{}, cells: map[string]any{}, by: map[string]string{},
			lists: map[string][]loadRow{}}
		for i, path := range paths {
			if fields[i] == nil {
				r.keys[strings.Join(path, "")] = table[at][i]
				continue
			}
			if err := l.add(&r, fields[i], paths, i, table[at:end]); err != nil {
				return nil, err
			}
		}
		records = append(records, r)
		at = end
	}
	return records, nil
}

func isLoadKey(path []string) bool { return len(path) == 0 || path[0] == "id" || path[0] == ".id" }

// add takes column i, that of field f, into a record; of a list, all its columns
// at once.
func (l *loading) add(r *loadRow, f *schema.Field, paths [][]string, i int, rows [][]any) error {
	if !slices.Contains(r.fields, f.Name) {
		r.fields = append(r.fields, f.Name)
	} else if f.Type == schema.TypeOne2many {
		return nil
	}
	if f.Type != schema.TypeOne2many {
		below := strings.Join(paths[i][1:], "/")
		if before, twice := r.by[f.Name]; twice && f.IsRelation() && before != below {
			below = ambiguous
		}
		r.cells[f.Name], r.by[f.Name] = rows[0][i], below
		return nil
	}
	var below [][]string
	var columns []int
	for j, path := range paths {
		if !isLoadKey(path) && path[0] == f.Name {
			below, columns = append(below, path[1:]), append(columns, j)
		}
	}
	var table [][]any
	for _, row := range rows {
		cells := make([]any, len(columns))
		for k, j := range columns {
			cells[k] = row[j]
		}
		if slices.ContainsFunc(cells, truth) {
			table = append(table, cells)
		}
	}
	var err error
	r.lists[f.Name], err = l.gather(l.env.db.reg.entities[f.Comodel], below, table)
	return err
}

// ambiguous stands where a record is named in two ways.
const ambiguous = "?"
