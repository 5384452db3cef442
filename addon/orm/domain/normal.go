package domain

// Normalise flattens a condition without changing what it means: an And in an
// And and an Or in an Or become one, single operands stand alone, and an empty
// And or Or inside others becomes a Const. The empty And alone stays: it is the
// domain [].
func Normalise(n Node) Node {
	if n == nil {
		return And{}
	}
	if and, ok := n.(And); ok && len(and) == 0 {
		return And{}
	}
	return normal(n)
}

func normal(n Node) Node {
	switch n := n.(type) {
	case nil:
		return Const(true)
	case And:
		var out And
		for _, each := range n {
			switch x := normal(each).(type) {
			case And:
				out = append(out, x...)
			default:
				out = append(out, x)
			}
		}
		if len(out) == 0 {
			return Const(true)
		}
		if len(out) == 1 {
			return out[0]
		}
		return out
	case Or:
		var out Or
		for _, each := range n {
			switch x := normal(each).(type) {
			case Or:
				out = append(out, x...)
			default:
				out = append(out, x)
			}
		}
		if len(out) == 0 {
			return Const(false)
		}
		if len(out) == 1 {
			return out[0]
		}
		return out
	case Not:
		return Not{normal(n.Node)}
	case Loose:
		return Loose{normal(n.Node)}
	case Leaf:
		if sub, ok := n.Value.(Node); ok {
			n.Value = Normalise(sub)
		}
		return n
	}
	return n
}
