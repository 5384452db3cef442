package statement

import "github.com/girosync/girosync/plugins/sdk"

// The sides of a [Tally].
const (
	Credits = 0
	Debits  = 1
)

// SideOf is the side on which a transaction counts.
func SideOf(way sdk.Direction) int {
	if way == sdk.Out {
		return Debits
	}
	return Credits
}

// Tally is how many entries there are on each side, and what they come to there,
// without their signs.
type Tally struct {
	Count [2]int
	Sum   [2]Sum
}

// Add counts an entry; size is its amount without sign.
func (t *Tally) Add(side int, size Sum) {
	t.Count[side]++
	t.Sum[side].Plus(size)
}

// Entries counts both sides.
func (t *Tally) Entries() int { return t.Count[Credits] + t.Count[Debits] }

// Gross is what both sides come to together.
func (t *Tally) Gross() Sum {
	sum := t.Sum[Credits]
	sum.Plus(t.Sum[Debits])
	return sum
}

// Net is what the credits come to, less the debits.
func (t *Tally) Net() Sum {
	sum := t.Sum[Credits]
	sum.Minus(t.Sum[Debits])
	return sum
}
