package domain

import "strings"

// Mentions reports whether a condition speaks of a field of its own model, by
// itself or as the beginning of a path.
func Mentions(n Node, field string) bool {
	switch n := n.(type) {
	case And:
		for _, each := range n {
			if Mentions(each, field) {
				return true
			}
		}
	case Or:
		for _, each := range n {
			if Mentions(each, field) {
				return true
			}
		}
	case Not:
		return Mentions(n.Node, field)
	case Leaf:
		return n.Field == field || strings.HasPrefix(n.Field, field+".")
	}
	return false
}
