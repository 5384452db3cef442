package base

import (
	"slices"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// addressGet answers, for each kind of address asked for, which contact of a
// partner is the one: below the partner, or else below those above it, up to the
// nearest company. A kind that nobody has is the contact, or the partner itself.
func addressGet(env *orm.Env, call *orm.Call) (any, error) {
	asked, err := call.Strings("adr_pref")
	if err != nil {
		return nil, err
	}
	kinds := append([]string{"contact"}, asked...)
	found := map[string]int64{}
	seen := map[int64]bool{}
	for _, id := range call.IDs {
		for id != 0 && !all(found, kinds) {
			if err := scanAddresses(env, id, kinds, found, seen); err != nil {
				return nil, err
			}
			if id, err = above(env, id); err != nil {
				return nil, err
			}
		}
	}
	answer := map[string]any{}
	for _, kind := range kinds {
		switch {
		case found[kind] != 0:
			answer[kind] = found[kind]
		case found["contact"] != 0:
			answer[kind] = found["contact"]
		case len(call.IDs) == 0:
			answer[kind] = false
		default:
			if answer[kind], err = call.One(); err != nil {
				return nil, err
			}
		}
	}
	return answer, nil
}

func all(found map[string]int64, kinds []string) bool {
	return !slices.ContainsFunc(kinds, func(kind string) bool { return found[kind] == 0 })
}

// above is the partner over one that is no company; 0 if there is none.
func above(env *orm.Env, id int64) (int64, error) {
	rows, err := env.Read("res.partner", []int64{id}, "is_company", "parent_id")
	if err != nil || rows.Len() == 0 || rows.At(0).Bool("is_company") {
		return 0, err
	}
	return rows.At(0).Ref("parent_id"), nil
}

// scanAddresses notes who has the kinds of addresses, of a partner and those below
// it that are no companies: first whoever stands first, with those below it.
func scanAddresses(env *orm.Env, top int64, kinds []string, found map[string]int64, seen map[int64]bool) error {
	typed, below := map[int64]string{}, map[int64][]int64{}
	rows, err := env.Read("res.partner", []int64{top}, "type")
	for level := []int64{top}; err == nil && len(level) > 0; {
		var next []int64
		for row := range rows.All() {
			typed[row.ID()] = row.Str("type")
			if row.ID() != top {
				below[row.Ref("parent_id")] = append(below[row.Ref("parent_id")], row.ID())
			}
			if !seen[row.ID()] {
				next = append(next, row.ID())
			}
		}
		level = next
		rows, err = env.SearchRead("res.partner", domain.All(domain.Where("parent_id", domain.In, anyList(level)),
			domain.Where("is_company", domain.Eq, false)), []string{"type", "parent_id"}, orm.SearchOptions{})
	}
	if err != nil {
		return err
	}
	for stack := []int64{top}; len(stack) > 0; {
		id := stack[0]
		stack = stack[1:]
		seen[id] = true
		if kind := typed[id]; slices.Contains(kinds, kind) && found[kind] == 0 {
			found[kind] = id
		}
		for _, child := range slices.Backward(below[id]) {
			if !seen[child] {
				stack = append([]int64{child}, stack...)
			}
		}
	}
	return nil
}
