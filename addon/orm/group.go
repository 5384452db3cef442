package orm

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// GroupOptions refine a grouping.
type GroupOptions struct {
	Order         []query.GroupOrder // empty: any
	Limit, Offset int                // 0: none
	// Having leaves out groups by their aggregates, which stand for fields in it:
	// "amount:sum", "__count".
	Having domain.Node
	// Archived includes inactive records.
	Archived bool
}

// Groups are the rows of a grouping.
type Groups struct {
	By         []query.GroupBy
	Aggregates []query.Aggregate
	List       []Group
}

// Group is one group: its keys in the order of By, its figures in that of
// Aggregates, in Go types. The key of a date or datetime is the first moment of
// its period, in the user's zone; an unset many2one is 0. A figure over no
// values is nil.
type Group struct{ Keys, Figures []any }

// Group counts and adds up the records that a search would find.
func (e *Env) Group(model string, where domain.Node, by []query.GroupBy, aggregates []query.Aggregate, opt GroupOptions) (*Groups, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	for _, b := range by {
		if _, err := e.field(on, b.Field, Read); err != nil {
			return nil, err
		}
	}
	for _, a := range aggregates {
		if a.Field == "__count" || a.Field == "" {
			continue
		}
		if _, err := e.field(on, a.Field, Read); err != nil {
			return nil, err
		}
	}
	if err := e.checkHaving(on, opt.Having); err != nil {
		return nil, err
	}
	full, err := e.restrict(on, where, opt.Archived)
	if err != nil {
		return nil, err
	}
	statement, err := e.compiler().Group(query.Group{
		Model: on.Model, Where: full, By: by, Aggregates: aggregates, Having: opt.Having,
		Order: opt.Order, Limit: opt.Limit, Offset: opt.Offset, Zone: e.zone(),
	})
	if err != nil {
		return nil, err
	}
	columns, n, err := e.columns(on, statement)
	if err != nil {
		return nil, err
	}
	groups := &Groups{By: by, Aggregates: aggregates, List: make([]Group, n)}
	for i := range groups.List {
		g := Group{Keys: make([]any, len(by)), Figures: make([]any, len(aggregates))}
		for j := range by {
			g.Keys[j] = columns[j].value(i)
		}
		for j := range aggregates {
			c := columns[len(by)+j]
			if c.null == nil || !c.null[i] {
				g.Figures[j] = c.value(i)
			}
		}
		groups.List[i] = g
	}
	return groups, nil
}

// checkHaving refuses aggregates of fields that the user may not read: which
// groups are left would tell their values.
func (e *Env) checkHaving(on *entity, having domain.Node) error {
	var nodes []domain.Node
	switch n := having.(type) {
	case domain.And:
		nodes = n
	case domain.Or:
		nodes = n
	case domain.Not:
		nodes = []domain.Node{n.Node}
	case domain.Leaf:
		name, _, _ := strings.Cut(n.Field, ":")
		if name == "__count" {
			return nil
		}
		_, err := e.field(on, name, Read)
		return err
	}
	for _, n := range nodes {
		if err := e.checkHaving(on, n); err != nil {
			return err
		}
	}
	return nil
}

// bytesOfKey is about what a key or figure of a group takes beside its text.
const bytesOfKey = 16

// columns runs a statement and reads all its columns.
func (e *Env) columns(on *entity, statement query.Statement) ([]*column, int, error) {
	columns := make([]*column, len(statement.Columns))
	for i, f := range statement.Columns {
		if f.IsX2many() { // grouped by: one record of the list
			f = &schema.Field{Name: f.Name, Type: schema.TypeMany2one, Comodel: f.Comodel}
		}
		columns[i] = &column{field: f}
	}
	rows, err := e.tx.tx.Query(e.ctx, statement.SQL, statement.Args...)
	if err != nil {
		return nil, 0, fault.Wrap(err, "query", on.Name)
	}
	defer rows.Close()
	n, bytes := 0, 0
	for rows.Next() {
		for i, c := range columns {
			bytes += bytesOfKey + c.scan(rows, i)
		}
		if err := e.checkRead(bytes); err != nil {
			return nil, 0, err
		}
		n++
	}
	return columns, n, fault.Wrap(rows.Err(), "query", on.Name)
}
