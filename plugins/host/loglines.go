package host

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"sync"
	"time"
)

const (
	// A process may log lineBurst lines at once, and linesPerSecond on average.
	lineBurst      = 200
	linesPerSecond = 20
	// maxLine is the longest line that is looked at, in bytes.
	maxLine = 16 << 10
)

// lineLimit lets through so many lines a second and counts the others. One
// limit serves all that a process writes.
type lineLimit struct {
	mu      sync.Mutex
	tokens  float64
	last    time.Time
	dropped int
	tell    func(dropped int) // called before a line that follows dropped ones
}

func newLineLimit(tell func(int)) *lineLimit {
	return &lineLimit{tokens: lineBurst, last: time.Now(), tell: tell}
}

// allow reports whether one more line may pass.
func (l *lineLimit) allow() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.tokens = min(lineBurst, l.tokens+now.Sub(l.last).Seconds()*linesPerSecond)
	l.last = now
	if l.tokens < 1 {
		l.dropped++
		return false
	}
	l.tokens--
	l.report()
	return true
}

// flush reports what was dropped and not yet told.
func (l *lineLimit) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.report()
}

func (l *lineLimit) report() {
	if l.dropped > 0 {
		l.tell(l.dropped)
		l.dropped = 0
	}
}

// lines reads a process's output line by line, cuts long lines, and passes on
// those that keep returns true for. It never makes the process wait longer
// than reading takes.
type lines struct {
	from *bufio.Reader
	keep func(line []byte) bool
	rest []byte
	over chan struct{} // closed when all has been read
	end  func()        // closes file and over
}

func newLines(from io.ReadCloser, keep func([]byte) bool) *lines {
	l := &lines{from: bufio.NewReaderSize(from, maxLine), keep: keep, over: make(chan struct{})}
	l.end = sync.OnceFunc(func() {
		from.Close()
		close(l.over)
	})
	return l
}

// Read passes whole lines on, newline included. Every error of the source is
// the end.
func (l *lines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		line, err := l.next()
		if err != nil {
			l.end()
			return 0, io.EOF
		}
		if l.keep(line) {
			l.rest = append(append(l.rest, line...), '\n')
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[:copy(l.rest, l.rest[n:])]
	return n, nil
}

// next returns a line without its end; it is valid until the next call.
func (l *lines) next() ([]byte, error) {
	line, err := l.from.ReadSlice('\n')
	switch {
	case err == nil:
		line = line[:len(line)-1]
	case errors.Is(err, bufio.ErrBufferFull):
		line = append([]byte(nil), line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.from.ReadSlice('\n')
		}
	case len(line) == 0:
		return nil, err
	}
	return line, nil
}

// handshakeLine is what a plugin says on its standard output when it is ready:
// version|version|network|address|protocol|certificate.
var handshakeLine = regexp.MustCompile(`^\d+\|\d+\|[a-z]+\|[^|]+\|`)

// lineWriter takes output that go-plugin copies and tells it line by line.
type lineWriter struct {
	mu   sync.Mutex
	part []byte
	tell func(line []byte)
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range p {
		switch {
		case c == '\n':
			w.tell(w.part)
			w.part = w.part[:0]
		case len(w.part) < maxLine:
			w.part = append(w.part, c)
		}
	}
	return len(p), nil
}
