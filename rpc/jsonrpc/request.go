package jsonrpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// What a body may be instead of a request. Their texts are Odoo's.
var (
	//lint:ignore ST1005 clients know this text
	ErrNotJSON = errors.New("Invalid JSON data")
	//lint:ignore ST1005 clients know this text
	ErrNotObject = errors.New("Invalid JSON-RPC data")
)

// Request is one call.
type Request struct {
	// ID is the id as it came; "null" when it is missing.
	ID json.RawMessage
	// Params is the member params as it came; an empty object when it is missing.
	Params json.RawMessage
}

var null = json.RawMessage("null")

// Read takes a request apart. What goes beyond the bounds is refused before it is
// decoded.
func Read(body []byte, bounds Bounds) (Request, error) {
	if err := bounds.Check(body); err != nil {
		return Request{}, err
	}
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if !json.Valid(body) {
		return Request{}, ErrNotJSON
	}
	if trimmed[0] != '{' {
		return Request{}, ErrNotObject
	}
	members, err := Members(body)
	if err != nil {
		return Request{}, ErrNotJSON
	}
	request := Request{ID: members["id"], Params: members["params"]}
	if request.ID == nil {
		request.ID = null
	}
	if request.Params == nil {
		request.Params = json.RawMessage("{}")
	}
	return request, nil
}

// Members takes an object apart. Names are told apart by case, unlike those of
// a struct that encoding/json fills; of two that are the same the last counts.
func Members(object []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		return nil, ErrNotObject
	}
	return members, nil
}

// Bounds are what a text may come to, before it is turned into values.
type Bounds struct {
	Depth  int // of brackets
	Values int // numbers, texts, lists, objects, …; 0 for any number
}

// Check refuses text whose brackets nest deeper, or that holds more values, than
// the bounds allow, without decoding it. A comma counts as a value, and a bracket
// as one more, so that the count is never too small. Text that is no JSON may pass.
func (b Bounds) Check(text []byte) error {
	level, values, inString := 0, 1, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == ',':
			values++
		case c == '[' || c == '{':
			values++
			if level++; level > b.Depth {
				return fmt.Errorf("%w: nested deeper than %d levels", ErrNotJSON, b.Depth)
			}
		case c == ']' || c == '}':
			level--
		}
	}
	if b.Values > 0 && values > b.Values {
		return fmt.Errorf("%w: more than %d values (limits.values_per_request)", ErrNotJSON, b.Values)
	}
	return nil
}

// Decode reads JSON text into plain Go values. Numbers stay json.Number, so
// that 1 and 1.0 are told apart and no digit is lost.
func Decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, ErrNotJSON
	}
	return v, nil
}
