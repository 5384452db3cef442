package account

import (
	"slices"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// isValid: a statement starts where the one before it ended; the first one of
// a journal, and one without lines, is always valid. Only the statements from
// the one before the batch's first to its last are read.
func isValid(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("journal_id", "first_line_index")
	if err != nil {
		return err
	}
	spans := map[int64]*span{}
	for row := range rows.All() {
		if !row.IsSet("first_line_index") {
			continue
		}
		index := row.Str("first_line_index")
		if s := spans[row.Ref("journal_id")]; s != nil {
			s.from, s.to = min(s.from, index), max(s.to, index)
		} else {
			spans[row.Ref("journal_id")] = &span{index, index}
		}
	}
	broken := map[int64]bool{}
	for journalID, s := range spans {
		if err := brokenChains(env, journalID, s, broken); err != nil {
			return err
		}
	}
	for i := range batch.Len() {
		batch.Set(i, "is_valid", !broken[batch.ID(i)])
	}
	return nil
}

// span is the first line indexes from one to another, both included.
type span struct{ from, to string }

// brokenChains marks the statements of a journal, within a span or all of them
// if it is nil, whose start is not the end of the one before.
func brokenChains(env *orm.Env, journalID int64, s *span, broken map[int64]bool) error {
	env = env.Sudo()
	fields := []string{"balance_start", "balance_end_real"}
	where := domain.All(domain.Where("journal_id", domain.Eq, journalID), domain.Where("first_line_index", domain.Ne, nil))
	var end decimal.Decimal
	known := false // whether there is a statement before
	if s != nil {
		of := domain.Where("journal_id", domain.Eq, journalID)
		before, err := env.SearchRead("account.bank.statement", domain.All(of, domain.Where("first_line_index", domain.Lt, s.from)), fields,
			orm.SearchOptions{Order: "first_line_index desc, id desc", Limit: 1})
		if err != nil {
			return err
		}
		if before.Len() > 0 {
			end, known = before.At(0).Decimal("balance_end_real"), true
		}
		where = domain.All(of, domain.Where("first_line_index", domain.Ge, s.from), domain.Where("first_line_index", domain.Le, s.to))
	}
	rows, err := env.SearchRead("account.bank.statement", where, fields, orm.SearchOptions{Order: "first_line_index, id"})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if known && end.Cmp(row.Decimal("balance_start")) != 0 {
			broken[row.ID()] = true
		}
		end, known = row.Decimal("balance_end_real"), true
	}
	return nil
}

// searchValid looks at the journals of the user's companies.
func searchValid(env *orm.Env, leaf domain.Leaf) (domain.Node, error) {
	wanted, _ := leaf.Value.(bool)
	if leaf.Op != domain.Eq && leaf.Op != domain.Ne {
		return nil, fault.New(fault.Value, "Operation not supported: %s", leaf.Op)
	}
	journals, err := env.Search("account.journal", nil, orm.SearchOptions{Archived: true})
	if err != nil {
		return nil, err
	}
	broken := map[int64]bool{}
	for _, id := range journals {
		if err := brokenChains(env, id, nil, broken); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, 0, len(broken))
	for id := range broken {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if wanted == (leaf.Op == domain.Eq) {
		return domain.Where("id", domain.NotIn, list(ids)), nil
	}
	return domain.Where("id", domain.In, list(ids)), nil
}
