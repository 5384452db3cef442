package markup

import (
	"bytes"
	"fmt"
	"io"
)

// Limits of one token, in bytes.
const (
	maxTag   = 64 << 10
	maxText  = 1 << 20
	maxNames = 4096
)

// Error is what is wrong with the file, and where.
type Error struct {
	Line int
	What string
}

// Error begins with the line.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Dialect says how strictly to read.
type Dialect uint8

// Dialects. SGML takes a "<" that begins no tag for text.
const (
	XML Dialect = iota
	SGML
)

// Scanner reads tokens. Make one with New.
type Scanner struct {
	src     io.Reader
	dialect Dialect
	buf     []byte
	pos     int // next unread byte in buf
	end     int // end of what buf holds
	eof     bool
	failed  error // from src
	line    int
	names   map[string]string
	closing string // name of an empty element whose End is due
	text    []byte // for texts whose entities were resolved
	begun   int    // where the current token began in buf
	rec     recording
}

// New returns a scanner of UTF-8 text.
func New(src io.Reader, dialect Dialect) *Scanner {
	return &Scanner{src: src, dialect: dialect, buf: make([]byte, 64<<10), line: 1, names: make(map[string]string)}
}

// Line returns the line that was reached, 1-based.
func (s *Scanner) Line() int { return s.line }

// Next returns the next token; io.EOF after the last. What is wrong with the
// text is an *Error; any other error is the source's.
func (s *Scanner) Next() (Token, error) {
	if s.closing != "" {
		name := s.closing
		s.closing = ""
		return Token{Kind: End, Name: name, Line: s.line}, nil
	}
	for {
		if !s.have(1) {
			if s.failed != nil {
				return Token{}, s.failed
			}
			return Token{}, io.EOF
		}
		s.begun = s.pos
		tok, ok, err := s.token()
		if err != nil || ok {
			return tok, err
		}
	}
}

// token reads one construct; ok is false for those that give no token.
func (s *Scanner) token() (tok Token, ok bool, err error) {
	if s.buf[s.pos] != '<' {
		return s.plainText(0)
	}
	s.have(9)
	ahead := s.buf[s.pos:s.end]
	switch {
	case len(ahead) > 1 && (ahead[1] == '/' || isNameStart(ahead[1])):
		tok, err := s.tag()
		return tok, err == nil, err
	case bytes.HasPrefix(ahead, []byte("<!--")):
		return Token{}, false, s.skip("<!--", "-->")
	case bytes.HasPrefix(ahead, []byte("<![CDATA[")):
		return s.cdata()
	case bytes.HasPrefix(ahead, []byte("<?")):
		return Token{}, false, s.skip("<?", "?>")
	case bytes.HasPrefix(ahead, []byte("<!")):
		return Token{}, false, s.doctype()
	case s.dialect == SGML:
		return s.plainText(1)
	}
	return Token{}, false, s.fail("a tag has no name")
}

// plainText reads up to the next "<", searched for behind the first skip bytes.
func (s *Scanner) plainText(skip int) (Token, bool, error) {
	n, err := s.textEnd(skip)
	if err != nil {
		return Token{}, false, err
	}
	tok := Token{Kind: Text, Line: s.line, Text: s.buf[s.pos : s.pos+n]}
	s.consume(n)
	if bytes.IndexByte(tok.Text, '&') >= 0 {
		s.text = appendResolved(s.text[:0], tok.Text)
		tok.Text = s.text
	}
	return tok, len(bytes.TrimSpace(tok.Text)) > 0, nil
}

// textEnd finds where the text here ends. In SGML, a "<" that begins no tag
// belongs to it.
func (s *Scanner) textEnd(from int) (int, error) {
	for {
		n, found, err := s.find('<', from, maxText)
		if err != nil {
			return 0, err
		}
		if !found {
			return s.end - s.pos, nil
		}
		if s.dialect == XML || !s.have(n+2) || beginsMarkup(s.buf[s.pos+n+1]) {
			return n, nil
		}
		from = n + 1
	}
}

// beginsMarkup reports whether c behind a "<" makes it a tag or the like.
func beginsMarkup(c byte) bool {
	return isNameStart(c) || c == '/' || c == '!' || c == '?'
}

func (s *Scanner) cdata() (Token, bool, error) {
	const open, shut = "<![CDATA[", "]]>"
	for {
		if i := bytes.Index(s.buf[s.pos:s.end], []byte(shut)); i >= 0 {
			tok := Token{Kind: Text, Line: s.line, Text: s.buf[s.pos+len(open) : s.pos+i]}
			s.consume(i + len(shut))
			return tok, len(bytes.TrimSpace(tok.Text)) > 0, nil
		}
		if s.end-s.pos > maxText {
			return Token{}, false, s.fail("a text is longer than 1 MiB")
		}
		if !s.more() {
			return Token{}, false, s.cut("a CDATA section")
		}
	}
}

// doctype skips a declaration. One with a subset of its own is refused: that
// is where entities are made.
func (s *Scanner) doctype() error {
	n, found, err := s.find('>', 0, maxTag)
	if err != nil {
		return err
	}
	if !found {
		return s.cut("a declaration")
	}
	if bytes.IndexByte(s.buf[s.pos:s.pos+n], '[') >= 0 {
		return s.fail("a document type with declarations is not accepted")
	}
	s.consume(n + 1)
	return nil
}

func (s *Scanner) tag() (Token, error) {
	n, err := s.tagEnd()
	if err != nil {
		return Token{}, err
	}
	inner := s.buf[s.pos+1 : s.pos+n]
	tok := Token{Kind: Start, Line: s.line}
	s.consume(n + 1)
	if inner[0] == '/' {
		tok.Kind = End
		inner = inner[1:]
	}
	empty := len(inner) > 0 && inner[len(inner)-1] == '/'
	if empty {
		inner = inner[:len(inner)-1]
	}
	end := 0
	for end < len(inner) && inner[end] > ' ' {
		end++
	}
	tok.Name, tok.tail = s.intern(inner[:end]), inner[end:]
	if empty && tok.Kind == Start {
		s.closing = tok.Name
	}
	return tok, nil
}

// tagEnd finds the ">" that closes the tag here; in XML, past quoted values.
func (s *Scanner) tagEnd() (int, error) {
	if s.dialect == SGML {
		n, found, err := s.find('>', 1, maxTag)
		if err == nil && !found {
			err = s.cut("a tag")
		}
		return n, err
	}
	var quote byte
	for n := 1; n <= maxTag; {
		if !s.have(n + 1) {
			return 0, s.cut("a tag")
		}
		for _, c := range s.buf[s.pos+n : s.end] {
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '>':
				return n, nil
			case c == '"' || c == '\'':
				quote = c
			}
			n++
		}
	}
	return 0, s.fail("a tag is too long; this is no statement")
}

// intern returns the local part of a name as a string, made once per name.
func (s *Scanner) intern(name []byte) string {
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if known, ok := s.names[string(name)]; ok {
		return known
	}
	made := string(name)
	if len(s.names) < maxNames && len(made) <= 64 {
		s.names[made] = made
	}
	return made
}

// skip consumes up to and with shut; only a few bytes are held meanwhile.
func (s *Scanner) skip(open, shut string) error {
	s.consume(len(open))
	for {
		if i := bytes.Index(s.buf[s.pos:s.end], []byte(shut)); i >= 0 {
			s.consume(i + len(shut))
			return nil
		}
		if rest := s.end - s.pos; rest >= len(shut) {
			s.consume(rest - len(shut) + 1)
		}
		if !s.more() {
			return s.cut("a comment or instruction")
		}
	}
}

// find looks for c at from bytes after pos or later, at most max bytes ahead.
// The offset returned counts from pos.
func (s *Scanner) find(c byte, from, max int) (offset int, found bool, err error) {
	for {
		if s.pos+from < s.end {
			if i := bytes.IndexByte(s.buf[s.pos+from:s.end], c); i >= 0 {
				return from + i, true, nil
			}
			from = s.end - s.pos
		}
		if from > max {
			return 0, false, s.fail("a tag or text is too long; this is no statement")
		}
		if !s.more() {
			return 0, false, s.failed
		}
	}
}

// have reports whether n bytes are ahead, reading more when needed.
func (s *Scanner) have(n int) bool {
	for s.end-s.pos < n {
		if !s.more() {
			return false
		}
	}
	return true
}

// more reads on; false at the end of the source.
func (s *Scanner) more() bool {
	if s.eof {
		return false
	}
	if s.pos > 0 {
		s.rec.keep(s.buf, s.pos)
		copy(s.buf, s.buf[s.pos:s.end])
		s.begun -= s.pos
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.failed = err
			}
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.eof, s.failed = true, io.ErrNoProgress
	return false
}

func (s *Scanner) consume(n int) {
	s.line += bytes.Count(s.buf[s.pos:s.pos+n], []byte{'\n'})
	s.pos += n
}

func (s *Scanner) fail(what string) error { return &Error{Line: s.line, What: what} }

// cut says that the source ended inside something, or why it did.
func (s *Scanner) cut(inside string) error {
	if s.failed != nil {
		return s.failed
	}
	return s.fail("the file ends inside " + inside)
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
