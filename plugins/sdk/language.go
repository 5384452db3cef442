package sdk

import "strings"

// Speaks reports whether a user's language ([Call].Language, such as "nl_NL") is
// the one with an ISO 639-1 code, such as "nl".
func Speaks(language, code string) bool {
	first, _, _ := strings.Cut(strings.ReplaceAll(language, "-", "_"), "_")
	return strings.EqualFold(first, code)
}
