package schema

// Model is a complete model: its own fields, those of its extensions, and the
// log-access ones (id, display_name, create_uid, create_date, write_uid,
// write_date). Package orm makes it from descriptors and never changes it after.
type Model struct {
	Name    string // "account.journal"
	Table   string // "account_journal"
	Label   string
	RecName string // the field that names a record; "name" unless said otherwise
	Order   []OrderTerm
	Fields  []*Field
	// Parent names the many2one that child_of and parent_of walk; "" if none.
	Parent string
	// Indexes over several columns.
	Indexes []Index
	byName  map[string]*Field
}

// OrderTerm is one term of an order.
type OrderTerm struct {
	Field string
	Desc  bool
	// NullsFirst and NullsLast are Odoo's optional words; by default nulls
	// come last in ascending and first in descending order, as in PostgreSQL.
	NullsFirst, NullsLast bool
}

// Index covers several columns, in order.
type Index struct {
	Name    string // without the table's name
	Columns []string
	Unique  bool
	// Message tells users what a violation of a unique index means.
	Message string
	// Where limits the index to rows where this column is not NULL; "" for all.
	Where string
}

// NewModel makes a model of its parts. Names of fields must be distinct.
func NewModel(m Model) *Model {
	m.byName = make(map[string]*Field, len(m.Fields))
	for _, f := range m.Fields {
		m.byName[f.Name] = f
	}
	return &m
}

// Field returns the field of that name.
func (m *Model) Field(name string) (*Field, bool) {
	f, ok := m.byName[name]
	return f, ok
}

// Registry finds models by name.
type Registry interface {
	Model(name string) (*Model, bool)
}
