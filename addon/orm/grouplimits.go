package orm

import (
	"encoding/json"
	"slices"

	"github.com/girosync/girosync/addon/fault"
)

const (
	// mostFigures is how many things one grouping may group by, and add up.
	mostFigures = 500
	// bytesOfValue is about what one member or item of a group takes.
	bytesOfValue = 32
)

// checkRepeated refuses to group twice by the same thing, which tells nothing
// more, and by more things than a query can have.
func checkRepeated(terms []string) error {
	seen := make(map[string]bool, len(terms))
	for _, term := range terms {
		if seen[term] {
			return fault.New(fault.Value, "Grouping twice by '%s'", term)
		}
		seen[term] = true
	}
	if len(terms) > mostFigures {
		return fault.New(fault.Value, "Grouping by more than %d fields", mostFigures)
	}
	return nil
}

// checkFigures leaves out figures that are asked for twice, and refuses more than
// a query can have.
func (g *grouping) checkFigures() error {
	seen := make(map[figure]bool, len(g.figures))
	g.figures = slices.DeleteFunc(g.figures, func(f figure) bool {
		twice := seen[f]
		seen[f] = true
		return twice
	})
	if len(g.figures) > mostFigures {
		return fault.New(fault.Value, "More than %d aggregates", mostFigures)
	}
	return nil
}

// bytesOfGroup is about what the answer of one group takes, without the domain.
func (g *grouping) bytesOfGroup() int { return bytesOfValue * (2 + 4*len(g.by) + len(g.figures)) }

// bytesOf is how long a value of a client is as text.
func bytesOf(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(text)
}
