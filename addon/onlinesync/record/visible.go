package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine is Visible in one line.
func OneLine(text string, most int) string {
	return strings.Join(strings.Fields(Visible(text, most)), " ")
}

// Visible is another program's text without what is not seen: control characters but
// for new lines and tabs, and what turns the order of other text round. It is cut after
// so many runes.
func Visible(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
