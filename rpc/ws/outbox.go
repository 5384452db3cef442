package ws

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// outbox sends the frames of one socket in their order. Whoever has a frame to
// send writes as much of it as the network takes at once; that is all of it while
// the client keeps up, and needs no goroutine. The rest, and what comes meanwhile,
// is sent by a goroutine that lives only while the client is behind.
type outbox struct {
	conn net.Conn
	// raw writes without waiting; nil where conn is no socket of the system, such
	// as TLS.
	raw syscall.RawConn
	// over is closed when nothing more is sent, and conn is closed.
	over chan struct{}

	mu      sync.Mutex
	waiting [][]byte // frames that are not begun
	writing bool     // somebody writes, and takes care of what waits
	closed  bool     // no more frames are taken
	goodbye []byte   // the closing frame; nil for none
}

func newOutbox(conn net.Conn) *outbox {
	o := &outbox{conn: conn, over: make(chan struct{})}
	if socket, ok := conn.(syscall.Conn); ok {
		o.raw, _ = socket.SyscallConn() // else the goroutine writes
	}
	return o
}

// send takes a frame and does not wait for the client; false when it is
// queueLength frames behind. A closed outbox takes everything and sends nothing.
func (o *outbox) send(frame []byte) bool {
	o.mu.Lock()
	if o.closed || o.writing {
		defer o.mu.Unlock()
		if !o.closed {
			if len(o.waiting) == queueLength {
				return false
			}
			o.waiting = append(o.waiting, frame)
		}
		return true
	}
	o.writing = true
	o.mu.Unlock()
	n := 0
	if o.raw != nil {
		n = writeNow(o.raw, frame) // an error shows again when the rest is written
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writing = n < len(frame) || len(o.waiting) > 0 || o.closed; o.writing {
		go o.catchUp(frame[n:])
	}
	return true
}

// catchUp sends the rest of a frame and what waits, each within writeWithin.
func (o *outbox) catchUp(rest []byte) {
	for more, over := true, false; more; rest, more, over = o.next() {
		if len(rest) > 0 && o.write(rest, writeWithin) != nil {
			o.fail()
			return
		}
		if over {
			o.finish()
			return
		}
	}
}

func (o *outbox) write(text []byte, within time.Duration) error {
	if err := o.conn.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	_, err := o.conn.Write(text)
	return err
}

// next is what is to be sent next. There is no more when nobody waits, and over
// is for ever: the one who writes is to say goodbye.
func (o *outbox) next() (frame []byte, more, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, true, true
	}
	if len(o.waiting) == 0 {
		_ = o.conn.SetWriteDeadline(time.Time{}) // fails at the next write
		o.writing, o.waiting = false, nil
		return nil, false, false
	}
	frame = o.waiting[0]
	o.waiting = o.waiting[1:]
	return frame, true, false
}

// close ends the outbox: after the frame that is being written comes goodbye,
// unless nil, and nothing else. It does not wait; only the first one counts.
func (o *outbox) close(goodbye []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	o.closed, o.goodbye, o.waiting = true, goodbye, nil
	if !o.writing {
		o.writing = true
		go o.finish()
	}
}

// ended reports whether it was closed.
func (o *outbox) ended() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

// fail ends the outbox without a word: its client cannot be reached.
func (o *outbox) fail() {
	o.mu.Lock()
	o.closed, o.goodbye, o.waiting = true, nil, nil
	o.mu.Unlock()
	o.finish()
}

// finish says goodbye and closes the connection. It is called once, by whoever
// writes, and without the lock, for which those who have more to send would wait.
func (o *outbox) finish() {
	o.mu.Lock()
	goodbye := o.goodbye
	o.mu.Unlock()
	if goodbye != nil {
		_ = o.write(goodbye, time.Second) // it may be gone already
	}
	o.conn.Close()
	close(o.over)
}
