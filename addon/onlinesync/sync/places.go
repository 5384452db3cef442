package sync

import (
	"slices"
	"sync"

	"github.com/girosync/girosync/addon/orm"
)

const (
	// perProvider is how many runs of a provider are worked on at the same time: one
	// whose banks hang takes no worker from the others.
	perProvider = 4
	// forUsers is how many more there may be of runs that users wait for.
	forUsers = 2
	// mostWaiting is how many runs of a provider are remembered that wait for a
	// place; others are found by the sweep.
	mostWaiting = 1000
)

// places are where runs are worked on, by provider.
type places struct {
	mu      sync.Mutex
	busy    map[string]int
	waiting map[string][]waiter
}

// waiter is a run that found no place.
type waiter struct {
	db  *orm.Database
	run int64
}

// enter takes a place, or notes that a run waits for one.
func (p *places) enter(provider string, attended bool, w waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	limit := perProvider
	if attended {
		limit += forUsers
	}
	if p.busy[provider] < limit {
		if p.busy == nil {
			p.busy = map[string]int{}
		}
		p.busy[provider]++
		return true
	}
	if p.waiting == nil {
		p.waiting = map[string][]waiter{}
	}
	list := p.waiting[provider]
	switch {
	case slices.Contains(list, w), len(list) >= mostWaiting:
	case attended: // a user goes before what nobody waits for
		p.waiting[provider] = slices.Insert(list, 0, w)
	default:
		p.waiting[provider] = append(list, w)
	}
	return false
}

// leave gives a place back and returns who is next.
func (p *places) leave(provider string) (next waiter, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy[provider]--
	if p.busy[provider] == 0 {
		delete(p.busy, provider)
	}
	list := p.waiting[provider]
	if len(list) == 0 {
		delete(p.waiting, provider)
		return waiter{}, false
	}
	p.waiting[provider] = list[1:]
	return list[0], true
}
