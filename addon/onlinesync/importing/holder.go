package importing

import "strings"

// Holder is who owns an account, as a bank may name them: its number, without
// blanks and in upper case, and names.
type Holder struct {
	Number string
	Names  []string
}

// LeaveOut takes the holder out of where the other party belongs (complaint
// 37). The holder's own name stays beside another account's number: money may
// move between two accounts of one holder.
func (h Holder) LeaveOut(e *Entry) {
	number := strings.Map(alphanumeric, e.Counter)
	if number != "" && number == h.Number {
		e.Counter, number = "", ""
	}
	if number != "" || e.Partner == "" {
		return
	}
	for _, name := range h.Names {
		if folded(name) == folded(e.Partner) {
			e.Partner = ""
			return
		}
	}
}

func folded(s string) string { return string(appendFolded(nil, s)) }

// alphanumeric keeps what an account number consists of, in upper case.
func alphanumeric(r rune) rune {
	switch {
	case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		return r
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	}
	return -1
}
