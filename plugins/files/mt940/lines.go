package mt940

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds on what a hostile file may make the reader hold, in bytes.
const (
	maxLine  = 64 << 10
	maxField = 64 << 10
)

// field is one tagged field of a message with its continuation lines.
type field struct {
	tag   string
	lines []string
	line  int // where it begins, 1-based
	bytes int
	apart bool // a lone "-" stands before it, inside a statement
}

// first returns the field's first line, trimmed.
func (f *field) first() string { return strings.TrimSpace(f.lines[0]) }

// fields reads a file field by field.
type fields struct {
	in      *bufio.Reader
	line    int
	pending *field   // read, but not handed out
	two     [2]field // what next hands out and what is pending, in turn
	body    bool     // between an opening balance and a closing one
	dash    bool     // the line before was a lone "-" in there
	block   bool     // inside the braces of a SWIFT message
	partial bool     // the last line has no end
	end     byte     // of a line; 0 before the first
	over    error
}

func newFields(r io.Reader) *fields {
	return &fields{in: bufio.NewReaderSize(r, maxLine)}
}

// endOfMessage is the tag of the field that stands for a message's end.
const endOfMessage = "-"

// next returns the next field, one of tag endOfMessage, or io.EOF. Text
// outside messages is skipped. A field holds until the
// next call.
func (f *fields) next() (*field, error) {
	for f.over == nil {
		text, err := f.read()
		if err != nil {
			f.over = err
			break
		}
		if done := f.take(text); done != nil {
			return done, nil
		}
	}
	if done := f.pending; done != nil {
		f.pending = nil
		return done, nil
	}
	return nil, f.over
}

// take adds a line to the pending field, or returns that field when the line
// begins another.
func (f *fields) take(text string) (done *field) {
	done = f.pending
	if len(text) > 0 && (text[0] == '-' || text[0] == ' ') && isEnd(text) {
		// Some banks set entries apart with what ends a statement elsewhere.
		if f.body && strings.TrimSpace(text) == endOfMessage {
			f.dash = true
			return nil
		}
		f.begin(endOfMessage, "")
		f.body, f.block = false, false
		return done
	}
	if strings.HasPrefix(text, "{") {
		if block := strings.LastIndex(text, "{4:"); block >= 0 {
			text, f.block = text[block+3:], true
		}
	}
	if tag, rest, ok := f.tag(text); ok {
		f.note(tag)
		f.begin(tag, rest)
		return done
	}
	if p := f.pending; p != nil && p.tag != endOfMessage && p.bytes < maxField {
		p.lines = append(p.lines, text)
		p.bytes += len(text) + 1
	}
	return nil
}

// begin makes a field the pending one.
func (f *fields) begin(tag, first string) {
	next := &f.two[0]
	if f.pending == next {
		next = &f.two[1]
	}
	*next = field{tag: tag, lines: append(next.lines[:0], first), line: f.line, bytes: len(first), apart: f.dash}
	f.pending, f.dash = next, false
}

// note follows where in a message we are.
func (f *fields) note(tag string) {
	switch tag[:2] {
	case "60":
		f.body = true
	case "62":
		f.body = false
	}
}

// isEnd reports whether a line ends a message: a lone "-", with or without the
// block's brace, which national character sets show as a letter.
func isEnd(text string) bool {
	text = strings.TrimSpace(text)
	return text == "-" || text == "-å" || strings.HasPrefix(text, "-}")
}

// tag parts a line into a known tag and what follows it.
func (f *fields) tag(text string) (tag, rest string, ok bool) {
	if len(text) < 4 || text[0] != ':' {
		return "", "", false
	}
	end := strings.IndexByte(text[1:min(len(text), 6)], ':')
	if end < 2 {
		return "", "", false
	}
	tag, rest = text[1:1+end], text[end+2:]
	switch tag {
	case "20", "21", "25", "25P", "28", "28C", "13", "13D":
		// Inside the entries these are the minutes of a time that was wrapped.
		return tag, rest, !f.body || !isMinutes(tag, rest)
	case "60F", "60M", "61", "62F", "62M", "64", "65", "86", "NS", "34F", "90C", "90D", "940", "942":
		return tag, rest, true
	}
	return "", "", false
}

// isMinutes reports whether ":28:31" may be a piece of a time of day.
func isMinutes(tag, rest string) bool {
	if len(tag) != 2 || len(rest) < 2 || rest[0] > '5' || rest[0] < '0' || !isDigit(rest[1]) {
		return false
	}
	return len(rest) == 2 || !isDigit(rest[2])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// read returns one line without its end. DOS, Unix and doubled carriage
// returns are all ends, and so is a carriage return in a file without line feeds.
func (f *fields) read() (string, error) {
	if f.end == 0 {
		head, _ := f.in.Peek(maxLine) // a short file is no error here
		if f.end = '\n'; bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
			f.end = '\r'
		}
	}
	line, err := f.in.ReadSlice(f.end)
	if err == bufio.ErrBufferFull {
		return "", &sdk.Error{Kind: sdk.BadRequest, Line: f.line + 1, Message: "MT940 file: a line is longer than 64 KiB"}
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return "", err
	}
	f.line++
	f.partial = err != nil
	return strings.TrimRight(string(line), "\r\n\x00\x1a"), nil
}
