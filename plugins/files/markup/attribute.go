package markup

import (
	"bytes"
	"strings"
)

const blanks = " \t\r\n\f/"

// PageAttr returns an attribute as web pages write it: its name in any case, its
// value quoted or not, or absent, as in <td hidden>.
func (t *Token) PageAttr(name string) (value string, given bool) {
	rest := bytes.TrimLeft(t.tail, blanks)
	for len(rest) > 0 {
		end := bytes.IndexAny(rest, blanks+"=")
		if end < 0 {
			end = len(rest)
		}
		key := rest[:end]
		rest = bytes.TrimLeft(rest[end:], blanks)
		var text []byte
		if len(rest) > 0 && rest[0] == '=' {
			text, rest = pageValue(bytes.TrimLeft(rest[1:], blanks))
		}
		if strings.EqualFold(string(key), name) {
			return string(appendResolved(nil, text)), true
		}
		rest = bytes.TrimLeft(rest, blanks)
	}
	return "", false
}

// pageValue parts a value from what follows it.
func pageValue(rest []byte) (value, after []byte) {
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		value, after, _ = bytes.Cut(rest[1:], rest[:1])
		return value, after
	}
	end := bytes.IndexAny(rest, " \t\r\n\f")
	if end < 0 {
		end = len(rest)
	}
	return rest[:end], rest[end:]
}
