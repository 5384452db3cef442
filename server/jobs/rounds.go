package jobs

import (
	"context"
	"sync"
)

// rounds are the duties of this host, each of which is under way once at most. A
// store does not see to that: a killed host would keep its duties from all others.
type rounds map[string]*round

type round struct {
	underWay sync.Mutex
	do       func(ctx context.Context) error
}

func newRounds(duties []Duty) rounds {
	r := rounds{}
	for _, d := range duties {
		r[d.Name] = &round{do: d.Do}
	}
	return r
}

// do does a duty, unless it is under way: what that one misses, the next one finds.
// A duty of another version of this program is none of ours.
func (r rounds) do(ctx context.Context, name string) error {
	round, ours := r[name]
	if !ours || !round.underWay.TryLock() {
		return nil
	}
	defer round.underWay.Unlock()
	return round.do(ctx)
}
