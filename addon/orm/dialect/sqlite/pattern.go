package sqlite

import (
	"strings"
	"unicode"

	"github.com/girosync/girosync/addon/orm/dialect"
)

// asciiFolds reports whether folding ASCII alone matches these characters as
// dialect.Fold does. The letters i and k have lower-case twins outside ASCII:
// İ and the Kelvin sign.
func asciiFolds(parts []rune) bool {
	for _, r := range parts {
		if r >= unicode.MaxASCII || r == 'i' || r == 'I' || r == 'k' || r == 'K' {
			return false
		}
	}
	return true
}

func globPattern(parts []rune, fold bool) string {
	var b strings.Builder
	for _, r := range parts {
		switch r {
		case dialect.AnyRun:
			b.WriteByte('*')
		case dialect.AnyOne:
			b.WriteByte('?')
		case '*', '?', '[':
			b.WriteByte('[')
			b.WriteRune(r)
			b.WriteByte(']')
		default:
			if fold {
				writeCases(&b, r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// writeCases writes r, or the set of all characters that fold as r does.
func writeCases(b *strings.Builder, r rune) {
	lower := unicode.ToLower(r)
	cases := []rune{lower}
	add := func(c rune) {
		if unicode.ToLower(c) != lower {
			return
		}
		for _, known := range cases {
			if known == c {
				return
			}
		}
		cases = append(cases, c)
	}
	add(r)
	add(unicode.ToUpper(r))
	add(unicode.ToTitle(r))
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		add(c)
	}
	if lower == 'i' {
		add('İ') // SimpleFold leaves it alone, ToLower does not
	}
	if len(cases) == 1 {
		b.WriteRune(lower)
		return
	}
	b.WriteByte('[')
	for _, c := range cases {
		b.WriteRune(c)
	}
	b.WriteByte(']')
}
