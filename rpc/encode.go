package rpc

import (
	"maps"
	"slices"
	"strconv"

	gojson "github.com/goccy/go-json"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// appendJSON appends a method's result as Odoo would send it. Records go
// straight from their columns; nothing is copied into maps. A fault of kind User
// refuses to make dst much longer than most bytes; 0 is no limit.
func appendJSON(dst []byte, v any, most int) ([]byte, error) {
	if most > 0 && len(dst) > most {
		return nil, fault.Say(fault.User, "limit.answer", fault.Args{"limit": most})
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case []int64:
		return orm.AppendIDs(dst, v), nil
	case *orm.Rows:
		return v.AppendJSON(dst, most)
	case map[string]any:
		return appendObject(dst, v, most)
	case []any:
		return appendList(dst, v, most)
	}
	text, err := gojson.MarshalWithOption(v, gojson.DisableHTMLEscape())
	return append(dst, text...), err
}

func appendList(dst []byte, list []any, most int) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendJSON(dst, v, most); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendObject sorts the members, so that the same answer is the same text.
func appendObject(dst []byte, object map[string]any, most int) ([]byte, error) {
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		name, err := gojson.MarshalWithOption(key, gojson.DisableHTMLEscape())
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, name...), ':')
		if dst, err = appendJSON(dst, object[key], most); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
