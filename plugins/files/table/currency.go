package table

import (
	"slices"
	"strings"
	"unicode"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// plainHeading returns a heading, folded, without its currency and the word before
// that ("Umsatz in EUR", "Valor (R$)", "NZD Amount"), and the code of the currency;
// "" for none, or one of several.
func plainHeading(lib *words.Library, text string) (name, currency string) {
	text, currency, cut := withoutSign(text)
	parts := strings.Fields(statement.Fold(text))
	for len(parts) > 1 {
		code, ok := currencyWord(lib, parts[len(parts)-1])
		if !ok {
			break
		}
		parts, cut, currency = parts[:len(parts)-1], true, code
	}
	if last := len(parts) - 1; cut && last > 0 && lib.IsBeforeCurrency(parts[last]) {
		parts = parts[:last]
	}
	if first, _, ok := strings.Cut(strings.TrimSpace(text), " "); ok && !cut && len(first) == 3 && isISO(first) {
		parts, currency = parts[1:], first
	}
	return strings.Join(parts, " "), currency
}

// askCurrency asks about a second column of amounts that differs from the first in
// the currency of its heading: no balance says which is the account's.
func (l *layout) askCurrency(rows []Row) *sdk.Error {
	own := l.column(Amount)
	if len(l.Columns) > 0 || own < 0 || own >= len(l.headings) {
		return nil
	}
	name, currency := plainHeading(l.library(), l.headings[own])
	for _, at := range l.free(rows) {
		if at >= len(l.headings) || currency == "" {
			continue
		}
		other, its := plainHeading(l.library(), l.headings[at])
		if other == name && its != "" && its != currency && len(l.texts(rows, at)) > 0 {
			return ask("columns", "its columns %s and %s hold amounts in two currencies, and nothing says which is the account's: choose "+
				"the columns", l.headings[own], l.headings[at])
		}
	}
	return nil
}

// currencyWord returns the code that a folded word stands for.
func currencyWord(lib *words.Library, word string) (code string, ok bool) {
	if len(word) == 3 && isISO(strings.ToUpper(word)) {
		return strings.ToUpper(word), true
	}
	return lib.CurrencyWord(word)
}

// withoutSign takes the signs of currencies out of a text, with the letters that
// belong to one (R$), and tells whose sign the last is where that is certain.
func withoutSign(text string) (plain, currency string, found bool) {
	at := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
	if at < 0 {
		return text, "", false
	}
	runes := []rune(text)
	i := slices.IndexFunc(runes, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
	from := i
	for from > 0 && unicode.IsLetter(runes[from-1]) {
		from--
	}
	if i-from > 2 { // a word that the sign follows
		from = i
	}
	plain = string(runes[:from]) + " " + string(runes[i+1:])
	return plain, signs[strings.ToUpper(string(runes[from:i+1]))], true
}

// signs are those that stand for one currency alone.
var signs = map[string]string{"€": "EUR", "R$": "BRL", "US$": "USD", "HK$": "HKD", "NZ$": "NZD", "₹": "INR", "₺": "TRY", "₴": "UAH",
	"₪": "ILS", "฿": "THB", "₫": "VND", "₦": "NGN", "₽": "RUB"}

// isISO reports whether a code is one of ISO 4217's.
func isISO(code string) bool { return strings.Contains(isoCodes, " "+code+" ") }

// isoCodes are the currencies of ISO 4217 that accounts are kept in.
const isoCodes = " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
	"CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS " +
	"INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR " +
	"MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS " +
	"SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
