package importing

import (
	"crypto/sha256"
	"encoding/base64"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Fingerprint tells alike transactions by what they say rather than by an id:
// date, amount, text and counter account. Two equal payments on one day share
// it; an occurrence counter tells them apart. It begins with the date, so that
// those of a period can be read as a range.
//
// Currency is no part of it: an account identity has one currency.
func Fingerprint(e *Entry) string {
	text := e.Text
	if text == "" {
		text = e.Partner
	}
	b := make([]byte, 0, 256)
	b = append(b, e.Amount.String()...)
	b = append(b, '|')
	b = appendFolded(b, text)
	b = append(b, '|')
	b = appendFolded(b, e.Counter)
	sum := sha256.Sum256(b)
	out := make([]byte, 0, 26)
	out = append(out, e.Date...)
	out = append(out, ':')
	out = base64.RawURLEncoding.AppendEncode(out, sum[:12])
	return string(out)
}

// FingerprintsFrom is the smallest fingerprint of a day; those of the days
// from..to lie in [FingerprintsFrom(from), FingerprintsFrom(to.AddDays(1))).
func FingerprintsFrom(day schema.Date) string { return string(day) }

// appendFolded keeps letters and digits alone, in lower case and without
// accents: banks change blanks, case and punctuation between two answers.
func appendFolded(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			dst = append(dst, c)
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c >= 0x80:
			return appendFoldedUnicode(dst, s[i:])
		}
	}
	return dst
}

func appendFoldedUnicode(dst []byte, s string) []byte {
	for _, r := range norm.NFKD.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			dst = append(dst, string(unicode.ToLower(r))...)
		}
	}
	return dst
}

// SameText reports whether two texts differ in nothing but case, accents,
// blanks and punctuation.
func SameText(a, b string) bool {
	if a == b {
		return true
	}
	return string(appendFolded(nil, a)) == string(appendFolded(nil, b))
}
