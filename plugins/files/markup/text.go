package markup

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// longestEntity bounds what is looked at behind an "&".
const longestEntity = 10

// appendResolved appends text to dst with the five predefined entities, "&nbsp;"
// and numeric references resolved. Anything else behind an "&" stays as it is.
func appendResolved(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		text = text[i:]
		ahead := text[1:min(len(text), longestEntity+2)]
		semicolon := bytes.IndexByte(ahead, ';')
		char, ok := rune(0), false
		if semicolon > 0 {
			char, ok = entity(string(ahead[:semicolon]))
		}
		if !ok {
			dst = append(dst, '&')
			text = text[1:]
			continue
		}
		dst = utf8.AppendRune(dst, char)
		text = text[semicolon+2:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	case "nbsp":
		return ' ', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !utf8.ValidRune(rune(code)) || code == 0 {
		return 0, false
	}
	return rune(code), true
}
