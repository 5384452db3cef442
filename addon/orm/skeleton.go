package orm

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

var errNotYet = errors.New("orm: not written yet")

// Part is what one addon brings.
type Part struct {
	Name       string
	Models     []Model
	Extensions []Extension
}

// Registry is the models of all addons, joined.
type Registry struct{}

// NewRegistry joins the parts, in their order of dependency.
func NewRegistry(parts ...Part) (*Registry, error)           { return nil, errNotYet }
func (r *Registry) Model(name string) (*schema.Model, bool)  { return nil, false }
func (r *Registry) Names() []string                          { return nil }
func (r *Registry) Method(model, name string) (Method, bool) { return Method{}, false }
func (r *Registry) Fingerprint() string                      { return "" }
func (r *Registry) AccessOf(model string) Access             { return nil }
func (r *Registry) RulesOf(model string) []Rule              { return nil }

// Options of a database.
type Options struct {
	Log       *slog.Logger
	Now       func() time.Time
	Limits    Limits
	Directory Directory
	// MaxRetries of a transaction that met a conflict; 0 is 8.
	MaxRetries int
}

// Limits bound what one call may ask.
type Limits struct {
	Rows     int // most records that one read answers; 0 is no limit
	Commands int // most x2many commands and created rows in one call; 0 is no limit
}

// Database is one database opened with a registry.
type Database struct{}

func Open(ctx context.Context, reg *Registry, store dialect.Store, opt Options) (*Database, error) {
	return nil, errNotYet
}
func (d *Database) Migrate(ctx context.Context, progress func(done, of int, what string)) error {
	return errNotYet
}
func (d *Database) Within(ctx context.Context, who Principal, mode TxMode, f func(env *Env) error) error {
	return errNotYet
}
func (d *Database) Call(ctx context.Context, who Principal, model, method string, args []any, kwargs map[string]any) (any, error) {
	return nil, errNotYet
}
func (d *Database) Close() error         { return nil }
func (d *Database) Registry() *Registry  { return nil }
func (d *Database) ForgetUsers()         {}
func (d *Database) Store() dialect.Store { return nil }

// Env is one user in one transaction.
type Env struct{}

func (e *Env) Ctx() context.Context                             { return nil }
func (e *Env) UID() int64                                       { return 0 }
func (e *Env) User() User                                       { return User{} }
func (e *Env) Company() int64                                   { return 0 }
func (e *Env) Companies() []int64                               { return nil }
func (e *Env) Context() Context                                 { return nil }
func (e *Env) With(Context) *Env                                { return e }
func (e *Env) Sudo() *Env                                       { return e }
func (e *Env) As(uid int64) (*Env, error)                       { return e, errNotYet }
func (e *Env) Now() time.Time                                   { return time.Time{} }
func (e *Env) Today() schema.Date                               { return "" }
func (e *Env) HasGroup(xmlid string) bool                       { return false }
func (e *Env) IsSystem() bool                                   { return false }
func (e *Env) Database() *Database                              { return nil }
func (e *Env) Registry() *Registry                              { return nil }
func (e *Env) Within(mode TxMode, f func(env *Env) error) error { return errNotYet }
func (e *Env) AfterCommit(f func())                             {}
func (e *Env) OnCommitOnce(key any, f func(env *Env) error)     {}
func (e *Env) Scratch(key any, make func() any) any             { return nil }
func (e *Env) Savepoint(f func() error) error                   { return errNotYet }
func (e *Env) Lock(name string) error                           { return errNotYet }
func (e *Env) Notify(channel, payload string) error             { return errNotYet }

// SearchOptions refine a search.
type SearchOptions struct {
	Order         string // Odoo's words: "date desc, id"; the model's order if empty
	Limit, Offset int
	Archived      bool // include inactive records
}

// GroupOptions refine a grouping.
type GroupOptions struct {
	Order         []query.GroupOrder
	Limit, Offset int
	Archived      bool
}

// Groups are the rows of a grouping.
type Groups struct {
	By         []query.GroupBy
	Aggregates []query.Aggregate
	List       []Group
}

// Group is one group: its keys in the order of By, its figures in that of Aggregates.
type Group struct{ Keys, Figures []any }

// NamePair is a record and its name; in JSON [id, name].
type NamePair struct {
	ID   int64
	Name string
}

func (e *Env) Search(model string, where domain.Node, opt SearchOptions) ([]int64, error) {
	return nil, errNotYet
}
func (e *Env) Count(model string, where domain.Node, limit int) (int, error)   { return 0, errNotYet }
func (e *Env) Read(model string, ids []int64, fields ...string) (*Rows, error) { return nil, errNotYet }
func (e *Env) SearchRead(model string, where domain.Node, fields []string, opt SearchOptions) (*Rows, error) {
	return nil, errNotYet
}
func (e *Env) Group(model string, where domain.Node, by []query.GroupBy, aggregates []query.Aggregate, opt GroupOptions) (*Groups, error) {
	return nil, errNotYet
}
func (e *Env) Create(model string, rows ...Values) ([]int64, error) { return nil, errNotYet }
func (e *Env) BulkCreate(model string, cols []string, rows [][]any) ([]int64, error) {
	return nil, errNotYet
}
func (e *Env) Write(model string, ids []int64, values Values) error { return errNotYet }
func (e *Env) Unlink(model string, ids []int64) error               { return errNotYet }
func (e *Env) Exists(model string, ids []int64) ([]int64, error)    { return nil, errNotYet }
func (e *Env) Copy(model string, ids []int64, overrides Values) ([]int64, error) {
	return nil, errNotYet
}
func (e *Env) DisplayNames(model string, ids []int64) (map[int64]string, error) {
	return nil, errNotYet
}
func (e *Env) NameSearch(model, name string, where domain.Node, op domain.Op, limit int) ([]NamePair, error) {
	return nil, errNotYet
}
func (e *Env) CheckAccess(model string, right Right) error                 { return errNotYet }
func (e *Env) CheckRules(model string, ids []int64, right Right) error     { return errNotYet }
func (e *Env) Invalidate(model string, fields ...string)                   {}
func (e *Env) Recompute(model string, ids []int64, fields ...string) error { return errNotYet }
func (e *Env) Method(model, method string, ids []int64, kwargs map[string]any) (any, error) {
	return nil, errNotYet
}

// Rows are records read: columns, not maps.
type Rows struct{}

func (r *Rows) Len() int                     { return 0 }
func (r *Rows) ID(i int) int64               { return 0 }
func (r *Rows) IDs() []int64                 { return nil }
func (r *Rows) Fields() []string             { return nil }
func (r *Rows) At(i int) Row                 { return Row{} }
func (r *Rows) ByID(id int64) (Row, bool)    { return Row{}, false }
func (r *Rows) All() iter.Seq[Row]           { return nil }
func (r *Rows) AppendJSON(dst []byte) []byte { return dst }
func (r *Rows) MarshalJSON() ([]byte, error) { return nil, errNotYet }

// Row is one record of Rows.
type Row struct{}

func (r Row) ID() int64                        { return 0 }
func (r Row) Str(f string) string              { return "" }
func (r Row) Int(f string) int64               { return 0 }
func (r Row) Float(f string) float64           { return 0 }
func (r Row) Bool(f string) bool               { return false }
func (r Row) Decimal(f string) decimal.Decimal { return decimal.Decimal{} }
func (r Row) Date(f string) schema.Date        { return "" }
func (r Row) Time(f string) time.Time          { return time.Time{} }
func (r Row) Ref(f string) int64               { return 0 }
func (r Row) RefName(f string) string          { return "" }
func (r Row) Refs(f string) []int64            { return nil }
func (r Row) JSON(f string) json.RawMessage    { return nil }
func (r Row) IsSet(f string) bool              { return false }
func (r Row) Value(f string) any               { return nil }

// Batch is the records that a Compute fills.
type Batch struct{}

func (b *Batch) Model() string                        { return "" }
func (b *Batch) IDs() []int64                         { return nil }
func (b *Batch) Len() int                             { return 0 }
func (b *Batch) ID(i int) int64                       { return 0 }
func (b *Batch) Set(i int, field string, v any)       {}
func (b *Batch) Rows(fields ...string) (*Rows, error) { return nil, errNotYet }

// Call is one call's bound arguments.
type Call struct {
	Model string
	IDs   []int64
	args  map[string]any
}

func (c *Call) Value(name string) any                   { return nil }
func (c *Call) String(name string) (string, error)      { return "", errNotYet }
func (c *Call) Int(name string) (int64, error)          { return 0, errNotYet }
func (c *Call) Bool(name string) (bool, error)          { return false, errNotYet }
func (c *Call) Float(name string) (float64, error)      { return 0, errNotYet }
func (c *Call) Ids(name string) ([]int64, error)        { return nil, errNotYet }
func (c *Call) Map(name string) (map[string]any, error) { return nil, errNotYet }
func (c *Call) List(name string) ([]any, error)         { return nil, errNotYet }
func (c *Call) Strings(name string) ([]string, error)   { return nil, errNotYet }
func (c *Call) Domain(name string) (domain.Node, error) { return nil, errNotYet }
func (c *Call) Values(name string) (Values, error)      { return nil, errNotYet }
