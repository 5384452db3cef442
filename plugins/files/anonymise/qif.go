package anonymise

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// qif makes a sample of a QIF file. An opening balance moves as any amount does:
// nothing in the file follows from it.
func (s *scribe) qif() {
	mark, _ := statement.ParseMark(s.was.readAs["decimal"])
	from := 0
	var parts []*amount
	var whole []*amount
	end := func() {
		s.qifParts(whole, parts)
		parts, whole = nil, nil
	}
	for from < len(s.source) {
		to := len(s.source)
		if i := strings.IndexAny(s.source[from:], "\r\n"); i >= 0 {
			to = from + i
		}
		if line := s.source[from:to]; len(line) > 0 {
			switch line[0] {
			case '!':
			case 'X': // what some programs add, with a letter of its own
				s.veilAt(min(from+2, to), to)
			case '^':
				end()
			case 'D':
				s.dayAt(from+1, to, s.order())
			case 'T', 'U', '$', 'B':
				if s.amountOf(from+1, to, mark) == nil {
					s.qifText(from+1, to)
				} else if a := s.amountAt(from+1, to, mark); line[0] == '$' {
					parts = append(parts, a)
				} else {
					whole = append(whole, a)
				}
			case 'C':
			default:
				s.qifText(from+1, to)
			}
		}
		for from = to; from < len(s.source) && (s.source[from] == '\r' || s.source[from] == '\n'); from++ {
		}
	}
	end()
}

// qifText veils a text; the name of an account in brackets stays one.
func (s *scribe) qifText(from, to int) {
	if kind := strings.TrimSpace(s.source[from:to]); isQIFKind(kind) || s.lib.Tells(kind) != words.None {
		return
	}
	s.veilAt(from, to)
}

// isQIFKind reports whether a text is a kind of account.
func isQIFKind(text string) bool {
	switch strings.ToLower(text) {
	case "bank", "cash", "ccard", "oth a", "oth l", "invst", "port":
		return true
	}
	return false
}

// qifParts draws the amounts of a record; the whole follows from parts that add
// up to it.
func (s *scribe) qifParts(whole, parts []*amount) {
	sum, drawn := int64(0), int64(0)
	for _, p := range parts {
		s.draw(p)
		n, now := p.old, p.now
		if p.negative {
			n, now = -n, -now
		}
		sum, drawn = sum+n, drawn+now
	}
	for _, w := range whole {
		if s.draw(w); len(parts) > 0 && sum == w.signed() {
			w.now, w.turned = max(drawn, -drawn), drawn < 0 != w.negative
			if drawn == 0 || w.turned { // it would be another reading
				w.now, w.turned = w.old, false
			}
		}
	}
}
