package ws

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// hub carries one database's messages to its sockets. A single goroutine reads
// the bus and decides who gets what, so that every socket sees ids ascending.
type hub struct {
	s        *Server
	database string
	wake     chan struct{}

	mu sync.Mutex
	// audiences are the sockets of each channel.
	audiences map[string]*audience
	// last is the highest id that was handed out; 0 until the first subscriber.
	last int64
}

func newHub(s *Server, database string) *hub {
	return &hub{s: s, database: database, wake: make(chan struct{}, 1), audiences: map[string]*audience{}}
}

// joinFor is how soon messages follow others at the soonest. What comes after a
// pause goes out at once; what comes in quick succession is gathered meanwhile.
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
	gather := time.NewTimer(0) // until when messages are gathered
	defer gather.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-gather.C:
		}
		h.drain(ctx)
		gather.Reset(joinFor)
	}
}

// drain reads and sends until nothing is newer.
func (h *hub) drain(ctx context.Context) {
	for {
		h.mu.Lock()
		last, idle := h.last, len(h.audiences) == 0
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

// delivery is a frame for a socket in its turn.
type delivery struct {
	to   listener
	what *frame
}

// hand gives each socket the messages of its channels, in one frame, and returns
// when all are sent or wait for their clients. Sockets are served side by side;
// none gets a frame before the one that precedes it.
func (h *hub) hand(messages []Message) {
	due := h.due(messages)
	share := max(smallestShare, (len(due)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var others sync.WaitGroup
	for part := range slices.Chunk(due, share) {
		others.Go(func() {
			for _, d := range part {
				d.to.who.deliver(d.to.turn, d.what)
			}
		})
	}
	others.Wait()
}

// smallestShare is how many sockets are worth a goroutine.
const smallestShare = 64

// due is who gets which of the messages. Those with the same messages share the
// frame's bytes.
func (h *hub) due(messages []Message) []delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	if messages[len(messages)-1].ID <= h.last {
		return nil
	}
	h.last = messages[len(messages)-1].ID
	byChannel := map[string][]int32{}
	for i, m := range messages {
		byChannel[m.Channel] = append(byChannel[m.Channel], int32(i))
	}
	if len(byChannel) == 1 { // the common case needs no sum per socket
		audience := h.audiences[messages[0].Channel]
		if audience == nil {
			return nil
		}
		all := make([]delivery, len(audience.list))
		f := newFrame(messages)
		for i, l := range audience.list {
			all[i] = delivery{l, f}
		}
		return all
	}
	return h.dueOfMany(messages, byChannel)
}

// dueOfMany adds up what each socket gets from several channels.
func (h *hub) dueOfMany(messages []Message, byChannel map[string][]int32) []delivery {
	sums := map[*subscriber][]int32{}
	var order []listener
	for channel, indexes := range byChannel {
		audience := h.audiences[channel]
		if audience == nil {
			continue
		}
		for _, l := range audience.list {
			got, known := sums[l.who]
			if !known {
				order = append(order, l)
			}
			sums[l.who] = append(got, indexes...)
		}
	}
	frames := map[string]*frame{}
	all := make([]delivery, len(order))
	for i, l := range order {
		indexes := sums[l.who]
		slices.Sort(indexes)
		key := keyOf(indexes)
		f, ok := frames[key]
		if !ok {
			f = frameOf(messages, indexes)
			frames[key] = f
		}
		all[i] = delivery{l, f}
	}
	return all
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
	wire        []byte          // as it goes to a socket of the bus
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
	return &frame{wire: wireFrame(opText, list), list: list, first: messages[0].ID, last: messages[len(messages)-1].ID, messages: messages}
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
	c.begin(false, 0)
}

func (h *hub) unlisten(c *subscriber) {
	for _, channel := range c.channels {
		if audience := h.audiences[channel]; audience != nil && audience.remove(c) {
			delete(h.audiences, channel)
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
	if len(h.audiences) == 0 {
		h.last = newest // nobody waits for what came meanwhile; a database made anew begins anew
	}
	if last > max(newest, h.last) {
		last = 0
	}
	turn, after := c.begin(true, last)
	c.channels = channels
	for _, channel := range channels {
		if h.audiences[channel] == nil {
			h.audiences[channel] = newAudience()
		}
		h.audiences[channel].add(listener{c, turn})
	}
	return h.last, after
}
