package xlsx

import "strings"

// look is what a number's format shows beside its digits: -1 a minus, brackets or
// a word for a debit, 1 a word for a credit, 0 nothing of the kind.
type look struct {
	above, below int // of numbers above zero and below it
	parted       bool
}

// lookOf reads a format's code, whose parts are for numbers above zero, below it,
// and zero. Parts with conditions of their own tell nothing.
func lookOf(code string) look {
	parts, ok := literals(code)
	if !ok || showsDay(code) {
		return look{}
	}
	l := look{above: lookOfPart(parts[0]), parted: len(parts) > 1}
	if l.parted {
		l.below = lookOfPart(parts[1])
	}
	return l
}

// turns reports whether a number is shown with the other sign than it has.
func (l look) turns(number float64) bool {
	return number > 0 && l.above < 0 || number < 0 && l.parted && l.below > 0
}

// digits stands for a number in what literals returns.
const digits = '\x00'

// literals returns what each part of a code shows: its texts, and one mark for all
// that stands between its first digit and its last.
func literals(code string) (parts []string, ok bool) {
	var part strings.Builder
	quoted := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
			part.WriteByte(c)
		case c == '\\':
			if i++; i < len(code) {
				part.WriteByte(code[i])
			}
		case c == '_', c == '*': // a blank as wide as the next one, or filled with it
			part.WriteByte(' ')
			i++
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 || strings.ContainsAny(code[i:i+end], "<>=") {
				return nil, false
			}
			i += end
		case c == ';':
			parts = append(parts, part.String())
			part.Reset()
		case c == '0', c == '#', c == '?':
			part.WriteByte(digits)
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String()), true
}

func lookOfPart(text string) int {
	first, last := strings.IndexByte(text, digits), strings.LastIndexByte(text, digits)
	if first < 0 {
		return 0
	}
	before, behind := strings.TrimSpace(text[:first]), strings.TrimSpace(text[last+1:])
	for _, minus := range []string{"-", "−", "–"} {
		if strings.HasPrefix(before, minus) || strings.HasSuffix(before, minus) || behind == minus {
			return -1
		}
	}
	if strings.HasPrefix(before, "(") && strings.HasSuffix(behind, ")") {
		return -1
	}
	for _, word := range strings.Fields(strings.ToLower(before + " " + behind)) {
		switch strings.Trim(word, ".") {
		case "dr", "db", "debit":
			return -1
		case "cr", "credit":
			return 1
		}
	}
	return 0
}
