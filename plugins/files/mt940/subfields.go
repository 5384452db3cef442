package mt940

import (
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
)

// pieceWidth is how wide the subfields of a text are; a narrower one ended
// where the bank ended it.
const pieceWidth = 27

// hasSubfields reports whether text is three digits, a separator (mostly "?")
// and subfields of two digits each, as in Germany, Austria and Poland.
func hasSubfields(text string) bool {
	return len(text) >= 6 && isDigits(text[:3]) && isSeparator(text[3]) && isDigits(text[4:6])
}

func isSeparator(c byte) bool {
	return strings.IndexByte("?>~<@^|!+*#$&", c) >= 0
}

// subfields reads the German structure: 00 booking text, 10 journal number,
// 20-29 and 60-63 remittance, 30 bank, 31 account, 32-33 name, 34 text key.
func (s *said) subfields(whole string) {
	s.fact("transaction_code", whole[:3])
	separator := whole[3]
	var texts, names [8]string
	text, name, bank := texts[:0], names[:0], ""
	for rest := whole[3:]; rest != ""; {
		code, value, next := cutSubfield(rest, separator)
		rest = next
		switch {
		case code == "00":
			s.booking = statement.Words(value)
			s.fact("booking_text", value)
		case code == "10":
			s.fact("journal_number", value)
		case code == "29" && looksLikeAccount(strings.TrimSpace(value)): // Poland, where 38 repeats it
			bank = strings.TrimSpace(value)
		case code >= "20" && code <= "29", code >= "60" && code <= "63":
			text = append(text, value)
		case code == "30":
			s.fact("counterparty_bic", value)
		case code == "31":
			if s.number == "" {
				s.number = value
			}
		case code == "32", code == "33":
			name = append(name, value)
		case code == "34":
			s.fact("text_key", value)
		case code == "38" && strings.TrimSpace(value) != "":
			s.number = value // the IBAN, beside a national number in 31
		}
	}
	if bank != "" && bank != strings.TrimSpace(s.number) {
		text = append(text, bank)
	}
	s.name = statement.Words(joinPieces(name))
	s.keywords(joinPieces(text))
}

// cutSubfield takes the subfield at the head of text, which begins with the
// separator. A separator not followed by two digits is text.
func cutSubfield(text string, separator byte) (code, value, rest string) {
	code = text[1:3]
	for end := 3; ; end++ {
		next := strings.IndexByte(text[end:], separator)
		if next < 0 {
			return code, text[3:], ""
		}
		end += next
		if end+2 < len(text) && isDigit(text[end+1]) && isDigit(text[end+2]) {
			return code, text[3:end], text[end:]
		}
	}
}

// joinPieces joins subfields: a full one goes on in the next without a space.
func joinPieces(pieces []string) string {
	if len(pieces) == 1 {
		return pieces[0]
	}
	var b strings.Builder
	for i, piece := range pieces {
		b.WriteString(piece)
		if i+1 < len(pieces) && utf8.RuneCountInString(piece) < pieceWidth {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// isSEPAWord reports whether word marks a part of a German remittance text.
func isSEPAWord(word string) bool {
	switch word {
	case "EREF", "KREF", "MREF", "CRED", "DEBT", "SVWZ", "ABWA", "ABWE", "OAMT", "COAM", "PURP", "IBAN":
		return true
	}
	return false
}

// keywords parts a remittance text at the words such as EREF+ and SVWZ+. What
// stands before the first word is remittance text too.
func (s *said) keywords(text string) {
	word, from := "", 0
	var before, purpose string
	put := func(value string) {
		value = statement.Words(value)
		switch word {
		case "":
			before = value
		case "SVWZ":
			purpose = strings.TrimSpace(purpose + " " + value)
		case "EREF":
			s.endToEnd = value
		case "KREF":
			s.fact("customer_reference", statement.Reference(value))
		case "MREF":
			s.fact("mandate_id", value)
		case "CRED":
			s.fact("creditor_id", value)
		case "DEBT":
			s.fact("originator_id", value)
		case "ABWA":
			s.fact("ultimate_debtor", value)
		case "ABWE":
			s.fact("ultimate_creditor", value)
		case "OAMT":
			s.original = value
		case "COAM":
			s.fact("compensation_amount", value)
		case "PURP":
			s.fact("purpose", value)
		case "IBAN":
			if s.number == "" {
				s.number = value
			}
		}
	}
	for i := 0; i+5 <= len(text); i++ {
		if text[i+4] != '+' && text[i+4] != ':' {
			continue
		}
		next := text[i : i+4]
		switch {
		case text[i+4] == '+' && isSEPAWord(next):
		case text[i:i+5] == "MTLG:": // what the bank remarks on a return
			next = "SVWZ"
		default:
			continue
		}
		put(text[from:i])
		word, from = next, i+5
	}
	put(text[from:])
	s.text = strings.TrimSpace(before + " " + purpose)
	if s.text == "" {
		s.text = s.booking
	}
}
