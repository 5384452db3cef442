package ws

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// recent is what a client without a last id gets of the past.
const recent = 50 * time.Second

// subscriber is a socket as a hub knows it: which channels it hears, and what
// it has heard.
type subscriber struct {
	s *Server
	// queue takes a frame to be sent, without waiting; false when it cannot.
	queue func(f *frame) bool
	// drop ends a socket that is too far behind.
	drop func()

	hub      *hub     // of the last subscription; nil before
	channels []string // guarded by the hub's lock

	mu   sync.Mutex
	turn int   // counts the subscriptions
	last int64 // highest id that was queued
	// While the backlog of a subscription is read, what comes is held back.
	holding bool
	held    []*frame
}

// begin begins a turn, which ends the one before: nothing that was meant for it
// is delivered any more. The client's last id counts while nothing was queued.
func (c *subscriber) begin(holding bool, last int64) (turn int, after int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	c.holding, c.held = holding, nil
	if c.last == 0 {
		c.last = last
	}
	return c.turn, c.last
}

// deliver queues a frame that was meant for the socket in a turn.
func (c *subscriber) deliver(turn int, f *frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case turn != c.turn: // the new turn's backlog has it, where it is wanted
	case !c.holding:
		c.put(f)
	default:
		c.held = append(c.held, f)
		if len(c.held) > queueLength {
			c.drop()
		}
	}
}

// release sends the backlog and what was held back meanwhile.
func (c *subscriber) release(backlog []Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.held
	c.holding, c.held = false, nil
	if len(backlog) > 0 {
		c.put(newFrame(backlog))
	}
	for _, f := range held {
		c.put(f)
	}
}

// put queues what is new of a frame. A client whose queue is full is dropped.
func (c *subscriber) put(f *frame) {
	if f.last <= c.last {
		return
	}
	if f.first <= c.last {
		f = newFrame(after(f.messages, c.last))
	}
	if !c.queue(f) {
		c.drop()
		return
	}
	c.last = f.last
}

// after are the messages above an id.
func after(list []Message, id int64) []Message {
	return slices.DeleteFunc(slices.Clone(list), func(m Message) bool { return m.ID <= id })
}

// forget begins with another database, whose ids are its own.
func (c *subscriber) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = 0
}

// leave ends the subscription.
func (c *subscriber) leave() {
	if c.hub != nil {
		c.hub.leave(c)
	}
}

// subscribe replaces the channels and sends what was missed on them. Granted,
// unless nil, is told the channels and the newest id before anything is sent.
// Only one goroutine at a time may call it.
//
// From the moment it listens, everything above the id "upTo" comes through the
// hub and is held back. What is read afterwards up to that id is complete, for
// ids become visible in their order. So nothing is missed and nothing repeated.
func (c *subscriber) subscribe(ctx context.Context, who Identity, asked []string, last int64,
	granted func(channels []string, newest int64)) error {
	channels, err := c.s.opt.Backend.Channels(ctx, who, asked)
	if err != nil {
		return err
	}
	oldest, newest, err := c.s.opt.Backend.Edges(ctx, who.Database)
	if err != nil {
		return err
	}
	if c.hub == nil || c.hub.database != who.Database {
		c.leave()
		if c.hub = c.s.hubOf(who.Database); c.hub == nil {
			return nil // the server closes
		}
		c.forget()
	}
	upTo, last := c.hub.listen(c, channels, last, newest)
	var backlog []Message
	defer func() {
		c.release(backlog)
		c.hub.nudge()
	}()
	switch {
	case last > 0 && oldest > last+1:
		backlog = []Message{{ID: newest, Body: json.RawMessage(`{"type":"girosync/reload","payload":{}}`)}}
	case last > 0:
		backlog, err = c.s.missed(ctx, who.Database, last, upTo, channels)
	default:
		backlog, err = c.s.fresh(ctx, who.Database, upTo, channels)
	}
	if granted != nil && err == nil {
		granted(channels, newest)
	}
	return err
}

// fresh reads the messages of the recent past, up to upTo, of the channels.
func (s *Server) fresh(ctx context.Context, database string, upTo int64, channels []string) ([]Message, error) {
	list, err := s.opt.Backend.Recent(ctx, database, s.opt.Now().Add(-recent), batchSize)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	chosen := among(list, upTo, channels)
	if len(list) < batchSize {
		return chosen, nil
	}
	rest, err := s.missed(ctx, database, list[len(list)-1].ID, upTo, channels)
	return append(chosen, rest...), err
}

// missed reads the messages in (last, upTo] of the channels.
func (s *Server) missed(ctx context.Context, database string, last, upTo int64, channels []string) ([]Message, error) {
	var all []Message
	for last < upTo {
		list, err := s.opt.Backend.Since(ctx, database, last, batchSize)
		if err != nil {
			return nil, err
		}
		all = append(all, among(list, upTo, channels)...)
		if len(list) < batchSize {
			break
		}
		last = list[len(list)-1].ID
	}
	return all, nil
}

func among(list []Message, upTo int64, channels []string) []Message {
	wanted := make(map[string]bool, len(channels))
	for _, channel := range channels {
		wanted[channel] = true
	}
	var chosen []Message
	for _, m := range list {
		if m.ID <= upTo && wanted[m.Channel] {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// Peek returns what the sender of a request may hear of the channels after an
// id, at once: for clients without sockets. heard are the channels that it may
// hear.
func (s *Server) Peek(r *http.Request, asked []string, last int64) (who Identity, heard []string, list []Message, err error) {
	ctx := r.Context()
	if who, err = s.opt.Backend.Identify(r); err != nil || who.Database == "" {
		return who, nil, nil, err
	}
	if heard, err = s.opt.Backend.Channels(ctx, who, asked); err != nil {
		return who, nil, nil, err
	}
	_, newest, err := s.opt.Backend.Edges(ctx, who.Database)
	if err != nil {
		return who, nil, nil, err
	}
	if last > 0 && last <= newest {
		list, err = s.missed(ctx, who.Database, last, newest, heard)
	} else {
		list, err = s.fresh(ctx, who.Database, newest, heard)
	}
	return who, heard, list, err
}
