package mt940

import (
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// said is what the free part of an entry tells, whatever its dialect.
type said struct {
	text     string // remittance text
	booking  string // the bank's words for the kind of booking
	name     string
	number   string
	endToEnd string
	original string // the amount in another currency, as written
	rate     string
	details  map[string]string
}

func (s *said) fact(name, value string) {
	if value != "" {
		statement.Fact(&s.details, name, statement.Words(value))
	}
}

// add puts text behind the text that is known.
func (s *said) add(text string) {
	switch {
	case s.text == "":
		s.text = text
	case text != "":
		s.text += " " + text
	}
}

// foreign gives the amount in another currency, such as USD11,50, and its rate
// to their own fields. What cannot be read so stays a detail.
func (s *said) foreign(tx *sdk.Transaction) {
	if s.original == "" {
		s.fact("rate", s.rate)
		return
	}
	text := strings.TrimSpace(s.original)
	if len(text) > 3 {
		currency, amount := statement.Currency(text[:3]), strings.TrimSpace(text[3:])
		a, err := statement.ParseAmount(amount)
		if currency != "" && currency != tx.Currency && err == nil {
			tx.OriginalAmount, tx.OriginalCurrency, tx.Rate = a.Digits, currency, statement.Rate(s.rate)
			return
		}
	}
	s.fact("original_amount", text)
	s.fact("rate", s.rate)
}

// said reads :86: or :NS: in the dialect that its beginning shows. Of several
// :86:, those before the one that shows it are text beside it, or repeat its
// code.
func (e *entry) said(s *said) {
	if len(e.information) == 0 {
		s.national(e.national)
		return
	}
	beside, lines := e.structured()
	whole := lines[0]
	if len(lines) > 1 {
		whole = strings.Join(lines, "")
	}
	whole = strings.TrimSpace(whole)
	switch {
	case hasSubfields(whole):
		s.subfields(whole)
	case hasWords(whole):
		s.words(whole)
	case !e.accountFirst(s):
		s.plain(lines)
	}
	if len(beside) > 0 {
		text := statement.Words(strings.Join(beside, " "))
		if s.text == "" {
			s.text = text
		} else if text != s.details["transaction_code"] {
			s.fact("additional_information", text)
		}
	}
}

// structured parts the lines of several :86: at the first that begins a
// structure, if the lines before it have none, or behind its end.
func (e *entry) structured() (beside, lines []string) {
	for i, from := range e.fields {
		if from >= len(e.information) {
			break
		}
		first := strings.TrimSpace(e.information[from])
		if hasSubfields(first) || hasWords(first) {
			if i == 0 {
				return e.afterWords(hasWords(first))
			}
			return e.information[:from], e.information[from:]
		}
	}
	return nil, e.information
}

// afterWords parts text of a second :86: from the words of the first, which end
// with a slash then. What goes on in the second is one with it.
func (e *entry) afterWords(words bool) (after, lines []string) {
	if !words || len(e.fields) < 2 || e.fields[1] >= len(e.information) {
		return nil, e.information
	}
	at := e.fields[1]
	if strings.HasSuffix(strings.TrimSpace(e.information[at-1]), "/") && !strings.HasPrefix(strings.TrimSpace(e.information[at]), "/") {
		return e.information[at:], e.information[:at]
	}
	return nil, e.information
}

// plain reads text without structure. A full line was cut by its width alone,
// so nothing parts it from the next.
func (s *said) plain(lines []string) {
	const width = 65
	text := lines[0]
	if len(lines) > 1 {
		var b strings.Builder
		for _, line := range lines {
			b.WriteString(line)
			if len(line) < width || utf8.RuneCountInString(line) < width {
				b.WriteByte(' ')
			}
		}
		text = b.String()
	}
	s.text = statement.Words(text)
	// REK: account/NAAM: name
	if _, after, ok := strings.Cut(s.text, "REK: "); ok {
		if number, name, ok := strings.Cut(after, "/NAAM: "); ok && looksLikeAccount(number) {
			s.number, s.name = number, name
		}
	}
}

// accountFirst reads the dialect that begins with the other account's number,
// the same that :61: has for a reference, and the name.
func (e *entry) accountFirst(s *said) bool {
	number, name, _ := strings.Cut(strings.TrimSpace(e.information[0]), " ")
	if number == "" || number != e.customerRef || !looksLikeAccount(number) {
		return false
	}
	if len(e.information) > 1 {
		s.plain(e.information[1:])
	}
	s.number, s.name = number, statement.Words(name)
	return true
}

// national reads :NS: lines, each behind a number of two digits.
func (s *said) national(lines []string) {
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
}
