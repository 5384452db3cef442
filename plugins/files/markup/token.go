package markup

import (
	"bytes"
	"strings"
)

// Kind tells tokens apart.
type Kind uint8

// Token kinds. An empty-element tag gives a Start and an End.
const (
	Start Kind = iota
	End
	Text
)

// Token is a tag or a text. Text and attributes are valid until the next call
// of Next only; Name stays.
type Token struct {
	Kind Kind
	Name string // local name, without prefix
	Text []byte // of a Text: entities resolved; never blank
	Line int    // where it begins, 1-based
	tail []byte // of a Start: what follows the name
}

// Attr returns an attribute's value by local name, "" when absent.
func (t *Token) Attr(name string) string {
	rest := t.tail
	for {
		key, after, ok := bytes.Cut(rest, []byte{'='})
		if !ok {
			return ""
		}
		after = bytes.TrimLeft(after, " \t\r\n")
		if len(after) == 0 || (after[0] != '"' && after[0] != '\'') {
			return ""
		}
		value, next, ok := bytes.Cut(after[1:], after[:1])
		if !ok {
			return ""
		}
		local := strings.TrimSpace(string(key))
		if i := strings.LastIndexByte(local, ':'); i >= 0 {
			local = local[i+1:]
		}
		if local == name {
			return string(appendResolved(nil, value))
		}
		rest = next
	}
}
