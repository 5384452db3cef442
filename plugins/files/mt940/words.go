package mt940

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// hasWords reports whether text is made of /WORD/value/ pairs, as in the
// Netherlands and Belgium.
func hasWords(text string) bool {
	word, _ := wordAt(text, 0)
	return word != ""
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
		"OCMT", "CHGS", "CHGS1", "CHGS2", "SUM", "NRTX", "PT", "PY", "CDTRREFTP", "CDTRREF", "ISSR":
		return word, i + end + 2
	}
	return "", 0
}

// words reads text of /WORD/value/ pairs.
func words(text string) said {
	var s said
	for i := 0; i < len(text); {
		word, from := wordAt(text, i)
		if word == "" {
			i++
			continue
		}
		upTo := from
		for upTo < len(text) {
			// The slash that ends one value may begin the next word.
			if next, _ := wordAt(text, upTo); next != "" {
				break
			}
			upTo++
		}
		// "/BENM//NAME/": an empty value ends where the next word begins.
		if next, _ := wordAt(text, from-1); next != "" {
			upTo = from - 1
		}
		s.word(word, text[min(from, upTo):upTo])
		i = max(upTo, i+1)
	}
	if s.text == "" {
		s.text = s.details["structured_reference"]
	}
	return s
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
		s.text = strings.TrimSpace(s.text + " " + trimmed)
	case "EREF":
		s.endToEnd = trimmed
	case "CDTRREF":
		s.fact("structured_reference", trimmed)
	default:
		if name := wordFacts(word); name != "" {
			s.fact(name, trimmed)
		}
	}
}

// wordFacts names the detail that a word becomes.
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
	case "OCMT":
		return "original_amount"
	case "CHGS", "CHGS1", "CHGS2":
		return "charges"
	}
	return ""
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
	s.text = strings.TrimSpace(s.text + " " + value)
}
