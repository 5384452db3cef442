package orm

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/domain"
)

// checkMoved refuses a change that takes records to where the user may not write,
// as Create refuses to make them there: what a rule looks at may have become
// another's. What it looks at in other records is not asked again.
func (e *Env) checkMoved(on *entity, ids []int64, values Values) error {
	rule, err := e.visible(on, Write)
	if err != nil || rule == nil {
		return err
	}
	moved := false
	for name := range fieldsOf(rule, map[string]bool{}) {
		moved = moved || on.follows(name, values, map[string]bool{})
	}
	if !moved {
		return nil
	}
	if err := e.tx.flushAll(); err != nil {
		return err
	}
	return e.checkRules(on, ids, Write)
}

// follows reports whether a field is among values, or computed from one that is.
func (on *entity) follows(name string, values Values, seen map[string]bool) bool {
	if _, ok := values[name]; ok {
		return true
	}
	f, ok := on.Field(name)
	if !ok || seen[name] {
		return false
	}
	seen[name] = true
	for _, path := range slices.Concat(f.Depends, f.Path) {
		first, _, _ := strings.Cut(path, ".")
		if on.follows(first, values, seen) {
			return true
		}
	}
	return false
}

// fieldsOf adds the fields of a condition's own model to found, and returns it.
func fieldsOf(node domain.Node, found map[string]bool) map[string]bool {
	switch n := node.(type) {
	case domain.And:
		for _, sub := range n {
			fieldsOf(sub, found)
		}
	case domain.Or:
		for _, sub := range n {
			fieldsOf(sub, found)
		}
	case domain.Not:
		fieldsOf(n.Node, found)
	case domain.Loose:
		fieldsOf(n.Node, found)
	case domain.Leaf:
		name, _, _ := strings.Cut(n.Field, ".")
		found[name] = true
	}
	return found
}
