package jsonrpc

import "encoding/json"

// Error is the member error of a reply.
type Error struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Data    ErrorData `json:"data"`
}

// ErrorData tells clients which exception it would have been in Odoo.
type ErrorData struct {
	Name      string `json:"name"`  // "odoo.exceptions.UserError", "builtins.ValueError", …
	Debug     string `json:"debug"` // never a stack of ours: the message again, and the reference
	Message   string `json:"message"`
	Arguments []any  `json:"arguments"`
	Context   struct {
	} `json:"context"`
}

// AppendResult appends a reply with a result that is JSON text already. A nil
// result is Python's None: the reply then has no member result.
func AppendResult(dst []byte, id, result json.RawMessage) []byte {
	dst = head(dst, id)
	if result != nil {
		dst = append(dst, `,"result":`...)
		dst = append(dst, result...)
	}
	return append(dst, '}')
}

// AppendResultHead begins a reply with a result; the caller appends the result
// and '}'.
func AppendResultHead(dst []byte, id json.RawMessage) []byte {
	return append(head(dst, id), `,"result":`...)
}

// AppendError appends a reply with an error.
func AppendError(dst []byte, id json.RawMessage, e Error) []byte {
	dst = append(head(dst, id), `,"error":`...)
	text, err := json.Marshal(e)
	if err != nil { // arguments that are no JSON; the message says enough
		e.Data.Arguments = []any{e.Data.Message}
		text, _ = json.Marshal(e)
	}
	return append(append(dst, text...), '}')
}

func head(dst []byte, id json.RawMessage) []byte {
	if id == nil {
		id = null
	}
	dst = append(dst, `{"jsonrpc":"2.0","id":`...)
	return append(dst, id...)
}
