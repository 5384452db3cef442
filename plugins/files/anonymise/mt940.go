package anonymise

import (
	"regexp"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// Fields of a SWIFT statement, where a line begins with them.
var (
	fieldPattern    = regexp.MustCompile(`(?m)^(\{1:[^\r\n]*\{4:)?:(\d\d[A-Z]?|94[02]|[A-Z]{2}):`)
	balancePattern  = regexp.MustCompile(`^(\s*)([CD])(\d{6})([A-Z]{3})?([\d.,]+)`)
	entryPattern    = regexp.MustCompile(`^(\d{6})(\d{4})? *(R?[CD]|E[CD])([A-Z]?)([\d.,]+)([A-Z][A-Z0-9]{3})?`)
	totalPattern    = regexp.MustCompile(`^(\d{1,5})([A-Z]{3})([\d.,]+)`)
	floorPattern    = regexp.MustCompile(`^([A-Z]{3})([CD]?)([\d.,]+)`)
	blockPattern    = regexp.MustCompile(`(?m)^(?:-|\{)[^\n]*$`)
	numberPattern   = regexp.MustCompile(`^[\d/ ]*`)
	numberedPattern = regexp.MustCompile(`(?m)^(?:\d\d)?([^\r\n]*)`)
	stampPattern    = regexp.MustCompile(`^\d{6}`)
	// tagPattern finds what gives a text its structure: subfields, words between
	// slashes, and the words of SEPA.
	tagPattern = regexp.MustCompile(`[?>~@#^]\d\d|/(?:(?:TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|KREF|PREF|IREF|RREF|MARF|CSID|` +
		`CNTP|ORDP|BENM|ADDR|ISDT|PURP|RTRN|ULT[BCD]|ID|SVCL|OCMT|CHGS\d?|EXCH|SUM|NRTX|PT|PY|CDTRREF(?:TP)?|ISSR|USTD|STRD|CUR)/)+|` +
		`(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|BREF|RREF|PURP)[+:]|^\d{3}[?>~@#^]\d\d`)
)

// account940 is what is known of the account whose fields come.
type account940 struct {
	balances []balance
	grown    int64
	credits  int64 // by how much the credits grew
	debits   int64
	last     *amount // the closing balance of the page before
}

// mt940 makes a sample of SWIFT statements.
func (s *scribe) mt940() {
	fields := fieldPattern.FindAllStringSubmatchIndex(s.source, -1)
	var a account940
	for i, f := range fields {
		to := len(s.source)
		if i+1 < len(fields) {
			to = fields[i+1][0]
		}
		if f[2] >= 0 && i > 0 || i == 0 && f[0] > 0 {
			s.preamble(0, f[0], i == 0)
		}
		s.field940(&a, s.source[f[4]:f[5]], f[1], to)
	}
	s.settle(a.balances)
	s.turnMarks()
}

// preamble veils what stands before the first field.
func (s *scribe) preamble(from, to int, isFirst bool) {
	if isFirst {
		s.lines(from, to, nil)
	}
}

func (s *scribe) field940(a *account940, tag string, from, to int) {
	switch tag {
	case "60F", "60M", "62F", "62M", "64", "65":
		s.balance940(a, tag, from, to)
	case "61":
		s.entry940(a, from, to)
	case "90C", "90D":
		s.total940(a, tag, from, to)
	case "34F":
		if m := floorPattern.FindStringSubmatchIndex(s.source[from:to]); m != nil {
			s.draw(s.amountAt(from+m[6], from+m[7], statement.Comma))
		}
	case "13D", "13":
		if m := stampPattern.FindStringIndex(s.source[from:to]); m != nil {
			s.dayAt(from, from+m[1], statement.YearMonthDay)
		}
	case "28", "28C":
		s.lines(from+len(numberPattern.FindString(s.source[from:to])), to, nil)
	case "20":
		a.credits, a.debits = 0, 0
		s.lines(from, to, nil)
	case "25":
		s.account25(from, to)
	default:
		if tag[0] >= 'A' { // a bank's own field, whose lines have a number each
			s.numbered(from, to)
			return
		}
		s.lines(from, to, tagPattern)
	}
}

// numbered veils lines that begin with two digits, which stay.
func (s *scribe) numbered(from, to int) {
	for _, m := range numberedPattern.FindAllStringSubmatchIndex(s.source[from:to], -1) {
		s.lines(from+m[2], from+m[3], tagPattern)
	}
}

// account25 veils the account; a currency behind it stays.
func (s *scribe) account25(from, to int) {
	line, _, _ := strings.Cut(s.source[from:to], "\n")
	line = strings.TrimRight(line, "\r ")
	end := from + len(line)
	if n := len(line); n > 3 && isCurrency(line[n-3:]) {
		end -= 3
	}
	s.veilAt(from, end)
	s.lines(from+len(line), to, nil)
}

func (s *scribe) balance940(a *account940, tag string, from, to int) {
	m := balancePattern.FindStringSubmatchIndex(s.source[from:to])
	if m == nil {
		s.lines(from, to, nil)
		return
	}
	s.dayAt(from+m[6], from+m[7], statement.YearMonthDay)
	amount := s.amountAt(from+m[10], from+m[11], statement.Comma)
	if amount == nil {
		return
	}
	amount.negative, amount.letter = s.source[from+m[4]] == 'D', from+m[4]
	if tag[0:2] == "60" && (a.last == nil || a.last.signed() != amount.signed()) { // a statement of its own
		s.settle(a.balances)
		*a = account940{}
	}
	a.balances = append(a.balances, balance{amount, amount.negative, a.grown})
	if tag[0:2] == "62" {
		a.last = amount
	}
	s.lines(from+m[1], to, nil)
}

func (s *scribe) entry940(a *account940, from, to int) {
	text := s.source[from:to]
	m := entryPattern.FindStringSubmatchIndex(text)
	if m == nil {
		s.lines(from, to, nil)
		return
	}
	day, err := statement.ParseShort(text[m[2]:m[3]])
	if err == nil {
		moved := day.AddDays(s.shift)
		s.put(from+m[2], from+m[3], inForm(moved, "ymd", false))
		if m[4] >= 0 {
			s.bookingDay(from+m[4], from+m[5], day.Year)
		}
	}
	amount := s.amountAt(from+m[10], from+m[11], statement.Comma)
	s.draw(amount)
	switch mark := text[m[6]:m[7]]; mark {
	case "D", "ED", "RC":
		a.debits += amount.changed()
		a.grown -= amount.changed()
	default:
		a.credits += amount.changed()
		a.grown += amount.changed()
	}
	end := to // of the line: the next says more, and is no part of the reference
	if i := strings.IndexAny(text[m[1]:], "\r\n"); i >= 0 {
		end = from + m[1] + i
	}
	s.lines(from+m[1], end, nil)
	s.lines(end, to, tagPattern)
}

// bookingDay moves a month and a day near the value day of that year.
func (s *scribe) bookingDay(from, to, year int) {
	text := s.source[from:to]
	day, err := statement.ParseCompact(pad(year, 4) + text)
	if err != nil {
		return
	}
	s.put(from, to, inForm(day.AddDays(s.shift), "md", true))
}

func (s *scribe) total940(a *account940, tag string, from, to int) {
	m := totalPattern.FindStringSubmatchIndex(s.source[from:to])
	if m == nil {
		s.lines(from, to, nil)
		return
	}
	if amount := s.amountAt(from+m[6], from+m[7], statement.Comma); amount != nil {
		if tag == "90D" {
			amount.grow(false, a.debits)
		} else {
			amount.grow(false, a.credits)
		}
	}
	s.lines(from+m[1], to, nil)
}

// lines veils text that goes over several lines as if it were on one, since
// words go on in the next; what gives it structure stays.
func (s *scribe) lines(from, to int, keep *regexp.Regexp) {
	if end := blockPattern.FindStringIndex(s.source[from:to]); end != nil {
		to = from + end[0] // what holds a message stays
	}
	var joined []byte
	var places []int
	for i := from; i < to; i++ {
		if c := s.source[i]; c != '\n' && c != '\r' {
			joined, places = append(joined, c), append(places, i)
		}
	}
	text := string(joined)
	out := s.veilBetween(text, keep)
	if len(out) != len(text) {
		return
	}
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && places[j] == places[i]+j-i {
			j++
		}
		s.put(places[i], places[j-1]+1, out[i:j])
		i = j
	}
}

// veilBetween veils what stands between the parts that are kept.
func (s *scribe) veilBetween(text string, keep *regexp.Regexp) string {
	if keep == nil {
		return s.veil.text(text, s.moveDay)
	}
	var b strings.Builder
	at := 0
	for _, m := range keep.FindAllStringIndex(text, -1) {
		if m[0] < at {
			continue
		}
		b.WriteString(s.veil.text(text[at:m[0]], s.moveDay))
		b.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	return b.String() + s.veil.text(text[at:], s.moveDay)
}

// turnMarks writes the other letter before balances of the other sign.
func (s *scribe) turnMarks() {
	for _, a := range s.amounts {
		if a.turned && a.letter >= 0 {
			s.put(a.letter, a.letter+1, map[byte]string{'C': "D", 'D': "C"}[s.source[a.letter]])
		}
	}
}
