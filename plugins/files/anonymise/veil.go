package anonymise

import (
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
)

// veil puts invented words in the place of a file's own: of the same length in
// bytes, with the same capitals, digits and punctuation. Equal words become
// equal ones, different words different ones.
type veil struct {
	key    []byte
	lib    *words.Library
	own    map[string]bool   // the file's words, folded by case: none of them may come out
	given  map[string]string // word to what stands for it, in lower case
	used   map[string]bool
	letter map[letterKind][]rune // beyond ASCII, as they occur in the file
}

// letterKind is what a letter's substitute must share with it.
type letterKind struct {
	bytes int
	upper bool
}

func newVeil(key []byte, lib *words.Library, text string) *veil {
	v := &veil{key: key, lib: lib, own: map[string]bool{}, given: map[string]string{}, used: map[string]bool{},
		letter: map[letterKind][]rune{}}
	seen := map[rune]bool{}
	for _, r := range text {
		if r >= utf8.RuneSelf && unicode.IsLetter(r) && !seen[r] {
			seen[r] = true
			kind := letterKind{utf8.RuneLen(r), unicode.IsUpper(r)}
			v.letter[kind] = append(v.letter[kind], r)
		}
	}
	for _, at := range wordPattern.FindAllStringIndex(text, -1) {
		v.own[strings.ToLower(text[at[0]:at[1]])] = true
	}
	return v
}

var (
	wordPattern = regexp.MustCompile(`[\pL\pN]+`)
	// ibanPattern finds what may be an IBAN, in one piece or in groups of four.
	ibanPattern = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	// dayPattern finds days in a text: 2024-01-31, 31.01.2024, 31/01/24.
	dayPattern = regexp.MustCompile(`\b(?:\d{4}[-./]\d{2}[-./]\d{2}|\d{2}[-./]\d{2}[-./](?:\d{4}|\d{2}))\b`)
)

// isKnown reports whether a whole text says something that a reader looks up,
// so that it says nothing of a person.
func (v *veil) isKnown(text string) bool {
	folded := statement.Fold(text)
	if folded == "" || isCurrency(strings.TrimSpace(text)) {
		return true
	}
	return v.lib.Sign(text) != words.None || v.lib.State(text) != words.None || v.lib.Title(text) != words.None ||
		v.lib.IsAccount(text) || !statement.IsReference(strings.TrimSpace(text)) || v.lib.Balance(text) != words.None ||
		v.lib.Tells(text) != words.None || v.lib.Answer(text) != words.None || v.lib.IsSum(text) || v.lib.IsProduct(text)
}

// text veils a text: IBANs keep their country and get new check digits, days
// are moved by shift, other words and numbers are replaced.
func (v *veil) text(s string, move func(day string) string) string {
	if v.isKnown(s) {
		return dayPattern.ReplaceAllStringFunc(s, move)
	}
	var b strings.Builder
	for s != "" {
		iban, day := ibanPattern.FindStringIndex(s), dayPattern.FindStringIndex(s)
		switch {
		case iban != nil && (day == nil || iban[0] < day[0]):
			b.WriteString(v.words(s[:iban[0]]))
			b.WriteString(v.iban(s[iban[0]:iban[1]]))
			s = s[iban[1]:]
		case day != nil:
			b.WriteString(v.words(s[:day[0]]))
			b.WriteString(move(s[day[0]:day[1]]))
			s = s[day[1]:]
		default:
			b.WriteString(v.words(s))
			s = ""
		}
	}
	return b.String()
}

// words veils each word of a text.
func (v *veil) words(s string) string {
	if v.lib.NamesState(s) != words.None {
		return wordPattern.ReplaceAllStringFunc(s, func(w string) string {
			if v.lib.State(w) != words.None {
				return w
			}
			return v.word(w)
		})
	}
	if v.lib.PaysCard(s) {
		return wordPattern.ReplaceAllStringFunc(s, func(w string) string {
			if v.lib.IsOfCardPayment(w) {
				return w
			}
			return v.word(w)
		})
	}
	return wordPattern.ReplaceAllStringFunc(s, v.word)
}

// kind veils a type of payments, but for a debit's word in it.
func (v *veil) kind(s string) string {
	return wordPattern.ReplaceAllStringFunc(s, func(w string) string {
		if v.lib.IsDebit(w) {
			return w
		}
		return v.word(w)
	})
}

// word returns what stands for a word.
func (v *veil) word(w string) string {
	if !statement.IsReference(w) {
		return w
	}
	if len(w) > 3 && isCurrency(w[:3]) && strings.Trim(w[3:], "0123456789") == "" {
		return w[:3] + v.word(w[3:])
	}
	if len(w) > shortNumber && isDigits(w[1:]) && !isDigits(w[:1]) {
		return w[:1] + v.word(w[1:]) // a letter before a number says what number it is
	}
	lower := strings.ToLower(w)
	out, ok := v.given[lower]
	for try := byte(0); !ok; try++ {
		out = v.invent(lower, try)
		free := !v.used[out] && !v.own[out] && !v.isKnown(out) && !isCurrency(strings.ToUpper(out))
		if free || try == 255 || len(lower) < shortNumber && isDigits(lower) {
			v.given[lower], v.used[out], ok = out, true, true
		}
	}
	return withCase(w, out)
}

// shortNumber is how many digits a number has that needs no substitute of its own.
const shortNumber = 5

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

const (
	consonants = "bdfgklmnprstvz"
	vowels     = "aeiou"
)

// invent makes a word of the kinds of letters and digits that another has.
func (v *veil) invent(lower string, try byte) string {
	random := v.random("word", lower, try)
	var b strings.Builder
	vowel := random(2) == 0
	leading := true // zeros at the beginning stay
	for _, r := range lower {
		switch {
		case r >= '0' && r <= '9':
			b.WriteByte(v.digit(byte(r), leading, random))
			leading = leading && r == '0'
		case r < utf8.RuneSelf:
			from := consonants
			if vowel {
				from = vowels
			}
			vowel = !vowel
			b.WriteByte(from[random(len(from))])
		default:
			b.WriteRune(v.foreign(r, random))
			vowel = !vowel
		}
	}
	return b.String()
}

func (v *veil) digit(old byte, leading bool, random func(int) int) byte {
	if leading && old == '0' {
		return '0'
	}
	if leading {
		return byte('1' + random(9))
	}
	return byte('0' + random(10))
}

// foreign returns another letter of the file's for one beyond ASCII, so that
// the file's encoding can write it.
func (v *veil) foreign(r rune, random func(int) int) rune {
	if unicode.IsDigit(r) {
		zero := r
		for unicode.IsDigit(zero - 1) {
			zero--
		}
		return zero + rune(random(10))
	}
	pool := v.letter[letterKind{utf8.RuneLen(r), unicode.IsUpper(r)}]
	if len(pool) == 0 { // the file has capitals alone
		pool = v.letter[letterKind{utf8.RuneLen(r), !unicode.IsUpper(r)}]
	}
	if !unicode.IsLetter(r) || len(pool) == 0 {
		return r
	}
	return pool[random(len(pool))]
}

// withCase gives a word the capitals of another.
func withCase(like, word string) string {
	letters := []rune(like)
	var b strings.Builder
	for i, r := range []rune(word) {
		if i < len(letters) && letters[i] < utf8.RuneSelf && unicode.IsUpper(letters[i]) {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// random returns a source of numbers that depend on the key and on what they are for.
func (v *veil) random(what, of string, try byte) func(n int) int {
	block, at := byte(0), sha256.Size
	var sum []byte
	return func(n int) int {
		if at+2 > len(sum) {
			mac := hmac.New(sha256.New, v.key)
			mac.Write([]byte(what + "\x00" + of + "\x00"))
			mac.Write([]byte{try, block})
			sum, at = mac.Sum(nil), 0
			block++
		}
		at += 2
		return (int(sum[at-2])<<8 | int(sum[at-1])) % n
	}
}

// iban returns another IBAN of the country, in the same groups, with check
// digits that fit if those of the first one did.
func (v *veil) iban(s string) string {
	plain := strings.ReplaceAll(s, " ", "")
	if !isIBAN(plain) {
		return s[:2] + v.words(s[2:])
	}
	random := v.random("iban", plain, 0)
	out := plain
	for out[2:4] == plain[2:4] {
		bban := []byte(plain[4:])
		for i, c := range bban {
			if c >= '0' && c <= '9' {
				bban[i] = byte('0' + random(10))
			} else {
				bban[i] = byte('A' + random(26))
			}
		}
		out = plain[:2] + checkDigits(plain[:2], string(bban)) + string(bban)
	}
	var b strings.Builder
	for i, at := 0, 0; i < len(s); i++ {
		if s[i] == ' ' {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(out[at])
		at++
	}
	return b.String()
}

// isIBAN reports whether a number without spaces has an IBAN's check digits.
func isIBAN(s string) bool {
	return len(s) >= 15 && len(s) <= 34 && s[2:4] == checkDigits(s[:2], s[4:])
}

// checkDigits computes those of an IBAN.
func checkDigits(country, bban string) string {
	rest := 0
	for _, c := range bban + country + "00" {
		if c >= 'A' && c <= 'Z' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	rest = 98 - rest
	return string([]byte{byte('0' + rest/10), byte('0' + rest%10)})
}

// isCurrency reports whether a text is the code of a currency that people hold.
func isCurrency(s string) bool {
	switch s {
	case "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "CAD", "AUD", "JPY", "CNY", "INR", "BRL",
		"MXN", "ZAR", "NZD", "SGD", "HKD", "ISK", "BGN", "HRK", "UAH", "ILS", "AED":
		return true
	}
	return false
}
