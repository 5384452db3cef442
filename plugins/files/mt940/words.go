package mt940

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// hasWords reports whether text is made of /WORD/value/ pairs, as in the
// Netherlands and Belgium.
func hasWords(text string) bool {
	if word, _ := wordAt(text, 0); word != "" {
		return true
	}
	if word, value := unknownAt(text, 0, code); word != "" { // where a known one follows
		_, word, _ = nextWord(text, value, free)
		return word != ""
	}
	return false
}

// wordAt returns the known word that begins with the "/" at i, and where its
// value begins.
func wordAt(text string, i int) (word string, value int) {
	if i >= len(text) || text[i] != '/' {
		return "", 0
	}
	end := strings.IndexByte(text[i+1:min(len(text), i+12)], '/')
	if end < 2 {
		return "", 0
	}
	word = text[i+1 : i+1+end]
	switch word {
	case "TRTP", "TRCD", "IBAN", "BIC", "NAME", "REMI", "EREF", "KREF", "PREF", "IREF", "RREF", "MARF", "CSID",
		"CNTP", "ORDP", "BENM", "ADDR", "ISDT", "PURP", "RTRN", "ULTC", "ULTD", "ULTB", "ID", "SVCL",
		"OCMT", "CHGS", "CHGS1", "CHGS2", "EXCH", "SUM", "NRTX", "PT", "PY", "CDTRREFTP", "CDTRREF", "ISSR":
		return word, i + end + 2
	}
	return "", 0
}

// kind says what may stand in the value of a word.
type kind int

const (
	code      kind = iota // no slash
	reference             // slashes of its own
	free                  // text
)

// kindOf returns what a word's value is. An unknown one has a code's.
func kindOf(word string) kind {
	switch word {
	case "REMI", "NAME", "ADDR", "PY", "CNTP", "BENM", "ORDP", "ULTC", "ULTD", "ULTB":
		return free
	case "EREF", "KREF", "PREF", "IREF", "RREF", "MARF", "CSID", "CDTRREF", "ID":
		return reference
	}
	return code
}

// unknownAt returns the word of four capitals that begins with the "/" at i,
// behind a word whose value is of a kind. Text may hold such a thing itself,
// and a reference too, unless two slashes end it.
func unknownAt(text string, i int, behind kind) (word string, value int) {
	const width = 4
	if i >= len(text) || text[i] != '/' {
		return "", 0
	}
	if behind == free || behind == reference && text[i-1] != '/' || i+width+1 >= len(text) || text[i+width+1] != '/' {
		return "", 0
	}
	for _, c := range []byte(text[i+1 : i+1+width]) {
		if c < 'A' || c > 'Z' {
			return "", 0
		}
	}
	return text[i+1 : i+1+width], i + width + 2
}

// nextWord returns the word that ends a value, and where: the slash that ends
// one value may begin the next word.
func nextWord(text string, from int, behind kind) (at int, word string, value int) {
	for at = from; at < len(text); at++ {
		slash := strings.IndexByte(text[at:], '/')
		if slash < 0 {
			break
		}
		at += slash
		if word, value = wordAt(text, at); word != "" {
			return at, word, value
		}
		if word, value = unknownAt(text, at, behind); word != "" {
			return at, word, value
		}
	}
	return len(text), "", 0
}

// words reads text of /WORD/value/ pairs.
func (s *said) words(text string) {
	_, word, from := nextWord(text, 0, code)
	for word != "" {
		// "/BENM/NAME/": the slash before an empty value may begin the next word.
		at := from - 1
		next, value := wordAt(text, at)
		if next == "" {
			at, next, value = nextWord(text, from, kindOf(word))
		}
		s.word(word, text[min(from, at):at])
		word, from = next, value
	}
	if s.text == "" {
		s.text = s.details["structured_reference"]
	}
}

func (s *said) word(word, value string) {
	trimmed := statement.Words(strings.Trim(value, "/ "))
	switch word {
	case "NAME":
		if s.name == "" {
			s.name = trimmed
		}
	case "IBAN":
		if s.number == "" {
			s.number = trimmed
		}
	case "CNTP": // account/bank/name/city
		parts := strings.Split(value, "/")
		parts = append(parts, "", "", "")
		s.number, s.name = parts[0], statement.Words(parts[2])
		s.fact("counterparty_bic", parts[1])
	case "REMI":
		s.remittance(value)
	case "PY":
		s.add(trimmed)
	case "EREF":
		if s.endToEnd == "" {
			s.endToEnd = trimmed
		}
	case "OCMT":
		s.original = trimmed
	case "EXCH":
		s.rate = trimmed
	case "CDTRREF":
		s.fact("structured_reference", trimmed)
	default:
		if name := wordFacts(word); name != "" && trimmed != "" {
			s.fact(name, trimmed)
		}
	}
}

// wordFacts names the detail that a word becomes, one that is not known too.
func wordFacts(word string) string {
	switch word {
	case "BIC":
		return "counterparty_bic"
	case "MARF":
		return "mandate_id"
	case "CSID":
		return "creditor_id"
	case "TRTP", "PT":
		return "booking_text"
	case "TRCD":
		return "transaction_code"
	case "ADDR":
		return "counterparty_address"
	case "KREF":
		return "customer_reference"
	case "PREF":
		return "payment_reference"
	case "PURP":
		return "purpose"
	case "RTRN":
		return "return_reason"
	case "ULTC":
		return "ultimate_creditor"
	case "ULTD", "ULTB":
		return "ultimate_debtor"
	case "CHGS", "CHGS1", "CHGS2":
		return "charges"
	case "IREF", "RREF", "ISDT", "SVCL", "ID", "BENM", "ORDP", "SUM", "NRTX", "CDTRREFTP", "ISSR":
		return "" // said elsewhere, or of no use to a holder
	}
	return "word_" + strings.ToLower(word)
}

// remittance takes /REMI/: USTD//text, STRD/CUR/reference, or the text itself.
func (s *said) remittance(value string) {
	if reference, ok := strings.CutPrefix(value, "STRD/"); ok {
		_, reference, _ = strings.Cut(reference, "/")
		value = reference
		s.fact("structured_reference", strings.Trim(reference, "/ "))
	}
	value = strings.TrimPrefix(value, "USTD/")
	value = statement.Words(strings.Trim(value, "/ "))
	s.add(value)
}
