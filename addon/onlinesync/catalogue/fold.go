package catalogue

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Letters that have no decomposition into a base letter and an accent, and the
// sigma that Greek writes at the end of words.
var unaccented = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "þ", "th", "ð", "d", "ı", "i",
	"ς", "σ")

// Fold returns the words of s in lower case, without accents and punctuation,
// joined by single blanks.
func Fold(s string) string {
	s = unaccented.Replace(strings.ToLower(strings.ToValidUTF8(s, " ")))
	if !ascii(s) {
		s = norm.NFKD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r): // Mc: vowels of Indian scripts
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		default:
			gap = true
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// join is a folded text without its blanks, so that "abn amro" and "abnamro"
// are one.
func join(folded string) string { return strings.ReplaceAll(folded, " ", "") }

// Host is the host of a web address, or of what somebody types for one, in lower
// case and without a "www." before it; "" for what is none.
func Host(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil {
		return ""
	}
	host := strings.TrimPrefix(strings.TrimSuffix(u.Hostname(), "."), "www.")
	labels := strings.Split(host, ".")
	if last := labels[len(labels)-1]; len(labels) < 2 || len(last) < 2 || !lettersOnly(last) {
		return ""
	}
	for _, label := range labels {
		if label == "" || strings.ContainsFunc(label, noLabel) {
			return ""
		}
	}
	return host
}

// noLabel reports whether a character is none of a host's.
func noLabel(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func lettersOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// Second levels that stand for a kind of owner, as in "bank.co.uk".
var secondLevels = map[string]bool{"ac": true, "co": true, "com": true, "gov": true, "net": true, "org": true}

// nameIn is the label of a host that somebody chose: "ing" of "mijn.ing.nl".
func nameIn(host string) string {
	labels := strings.Split(host, ".")
	at := len(labels) - 2
	if at > 0 && secondLevels[labels[at]] {
		at--
	}
	if at < 0 {
		return ""
	}
	return labels[at]
}
