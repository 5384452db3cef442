package mt940

import (
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
)

// said is what the free part of an entry tells, whatever its dialect.
type said struct {
	text     string // remittance text
	booking  string // the bank's words for the kind of booking
	name     string
	number   string
	endToEnd string
	details  map[string]string
}

func (s *said) fact(name, value string) {
	statement.Fact(&s.details, name, statement.Words(value))
}

// merge adds what another source tells where this one is silent.
func (s *said) merge(more said) {
	for name, value := range more.details {
		s.fact(name, value)
	}
	if s.text == "" {
		s.text = more.text
	}
}

// said reads :86: or :NS: in the dialect that its beginning shows.
func (e *entry) said() said {
	if len(e.information) == 0 {
		return nationalFields(e.national)
	}
	whole := strings.TrimSpace(strings.Join(e.information, ""))
	switch {
	case hasSubfields(whole):
		return subfields(whole)
	case hasWords(whole):
		return words(whole)
	}
	if s, ok := e.accountFirst(); ok {
		return s
	}
	return plain(e.information)
}

// plain reads text without structure. A full line was cut by its width alone,
// so nothing parts it from the next.
func plain(lines []string) said {
	const width = 65
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line)
		if utf8.RuneCountInString(line) < width {
			b.WriteByte(' ')
		}
	}
	s := said{text: statement.Words(b.String())}
	// REK: account/NAAM: name
	if _, after, ok := strings.Cut(s.text, "REK: "); ok {
		if number, name, ok := strings.Cut(after, "/NAAM: "); ok && looksLikeAccount(number) {
			s.number, s.name = number, name
		}
	}
	return s
}

// accountFirst reads the dialect that begins with the other account's number,
// the same that :61: has for a reference, and the name.
func (e *entry) accountFirst() (said, bool) {
	number, name, _ := strings.Cut(strings.TrimSpace(e.information[0]), " ")
	if number == "" || number != e.customerRef || !looksLikeAccount(number) {
		return said{}, false
	}
	s := plain(e.information[1:])
	s.number, s.name = number, statement.Words(name)
	return s, true
}

// nationalFields reads :NS: lines, each behind a number of two digits.
func nationalFields(lines []string) said {
	var s said
	var text, name []string
	for _, line := range lines {
		if len(line) < 3 || !isDigits(line[:2]) {
			continue
		}
		value := line[2:]
		switch code := line[:2]; {
		case code >= "01" && code <= "14":
			text = append(text, value)
		case code == "15" || code == "16":
			name = append(name, value)
		case code == "17":
			s.booking = statement.Words(value)
		case code == "33":
			s.fact("counterparty_bank_code", value)
		case code == "34":
			s.number = value
		}
	}
	s.text = statement.Words(strings.Join(text, " "))
	s.name = statement.Words(strings.Join(name, ""))
	return s
}
