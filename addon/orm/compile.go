package orm

import (
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// compiler writes statements for what the user may see.
func (e *Env) compiler() *query.Compiler {
	c := &query.Compiler{
		Models: e.db.reg, Dialect: e.db.store.Dialect(),
		Search: e.searchLeaf, Today: e.Today(), Zone: e.zone(),
		Archived: !e.context.Flag("active_test", true),
	}
	if !e.system {
		c.Visible = e.visibleModel
	}
	return c
}

// visibleModel is what a condition may walk to.
func (e *Env) visibleModel(m *schema.Model) (domain.Node, error) {
	on := e.db.reg.entities[m.Name]
	if err := e.checkAccess(on, Read); err != nil {
		return nil, err
	}
	return e.visible(on, Read)
}

// searchLeaf rewrites a condition on a field that is not stored.
func (e *Env) searchLeaf(m *schema.Model, leaf domain.Leaf) (domain.Node, error) {
	on := e.db.reg.entities[m.Name]
	if search, ok := on.searches[leaf.Field]; ok {
		return search(e, leaf)
	}
	if leaf.Field == "display_name" && on.displayName == nil && on.RecName != "" {
		return domain.Leaf{Field: on.RecName, Op: leaf.Op, Value: leaf.Value}, nil
	}
	return nil, nil
}

// mostRoom is for how many records room is made ahead.
const mostRoom = 1000

// selectRows reads columns of the records that fulfil where, as it stands:
// rules and active are the caller's to add. order nil keeps the database's.
func (e *Env) selectRows(on *entity, fields []*schema.Field, where domain.Node, order []schema.OrderTerm,
	limit, offset int) (*Rows, error) {
	names := make([]string, len(fields))
	room := max(0, min(limit, mostRoom))
	rows := &Rows{entity: on, ids: make([]int64, 0, max(0, min(limit, mostRoom))), cols: make([]*column, len(fields))}
	for i, f := range fields {
		names[i] = f.Name
		rows.cols[i] = &column{field: f}
		rows.cols[i].grow(room)
	}
	statement, err := e.compiler().Select(query.Select{
		Model: on.Model, Fields: names, Where: where, Order: order, Limit: limit, Offset: offset,
	})
	if err != nil {
		return nil, err
	}
	found, err := e.tx.tx.Query(e.ctx, statement.SQL, statement.Args...)
	if err != nil {
		return nil, fault.Wrap(err, "select", on.Name)
	}
	defer found.Close()
	bytes := 0
	for found.Next() {
		rows.ids = append(rows.ids, found.Int(0))
		for i, c := range rows.cols {
			bytes += c.scan(found, i+1)
		}
		if err := e.checkRead(bytes); err != nil {
			return nil, err
		}
	}
	for i, f := range fields {
		if f.Translated {
			e.translate(rows.cols[i].texts)
		}
	}
	return rows, fault.Wrap(found.Err(), "select", on.Name)
}

// mostID is the largest id that a database can hold.
const mostID = 1<<31 - 1

// idsIn is the condition id in ids; numbers that can be no id are left out.
// Those of records that were made together are one range.
func idsIn(ids []int64) domain.Node {
	strange := func(id int64) bool { return id <= 0 || id > mostID }
	if slices.ContainsFunc(ids, strange) {
		ids = slices.DeleteFunc(slices.Clone(ids), strange)
	}
	if consecutive(ids) {
		return domain.All(domain.Where("id", domain.Ge, ids[0]), domain.Where("id", domain.Le, ids[len(ids)-1]))
	}
	return refIn("id", ids)
}

// consecutive reports whether ids are several, each one more than the last.
func consecutive(ids []int64) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] != ids[i-1]+1 {
			return false
		}
	}
	return len(ids) > 1
}

func refIn(field string, ids []int64) domain.Node {
	return domain.Leaf{Field: field, Op: domain.In, Value: ids}
}
