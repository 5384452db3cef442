package ws

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// hub carries one database's messages to its sockets. A single goroutine reads
// the bus and decides who gets what, so that every socket sees ids ascending.
type hub struct {
	s        *Server
	database string
	wake     chan struct{}

	mu sync.Mutex
	// listeners are the sockets of each channel.
	listeners map[string]map[*subscriber]struct{}
	// last is the highest id that was handed out; 0 until the first subscriber.
	last int64
}

func newHub(s *Server, database string) *hub {
	return &hub{s: s, database: database, wake: make(chan struct{}, 1), listeners: map[string]map[*subscriber]struct{}{}}
}

// joinFor is how long messages are gathered before they are sent.
const joinFor = 2 * time.Millisecond

// batchSize is how many messages are read at a time.
const batchSize = 1000

func (h *hub) nudge() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run hands out what is new at each wake, until ctx ends.
func (h *hub) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		timer := time.NewTimer(joinFor)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		h.drain(ctx)
	}
}

// drain reads and sends until nothing is newer.
func (h *hub) drain(ctx context.Context) {
	for {
		h.mu.Lock()
		last, idle := h.last, len(h.listeners) == 0
		h.mu.Unlock()
		if idle {
			return
		}
		messages, err := h.s.opt.Backend.Since(ctx, h.database, last, batchSize)
		if err != nil {
			if ctx.Err() == nil {
				h.s.opt.Log.Error("bus: read", "database", h.database, "error", err)
			}
			return
		}
		if len(messages) == 0 {
			return
		}
		h.hand(messages)
		if len(messages) < batchSize {
			return
		}
	}
}

// hand gives each socket the messages of its channels, in one frame. Those with
// the same messages share the frame's bytes.
func (h *hub) hand(messages []Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if messages[len(messages)-1].ID <= h.last {
		return
	}
	h.last = messages[len(messages)-1].ID
	byChannel := map[string][]int32{}
	for i, m := range messages {
		byChannel[m.Channel] = append(byChannel[m.Channel], int32(i))
	}
	if len(byChannel) == 1 { // the common case needs no sum per socket
		f := newFrame(messages)
		for c := range h.listeners[messages[0].Channel] {
			c.deliver(f)
		}
		return
	}
	h.handMany(messages, byChannel)
}

// handMany adds up what each socket gets from several channels.
func (h *hub) handMany(messages []Message, byChannel map[string][]int32) {
	due := map[*subscriber][]int32{}
	for channel, indexes := range byChannel {
		for c := range h.listeners[channel] {
			due[c] = append(due[c], indexes...)
		}
	}
	frames := map[string]*frame{}
	for c, indexes := range due {
		slices.Sort(indexes)
		key := keyOf(indexes)
		f, ok := frames[key]
		if !ok {
			f = frameOf(messages, indexes)
			frames[key] = f
		}
		c.deliver(f)
	}
}

func keyOf(indexes []int32) string {
	b := make([]byte, 0, len(indexes)*4)
	for _, i := range indexes {
		b = append(b, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
	}
	return string(b)
}

// frame is a list of notifications, ready to be sent to many.
type frame struct {
	prepared    *websocket.PreparedMessage
	list        json.RawMessage // the same as text
	first, last int64           // ids
	messages    []Message
}

func frameOf(messages []Message, indexes []int32) *frame {
	chosen := make([]Message, len(indexes))
	for k, i := range indexes {
		chosen[k] = messages[i]
	}
	return newFrame(chosen)
}

func newFrame(messages []Message) *frame {
	list := AppendMessages(nil, messages)
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, list)
	if err != nil {
		return nil // only an invalid message type fails
	}
	return &frame{prepared: prepared, list: list, first: messages[0].ID, last: messages[len(messages)-1].ID, messages: messages}
}

// AppendMessages appends messages as the protocol tells them: a JSON list of
// {"id", "message"}, in ASCII.
func AppendMessages(dst []byte, messages []Message) []byte {
	dst = append(dst, '[')
	for i, m := range messages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"id":`...)
		dst = strconv.AppendInt(dst, m.ID, 10)
		dst = append(dst, `,"message":`...)
		dst = appendASCII(dst, m.Body)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendASCII appends JSON text with everything beyond ASCII escaped.
func appendASCII(dst, text []byte) []byte {
	for len(text) > 0 {
		plain := 0
		for plain < len(text) && text[plain] < utf8.RuneSelf {
			plain++
		}
		dst, text = append(dst, text[:plain]...), text[plain:]
		if len(text) == 0 {
			break
		}
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
			continue
		}
		dst = fmt.Appendf(dst, `\u%04x`, r)
	}
	return dst
}

// leave takes a socket away from all its channels.
func (h *hub) leave(c *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unlisten(c)
	c.held, c.holding = nil, false
}

func (h *hub) unlisten(c *subscriber) {
	for _, channel := range c.channels {
		delete(h.listeners[channel], c)
		if len(h.listeners[channel]) == 0 {
			delete(h.listeners, channel)
		}
	}
	c.channels = nil
}

// listen replaces a socket's channels, from now on holding back what comes until
// the backlog is sent. It returns the ids between which the backlog lies: after
// the socket's own last id, which the client's becomes while there is none, up to
// and with upTo.
func (h *hub) listen(c *subscriber, channels []string, last, newest int64) (upTo, after int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unlisten(c)
	if len(h.listeners) == 0 {
		h.last = newest // nobody waits for what came meanwhile; a database made anew begins anew
	}
	c.channels = channels
	for _, channel := range channels {
		if h.listeners[channel] == nil {
			h.listeners[channel] = map[*subscriber]struct{}{}
		}
		h.listeners[channel][c] = struct{}{}
	}
	c.holding = true
	if c.last == 0 && last > 0 && last <= max(newest, h.last) {
		c.last = last
	}
	return h.last, c.last
}

// release sends the backlog and what was held back meanwhile.
func (h *hub) release(c *subscriber, backlog []Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.holding = false
	held := c.held
	c.held = nil
	if len(backlog) > 0 {
		c.deliver(newFrame(backlog))
	}
	for _, f := range held {
		c.deliver(f)
	}
}
