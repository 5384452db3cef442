package record

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Date is a provider's date as ours; "" when it does not exist.
func Date(d sdk.Date) schema.Date {
	if !d.Valid() {
		return ""
	}
	return schema.Date(d.String())
}

// WebURL is an address that a provider tells, "" for one that a browser must not
// be led to: only http and https with a host are.
func WebURL(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// SDKDate is our date as a provider's.
func SDKDate(d schema.Date) sdk.Date {
	if d == "" {
		return sdk.Date{}
	}
	return sdk.DateOf(d.Time())
}

// DayOf is the civil date of an instant, in UTC.
func DayOf(t time.Time) schema.Date { return schema.DateOf(t.UTC()) }

// Amount reads a provider's signed decimal.
func Amount(text string) (decimal.Decimal, bool) {
	d, err := decimal.Parse(text)
	if err != nil || d.Trim(0).Scale() > 4 {
		return decimal.Decimal{}, false
	}
	return d, true
}

// OrNoDate is a date as a field's value; nil for none.
func OrNoDate(d schema.Date) any {
	if d == "" {
		return nil
	}
	return d
}

// OrNoText is a text as a field's value; nil for none.
func OrNoText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// IDs is a list of ids as a domain's value.
func IDs(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// Strings is a list of texts as a domain's value.
func Strings(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// OrNil is a record's id as a field's value; nil for none.
func OrNil(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// OrNoTime is an instant as a field's value, in UTC; nil for none.
func OrNoTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// OrFalse is how Odoo's clients know an empty text.
func OrFalse(s string) any {
	if s == "" {
		return false
	}
	return s
}

// Number is an amount as JSON has it.
func Number(d decimal.Decimal) json.Number { return json.Number(d.String()) }

// PlainText writes equal amounts alike, whatever their trailing zeros.
func PlainText(d decimal.Decimal) string { return d.Trim(0).String() }

// Tidy makes a provider's short text fit for both databases.
func Tidy(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

// Moment is an instant as Odoo writes it; false when unset.
func Moment(t time.Time) any {
	if t.IsZero() {
		return false
	}
	return t.UTC().Format(schema.DatetimeLayout)
}

// DecimalOf is an amount that was kept as a number; zero for none.
func DecimalOf(n json.Number) decimal.Decimal {
	d, err := decimal.Parse(n.String())
	if err != nil {
		return decimal.Zero
	}
	return d
}

func decodeCursor(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	cursor, err := base64.StdEncoding.DecodeString(text)
	return cursor, fault.Wrap(err, "cursor", nil)
}

// KindOfAccount is an account's kind as ours; what is not known is another kind.
func KindOfAccount(kind sdk.AccountKind) string {
	for _, o := range AccountKinds {
		if o.Value == string(kind) {
			return o.Value
		}
	}
	return string(sdk.OtherKind)
}

// AccountName is what an account is called when its provider does not say.
func AccountName(told sdk.Account) string {
	for _, name := range []string{told.Name, told.Number, told.ID} {
		if name = strings.TrimSpace(Tidy(name)); name != "" {
			return name
		}
	}
	return "Account"
}

// NewToken makes a token that cannot be guessed.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}
