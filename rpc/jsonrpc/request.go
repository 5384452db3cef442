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

// Read takes a request apart. Values nested deeper than depth are refused
// before they are decoded.
func Read(body []byte, depth int) (Request, error) {
	if err := CheckDepth(body, depth); err != nil {
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

// CheckDepth refuses text whose brackets nest deeper than depth, without
// decoding it. Text that is no JSON may pass.
func CheckDepth(text []byte, depth int) error {
	level, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if level++; level > depth {
				return fmt.Errorf("%w: nested deeper than %d levels", ErrNotJSON, depth)
			}
		case c == ']' || c == '}':
			level--
		}
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
