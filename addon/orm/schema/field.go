package schema

// Type is a field's Odoo type, spelt as fields_get spells it.
type Type string

// The field types.
const (
	TypeChar      Type = "char"
	TypeText      Type = "text"
	TypeHTML      Type = "html"
	TypeInteger   Type = "integer"
	TypeFloat     Type = "float"
	TypeMonetary  Type = "monetary"
	TypeBoolean   Type = "boolean"
	TypeDate      Type = "date"
	TypeDatetime  Type = "datetime"
	TypeSelection Type = "selection"
	TypeMany2one  Type = "many2one"
	TypeOne2many  Type = "one2many"
	TypeMany2many Type = "many2many"
	TypeJSON      Type = "json"
	TypeBinary    Type = "binary"

	// TypeMany2oneReference is what clients are told of an integer with a ModelField.
	TypeMany2oneReference Type = "many2one_reference"
)

// Field describes one field. Make it with the constructor of its type and
// refine it with the methods, each of which returns a changed copy.
type Field struct {
	Name     string
	Type     Type
	Label    string // "string" in fields_get; the English text is also its translation key
	HelpText string

	Comodel string // relations: the model at the other end
	Inverse string // one2many: the many2one over there
	// Many2many: the link table and its two columns. Filled in by default as
	// Odoo does: the two tables in alphabetical order, joined by "_", "_rel".
	RelTable, RelColumn, RelOther string

	Options       []Option // selection
	CurrencyField string   // monetary: the many2one to res.currency
	Size          int      // char: longest allowed; 0 is no limit
	ModelField    string   // integer that is a record's id: the field with the name of its model

	IsRequired bool
	IsReadonly bool // clients may not write it; code may
	IsIndexed  bool
	IsUnique   bool // unique among non-empty values
	NoCopy     bool // copy() leaves it out
	NotStored  bool // computed or related on the fly
	Trimmed    bool
	// Translated: readers get the addons' label for the text that is kept, in
	// their language; it is searched and ordered as it is kept.
	Translated bool
	Hidden     bool     // never listed, read or written by clients (password hashes)
	Groups     []string // external ids of groups; others do not see the field

	Default    any      // a constant, in the field's Go type; functions are bound in orm
	Path       []string // related: the fields to walk, the last being the value
	Depends    []string // computed: dotted paths whose change makes it stale
	IsComputed bool
	// OnDelete says what becomes of a many2one whose target is deleted.
	OnDelete OnDelete
}

// OnDelete is a many2one's rule.
type OnDelete string

// The rules. SetNull is the default for optional fields, Restrict for required ones.
const (
	SetNull  OnDelete = "set null"
	Restrict OnDelete = "restrict"
	Cascade  OnDelete = "cascade"
)

// Option is one value of a selection and its label.
type Option struct{ Value, Label string }

// Fields is a list of fields; its order is the order of fields_get.
type Fields []Field

// Char is a text of one line.
func Char(name, label string) Field { return Field{Name: name, Type: TypeChar, Label: label} }

// Text is a text of several lines.
func Text(name, label string) Field { return Field{Name: name, Type: TypeText, Label: label} }

// HTML is a text with markup, kept as it is given: whoever writes it makes it safe.
func HTML(name, label string) Field { return Field{Name: name, Type: TypeHTML, Label: label} }

// Integer is a whole number of 64 bits.
func Integer(name, label string) Field { return Field{Name: name, Type: TypeInteger, Label: label} }

// Many2oneReference is the id of a record, whose model the field modelField names.
func Many2oneReference(name, label, modelField string) Field {
	return Field{Name: name, Type: TypeInteger, Label: label, ModelField: modelField}
}

// Float is a number that may be rounded; amounts are Monetary.
func Float(name, label string) Field { return Field{Name: name, Type: TypeFloat, Label: label} }

// Boolean is true or false; unset reads as false.
func Boolean(name, label string) Field { return Field{Name: name, Type: TypeBoolean, Label: label} }

// Day is a civil date, without time or zone: type date.
func Day(name, label string) Field { return Field{Name: name, Type: TypeDate, Label: label} }

// Datetime is an instant, kept in UTC to the microsecond.
func Datetime(name, label string) Field { return Field{Name: name, Type: TypeDatetime, Label: label} }

// JSON is any JSON value, kept as text.
func JSON(name, label string) Field { return Field{Name: name, Type: TypeJSON, Label: label} }

// Binary is bytes, base64 in JSON; no bytes are unset. It cannot be sorted,
// grouped or searched but for being set.
func Binary(name, label string) Field { return Field{Name: name, Type: TypeBinary, Label: label} }

// Monetary is an exact amount in the currency that currencyField names.
func Monetary(name, label, currencyField string) Field {
	return Field{Name: name, Type: TypeMonetary, Label: label, CurrencyField: currencyField}
}

// Selection takes one of the options.
func Selection(name, label string, options ...Option) Field {
	return Field{Name: name, Type: TypeSelection, Label: label, Options: options}
}

// Many2one points at one record of comodel.
func Many2one(name, label, comodel string) Field {
	return Field{Name: name, Type: TypeMany2one, Label: label, Comodel: comodel}
}

// One2many lists the records of comodel whose inverse points here.
func One2many(name, label, comodel, inverse string) Field {
	return Field{Name: name, Type: TypeOne2many, Label: label, Comodel: comodel, Inverse: inverse, NoCopy: true}
}

// Many2many lists records of comodel through a link table.
func Many2many(name, label, comodel string) Field {
	return Field{Name: name, Type: TypeMany2many, Label: label, Comodel: comodel}
}

// Required refuses records without a value.
func (f Field) Required() Field { f.IsRequired = true; return f }

// Readonly keeps clients from writing it; code may.
func (f Field) Readonly() Field { f.IsReadonly = true; return f }

// Indexed makes an index on the column.
func (f Field) Indexed() Field { f.IsIndexed = true; return f }

// AsLabel has readers get the label of the kept text in their language, see Translated.
func (f Field) AsLabel() Field { f.Translated = true; return f }

// Unique refuses a value that another record has; empty ones do not count.
func (f Field) Unique() Field { f.IsUnique, f.IsIndexed = true, true; return f }

// NotCopied has copy() leave it out.
func (f Field) NotCopied() Field { f.NoCopy = true; return f }

// Copied has copy() take it, where its type or a compute would leave it out.
func (f Field) Copied() Field { f.NoCopy = false; return f }

// Help is the tooltip, in English.
func (f Field) Help(text string) Field { f.HelpText = text; return f }

// Secret is never listed, read or written by clients.
func (f Field) Secret() Field { f.Hidden = true; return f }

// ForGroups hides it from users who are in none of the groups (external ids).
func (f Field) ForGroups(ids ...string) Field { f.Groups = ids; return f }

// DefaultTo gives new records a constant, in the field's Go type.
func (f Field) DefaultTo(v any) Field { f.Default = v; return f }

// Max cuts a text after so many characters.
func (f Field) Max(size int) Field { f.Size = size; return f }

// WhenDeleted says what becomes of a many2one whose target is deleted.
func (f Field) WhenDeleted(rule OnDelete) Field { f.OnDelete = rule; return f }

// Through names a many2many's link table and columns.
func (f Field) Through(table, column, other string) Field {
	f.RelTable, f.RelColumn, f.RelOther = table, column, other
	return f
}

// DependsOn makes the field computed and says which dotted paths it is
// computed from. It is stored unless NotKept is called too.
func (f Field) DependsOn(paths ...string) Field {
	f.IsComputed, f.IsReadonly, f.NoCopy, f.Depends = true, true, true, paths
	return f
}

// Editable lets clients write a computed field; the value stays until a dependency changes.
func (f Field) Editable() Field { f.IsReadonly = false; return f }

// NotKept computes the field at each reading instead of storing it.
func (f Field) NotKept() Field { f.NotStored = true; return f }

// RelatedTo reads the value at the end of a dotted path of many2ones; it is
// not stored, searchable, and readonly.
func (f Field) RelatedTo(path ...string) Field {
	f.Path, f.NotStored, f.IsReadonly, f.NoCopy = path, true, true, true
	return f
}

// ToldType is the type as clients are told it.
func (f *Field) ToldType() string {
	if f.ModelField != "" {
		return string(TypeMany2oneReference)
	}
	return string(f.Type)
}

// HasColumn reports whether the field is a column of its model's table.
func (f *Field) HasColumn() bool {
	return !f.NotStored && f.Type != TypeOne2many && f.Type != TypeMany2many
}

// IsX2many reports whether the field lists records.
func (f *Field) IsX2many() bool { return f.Type == TypeOne2many || f.Type == TypeMany2many }

// IsRelation reports whether the field points at records.
func (f *Field) IsRelation() bool { return f.Comodel != "" }
