package dialect

import (
	"strings"
	"unicode"
)

// Wildcard is a part of a like pattern that is not a plain character.
const (
	// AnyRun stands for %: any characters, none included.
	AnyRun rune = -1
	// AnyOne stands for _: exactly one character.
	AnyOne rune = -2
)

// Pattern splits a like pattern into characters and the wildcards AnyRun and
// AnyOne. A backslash takes the next character literally; the last one of a
// pattern stands for itself.
func Pattern(pattern string) []rune {
	out := make([]rune, 0, len(pattern))
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			out, escaped = append(out, r), false
		case r == '\\':
			escaped = true
		case r == '%':
			if n := len(out); n == 0 || out[n-1] != AnyRun {
				out = append(out, AnyRun)
			}
		case r == '_':
			out = append(out, AnyOne)
		default:
			out = append(out, r)
		}
	}
	if escaped {
		out = append(out, '\\')
	}
	return out
}

// MaxPattern is how many characters a pattern may have, on every database: what
// SQLite's own limit of 50,000 bytes leaves, each letter spelt in all its cases.
const MaxPattern = 4000

// LikePattern is the pattern again, as SQL's LIKE with the escape \ reads it.
func LikePattern(parts []rune) string {
	var b strings.Builder
	for _, r := range parts {
		switch r {
		case AnyRun:
			b.WriteByte('%')
		case AnyOne:
			b.WriteByte('_')
		case '%', '_', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Fold is how all databases ignore case: every character becomes its simple
// lower case by itself (Unicode, no language, no change of length), so that É
// is é, but ß is not ss and ς is not σ. Accents are kept.
func Fold(s string) string { return strings.Map(unicode.ToLower, s) }

// Match reports whether text matches a pattern: what Like means, in Go.
func Match(text string, pattern []rune, fold bool) bool {
	if fold {
		text = Fold(text)
		folded := make([]rune, len(pattern))
		for i, r := range pattern {
			if folded[i] = r; r >= 0 {
				folded[i] = unicode.ToLower(r)
			}
		}
		pattern = folded
	}
	return match([]rune(text), pattern)
}

// match walks back to the latest AnyRun on a mismatch, which suffices.
func match(text, pattern []rune) bool {
	t, p, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == AnyRun:
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == AnyOne || pattern[p] == text[t]):
			t++
			p++
		case star >= 0:
			mark++
			t, p = mark, star+1
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == AnyRun {
		p++
	}
	return p == len(pattern)
}
