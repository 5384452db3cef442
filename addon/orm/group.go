package orm

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
)

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

// Group counts and adds up the records that a search would find.
func (e *Env) Group(model string, where domain.Node, by []query.GroupBy, aggregates []query.Aggregate, opt GroupOptions) (*Groups, error) {
	return nil, fault.New(fault.Internal, "grouping is not there yet")
}
