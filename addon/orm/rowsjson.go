package orm

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/govalues/decimal"
)

// MarshalJSON is AppendJSON for encoders.
func (r *Rows) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil, 0) }

// AppendJSON appends the records as Odoo's read answers them: a list of
// objects, id first. Unset texts, dates and many2ones are false; a many2one is
// [id, name] when its names were asked for. A fault of kind User refuses to make
// dst much longer than most bytes; 0 is no limit.
func (r *Rows) AppendJSON(dst []byte, most int) ([]byte, error) {
	keys := make([][]byte, len(r.cols))
	for i, c := range r.cols {
		keys[i] = append(appendText([]byte{','}, c.field.Name), ':')
	}
	dst = append(dst, '[')
	for i, id := range r.ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"id":`...)
		dst = strconv.AppendInt(dst, id, 10)
		for j, c := range r.cols {
			if c.field.Name == "id" {
				continue
			}
			dst = append(dst, keys[j]...)
			dst = c.appendJSON(dst, i)
		}
		dst = append(dst, '}')
		if err := tooLong(len(dst), most); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendJSON appends the i-th value.
func (c *column) appendJSON(dst []byte, i int) []byte {
	if c.boxed != nil {
		return c.appendValue(dst, filled(c.field, c.boxed[i]))
	}
	if c.null != nil && c.null[i] {
		return c.appendValue(dst, filled(c.field, nil))
	}
	switch c.field.Type {
	case schema.TypeInteger:
		return strconv.AppendInt(dst, c.ints[i], 10)
	case schema.TypeMany2one:
		return c.appendRef(dst, c.ints[i])
	case schema.TypeBoolean:
		return strconv.AppendBool(dst, c.ints[i] != 0)
	case schema.TypeFloat:
		return appendFloat(dst, c.reals[i])
	case schema.TypeMonetary:
		return appendDecimal(dst, c.money[i])
	case schema.TypeDate:
		return appendDate(dst, c.texts[i])
	case schema.TypeDatetime:
		return appendTime(dst, c.times[i])
	case schema.TypeJSON:
		return append(dst, c.texts[i]...)
	case schema.TypeBinary:
		return appendBytes(dst, []byte(c.texts[i]))
	case schema.TypeOne2many, schema.TypeMany2many:
		return AppendIDs(dst, c.lists[i])
	}
	return appendText(dst, c.texts[i])
}

func (c *column) appendRef(dst []byte, id int64) []byte {
	if id == 0 {
		return append(dst, "false"...)
	}
	if c.names == nil {
		return strconv.AppendInt(dst, id, 10)
	}
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, id, 10)
	dst = append(dst, ',')
	dst = appendText(dst, c.names[id])
	return append(dst, ']')
}

func (c *column) appendValue(dst []byte, v any) []byte {
	if id, ok := v.(int64); ok && c.field.Type == schema.TypeMany2one {
		return c.appendRef(dst, id)
	}
	return appendAny(dst, v)
}

// appendAny appends a value in one of the Go types of fields.
func appendAny(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "false"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64:
		return appendFloat(dst, v)
	case decimal.Decimal:
		return appendDecimal(dst, v)
	case string:
		return appendText(dst, v)
	case schema.Date:
		return appendDate(dst, string(v))
	case time.Time:
		return appendTime(dst, v)
	case []int64:
		return AppendIDs(dst, v)
	case []byte:
		return appendBytes(dst, v)
	case json.RawMessage:
		if v == nil {
			return append(dst, "false"...)
		}
		return append(dst, v...)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return append(dst, "false"...)
	}
	return append(dst, text...)
}

// appendBytes writes base64; no bytes are false.
func appendBytes(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return append(dst, "false"...)
	}
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), raw)
	return append(dst, '"')
}

// AppendIDs appends ids as a JSON array.
func AppendIDs(dst []byte, ids []int64) []byte {
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, id, 10)
	}
	return append(dst, ']')
}

func appendDate(dst []byte, date string) []byte {
	if date == "" {
		return append(dst, "false"...)
	}
	return appendText(dst, date)
}

func appendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, "false"...)
	}
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, schema.DatetimeLayout)
	return append(dst, '"')
}

// appendFloat writes whole numbers with ".0", so that clients see a float.
func appendFloat(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "false"...)
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		dst = strconv.AppendFloat(dst, v, 'f', 1, 64)
		return dst
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// appendDecimal writes an amount exactly, at least one decimal.
func appendDecimal(dst []byte, d decimal.Decimal) []byte {
	if min := d.MinScale(); min != d.Scale() {
		d = d.Trim(min)
	}
	if d.Scale() == 0 {
		d = d.Pad(1)
	}
	text, err := d.AppendText(dst)
	if err != nil {
		return append(dst, '0')
	}
	return text
}

const hexDigits = "0123456789abcdef"

// appendText appends a JSON string; its bytes are valid UTF-8 or are made so.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
