package rpc

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// strangers bounds the requests of which nobody knows yet who sends them, in all
// and from one address.
type strangers struct {
	slots chan struct{} // nil for no bound
	// thinking are those whose requests are turned into values: not on all
	// processors at once, which others need.
	thinking chan struct{}
	share    int // of one address, those that wait included
	mu       sync.Mutex
	from     map[string]int
}

// strangerWaits is how long a request waits for others to be done.
const strangerWaits = 10 * time.Second

func newStrangers(most int) *strangers {
	g := &strangers{share: max(1, most/2), from: map[string]int{}, thinking: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
	if most > 0 {
		g.slots = make(chan struct{}, most)
	}
	return g
}

// enter counts a request in, or reports that there are too many. Whoever comes
// in leaves once.
func (g *strangers) enter(ctx context.Context, address string) (leave func(), ok bool) {
	if g.slots == nil {
		return func() {}, true
	}
	g.mu.Lock()
	if g.from[address] >= g.share {
		g.mu.Unlock()
		return nil, false
	}
	g.from[address]++
	g.mu.Unlock()
	gone := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.from[address]--; g.from[address] <= 0 {
			delete(g.from, address)
		}
	}
	if !g.wait(ctx) {
		gone()
		return nil, false
	}
	return func() { <-g.slots; gone() }, true
}

// wait takes a slot, at once where one is free.
func (g *strangers) wait(ctx context.Context) bool {
	select {
	case g.slots <- struct{}{}:
		return true
	default:
	}
	late := time.NewTimer(strangerWaits)
	defer late.Stop()
	select {
	case g.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	case <-late.C:
		return false
	}
}

// visit is what one request has shown of who sends it.
type visit struct {
	known    bool
	leave    func() // out of the number of strangers; nil once it has
	thinking func() // ends what think began; nil if it has not
	// login is the session that it belongs to, once it was looked for.
	login session.Session
	db    *orm.Database
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	v, _ := r.Context().Value(visitKey{}).(*visit)
	return v
}

// arrive counts a request among those of strangers, until somebody is known to
// have sent it; nil when there are too many, which is answered. Call the second
// result when the request is done.
func (s *Server) arrive(w http.ResponseWriter, r *http.Request) (*http.Request, func()) {
	leave, ok := s.strangers.enter(r.Context(), addressOf(r))
	if !ok {
		w.Header().Set("Retry-After", "1")
		page(w, http.StatusServiceUnavailable, "Service Unavailable",
			"Too many requests of people who are not logged in (limits.unknown_calls). Try again.")
		return nil, nil
	}
	v := &visit{leave: leave}
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v)), v.end
}

func (v *visit) end() {
	v.pause()
	if v.leave != nil {
		v.leave()
		v.leave = nil
	}
}

// trifle is a body that costs next to nothing to turn into values; most calls
// are smaller.
const trifle = 2 << 10

// think waits until a stranger's request may be turned into values; at once when
// it is known whose it is, or its body is a trifle. An error is that of a client
// that is gone.
func (s *Server) think(r *http.Request, body []byte) error {
	v := visitOf(r)
	if v == nil || v.known || len(body) <= trifle {
		return nil
	}
	select {
	case s.strangers.thinking <- struct{}{}:
		v.thinking = func() { <-s.strangers.thinking }
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

func (v *visit) pause() {
	if v.thinking != nil {
		v.thinking()
		v.thinking = nil
	}
}

// pause lets others think while a request waits for a database or a check of its
// password.
func pause(r *http.Request) {
	if v := visitOf(r); v != nil {
		v.pause()
	}
}

// introduce notes that it is known who sent a request. What is not known costs
// nothing: a request that came through no door has no visit.
func introduce(r *http.Request) {
	if v := visitOf(r); v != nil {
		v.known = true
		v.end()
	}
}
