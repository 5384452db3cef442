package domain

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/fault"
)

// ParseString reads a domain written as Python text, as access rules and
// filters store it: [('company_id', 'in', company_ids + [False])].
//
// It knows lists, tuples, strings, numbers, True, False, None, + between lists
// and names, dotted ones too, whose values are in vars. It evaluates nothing
// else. Values of vars are what Parse takes, []int64 and []string besides.
func ParseString(text string, vars map[string]any) (Node, error) {
	return Limits{}.ParseString(text, vars)
}

// ParseString is ParseString within these limits.
func (l Limits) ParseString(text string, vars map[string]any) (Node, error) {
	l = l.orDefault()
	if len(text) > l.Text {
		return nil, fault.New(fault.Value, "The domain is longer than %d bytes", l.Text)
	}
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.Value, "The domain is not UTF-8 text")
	}
	r := reader{text: text, vars: vars, limits: l}
	r.space()
	if r.at == len(r.text) {
		return And{}, nil
	}
	v, err := r.expression(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(r.text) {
		return nil, r.fail("nothing more was expected")
	}
	return l.Parse(v)
}

type reader struct {
	text   string
	at     int
	vars   map[string]any
	limits Limits
}

func (r *reader) fail(why string) error {
	line := 1 + strings.Count(r.text[:r.at], "\n")
	return fault.New(fault.Value, "Invalid domain at line %d, character %d: %s", line,
		utf8.RuneCountInString(r.text[strings.LastIndexByte(r.text[:r.at], '\n')+1:r.at])+1, why)
}

func (r *reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		case '#':
			for r.at < len(r.text) && r.text[r.at] != '\n' {
				r.at++
			}
		default:
			return
		}
	}
}

// peek is the next byte after space, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// expression is a value, or lists joined with +.
func (r *reader) expression(depth int) (any, error) {
	v, err := r.value(depth)
	for err == nil && r.peek() == '+' {
		r.at++
		left, isList := v.([]any)
		next, nextErr := r.value(depth)
		right, isAlso := next.([]any)
		switch {
		case nextErr != nil:
			err = nextErr
		case !isList || !isAlso:
			err = r.fail("only lists can be added")
		case len(left)+len(right) > r.limits.Values+r.limits.Leaves:
			err = r.fail("a list is too long")
		default:
			v = append(append(make([]any, 0, len(left)+len(right)), left...), right...)
		}
	}
	return v, err
}

func (r *reader) value(depth int) (any, error) {
	if depth > 2*r.limits.Depth+4 {
		return nil, r.fail("nested too deeply")
	}
	switch c := r.peek(); {
	case c == 0:
		return nil, r.fail("a value was expected")
	case c == '[':
		r.at++
		list, _, err := r.list(']', depth)
		return list, err
	case c == '(':
		r.at++
		list, comma, err := r.list(')', depth)
		if err == nil && len(list) == 1 && !comma {
			return list[0], nil // a value in parentheses
		}
		return list, err
	case c == '\'' || c == '"':
		return r.str(c)
	case c == '-' || c == '.' || c >= '0' && c <= '9':
		return r.number()
	case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return r.name()
	}
	return nil, r.fail("a value was expected")
}

func (r *reader) list(end byte, depth int) (list []any, comma bool, err error) {
	list = []any{}
	for {
		if r.peek() == end {
			r.at++
			return list, comma, nil
		}
		if len(list) > 0 && !comma {
			return nil, false, r.fail("a comma or " + string(end) + " was expected")
		}
		v, err := r.expression(depth + 1)
		if err != nil {
			return nil, false, err
		}
		if list = append(list, v); len(list) > r.limits.Values+r.limits.Leaves {
			return nil, false, r.fail("a list is too long")
		}
		comma = false
		if r.peek() == ',' {
			r.at++
			comma = true
		}
	}
}

func (r *reader) str(quote byte) (any, error) {
	var b strings.Builder
	for r.at++; r.at < len(r.text); {
		switch c := r.text[r.at]; {
		case c == quote:
			r.at++
			return b.String(), nil
		case c == '\n':
			return nil, r.fail("a text ends at the end of its line")
		case c == '\\':
			if err := r.escape(&b); err != nil {
				return nil, err
			}
		default:
			b.WriteByte(c)
			r.at++
		}
	}
	return nil, r.fail("a text has no end")
}

// escape reads Python's escapes; an unknown one stands for itself.
func (r *reader) escape(b *strings.Builder) error {
	r.at++
	if r.at == len(r.text) {
		return r.fail("a text has no end")
	}
	c := r.text[r.at]
	r.at++
	width := 0
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case '\\', '\'', '"':
		b.WriteByte(c)
	case '\n':
	case 'x':
		width = 2
	case 'u':
		width = 4
	case 'U':
		width = 8
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
	if width == 0 {
		return nil
	}
	if r.at+width > len(r.text) {
		return r.fail("an escape is too short")
	}
	n, err := strconv.ParseUint(r.text[r.at:r.at+width], 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return r.fail("an escape is no character")
	}
	r.at += width
	b.WriteRune(rune(n))
	return nil
}

func (r *reader) number() (any, error) {
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.eE_0123456789", r.text[r.at]) >= 0 {
		if c := r.text[r.at]; (c == '+' || c == '-') && r.at > start && r.text[r.at-1]|0x20 != 'e' {
			break
		}
		r.at++
	}
	text := r.text[start:r.at]
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, r.fail("a number was expected")
	}
	return f, nil
}

func (r *reader) name() (any, error) {
	start := r.at
	for r.at < len(r.text) {
		c := r.text[r.at]
		if c != '_' && c != '.' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			break
		}
		r.at++
	}
	name := r.text[start:r.at]
	switch name {
	case "True":
		return true, nil
	case "False":
		return false, nil
	case "None":
		return nil, nil
	}
	v, ok := r.vars[name]
	if !ok {
		r.at = start
		return nil, r.fail("name '" + name + "' is not defined")
	}
	switch list := v.(type) {
	case []int64:
		return anyList(list), nil
	case []string:
		return anyList(list), nil
	}
	return v, nil
}

func anyList[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
