package orm

import (
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Model declares a model. The fields id, display_name and the four stamps
// (create_uid, create_date, write_uid, write_date) are added to every model.
type Model struct {
	Name    string // "account.journal"
	Label   string
	Order   string // "sequence, type, code"; "id" if empty
	RecName string // "name" if empty
	// NameField is what a person types as a record's name, where RecName is
	// computed from it: name_create fills it and a copy is marked in it. RecName
	// if empty.
	NameField string
	Parent    string // the many2one that child_of walks
	Fields    schema.Fields
	Indexes   []schema.Index
	Bound
	// DisplayName overrides how records are named; the default is RecName's value.
	DisplayName func(env *Env, ids []int64) ([]string, error)
	// NameSearch lists the fields that name_search looks in; RecName if empty.
	NameSearch []string
	// Transient marks models of wizards, as ir.model tells it.
	Transient bool
}

// Extension adds to a model that an earlier addon declares.
type Extension struct {
	Of      string
	Order   string        // replaces, if set
	Fields  schema.Fields // new ones, or a known name: replaces its attributes
	Indexes []schema.Index
	Bound
	DisplayName func(env *Env, ids []int64) ([]string, error)
}

// Bound is what runs for a model. An extension's come after the model's.
type Bound struct {
	Computes    []Compute
	Defaults    Defaults
	Searches    Searches
	Methods     Methods
	Constraints []Constraint
	SQLUnique   []Unique
	Hooks       Hooks
	// Access says which groups may do what; "" is everyone, logged in or not.
	Access Access
	Rules  []Rule
}

// Compute fills computed fields for a batch of records.
type Compute struct {
	Fields []string
	// Do sets every field of Fields for every record of the batch. What it
	// leaves unset becomes empty. It runs with all rights of the system.
	Do func(env *Env, batch *Batch) error
	// Inverse, when set, makes the fields writable: it carries a written value
	// back into what they are computed from.
	Inverse func(env *Env, ids []int64, field string, value any) error
}

// Defaults give values to fields that a create leaves out, by field name.
type Defaults map[string]func(env *Env) (any, error)

// Searches rewrite a condition on a field that is not stored.
type Searches map[string]func(env *Env, leaf domain.Leaf) (domain.Node, error)

// Constraint checks records after a create or a write that touched one of Fields.
type Constraint struct {
	Fields []string
	// Given, unless empty, says that a new record breaks the constraint only
	// when one of these stored fields has a value: the others are not checked.
	Given []string
	// Check returns a fault of kind Invalid, in the user's words.
	Check func(env *Env, ids []int64) error
	// New, unless nil, checks new records in Check's stead: their values are in
	// the batch, and need no query.
	New func(env *Env, fresh *Batch) error
}

// Unique is a set of columns whose values must differ between records.
type Unique struct {
	Columns []string
	Message string
}

// Hooks run inside the transaction of the change, with the rights of who makes
// it. A failing hook undoes it. Values come in Go types, as package schema lists
// them, and lists as []Command, whoever sent them; a write holds only what
// changes, a create also the defaults.
type Hooks struct {
	// BeforeCreate may complete or change the values (all rows of one create).
	BeforeCreate func(env *Env, rows []Values) error
	// CompleteNew may complete or change what new records store, once they have
	// their defaults. Unlike the hooks for rows it does not slow down BulkCreate.
	CompleteNew func(env *Env, fresh Columns) error
	AfterCreate func(env *Env, ids []int64, rows []Values) error
	// BeforeWrite may complete or change the values.
	BeforeWrite func(env *Env, ids []int64, values Values) error
	AfterWrite  func(env *Env, ids []int64, values Values) error
	// BeforeUnlink may refuse.
	BeforeUnlink func(env *Env, ids []int64) error
	AfterUnlink  func(env *Env, ids []int64) error
}

// Right is what one may do with records. Rights add up.
type Right uint8

// Rights.
const (
	Read Right = 1 << iota
	Write
	Create
	Unlink
	Change = Read | Write | Create | Unlink
)

// Access maps a group's external id to rights.
type Access map[string]Right

// Rule narrows which records a user sees. Rules without groups must all hold;
// of those with groups, one of the user's must.
type Rule struct {
	Name   string
	Groups []string // external ids
	Rights Right    // which rights it narrows; 0 is all
	Domain func(env *Env) (domain.Node, error)
}

// TxMode is the transaction that a method runs in.
type TxMode int

// Transaction modes. The zero value is TxWrite.
const (
	// TxWrite is one transaction that begins as a writer and is run again,
	// whole, when another was first.
	TxWrite TxMode = iota
	// TxRead is a snapshot; writing in it is a fault.
	TxRead
	// TxNone opens its own short transactions (Env.Within) and may call plugins.
	TxNone
)

// Methods are what clients may call, by name. Names that begin with "_" cannot be.
type Methods map[string]Method

// Method is one callable.
type Method struct {
	// Do gets the records' ids (none for OnModel) and bound arguments.
	// Its result is turned into JSON; nil is Python's None.
	Do func(env *Env, call *Call) (any, error)
	Tx TxMode
	// OnModel: called on the model, not on records: no ids argument.
	OnModel bool
	// Params are the arguments after the ids, in order.
	Params []Param
	// Extra takes named arguments that Params does not list (Call.Extra), as
	// Python's **kwargs does; without it they are a Type fault.
	Extra bool
	// Rights needed on the model before Do runs; 0 leaves it to Do.
	Needs Right
	// AnyLang takes a language that is not installed for en_US, where others
	// refuse it.
	AnyLang bool
	// Doc is for whoever calls it: what it does, what it answers, when it
	// refuses. Params have theirs.
	Doc string
}

// Param is one parameter of a method.
type Param struct {
	Name     string
	Optional bool
	Default  any
	Doc      string // what is meant, in a few words; "" where the name says it
}

// Says returns the parameter with a description.
func (p Param) Says(doc string) Param {
	p.Doc = doc
	return p
}

// Arg is a required parameter.
func Arg(name string) Param { return Param{Name: name} }

// Opt is an optional parameter and its default.
func Opt(name string, value any) Param { return Param{Name: name, Optional: true, Default: value} }
