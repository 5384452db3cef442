package orm

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// SearchOptions refine a search.
type SearchOptions struct {
	// Order is Odoo's words, "date desc, id"; the model's own order if empty.
	Order         string
	Limit, Offset int // 0: none
	// Archived includes inactive records.
	Archived bool
}

// NamePair is a record and its name; in JSON [id, name].
type NamePair struct {
	ID   int64
	Name string
}

// MarshalJSON writes [id, name].
func (p NamePair) MarshalJSON() ([]byte, error) {
	dst := appendAny([]byte{'['}, p.ID)
	dst = append(dst, ',')
	return append(appendText(dst, p.Name), ']'), nil
}

// Search returns the ids of the records that fulfil where (nil: all) and that
// the user may read, in order. Inactive ones are left out unless opt or the
// context (active_test false) asks for them, or where names "active". Denied
// when the user may not read the model.
func (e *Env) Search(model string, where domain.Node, opt SearchOptions) ([]int64, error) {
	rows, err := e.SearchRead(model, where, []string{"id"}, opt)
	if err != nil {
		return nil, err
	}
	return rows.ids, nil
}

// Count returns how many records a search would find, at most limit (0: no limit).
func (e *Env) Count(model string, where domain.Node, limit int) (int, error) {
	on, err := e.entity(model)
	if err != nil {
		return 0, err
	}
	full, err := e.restrict(on, where, false)
	if err != nil {
		return 0, err
	}
	if limit < 0 {
		return 0, fault.New(fault.Value, "LIMIT must not be negative")
	}
	statement, err := e.compiler().Count(on.Model, full, limit)
	if err != nil {
		return 0, err
	}
	n := 0
	err = e.tx.query(statement.SQL, statement.Args, 1, func(row []any) error {
		count, err := integer(row[0])
		n = int(count)
		return err
	})
	return n, err
}

// SearchRead is Search and Read in one, with one query for all columns of the
// table. No fields means all that the user may see.
func (e *Env) SearchRead(model string, where domain.Node, fields []string, opt SearchOptions) (*Rows, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	wanted, err := e.fields(on, fields)
	if err != nil {
		return nil, err
	}
	full, err := e.restrict(on, where, opt.Archived)
	if err != nil {
		return nil, err
	}
	order, err := e.order(on, opt.Order)
	if err != nil {
		return nil, err
	}
	switch {
	case opt.Limit < 0:
		return nil, fault.New(fault.Value, "LIMIT must not be negative")
	case opt.Offset < 0:
		return nil, fault.New(fault.Value, "OFFSET must not be negative")
	}
	rows, err := e.selectRows(on, inTable(e.db.reg, on, wanted), full, order, opt.Limit, opt.Offset)
	if err != nil {
		return nil, err
	}
	return e.complete(on, rows, wanted)
}

// restrict adds to a condition what the user may see, after bringing up to date
// what the condition may read.
func (e *Env) restrict(on *entity, where domain.Node, archived bool) (domain.Node, error) {
	if err := e.checkAccess(on, Read); err != nil {
		return nil, err
	}
	if err := e.checkDomain(on, where); err != nil {
		return nil, err
	}
	if editions[e.caller.Edition].dates && !e.system {
		var err error
		if where, err = e.dated(on, where); err != nil {
			return nil, err
		}
	}
	if err := e.tx.flushAll(); err != nil {
		return nil, err
	}
	rule, err := e.visible(on, Read)
	if err != nil {
		return nil, err
	}
	if on.hasActive && !archived && !domain.Mentions(where, "active") && e.context.Flag("active_test", true) {
		where = domain.All(where, domain.Leaf{Field: "active", Op: domain.Eq, Value: true})
	}
	if rule == nil {
		return where, nil
	}
	return domain.All(where, rule), nil
}

// order reads a client's order and refuses fields that it may not know of.
func (e *Env) order(on *entity, text string) ([]schema.OrderTerm, error) {
	terms, err := parseOrder(on, text)
	if err != nil {
		return nil, err
	}
	for _, term := range terms {
		if f, _ := on.Field(term.Field); !e.canSee(f) && text != "" {
			_, err := e.field(on, term.Field, Read)
			return nil, err
		}
	}
	return terms, nil
}

// NameSearch finds records by name: those whose names match op ("ilike" if
// empty) and that fulfil where. limit 0 is no limit.
func (e *Env) NameSearch(model, name string, where domain.Node, op domain.Op, limit int) ([]NamePair, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	if op == "" {
		op = domain.ILike
	}
	ids, err := e.Search(model, domain.All(byName(on, name, op), where), SearchOptions{Limit: limit})
	if err != nil {
		return nil, err
	}
	return e.pairs(on, ids)
}

// byName is the condition that name_search puts on names; nil for an empty name.
func byName(on *entity, name string, op domain.Op) domain.Node {
	if name == "" && (op == domain.ILike || op == domain.Like) || len(on.nameIn) == 0 {
		return nil
	}
	negative := op == domain.Ne || op == domain.NotIn || op == domain.NotLike || op == domain.NotILike
	var parts []domain.Node
	for _, field := range on.nameIn {
		parts = append(parts, domain.Leaf{Field: field, Op: op, Value: name})
	}
	if negative {
		return domain.And(parts)
	}
	return domain.Or(parts)
}

func (e *Env) pairs(on *entity, ids []int64) ([]NamePair, error) {
	names, err := e.names(on, ids)
	if err != nil {
		return nil, err
	}
	pairs := make([]NamePair, len(ids))
	for i, id := range ids {
		pairs[i] = NamePair{id, names[id]}
	}
	return pairs, nil
}

// Exists returns those of ids that are records, in their order. Rules do not count.
func (e *Env) Exists(model string, ids []int64) ([]int64, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	there, err := e.Sudo().matching(on, ids, nil)
	if err != nil {
		return nil, err
	}
	var found []int64
	for _, id := range ids {
		if there[id] {
			found = append(found, id)
			delete(there, id)
		}
	}
	return found, nil
}

// DisplayNames names records, also those that the user may not read.
func (e *Env) DisplayNames(model string, ids []int64) (map[int64]string, error) {
	on, err := e.entity(model)
	if err != nil {
		return nil, err
	}
	return e.names(on, ids)
}
