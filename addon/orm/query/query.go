package query

import (
	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Statement is SQL text with its arguments.
type Statement struct {
	SQL  string
	Args []any
	// Columns say, for statements that read, what stands in each column and so
	// how to read it; figures of a group are described by a field of their type.
	Columns []*schema.Field
}

// Compiler writes statements for one user's view of the models.
type Compiler struct {
	Models  schema.Registry
	Dialect dialect.Dialect
	// Visible returns what the user may see of a model that a condition or an
	// order walks to; nil for everything. The outermost model's is part of Where.
	Visible func(m *schema.Model) (domain.Node, error)
	// Search rewrites a leaf on a field that is computed and not stored;
	// (nil, nil) when the field has no search, and the leaf then counts as true.
	Search func(m *schema.Model, leaf domain.Leaf) (domain.Node, error)
	// Archived keeps inactive records when a condition walks to the lines of a
	// one2many or many2many; else it sees active ones, unless it asks for "active".
	Archived bool
	// Context tells what conditions may depend on.
	Today schema.Date
	Zone  string // the user's, IANA
}

// Select reads columns of a model's records.
type Select struct {
	Model *schema.Model
	// Fields have columns (Field.HasColumn), or are related ones that end in a
	// column; "id" always comes first in the result, before these.
	Fields []string
	Where  domain.Node // nil: all
	Order  []schema.OrderTerm
	Limit  int // 0: none
	Offset int
}

// Group reads groups with aggregates.
type Group struct {
	Model *schema.Model
	Where domain.Node
	By    []GroupBy
	// Aggregates are what each group tells, in order; "__count" is the number
	// of records.
	Aggregates []Aggregate
	// Having is a condition on aggregates, which its leaves name as fields; nil
	// for all groups.
	Having domain.Node
	Order  []GroupOrder // empty: any, so that nothing is joined for it
	Limit  int
	Offset int
	// Zone is where days begin, for datetimes.
	Zone string
}

// GroupBy is one field to group by; Granularity for dates and datetimes only.
type GroupBy struct{ Field, Granularity string }

// Aggregate is one figure of a group: Func is sum, avg, min, max, count,
// count_distinct, bool_and, bool_or, array_agg.
type Aggregate struct{ Field, Func string }

// GroupOrder orders groups by a group's field or an aggregate ("amount:sum").
type GroupOrder struct {
	Term string
	Desc bool
}
