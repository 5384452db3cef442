package domain

import (
	"encoding/json"
	"sort"
)

// maxQuoted is how much of a wrong domain an error quotes.
const maxQuoted = 500

// rawString prints what a client sent, as Python would.
func rawString(v any) string { return shorten(appendRaw(nil, v, 0)) }

// rawTuple prints a leaf that could not be read as a tuple.
func rawTuple(parts []any) string {
	dst := []byte{'('}
	for i, part := range parts {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendRaw(dst, part, 0)
		if len(dst) > maxQuoted {
			break
		}
	}
	if len(parts) == 1 {
		dst = append(dst, ',')
	}
	return shorten(append(dst, ')'))
}

func shorten(text []byte) string {
	if len(text) <= maxQuoted {
		return string(text)
	}
	runes := []rune(string(text[:maxQuoted]))
	return string(runes[:len(runes)-1]) + "…"
}

func appendRaw(dst []byte, v any, depth int) []byte {
	if len(dst) > maxQuoted || depth > 20 {
		return append(dst, "…"...)
	}
	switch x := v.(type) {
	case []any:
		dst = append(dst, '[')
		for i, each := range x {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if dst = appendRaw(dst, each, depth+1); len(dst) > maxQuoted {
				break
			}
		}
		return append(dst, ']')
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		sort.Strings(names)
		dst = append(dst, '{')
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendText(dst, name), ": "...)
			if dst = appendRaw(dst, x[name], depth+1); len(dst) > maxQuoted {
				break
			}
		}
		return append(dst, '}')
	case json.Number:
		return append(dst, x...)
	case string:
		if len(x) > maxQuoted {
			x = x[:maxQuoted]
		}
		return appendText(dst, x)
	case float64: // JSON's numbers: whole ones are Python's int
		if n, ok := whole(x); ok {
			return appendValue(dst, n)
		}
	}
	return appendValue(dst, v)
}

func pythonType(v any) string {
	switch v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case float64, json.Number:
		if _, ok := whole(v); ok {
			return "int"
		}
		return "float"
	}
	return "int"
}
