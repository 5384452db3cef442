package query

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// idField describes the column id, where a model does not list it.
var idField = schema.Field{Name: "id", Type: schema.TypeInteger, Label: "ID", IsReadonly: true, IsRequired: true}

// Select writes the statement that reads records.
func (c *Compiler) Select(q Select) (Statement, error) {
	if err := checkPage(q.Limit, q.Offset); err != nil {
		return Statement{}, err
	}
	s := c.outermost(q.Model)
	where, err := s.condition(q.Where)
	if err != nil {
		return Statement{}, err
	}
	order, err := s.order(q.Order)
	if err != nil {
		return Statement{}, err
	}
	columns := make([]*schema.Field, 1, len(q.Fields)+1)
	columns[0] = &idField
	b := s.w.take()
	b = append(b, "SELECT "...)
	b = s.column(b, "id")
	for _, name := range q.Fields {
		b = append(b, ", "...)
		expr, f, err := s.fieldExpr(name)
		if err != nil {
			return Statement{}, err
		}
		b = append(b, expr...)
		columns = append(columns, f)
	}
	b = s.from(b)
	b = clause(b, " WHERE ", where)
	b = clause(b, " ORDER BY ", order)
	b = s.page(b, q.Limit, q.Offset)
	return Statement{SQL: string(b), Args: s.w.args, Columns: columns}, nil
}

// Count writes the statement that counts records; limit stops counting there, 0 never.
func (c *Compiler) Count(m *schema.Model, where domain.Node, limit int) (Statement, error) {
	if err := checkPage(limit, 0); err != nil {
		return Statement{}, err
	}
	s := c.outermost(m)
	condition, err := s.condition(where)
	if err != nil {
		return Statement{}, err
	}
	b := s.w.take()
	if limit > 0 {
		b = append(b, "SELECT count(*) FROM (SELECT 1"...)
	} else {
		b = append(b, "SELECT count(*)"...)
	}
	b = s.from(b)
	b = clause(b, " WHERE ", condition)
	if limit > 0 {
		b = s.page(b, limit, 0)
		b = append(b, ") AS counted"...)
	}
	return Statement{SQL: string(b), Args: s.w.args, Columns: []*schema.Field{&idField}}, nil
}

// Exists writes the statement that gives those of ids that exist and satisfy
// where, in no order.
func (c *Compiler) Exists(m *schema.Model, ids []int64, where domain.Node) (Statement, error) {
	return c.Select(Select{Model: m, Where: domain.All(domain.Leaf{Field: "id", Op: domain.In, Value: ids}, where)})
}

func checkPage(limit, offset int) error {
	if limit < 0 {
		return fault.New(fault.Value, "LIMIT must not be negative")
	}
	if offset < 0 {
		return fault.New(fault.Value, "OFFSET must not be negative")
	}
	return nil
}

func clause(b []byte, word, text string) []byte {
	if text == "" {
		return b
	}
	return append(append(b, word...), text...)
}

// page appends limit and offset as arguments, so that every page of a list is
// the same statement.
func (s *scope) page(b []byte, limit, offset int) []byte {
	if limit > 0 {
		b = append(b, " LIMIT "...)
		b = s.w.arg(b, int64(limit))
	} else if offset > 0 && s.w.c.Dialect.Name() == "sqlite" {
		b = append(b, " LIMIT -1"...) // its grammar wants one
	}
	if offset > 0 {
		b = append(b, " OFFSET "...)
		b = s.w.arg(b, int64(offset))
	}
	return b
}
