package dump

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/girosync/girosync/addon/orm/schema"
)

// instantLayout is how datetimes stand in a dump, in UTC.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// appendValue appends column i of a row as JSON.
func appendValue(dst []byte, rows dialect.Rows, i int, f *schema.Field) []byte {
	if rows.Null(i) {
		return append(dst, "null"...)
	}
	switch f.Type {
	case schema.TypeInteger, schema.TypeMany2one:
		return strconv.AppendInt(dst, rows.Int(i), 10)
	case schema.TypeFloat:
		v := rows.Float(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return appendText(dst, strconv.FormatFloat(v, 'g', -1, 64))
		}
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	case schema.TypeMonetary:
		return appendText(dst, rows.Decimal(i).String())
	case schema.TypeBoolean:
		return strconv.AppendBool(dst, rows.Bool(i))
	case schema.TypeDate:
		return appendText(dst, string(rows.Date(i)))
	case schema.TypeDatetime:
		return appendText(dst, rows.Time(i).UTC().Format(instantLayout))
	case schema.TypeBinary:
		return appendText(dst, base64.StdEncoding.EncodeToString([]byte(rows.Text(i))))
	}
	return appendText(dst, rows.Text(i))
}

func appendText(dst []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // a string always has a JSON form
		return append(dst, `""`...)
	}
	return append(dst, text...)
}

// fromJSON is a value of a line in the field's Go type.
func fromJSON(f *schema.Field, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch text, isText := v.(string); {
	case f.Type == schema.TypeBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case f.Type == schema.TypeInteger || f.Type == schema.TypeMany2one:
		if n, ok := v.(json.Number); ok {
			return n.Int64()
		}
	case f.Type == schema.TypeFloat && isText:
		return strconv.ParseFloat(text, 64)
	case f.Type == schema.TypeFloat:
		if n, ok := v.(json.Number); ok {
			return n.Float64()
		}
	case !isText:
	case f.Type == schema.TypeMonetary:
		return decimal.Parse(text)
	case f.Type == schema.TypeDate:
		return schema.ParseDate(text)
	case f.Type == schema.TypeDatetime:
		return time.Parse(instantLayout, text)
	case f.Type == schema.TypeBinary:
		return base64.StdEncoding.DecodeString(text)
	default:
		return text, nil
	}
	return nil, fmt.Errorf("a %T cannot be a %s", v, f.Type)
}
