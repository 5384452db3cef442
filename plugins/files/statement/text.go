package statement

import (
	"strings"
	"unicode/utf8"
)

// MaxText bounds a transaction's text, in bytes; MaxName the names, numbers and
// references beside it.
const (
	MaxText = 4096
	MaxName = 512
)

// Clip returns at most n bytes of s, cut between characters.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Words returns s with every run of white space made one space.
func Words(s string) string {
	s = strings.TrimSpace(s) // an end of line is all that most texts have too much
	if !needsWork(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// needsWork reports whether Words would change s.
func needsWork(s string) bool {
	blank := true // as if one stood before
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ' ' && !blank:
			blank = true
		case s[i] <= ' ' || s[i] >= 0x80:
			return true
		default:
			blank = false
		}
	}
	return blank && s != ""
}

// AccountNumber returns a number as it is compared: no spaces, upper case.
func AccountNumber(s string) string {
	if !isCapital(s) {
		s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	}
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

// isCapital reports whether s holds nothing but capital letters and digits.
func isCapital(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Fact adds a detail to a transaction's map, making the map when needed. An
// empty value is no fact. The first value under a name stays.
func Fact(details *map[string]string, name, value string) {
	if value == "" {
		return
	}
	if *details == nil {
		*details = make(map[string]string, 4)
	}
	if _, told := (*details)[name]; !told {
		(*details)[name] = Clip(value, maxFact)
	}
}

// maxFact bounds one detail, in bytes.
const maxFact = 1024
