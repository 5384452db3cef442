package textline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/girosync/girosync/plugins/sdk"
)

// MaxLine bounds a line, in bytes.
const MaxLine = 64 << 10

// Reader reads lines. LF, CR LF and a lone CR each end one; a CR before a
// CR LF makes no line of its own.
type Reader struct {
	in     *bufio.Reader
	format string
	line   int
}

// New returns a reader of UTF-8 text; format names the file in errors.
func New(r io.Reader, format string) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, MaxLine), format: format}
}

// Line returns the number of the line that Next returned last.
func (r *Reader) Line() int { return r.line }

// Next returns the next line without its end; io.EOF after the last. A line
// longer than MaxLine is BadRequest.
func (r *Reader) Next() (string, error) {
	for have := 1; ; {
		ahead, err := r.in.Peek(max(have, min(r.in.Buffered(), MaxLine)))
		end := bytes.IndexAny(ahead, "\r\n")
		switch {
		case end >= 0:
			text := string(ahead[:end])
			r.line++
			return text, r.discard(end)
		case err == bufio.ErrBufferFull || len(ahead) == MaxLine:
			return "", &sdk.Error{Kind: sdk.BadRequest, Line: r.line + 1,
				Message: fmt.Sprintf("%s file: a line is longer than %d KiB", r.format, MaxLine>>10)}
		case err == io.EOF && len(ahead) > 0:
			text := string(ahead)
			r.line++
			_, err := r.in.Discard(len(ahead))
			return text, err
		case err != nil:
			return "", err
		}
		have = len(ahead) + 1
	}
}

// discard consumes a line and its end.
func (r *Reader) discard(text int) error {
	if _, err := r.in.Discard(text); err != nil {
		return err
	}
	for {
		c, err := r.in.ReadByte()
		if err != nil || c == '\n' {
			return ignoreEnd(err)
		}
		// A CR: it ends the line alone unless CR or LF follow.
		next, err := r.in.Peek(1)
		if err != nil || next[0] != '\n' && !r.crlfAhead() {
			return ignoreEnd(err)
		}
	}
}

// crlfAhead reports whether CR LF follows: doubled carriage returns.
func (r *Reader) crlfAhead() bool {
	next, err := r.in.Peek(2)
	return err == nil && next[0] == '\r' && next[1] == '\n'
}

func ignoreEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// Head returns what can be looked at before anything is read, at most 64 KiB.
func (r *Reader) Head() []byte {
	head, _ := r.in.Peek(MaxLine) // a short file is no error here
	return head
}
