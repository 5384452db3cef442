package ws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Close codes of the protocol beyond the standard's.
const (
	closeSessionExpired = 4001
	closeKeepAlive      = 4002
)

// Times and sizes of the protocol, as observed on Odoo 18.
const (
	pingAfter    = 45 * time.Second
	writeWithin  = 10 * time.Second
	oldestConn   = time.Hour
	aliveEvery   = 30 * time.Second
	largestFrame = 1 << 20
	burst        = 10 // frames at once, then one per refill
	refill       = 200 * time.Millisecond
	// recent is what a client without a last id gets of the past.
	recent = 50 * time.Second
	// queueLength is how many frames a slow client may be behind; then it is
	// dropped, to resume with its last id.
	queueLength = 64
)

// conn is one socket.
type conn struct {
	s    *Server
	hub  *hub
	ws   *websocket.Conn
	who  Identity
	born time.Time

	out  chan *frame
	done chan struct{} // closed when the conn ends
	once sync.Once
	// goodbye is what the closing frame says.
	goodbye []byte

	// What the hub's lock guards.
	channels []string
	last     int64 // highest id that was queued
	holding  bool
	held     []*frame
}

// deliver queues a frame. The hub's lock is held. A client whose queue is full
// is dropped.
func (c *conn) deliver(f *frame) {
	if f == nil || f.last <= c.last {
		return
	}
	if f.first <= c.last {
		f = newFrame(after(f.messages, c.last))
	}
	if c.holding {
		c.held = append(c.held, f)
		if len(c.held) > queueLength {
			c.drop()
		}
		return
	}
	select {
	case c.out <- f:
		c.last = f.last
	default:
		c.drop()
	}
}

// after are the messages above an id.
func after(list []Message, id int64) []Message {
	return slices.DeleteFunc(slices.Clone(list), func(m Message) bool { return m.ID <= id })
}

// drop ends a conn whose client does not read: a write under way is cut off.
func (c *conn) drop() {
	c.end(websocket.CloseTryAgainLater, "")
	_ = c.ws.NetConn().SetDeadline(time.Now()) // it may be closed already
}

// end closes the conn with a code, once. It does not wait.
func (c *conn) end(code int, reason string) {
	c.once.Do(func() {
		c.goodbye = websocket.FormatCloseMessage(code, reason)
		close(c.done)
	})
}

// write sends what is queued, pings a silent client and looks after the
// session. It is the only goroutine that writes data.
func (c *conn) write() {
	ping := time.NewTicker(pingAfter)
	defer ping.Stop()
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	defer c.ws.Close()
	for {
		select {
		case <-c.done:
			deadline := time.Now().Add(time.Second)
			_ = c.ws.WriteControl(websocket.CloseMessage, c.goodbye, deadline) // it may be gone already
			return
		case f := <-c.out:
			if c.ws.SetWriteDeadline(time.Now().Add(writeWithin)) != nil || c.ws.WritePreparedMessage(f.prepared) != nil {
				return
			}
		case <-ping.C:
			if c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				return
			}
		case <-alive.C:
			c.checkAlive()
		}
	}
}

func (c *conn) checkAlive() {
	ctx, cancel := context.WithTimeout(c.s.ctx, writeWithin)
	defer cancel()
	switch {
	case !c.s.opt.Backend.Alive(ctx, c.who):
		c.end(closeSessionExpired, "")
	case c.s.opt.Now().Sub(c.born) > oldestConn:
		c.end(closeKeepAlive, "")
	}
}

// read takes what the client sends until the conn ends.
func (c *conn) read() {
	c.ws.SetReadLimit(largestFrame)
	extend := func() { _ = c.ws.SetReadDeadline(time.Now().Add(2*pingAfter + time.Second)) }
	extend()
	c.ws.SetPongHandler(func(string) error { extend(); return nil })
	c.ws.SetPingHandler(func(data string) error {
		extend()
		err := c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	c.ws.SetCloseHandler(c.farewell)
	tokens, filled := float64(burst), time.Now()
	for {
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			c.end(websocket.CloseNormalClosure, "")
			return
		}
		extend()
		now := time.Now()
		tokens, filled = min(burst, tokens+float64(now.Sub(filled))/float64(refill)), now
		if tokens--; tokens < 0 {
			c.end(websocket.CloseTryAgainLater, "")
			return
		}
		if kind != websocket.TextMessage {
			continue
		}
		if !utf8.Valid(data) {
			c.end(websocket.CloseInvalidFramePayloadData, "invalid UTF-8")
			return
		}
		c.take(data)
	}
}

// farewell echoes a client's close with its code and reason; 1000 for none.
func (c *conn) farewell(code int, reason string) error {
	if code == websocket.CloseNoStatusReceived {
		code = websocket.CloseNormalClosure
	}
	c.end(code, reason)
	return nil
}

// take obeys a client's frame; what is no event of the protocol is ignored.
func (c *conn) take(data []byte) {
	var event struct {
		Name string          `json:"event_name"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(data, &event) != nil || event.Name != "subscribe" {
		return
	}
	var wish struct {
		Channels []json.RawMessage `json:"channels"`
		Last     json.Number       `json:"last"`
	}
	if json.Unmarshal(event.Data, &wish) != nil {
		return
	}
	if wish.Channels == nil && !bytes.Contains(event.Data, []byte("channels")) {
		return
	}
	asked := make([]string, 0, len(wish.Channels))
	for _, raw := range wish.Channels {
		var channel string
		if json.Unmarshal(raw, &channel) != nil {
			return
		}
		asked = append(asked, channel)
	}
	last, _ := wish.Last.Int64() // anything else counts as 0
	if c.who.Database == "" {
		return // nobody, on a host of several databases: there is nothing to hear
	}
	ctx, cancel := context.WithTimeout(c.s.ctx, 30*time.Second)
	defer cancel()
	if !c.s.opt.Backend.Alive(ctx, c.who) {
		c.end(closeSessionExpired, "")
		return
	}
	if err := c.subscribe(ctx, asked, last); err != nil && ctx.Err() == nil {
		c.s.opt.Log.Error("bus: subscribe", "database", c.who.Database, "error", err)
		c.end(websocket.CloseInternalServerErr, "")
	}
}

// subscribe replaces the conn's channels and sends what it missed on them.
//
// From the moment it listens, everything above the id "upTo" comes through the
// hub and is held back. What is read afterwards up to that id is complete, for
// ids become visible in their order. So nothing is missed and nothing repeated.
func (c *conn) subscribe(ctx context.Context, asked []string, last int64) error {
	channels, err := c.s.opt.Backend.Channels(ctx, c.who, asked)
	if err != nil {
		return err
	}
	oldest, newest, err := c.s.opt.Backend.Edges(ctx, c.who.Database)
	if err != nil {
		return err
	}
	upTo, last := c.hub.listen(c, channels, last, newest)
	var backlog []Message
	defer func() {
		c.hub.release(c, backlog)
		c.hub.nudge()
	}()
	switch {
	case last > 0 && oldest > last+1:
		backlog = []Message{{ID: newest, Body: json.RawMessage(`{"type":"girosync/reload","payload":{}}`)}}
	case last > 0:
		backlog, err = c.missed(ctx, last, upTo, channels)
	default:
		backlog, err = c.fresh(ctx, upTo, channels)
	}
	return err
}

// fresh reads the messages of the recent past, up to upTo, of the channels.
func (c *conn) fresh(ctx context.Context, upTo int64, channels []string) ([]Message, error) {
	list, err := c.s.opt.Backend.Recent(ctx, c.who.Database, c.s.opt.Now().Add(-recent), batchSize)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	chosen := among(list, upTo, channels)
	if len(list) < batchSize {
		return chosen, nil
	}
	rest, err := c.missed(ctx, list[len(list)-1].ID, upTo, channels)
	return append(chosen, rest...), err
}

// missed reads the messages in (last, upTo] of the channels.
func (c *conn) missed(ctx context.Context, last, upTo int64, channels []string) ([]Message, error) {
	var all []Message
	for last < upTo {
		list, err := c.s.opt.Backend.Since(ctx, c.who.Database, last, batchSize)
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
