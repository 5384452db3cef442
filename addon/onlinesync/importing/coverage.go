package importing

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Interval is a span of days, both inclusive.
type Interval struct{ From, To schema.Date }

// Coverage is the set of days of an account that are known completely, as
// disjoint intervals in order. In JSON: [["2026-01-01","2026-03-05"], …].
type Coverage []Interval

// ParseCoverage reads Coverage's JSON; empty text is no coverage.
func ParseCoverage(text []byte) (Coverage, error) {
	if len(text) == 0 || string(text) == "false" || string(text) == "null" {
		return nil, nil
	}
	var pairs [][2]schema.Date
	if err := json.Unmarshal(text, &pairs); err != nil {
		return nil, fmt.Errorf("coverage: %w", err)
	}
	var c Coverage
	for _, p := range pairs {
		c = c.Add(Interval{p[0], p[1]})
	}
	return c, nil
}

// MarshalJSON writes pairs of dates.
func (c Coverage) MarshalJSON() ([]byte, error) {
	pairs := make([][2]schema.Date, len(c))
	for i, v := range c {
		pairs[i] = [2]schema.Date{v.From, v.To}
	}
	return json.Marshal(pairs)
}

// Has reports whether a day is covered.
func (c Coverage) Has(day schema.Date) bool {
	return slices.ContainsFunc(c, func(v Interval) bool { return v.From <= day && day <= v.To })
}

// Add returns the coverage with an interval more. One without both days, or
// that ends before it begins, adds nothing.
func (c Coverage) Add(v Interval) Coverage {
	if v.From == "" || v.To == "" || v.To < v.From {
		return c
	}
	out := make(Coverage, 0, len(c)+1)
	for _, old := range c {
		if old.To.AddDays(1) < v.From || v.To.AddDays(1) < old.From {
			out = append(out, old)
			continue
		}
		v = Interval{min(old.From, v.From), max(old.To, v.To)}
	}
	out = append(out, v)
	slices.SortFunc(out, func(a, b Interval) int {
		if a.From < b.From {
			return -1
		}
		return 1
	})
	return out
}

// Remove returns the coverage without an interval's days.
func (c Coverage) Remove(v Interval) Coverage {
	if v.To < v.From {
		return c
	}
	var out Coverage
	for _, old := range c {
		if old.To < v.From || v.To < old.From {
			out = append(out, old)
			continue
		}
		if old.From < v.From {
			out = append(out, Interval{old.From, v.From.AddDays(-1)})
		}
		if v.To < old.To {
			out = append(out, Interval{v.To.AddDays(1), old.To})
		}
	}
	return out
}

// Confirmed is the last day up to which everything since the first covered day
// is known: the end of the first interval that reaches since, which is the
// oldest day that can be had ("" for no limit). A hole after it makes the next
// fetch begin there, so that holes heal; one that lies before since cannot. Days
// before the first covered one are no hole: see WindowRule.AskFrom.
// "" when nothing is covered.
func (c Coverage) Confirmed(since schema.Date) schema.Date {
	for _, v := range c {
		if v.To >= since {
			return v.To
		}
	}
	return ""
}
