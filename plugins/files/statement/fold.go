package statement

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s for comparing words: lower case, without accents, with one
// space for everything between letters and digits.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(Clip(s, MaxName)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			if r == 'ß' {
				b.WriteString("ss")
				continue
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}
