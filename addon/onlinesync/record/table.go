package record

// Column is a column of a table and where a new row's value comes from.
type Column[T any] struct {
	Name string
	Of   func(of *T) any
}

// Table is the columns of rows that are written many at a time.
type Table[T any] []Column[T]

// Names are the columns' names, in the order of Row.
func (t Table[T]) Names() []string {
	names := make([]string, len(t))
	for i := range t {
		names[i] = t[i].Name
	}
	return names
}

// Row is the values of one row.
func (t Table[T]) Row(of *T) []any {
	row := make([]any, len(t))
	for i := range t {
		row[i] = t[i].Of(of)
	}
	return row
}
