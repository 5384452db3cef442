package charset

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// headBytes is how much of a file is looked at before reading begins.
const headBytes = 32 << 10

// Reader gives a file's content in UTF-8, without byte order mark.
type Reader struct {
	src  io.Reader
	name string // the encoding found, when it is certain
	mix  *mixed // set when UTF-8 and a single-byte encoding are told apart per byte
}

// Head peeks at the beginning of a file, for telling its format: in UTF-8 as
// far as one can know before the format says what it declares.
func Head(r *bufio.Reader) []byte {
	head, _ := r.Peek(headBytes) // a short file is no error here
	if name := wide(head); name != "" {
		_, enc := lookup(name)
		plain, _, _ := transform.Bytes(enc.NewDecoder(), head[:len(head)&^1])
		return bytes.TrimPrefix(plain, bom)
	}
	return bytes.TrimPrefix(head, bom)
}

// HeadText is Head decoded by what a user declares, or by its looks.
func HeadText(r *bufio.Reader, declared string) []byte {
	raw, _ := r.Peek(headBytes) // a short file is no error here
	text, err := io.ReadAll(NewReader(bufio.NewReaderSize(bytes.NewReader(raw), headBytes), declared))
	if err != nil { // UTF-16 that ends inside a character
		return Head(r)
	}
	return text
}

var bom = []byte("\xEF\xBB\xBF")

// NewReader decodes r, whose buffer must hold at least 32 KiB. What a user or
// the file declares may be empty or unknown; then the encoding is guessed.
func NewReader(r *bufio.Reader, declared string) *Reader {
	head, _ := r.Peek(headBytes)
	if name := wide(head); name != "" {
		_, enc := lookup(name)
		return &Reader{src: transform.NewReader(r, enc.NewDecoder()), name: name}
	}
	if bytes.HasPrefix(head, bom) {
		r.Discard(len(bom)) // peeked above
	}
	name, enc := lookup(declared)
	if enc == nil || name == UTF16LE || name == UTF16BE {
		name = guess(head)
		_, enc = lookup(name)
	}
	single, ok := enc.(*charmap.Charmap)
	if !ok { // several bytes a character: UTF-8 cannot be told apart
		return &Reader{src: transform.NewReader(r, enc.NewDecoder()), name: name}
	}
	mix := &mixed{name: name, other: single}
	return &Reader{src: transform.NewReader(r, mix), mix: mix}
}

// Read gives UTF-8. A zero byte, which not every database can store, comes out
// as a space.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	for rest := p[:n]; ; {
		i := bytes.IndexByte(rest, 0)
		if i < 0 {
			return n, err
		}
		rest[i] = ' '
		rest = rest[i+1:]
	}
}

// Encoding returns the encoding that the bytes read so far were in.
func (r *Reader) Encoding() string {
	switch {
	case r.mix == nil:
		return r.name
	case r.mix.others > r.mix.utf8s:
		return r.mix.name
	}
	return UTF8
}

// mixed is a transformer that keeps UTF-8 and decodes every other byte.
type mixed struct {
	name          string
	other         *charmap.Charmap
	utf8s, others int
}

// Reset implements transform.Transformer; counts go on.
func (m *mixed) Reset() {}

// Transform implements transform.Transformer.
func (m *mixed) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if n := asciiPrefix(src[nSrc:]); n > 0 {
			copied := copy(dst[nDst:], src[nSrc:nSrc+n])
			nDst, nSrc = nDst+copied, nSrc+copied
			if copied < n {
				return nDst, nSrc, transform.ErrShortDst
			}
			continue
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if !atEOF && !utf8.FullRune(src[nSrc:]) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		char, size := utf8.DecodeRune(src[nSrc:])
		if size > 1 {
			m.utf8s++
		} else {
			m.others++
			char = m.other.DecodeByte(src[nSrc])
		}
		nDst += utf8.EncodeRune(dst[nDst:], char)
		nSrc += size
	}
	return nDst, nSrc, nil
}

func asciiPrefix(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}
