package jsonrpc

import (
	"bytes"
	"encoding/json"
)

// Head is what the beginning of a request says.
type Head struct {
	Service string // "" where it does not stand before the arguments
	Args    []any  // the first ones: texts, numbers (json.Number), booleans, nil
}

// Peek reads up to n arguments of a call of a service from the beginning of its
// text, as a stream, up to one that is cut off or no plain value; false when not
// even the first can be read. The rest of the text may be cut off, or no JSON.
func Peek(beginning []byte, n int) (head Head, ok bool) {
	d := json.NewDecoder(bytes.NewReader(beginning))
	d.UseNumber()
	if !goTo(d, "params", nil) {
		return head, false
	}
	service := func(name string, v any) {
		if text, ok := v.(string); ok && name == "service" {
			head.Service = text
		}
	}
	if !goTo(d, "args", service) || !opens(d, '[') {
		return head, false
	}
	for len(head.Args) < n {
		v, err := d.Token()
		if _, list := v.(json.Delim); err != nil || list {
			break
		}
		head.Args = append(head.Args, v)
	}
	return head, len(head.Args) > 0
}

// goTo reads an object up to the value of a member. See is told the plain values
// before it.
func goTo(d *json.Decoder, member string, see func(name string, v any)) bool {
	if !opens(d, '{') {
		return false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return false
		}
		if name == member {
			return true
		}
		v, ok := skip(d)
		if !ok {
			return false
		}
		if text, is := name.(string); is && see != nil {
			see(text, v)
		}
	}
	return false
}

func opens(d *json.Decoder, bracket json.Delim) bool {
	token, err := d.Token()
	return err == nil && token == bracket
}

// skip reads a value and returns it if it is plain.
func skip(d *json.Decoder) (v any, ok bool) {
	level := 0
	for {
		token, err := d.Token()
		if err != nil {
			return nil, false
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			level++
			continue
		case json.Delim(']'), json.Delim('}'):
			level--
		default:
			v = token
		}
		if level == 0 {
			return v, true
		}
	}
}
