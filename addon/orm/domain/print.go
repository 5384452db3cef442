package domain

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/orm/schema"
)

// String prints a condition as Odoo would: ['&', ('a', '=', 1), ('b', '=', False)].
// Parsing what it prints gives an equal condition, if that was normal.
func String(n Node) string { return string(appendDomain(nil, n)) }

// LeafString prints one leaf as a Python tuple, as error messages quote it.
func LeafString(l Leaf) string { return string(appendLeaf(nil, l)) }

func appendDomain(dst []byte, n Node) []byte {
	if and, ok := n.(And); n == nil || ok && len(and) == 0 {
		return append(dst, "[]"...)
	}
	dst = append(dst, '[')
	dst = appendNode(dst, n)
	return append(dst, ']')
}

func appendNode(dst []byte, n Node) []byte {
	switch n := n.(type) {
	case And:
		return appendJoined(dst, "'&', ", n, "(1, '=', 1)")
	case Or:
		return appendJoined(dst, "'|', ", n, "(0, '=', 1)")
	case Not:
		return appendNode(append(dst, "'!', "...), n.Node)
	case Loose:
		return appendNode(dst, n.Node)
	case Const:
		if n {
			return append(dst, "(1, '=', 1)"...)
		}
		return append(dst, "(0, '=', 1)"...)
	case Leaf:
		return appendLeaf(dst, n)
	}
	return append(dst, "(1, '=', 1)"...)
}

func appendJoined(dst []byte, op string, nodes []Node, empty string) []byte {
	if len(nodes) == 0 {
		return append(dst, empty...)
	}
	for range len(nodes) - 1 {
		dst = append(dst, op...)
	}
	for i, n := range nodes {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendNode(dst, n)
	}
	return dst
}

func appendLeaf(dst []byte, l Leaf) []byte {
	dst = append(dst, '(')
	dst = appendText(dst, l.Field)
	dst = append(dst, ", "...)
	dst = appendText(dst, string(l.Op))
	dst = append(dst, ", "...)
	dst = appendValue(dst, l.Value)
	return append(dst, ')')
}

// appendValue prints a value as Python's repr does.
func appendValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "None"...)
	case bool:
		if v {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case string:
		return appendText(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	case schema.Date:
		return appendText(dst, string(v))
	case time.Time:
		return appendText(dst, v.UTC().Format(schema.DatetimeLayout))
	case []any:
		return appendList(dst, v)
	case []int64:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case Node:
		return appendDomain(dst, v)
	case interface{ String() string }:
		return append(dst, v.String()...)
	}
	return append(dst, '?')
}

func appendList[T any](dst []byte, list []T) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendValue(dst, v)
	}
	return append(dst, ']')
}

// appendFloat prints as Python: 1.0, 0.0001, 1e-05, 1e+16.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case math.IsNaN(f):
		return append(dst, "nan"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !strings.Contains(string(dst[start:]), ".") {
		dst = append(dst, ".0"...)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	dst = append(dst, quote)
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case unicode.IsPrint(r):
			dst = utf8.AppendRune(dst, r)
		case r < 0x100:
			dst = appendHex(append(dst, `\x`...), r, 2)
		case r < 0x10000:
			dst = appendHex(append(dst, `\u`...), r, 4)
		default:
			dst = appendHex(append(dst, `\U`...), r, 8)
		}
	}
	return append(dst, quote)
}

func appendHex(dst []byte, r rune, width int) []byte {
	const hex = "0123456789abcdef"
	for shift := (width - 1) * 4; shift >= 0; shift -= 4 {
		dst = append(dst, hex[r>>shift&15])
	}
	return dst
}

// Encode is a condition as clients send it, made of []any, for JSON:
// ["&", ["a", "=", 1], ["b", "=", false]].
func Encode(n Node) []any {
	if and, ok := n.(And); n == nil || ok && len(and) == 0 {
		return []any{}
	}
	return encode(nil, n)
}

func encode(out []any, n Node) []any {
	joined := func(op string, nodes []Node, empty int64) []any {
		if len(nodes) == 0 {
			return append(out, []any{empty, "=", int64(1)})
		}
		for range len(nodes) - 1 {
			out = append(out, op)
		}
		for _, n := range nodes {
			out = encode(out, n)
		}
		return out
	}
	switch n := n.(type) {
	case And:
		return joined("&", n, 1)
	case Or:
		return joined("|", n, 0)
	case Not:
		return encode(append(out, "!"), n.Node)
	case Loose:
		return encode(out, n.Node)
	case Const:
		left := int64(0)
		if n {
			left = 1
		}
		return append(out, []any{left, "=", int64(1)})
	case Leaf:
		value := n.Value
		switch v := value.(type) {
		case Node:
			value = Encode(v)
		case time.Time:
			value = v.UTC().Format(schema.DatetimeLayout)
		}
		return append(out, []any{n.Field, string(n.Op), value})
	}
	return out
}

// ValueString prints a value as Python's repr does.
func ValueString(v any) string { return string(appendValue(nil, v)) }
