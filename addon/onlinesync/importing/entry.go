package importing

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Entry is one transaction that a provider told, checked: its date exists, its
// amount is exact and signed (negative leaves the account), and its texts are
// valid UTF-8 without control characters.
type Entry struct {
	ID        string   `json:"i,omitempty"` // empty when the provider gives none
	Aliases   []string `json:"l,omitempty"`
	PendingID string   `json:"p,omitempty"`

	Date      schema.Date     `json:"d"`
	ValueDate schema.Date     `json:"v,omitempty"`
	Amount    decimal.Decimal `json:"a"` // in the account's currency, trailing zeros trimmed

	Foreign         decimal.Decimal `json:"f,omitzero"` // signed like Amount; zero when not foreign
	ForeignCurrency string          `json:"fc,omitempty"`

	Text     string `json:"t,omitempty"` // what the holder reads
	Partner  string `json:"n,omitempty"`
	Counter  string `json:"c,omitempty"` // the other party's account number
	EndToEnd string `json:"e,omitempty"`
	Code     string `json:"k,omitempty"`

	Details map[string]string `json:"x,omitempty"`
	Raw     string            `json:"r,omitempty"`
}

// What an entry may measure.
const (
	maxID    = 512
	maxText  = 4096
	maxRaw   = 64 << 10
	maxScale = 4
)

var largest = decimal.MustParse("922000000000000")

// Check turns what a provider told of one transaction into an Entry of an
// account in the given currency; invert flips the sign of every amount. Its
// error names what is wrong, in words for a user, and holds no values but the
// amount, date and currency at fault.
func Check(t sdk.Transaction, currency string, invert bool) (Entry, error) {
	if len(t.ID) > maxID || len(t.PendingID) > maxID {
		return Entry{}, fmt.Errorf("identifier longer than %d bytes", maxID)
	}
	if !t.Date.Valid() || t.Date.Year < 1900 || t.Date.Year > 9999 {
		return Entry{}, fmt.Errorf("date %q does not exist", t.Date.String())
	}
	if t.Currency != "" && t.Currency != currency {
		return Entry{}, fmt.Errorf("amount in %.8s on an account in %s", t.Currency, currency)
	}
	amount, err := signed(t.Amount, t.Direction, invert)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		ID: clean(t.ID, maxID), PendingID: clean(t.PendingID, maxID),
		Date: schema.Date(t.Date.String()), Amount: amount,
		Text: clean(t.Reference, maxText), Partner: clean(t.Counterparty, maxText),
		Counter: clean(t.CounterNumber, maxID), EndToEnd: clean(t.EndToEndID, maxID),
		Code: clean(t.Code, maxID), Details: cleanMap(t.Details), Raw: cleanRaw(t.Raw),
	}
	if t.ValueDate.Valid() {
		e.ValueDate = schema.Date(t.ValueDate.String())
	}
	for _, id := range t.Aliases {
		if id = clean(id, maxID); id != "" && id != e.ID {
			e.Aliases = append(e.Aliases, id)
		}
	}
	if t.OriginalAmount != "" && t.OriginalCurrency != "" && t.OriginalCurrency != currency {
		foreign, err := signed(t.OriginalAmount, t.Direction, invert)
		if err != nil {
			return Entry{}, fmt.Errorf("original %w", err)
		}
		e.Foreign, e.ForeignCurrency = foreign, clean(t.OriginalCurrency, 8)
	}
	return e, nil
}

// signed reads an unsigned decimal and gives it its sign.
func signed(text string, dir sdk.Direction, invert bool) (decimal.Decimal, error) {
	if text == "" || text[0] == '-' || text[0] == '+' {
		return decimal.Decimal{}, fmt.Errorf("amount %.40q: want a decimal without sign", text)
	}
	amount, err := decimal.Parse(text)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("amount %.40q: want a decimal without sign", text)
	}
	amount = amount.Trim(0)
	if amount.Scale() > maxScale {
		return decimal.Decimal{}, fmt.Errorf("amount %.40q: more than %d decimals", text, maxScale)
	}
	if largest.Less(amount) {
		return decimal.Decimal{}, fmt.Errorf("amount %.40q is too large", text)
	}
	switch dir {
	case sdk.In:
	case sdk.Out:
		amount = amount.Neg()
	default:
		return decimal.Decimal{}, fmt.Errorf("direction %.8q: want in or out", string(dir))
	}
	if invert {
		amount = amount.Neg()
	}
	return amount, nil
}

// clean makes text fit for both databases and for reading: valid UTF-8, no
// control characters, runs of blanks joined, cut at limit bytes.
func clean(s string, limit int) string {
	if !isClean(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
		}), " ")
	}
	return cut(s, limit)
}

// isClean reports whether clean would change nothing but the length.
func isClean(s string) bool {
	blank := true // so that a leading blank counts as doubled
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' {
			return false
		}
		if c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return s == "" || !blank
}

// cut shortens s to at most limit bytes without splitting a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	for len(s) > 0 {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size > 1 {
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

func cleanMap(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[clean(k, maxID)] = clean(v, maxText)
	}
	return out
}

// cleanRaw keeps line breaks: it is evidence, not for reading in a list.
func cleanRaw(raw []byte) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\x00", "")
	return cut(s, maxRaw)
}
