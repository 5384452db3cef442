package importing

import "strings"

// AccountFacts is what tells bank accounts apart.
type AccountFacts struct {
	Provider    string // machine name
	Institution string // the provider's id of the bank
	Link        string // the connection's UUID
	ID          string // the provider's id in this connection
	StableID    string
	Number      string
	Currency    string // ISO 4217
}

// AccountIdentity names an account across consents and providers. An IBAN is
// the same account wherever it comes from; a provider's stable id within the
// provider; a local number within the bank; else the id within the connection.
func AccountIdentity(f AccountFacts) string {
	number := strings.ToUpper(string(appendFolded(nil, f.Number)))
	switch {
	case IsIBAN(number):
		return "iban:" + number + ":" + f.Currency
	case f.StableID != "":
		return "stable:" + f.Provider + ":" + f.StableID + ":" + f.Currency
	case len(number) >= 5 && !masked(f.Number):
		return "number:" + f.Provider + ":" + f.Institution + ":" + number + ":" + f.Currency
	}
	return ConnectionIdentity(f)
}

// ConnectionIdentity names an account within its connection alone.
func ConnectionIdentity(f AccountFacts) string {
	return "id:" + f.Provider + ":" + f.Link + ":" + f.ID + ":" + f.Currency
}

// masked reports whether a number hides digits, so that many accounts share it.
func masked(number string) bool {
	return strings.ContainsAny(number, "*•…#") || strings.Contains(strings.ToLower(number), "xx")
}

// IsIBAN reports whether s, in upper case without blanks, is an IBAN by its
// form and check digits (ISO 13616).
func IsIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for i := range len(s) {
		c := s[(i+4)%len(s)]
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	letter := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	return rest == 1 && letter(s[0]) && letter(s[1]) && digit(s[2]) && digit(s[3])
}
