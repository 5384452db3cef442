package ws

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Close codes of the protocol beyond the standard's.
const (
	closeSessionExpired = 4001
	closeKeepAlive      = 4002
)

// Times and sizes of the protocol, as observed on Odoo 18.
const (
	pingAfter    = 45 * time.Second // of silence; without an answer in as much again a socket is given up
	writeWithin  = 10 * time.Second
	youngest     = 3600 * time.Second // a socket is closed when it is older,
	oldest       = 5400 * time.Second // somewhere between these two
	aliveEvery   = 30 * time.Second   // a socket's session and age are looked after
	largestFrame = 1 << 20
	burst        = 10 // frames at once, then one per refill
	refill       = 200 * time.Millisecond
	// queueLength is how many frames a slow client may be behind; then it is
	// dropped, to resume with its last id.
	queueLength = 64
)

// conn is one socket of the bus.
type conn struct {
	s       *Server
	sub     *subscriber
	net     net.Conn
	out     *outbox
	who     Identity
	expires time.Time
	sent    atomic.Int64 // when something was sent last, in nanoseconds

	// What the reader alone uses.
	heard  time.Time // when something came last
	pinged time.Time // when a ping went out that waits for its pong; zero when none does
	look   time.Time // when session and age are looked after next
}

func newConn(s *Server, ws *websocket.Conn, who Identity) *conn {
	now := time.Now()
	c := &conn{s: s, net: ws.NetConn(), out: newOutbox(ws.NetConn()), who: who, expires: s.retirement(), heard: now,
		look: now.Add(aliveEvery)}
	c.sub = &subscriber{s: s, queue: c.queue, drop: c.drop}
	return c
}

// retirement is when a socket that opens now is old. Clients come back by
// themselves; not all at once.
func (s *Server) retirement() time.Time {
	return s.opt.Now().Add(youngest + rand.N(oldest-youngest))
}

func (c *conn) identity() Identity { return c.who }

// queue takes a frame to be sent; false when the client is too far behind.
func (c *conn) queue(f *frame) bool {
	if !c.out.send(f.wire) {
		return false
	}
	c.sent.Store(time.Now().UnixNano())
	return true
}

// drop ends a conn whose client does not read: a write under way is cut off.
func (c *conn) drop() {
	c.end(websocket.CloseTryAgainLater, "")
	_ = c.net.SetDeadline(time.Now()) // it may be closed already
}

// end closes the conn with a code, once. It does not wait.
func (c *conn) end(code int, reason string) {
	c.out.close(wireFrame(opClose, websocket.FormatCloseMessage(code, clipped(reason))))
}

// abandon closes the conn without a word.
func (c *conn) abandon() { c.out.close(nil) }

// clipped fits a reason into a closing frame.
func clipped(reason string) string {
	if len(reason) > longestControl-2 {
		return reason[:longestControl-2]
	}
	return reason
}

// alive reports whether the conn is to go on, as far as is known here.
func (c *conn) alive() bool { return !c.out.ended() }

// lookAfter ends a conn whose session is over, or that is old.
func (c *conn) lookAfter() {
	c.look = time.Now().Add(aliveEvery)
	ctx, cancel := context.WithTimeout(c.s.ctx, writeWithin)
	defer cancel()
	switch {
	case !c.s.opt.Backend.Alive(ctx, c.who):
		c.end(closeSessionExpired, "")
	case c.s.opt.Now().After(c.expires):
		c.end(closeKeepAlive, "")
	}
}

// read takes what the client sends until the conn ends, and looks after it.
func (c *conn) read() {
	err := c.readAll()
	var broken *violation
	if errors.As(err, &broken) {
		c.end(broken.code, broken.reason)
	} else {
		c.abandon()
	}
	<-c.out.over
}

func (c *conn) readAll() error {
	in := newFrames(c.net, largestFrame)
	pace := bucket{tokens: burst, filled: time.Now()}
	var message []byte // of a fragmented message, as far as it came
	var kind byte
	for {
		if err := c.await(in); err != nil {
			return err
		}
		f, err := in.next(time.Now().Add(pingAfter))
		if err != nil {
			return err
		}
		if f.counts() && !pace.take(time.Now()) {
			return &violation{websocket.CloseTryAgainLater, ""}
		}
		switch f.opcode {
		case opPing:
			if !c.out.send(wireFrame(opPong, f.payload)) {
				return &violation{websocket.CloseTryAgainLater, ""}
			}
			continue
		case opPong:
			c.pinged = time.Time{}
			continue
		case opClose:
			code, reason, err := f.farewell()
			if err != nil {
				return err
			}
			return &violation{code, reason} // echoed
		case opContinue:
			if kind == 0 {
				return breach("Unexpected continuation frame")
			}
		default:
			if kind != 0 {
				return breach("A continuation frame was expected")
			}
			kind = f.opcode
		}
		if int64(len(message)+len(f.payload)) > in.longest {
			return &violation{websocket.CloseMessageTooBig, ""}
		}
		message = append(message, f.payload...)
		if !f.last {
			continue
		}
		if err := c.take(kind, message); err != nil {
			return err
		}
		message, kind = nil, 0
	}
}

// await returns when the client sends something. A socket that was silent both
// ways is pinged; without a pong it is given up.
func (c *conn) await(in *frames) error {
	for {
		if !time.Now().Before(c.look) {
			c.lookAfter()
		}
		patience := c.traffic().Add(pingAfter)
		if !c.pinged.IsZero() {
			patience = c.pinged.Add(pingAfter)
		}
		wake := patience
		if c.look.Before(wake) {
			wake = c.look
		}
		err := in.wait(wake)
		if err == nil {
			c.heard = time.Now()
			return nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || !c.alive() {
			return err
		}
		if time.Now().Before(patience) {
			continue // it was time to look
		}
		if !c.pinged.IsZero() {
			return err // no pong
		}
		if time.Since(c.traffic()) < pingAfter {
			continue // something was sent meanwhile
		}
		c.pinged = time.Now()
		if !c.out.send(wireFrame(opPing, nil)) {
			return &violation{websocket.CloseTryAgainLater, ""}
		}
	}
}

// traffic is when something went over the wire last, either way.
func (c *conn) traffic() time.Time {
	if sent := time.Unix(0, c.sent.Load()); sent.After(c.heard) {
		return sent
	}
	return c.heard
}

// bucket lets some frames through at once, then one per refill.
type bucket struct {
	tokens float64
	filled time.Time
}

// counts reports whether a frame is one of those that a client may not send too
// many of: all but those that carry a long message on.
func (f inFrame) counts() bool { return f.opcode != opContinue || len(f.payload) < 256 }

func (b *bucket) take(now time.Time) bool {
	b.tokens, b.filled = min(burst, b.tokens+float64(now.Sub(b.filled))/float64(refill)), now
	b.tokens--
	return b.tokens >= 0
}

// take obeys a client's message; what is no event of the protocol is ignored.
func (c *conn) take(kind byte, data []byte) error {
	if kind != opText {
		return nil
	}
	if err := decodable(data); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.s.ctx, 30*time.Second)
	defer cancel()
	if !c.s.opt.Backend.Alive(ctx, c.who) {
		return &violation{closeSessionExpired, ""}
	}
	var event struct {
		Name string          `json:"event_name"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(data, &event) != nil || event.Name != "subscribe" || c.who.Database == "" {
		return nil // also update_presence: who is at the keyboard is told nobody here
	}
	channels, last, ok := wish(event.Data)
	if !ok {
		return nil
	}
	if err := c.sub.subscribe(ctx, c.who, channels, last, nil); err != nil && ctx.Err() == nil {
		c.s.opt.Log.Error("bus: subscribe", "database", c.who.Database, "error", err)
		return &violation{websocket.CloseInternalServerErr, ""}
	}
	return nil
}

// wish reads what a client subscribes to; false when it makes no sense.
func wish(data json.RawMessage) (channels []string, last int64, ok bool) {
	var asked struct {
		Channels *[]json.RawMessage `json:"channels"`
		Last     json.Number        `json:"last"`
	}
	if json.Unmarshal(data, &asked) != nil || asked.Channels == nil {
		return nil, 0, false
	}
	channels = make([]string, len(*asked.Channels))
	for i, raw := range *asked.Channels {
		if json.Unmarshal(raw, &channels[i]) != nil || string(raw) == "null" {
			return nil, 0, false
		}
	}
	last, _ = asked.Last.Int64() // anything else counts as 0
	return channels, last, true
}
