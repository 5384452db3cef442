package query

import (
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// maxDepth bounds how deep conditions may walk from model to model, so that no
// condition makes a statement that the database cannot plan.
const maxDepth = 24

// writer is what all scopes of one statement share. Arguments are appended in
// the order in which their placeholders stand in the text.
type writer struct {
	c       *Compiler
	buf     []byte
	args    []any
	aliases int
}

// take lends the shared buffer, emptied.
func (w *writer) take() []byte {
	b := w.buf[:0]
	w.buf = nil
	if b == nil {
		b = make([]byte, 0, 256)
	}
	return b
}

// arg appends the next placeholder.
func (w *writer) arg(b []byte, v any) []byte {
	w.args = append(w.args, v)
	return append(b, w.c.Dialect.Placeholder(len(w.args))...)
}

func (w *writer) alias() string {
	w.aliases++
	return "t" + strconv.Itoa(w.aliases-1)
}

// scope is one SELECT: a model's table under an alias, and what is joined to it.
type scope struct {
	w     *writer
	model *schema.Model
	alias string
	joins []join
	depth int
	// sudo walks to other models without asking what is visible of them: in
	// what Visible itself returned, and along related fields.
	sudo bool
	// loose: the condition being written is no way to find records by.
	loose bool
	// grouped: leaves name aggregates, not fields.
	grouped bool
}

// join is a table joined by its column key, mostly the id, so that it does not
// multiply rows.
type join struct {
	from, table, alias, key string
	only                    string // what else must hold of the row; "" for nothing
}

func (c *Compiler) outermost(m *schema.Model) *scope {
	w := &writer{c: c, buf: make([]byte, 0, 512), args: make([]any, 0, 8)}
	return &scope{w: w, model: m, alias: w.alias()}
}

func (s *scope) inner(m *schema.Model) (*scope, error) {
	if s.depth >= maxDepth {
		return nil, fault.New(fault.Value, "The condition walks through more than %d models", maxDepth)
	}
	return &scope{w: s.w, model: m, alias: s.w.alias(), depth: s.depth + 1, sudo: s.sudo}, nil
}

func (s *scope) quote(name string) string { return s.w.c.Dialect.Quote(name) }

func (s *scope) column(b []byte, name string) []byte {
	b = append(b, s.alias...)
	b = append(b, '.')
	return append(b, s.quote(name)...)
}

func (s *scope) col(name string) string { return s.alias + "." + s.quote(name) }

// from appends the table and its joins.
func (s *scope) from(b []byte) []byte {
	b = append(b, " FROM "...)
	b = append(b, s.quote(s.model.Table)...)
	b = append(b, " AS "...)
	b = append(b, s.alias...)
	for _, j := range s.joins {
		b = append(b, " LEFT JOIN "...)
		b = append(b, s.quote(j.table)...)
		b = append(b, " AS "...)
		b = append(b, j.alias...)
		b = append(b, " ON "...)
		b = append(b, j.alias...)
		b = append(b, "."...)
		b = append(b, s.quote(j.key)...)
		b = append(b, " = "...)
		b = append(b, j.from...)
		b = clause(b, " AND ", j.only)
	}
	return b
}

// join joins the comodel of the many2one that stands in expr, once.
func (s *scope) join(expr string, comodel *schema.Model) string {
	return s.joinOn(expr, comodel.Table, "id")
}

func (s *scope) joinOn(expr, table, key string) string {
	for _, j := range s.joins {
		if j.from == expr && j.table == table {
			return j.alias
		}
	}
	alias := s.w.alias()
	s.joins = append(s.joins, join{from: expr, table: table, alias: alias, key: key})
	return alias
}

// onlyJoin says what else must hold of a row that is joined.
func (s *scope) onlyJoin(alias, condition string) {
	for i := range s.joins {
		if s.joins[i].alias == alias {
			s.joins[i].only = condition
		}
	}
}

// condition compiles the whole WHERE of a scope; "" when all records match.
func (s *scope) condition(n domain.Node) (string, error) {
	if n == nil {
		return "", nil
	}
	if and, ok := n.(domain.And); ok && len(and) == 0 {
		return "", nil
	}
	b, err := s.node(s.w.take(), n, false)
	if err != nil {
		return "", err
	}
	text := string(b)
	s.w.buf = b
	return text, nil
}

func (s *scope) comodel(f *schema.Field) (*schema.Model, error) {
	m, ok := s.w.c.Models.Model(f.Comodel)
	if !ok {
		return nil, fault.New(fault.Internal, "field %s points at the unknown model %s", f.Name, f.Comodel)
	}
	return m, nil
}

// lookup finds a field of a model; every model has an id.
func lookup(m *schema.Model, name string) (*schema.Field, bool) {
	if f, ok := m.Field(name); ok {
		return f, true
	}
	if name == "id" {
		return &idField, true
	}
	return nil, false
}

// fieldExpr is a field of the scope's model as an SQL expression, joining what
// a related field walks through. The field returned is the one at the end of
// the walk.
func (s *scope) fieldExpr(name string) (string, *schema.Field, error) {
	f, ok := lookup(s.model, name)
	if !ok {
		return "", nil, invalidField(s.model, name)
	}
	return s.exprAt(s.model, s.alias, f, 0)
}

func (s *scope) exprAt(m *schema.Model, alias string, f *schema.Field, depth int) (string, *schema.Field, error) {
	if f.HasColumn() {
		return alias + "." + s.quote(f.Name), f, nil
	}
	if len(f.Path) == 0 || depth > maxDepth {
		return "", nil, notStored(m, f.Name)
	}
	for i, step := range f.Path {
		at, ok := lookup(m, step)
		if !ok {
			return "", nil, fault.New(fault.Internal, "related field %s walks to the unknown field %s.%s", f.Name, m.Name, step)
		}
		if at.IsX2many() {
			return "", nil, notStored(s.model, f.Name)
		}
		expr, end, err := s.exprAt(m, alias, at, depth+1)
		if err != nil {
			return "", nil, notStored(s.model, f.Name)
		}
		if i == len(f.Path)-1 {
			return expr, end, nil
		}
		next, err := s.comodel(end)
		if err != nil {
			return "", nil, err
		}
		m, alias = next, s.join(expr, next)
	}
	return "", nil, notStored(m, f.Name)
}

func invalidField(m *schema.Model, name string) error {
	return fault.New(fault.Value, "Invalid field '%s' on model '%s'", name, m.Name).
		Named("orm.field", fault.Args{"field": name, "model": m.Name})
}

func notStored(m *schema.Model, name string) error {
	return fault.New(fault.Value, "Cannot convert %s.%s to SQL because it is not stored", m.Name, name)
}

func invalidLeafField(m *schema.Model, name string, l domain.Leaf) error {
	leaf := domain.LeafString(l)
	return fault.New(fault.Value, "Invalid field %s.%s in leaf %s", m.Name, name, leaf).
		Named("domain.field", fault.Args{"field": name, "model": m.Name, "leaf": leaf})
}

// invalidTerm is Odoo's text for in and not in with a value that is no list.
func invalidTerm(l domain.Leaf) error {
	return fault.New(fault.Value, "Invalid domain term %s", domain.LeafString(l))
}

func invalidLeaf(l domain.Leaf) error {
	return fault.New(fault.Value, "Invalid leaf %s", domain.LeafString(l))
}
