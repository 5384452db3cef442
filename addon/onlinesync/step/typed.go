package step

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/sdk"
)

// Typed are the values that a user typed into a flow. Nothing that a provider
// writes afterwards brings them into a table, a log or a message (S19).
type Typed struct {
	values []string // the longest first
	said   []string // what the provider wrote before
}

// Heard notes what a provider wrote: a value that is typed afterwards and stands
// in it already is no secret, but a word.
func (t *Typed) Heard(step *sdk.Step) {
	t.said = append(t.said, step.Title, step.Text)
	for _, field := range step.Fields {
		t.said = append(t.said, field.Label, field.Help)
		for _, choice := range field.Choices {
			t.said = append(t.said, choice.Label)
		}
	}
}

// Remember notes a typed value. What is short would garble honest texts.
func (t *Typed) Remember(value string) {
	value = strings.TrimSpace(value)
	public := func(text string) bool { return find(text, value, 0) >= 0 }
	if len(value) < 4 || slices.Contains(t.values, value) || slices.ContainsFunc(t.said, public) {
		return
	}
	at := slices.IndexFunc(t.values, func(known string) bool { return len(value) > len(known) })
	if at < 0 {
		at = len(t.values)
	}
	t.values = slices.Insert(t.values, at, value)
}

// Cut takes what was typed out of a text.
func (t *Typed) Cut(text string) string {
	for _, value := range t.values {
		for at := find(text, value, 0); at >= 0; at = find(text, value, at) {
			text = text[:at] + dots + text[at+len(value):]
			at += len(dots)
		}
	}
	return text
}

// dots stand for what was cut.
const dots = "•••"

// find is where a value stands in a text, from a place on; -1 for nowhere. A word
// is found as a word only: a password “rent” is not in “current”.
func find(text, value string, from int) int {
	for from <= len(text) {
		at := strings.Index(text[from:], value)
		if at < 0 {
			return -1
		}
		at += from
		if !isWord(value) || alone(text, at, at+len(value)) {
			return at
		}
		from = at + 1
	}
	return -1
}

// isWord reports whether a value may well be a word of a sentence.
func isWord(value string) bool {
	return utf8.RuneCountInString(value) < 12 && !strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) })
}

// alone reports whether no letter or digit touches a part of a text.
func alone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsLetter(after) && !unicode.IsDigit(after)
}
