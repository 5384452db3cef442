package orm

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// toField turns a value, from code or a client's JSON, into f's Go type as
// package schema lists them. nil is an unset text, JSON or many2one value;
// numbers and booleans are never unset. x2many values are read by toCommands.
func toField(e *entity, f *schema.Field, v any) (any, error) {
	switch f.Type {
	case schema.TypeChar, schema.TypeText:
		return toText(e, f, v)
	case schema.TypeHTML:
		return toHTML(e, f, v)
	case schema.TypeSelection:
		return toOption(e, f, v)
	case schema.TypeInteger:
		return toInt(e, f, v)
	case schema.TypeFloat:
		return toFloat(e, f, v)
	case schema.TypeMonetary:
		return toDecimal(e, f, v)
	case schema.TypeBoolean:
		return truth(v), nil
	case schema.TypeDate:
		return toDate(v)
	case schema.TypeDatetime:
		return toDatetime(v)
	case schema.TypeMany2one:
		return toRef(e, f, v)
	case schema.TypeJSON:
		return toJSON(v)
	case schema.TypeBinary:
		return toBytes(e, f, v)
	}
	if ids, err := toIDs(v); err == nil {
		return ids, nil
	}
	return nil, wrongValue(e, f, str(v))
}

func wrongValue(e *entity, f *schema.Field, shown string) error {
	return fault.New(fault.Value, "Wrong value for %s.%s: %s", e.Name, f.Name, shown)
}

// toText reads any scalar as text; false and null are unset, "" is not.
func toText(e *entity, f *schema.Field, v any) (any, error) {
	var text string
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		text = v
	case bool:
		if !v {
			return nil, nil
		}
		text = "True"
	case []any, map[string]any:
		return nil, wrongValue(e, f, repr(v))
	default:
		text = str(v)
	}
	if strings.Contains(text, "\x00") {
		return nil, fault.New(fault.Value, "A string literal cannot contain NUL (0x00) characters.")
	}
	if strings.ToValidUTF8(text, "") != text {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if f.Size > 0 && len(text) > f.Size {
		if runes := []rune(text); len(runes) > f.Size {
			text = string(runes[:f.Size])
		}
	}
	return text, nil
}

// toBytes reads base64, as clients send it, or bytes; nothing is unset.
func toBytes(e *entity, f *schema.Field, v any) (any, error) {
	switch v := v.(type) {
	case []byte:
		if len(v) == 0 {
			return nil, nil
		}
		return v, nil
	case string:
		raw, err := base64.StdEncoding.DecodeString(v) // which passes over line ends
		if err != nil {
			return nil, fault.New(fault.Value, "Wrong value for %s.%s: not base64", e.Name, f.Name).Because(err)
		}
		return toBytes(e, f, raw)
	}
	if !truth(v) {
		return nil, nil
	}
	return nil, wrongValue(e, f, typeName(v))
}

func toOption(e *entity, f *schema.Field, v any) (any, error) {
	if !truth(v) {
		return nil, nil
	}
	text := str(v)
	for i := range f.Options {
		if f.Options[i].Value == text {
			return f.Options[i].Value, nil
		}
	}
	return nil, wrongValue(e, f, repr(v))
}

func toInt(e *entity, f *schema.Field, v any) (any, error) {
	n, err := integer(v)
	if err != nil {
		return nil, err
	}
	if n > math.MaxInt32 || n < math.MinInt32 { // as in Odoo, whose clients hold no more
		return nil, fault.New(fault.Value, "value \"%d\" is out of range for type integer", n)
	}
	return n, nil
}

// integer is Python's int(v or 0).
func integer(v any) (int64, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case int:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case int64:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.Abs(v) >= 1<<63 {
			return 0, fault.New(fault.Value, "value \"%s\" is out of range for type integer", str(v))
		}
		return int64(v), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		n, err := v.Float64()
		if err != nil || math.Abs(n) >= 1<<63 {
			return 0, fault.New(fault.Value, "value \"%s\" is out of range for type integer", v)
		}
		return int64(n), nil
	case string:
		if v == "" {
			return 0, nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil {
			return 0, fault.New(fault.Value, "invalid literal for int() with base 10: %s", repr(v))
		}
		return n, nil
	}
	return 0, fault.New(fault.Type, "int() argument must be a string, a bytes-like object or a real number, not '%s'", typeName(v))
}

func toFloat(e *entity, f *schema.Field, v any) (any, error) {
	var n float64
	switch v := v.(type) {
	case float64:
		n = v
	case float32:
		n = float64(v)
	case decimal.Decimal:
		n, _ = v.Float64()
	case json.Number:
		parsed, err := v.Float64()
		if err != nil {
			return nil, badFloat(v.String())
		}
		n = parsed
	case string:
		if v == "" {
			return 0.0, nil
		}
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return nil, badFloat(v)
		}
		n = parsed
	case []any, map[string]any:
		return nil, fault.New(fault.Type, "float() argument must be a string or a real number, not '%s'", typeName(v))
	default:
		whole, err := integer(v)
		if err != nil {
			return nil, err
		}
		n = float64(whole)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, badFloat(str(n))
	}
	return n, nil
}

func badFloat(text string) error {
	return fault.New(fault.Value, "could not convert string to float: %s", repr(text))
}

// moneyScale is how many decimals every database keeps of an amount.
const moneyScale = 4

// toDecimal reads an amount exactly: a float by its shortest decimal form, and
// rounded to four places where only the float's own error lies beyond them.
func toDecimal(e *entity, f *schema.Field, v any) (any, error) {
	switch v := v.(type) {
	case decimal.Decimal:
		return v, nil
	case float64:
		return floatToDecimal(v)
	case json.Number:
		return textToDecimal(v.String())
	case string:
		if v == "" {
			return decimal.Zero, nil
		}
		return textToDecimal(strings.TrimSpace(v))
	case []any, map[string]any:
		return nil, fault.New(fault.Type, "float() argument must be a string or a real number, not '%s'", typeName(v))
	}
	n, err := integer(v)
	if err != nil {
		return nil, err
	}
	d, err := decimal.New(n, 0)
	if err != nil {
		return nil, badFloat(str(v))
	}
	return d, nil
}

func floatToDecimal(v float64) (any, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badFloat(str(v))
	}
	return textToDecimal(strconv.FormatFloat(v, 'f', -1, 64))
}

func textToDecimal(text string) (any, error) {
	d, err := decimal.Parse(text)
	if err != nil {
		return nil, badFloat(text)
	}
	if d.MinScale() <= moneyScale {
		return d.Trim(0), nil
	}
	rounded := d.Round(moneyScale)
	rest, err := d.Sub(rounded)
	if err != nil {
		return nil, badFloat(text)
	}
	if noise, ok := rest.Abs().Float64(); ok && noise > 1e-9 {
		return nil, fault.New(fault.Invalid, "The amount %s has more than %d decimals.", text, moneyScale)
	}
	return rounded.Trim(0), nil
}

// toDate reads YYYY-MM-DD, also with a time behind it.
func toDate(v any) (any, error) {
	switch v := v.(type) {
	case schema.Date:
		return v, nil
	case time.Time:
		if v.IsZero() {
			return schema.Date(""), nil
		}
		return schema.DateOf(v), nil
	case string:
		if v == "" {
			return schema.Date(""), nil
		}
		text := v
		if len(text) > 10 {
			text = text[:10]
		}
		d, err := schema.ParseDate(text)
		if err != nil {
			return nil, fault.New(fault.Value, "time data %s does not match format '%%Y-%%m-%%d'", repr(text))
		}
		return d, nil
	}
	if !truth(v) {
		return schema.Date(""), nil
	}
	return nil, fault.New(fault.Type, "strptime() argument 1 must be str, not %s", typeName(v))
}

// toDatetime reads Odoo's "YYYY-MM-DD HH:MM:SS" (UTC), a date, or RFC 3339.
func toDatetime(v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Microsecond), nil
	case schema.Date:
		return v.Time(), nil
	case string:
		if v == "" {
			return time.Time{}, nil
		}
		for _, layout := range []string{schema.DatetimeLayout, time.DateOnly, "2006-01-02 15:04", time.RFC3339Nano, "2006-01-02T15:04:05"} {
			if t, err := time.Parse(layout, v); err == nil && schema.InCalendar(t) {
				return t.UTC().Truncate(time.Microsecond), nil
			}
		}
		return nil, fault.New(fault.Value, "time data %s does not match format '%%Y-%%m-%%d %%H:%%M:%%S'", repr(v))
	}
	if !truth(v) {
		return time.Time{}, nil
	}
	return nil, fault.New(fault.Type, "strptime() argument 1 must be str, not %s", typeName(v))
}

// toRef reads an id, false, or the [id, name] pair that read answers.
func toRef(e *entity, f *schema.Field, v any) (any, error) {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return int64(0), nil
		}
		if len(v) <= 2 {
			if id, ok := whole(v[0]); ok {
				return id, nil
			}
		}
		return nil, wrongValue(e, f, repr(v))
	case string:
		if v == "" {
			return int64(0), nil
		}
		return nil, fault.New(fault.Value, "invalid input syntax for type integer: \"%s\"", v)
	}
	if !truth(v) {
		return int64(0), nil
	}
	id, ok := whole(v)
	if !ok {
		return nil, wrongValue(e, f, repr(v))
	}
	return id, nil
}

func toJSON(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if !v {
			return nil, nil
		}
	case json.RawMessage:
		if v == nil {
			return nil, nil
		}
		if !json.Valid(v) {
			return nil, fault.New(fault.Value, "invalid JSON value")
		}
		return v, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fault.New(fault.Value, "invalid JSON value: %w", err)
	}
	return json.RawMessage(text), nil
}
