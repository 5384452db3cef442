package wire

import (
	"context"
	"fmt"
	"sync"

	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// ongoing is one call under way, as the provider's side sees it, or a word of
// the caller's about a call that has yet to arrive.
type ongoing struct {
	id      string // empty: nobody will say anything about it
	arrived chan struct{}
	heard   chan bool // whether the secret that was sent last was kept

	// Guarded by the lock of the calls.
	holders int
	broken  bool
	cancel  context.CancelFunc // ends the provider's context; nil until it arrived
}

func newOngoing(id string) *ongoing {
	return &ongoing{id: id, arrived: make(chan struct{}), heard: make(chan bool, 1)}
}

// calls are those under way, by the id that the caller gave them.
type calls struct {
	mu   sync.Mutex
	byID map[string]*ongoing
}

// hold returns the call of an id; let it go afterwards.
func (c *calls) hold(id string) *ongoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.byID[id]
	if o == nil {
		o = newOngoing(id)
		if c.byID == nil {
			c.byID = map[string]*ongoing{}
		}
		c.byID[id] = o
	}
	o.holders++
	return o
}

func (c *calls) letGo(o *ongoing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.holders--; o.holders == 0 {
		delete(c.byID, o.id)
	}
}

// arrive registers a call, whose context cancel ends. An id serves one call only.
func (c *calls) arrive(id string, cancel context.CancelFunc) (*ongoing, error) {
	if id == "" {
		return newOngoing(id), nil
	}
	o := c.hold(id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if o.cancel != nil {
		o.holders--
		return nil, refused(fmt.Errorf("another call has the id %s", quoted(id)))
	}
	o.cancel = cancel
	if o.broken {
		cancel()
	}
	close(o.arrived)
	return o, nil
}

// breakOff ends a call's context before it returns, or as soon as the call arrives.
func (c *calls) breakOff(o *ongoing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o.broken = true
	if o.cancel != nil {
		o.cancel()
	}
}

// Tell passes on what the caller says about another call. A word to break off
// may overtake its call and then waits for it, for as long as the caller does.
func (s *server) Tell(ctx context.Context, req *pb.TellRequest) (*pb.TellResponse, error) {
	o := s.calls.hold(req.GetCallId())
	defer s.calls.letGo(o)
	switch word := req.GetWord().(type) {
	case *pb.TellRequest_BreakOff:
		s.calls.breakOff(o)
		select {
		case <-o.arrived:
		case <-ctx.Done():
		}
	case *pb.TellRequest_SecretHeard:
		select {
		case o.heard <- word.SecretHeard.GetKept():
		default: // nobody asked
		}
	}
	return &pb.TellResponse{}, nil
}
