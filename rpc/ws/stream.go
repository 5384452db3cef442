package ws

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"github.com/sourcegraph/jsonrpc2"
	stream "github.com/sourcegraph/jsonrpc2/websocket"

	"github.com/girosync/girosync/rpc/jsonrpc"
)

// bounded is the library's stream with bounds, and with answers to what is no
// request, where the library would close.
type bounded struct {
	stream.ObjectStream
	p *peer
}

func newStream(p *peer) jsonrpc2.ObjectStream { return bounded{stream.NewObjectStream(p.ws), p} }

// WriteObject sends one message; a client that does not read ends.
func (b bounded) WriteObject(v any) error {
	b.p.writing.Lock()
	defer b.p.writing.Unlock()
	if err := b.p.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return b.ObjectStream.WriteObject(v)
}

// ReadObject reads the next request.
func (b bounded) ReadObject(v any) error {
	<-b.p.ready
	for {
		limit := b.p.limits.Message
		if b.p.identity().UID == 0 {
			limit = min(limit, cmp.Or(b.p.limits.Unknown, beforeLogin))
		}
		b.p.ws.SetReadLimit(limit)
		kind, text, err := b.p.ws.ReadMessage()
		if err != nil {
			return err
		}
		_ = b.p.ws.SetReadDeadline(time.Now().Add(2*pingAfter + time.Second)) // fails at the next read
		if kind != websocket.TextMessage || !utf8.Valid(text) {
			b.p.end(websocket.CloseInvalidFramePayloadData, "")
			<-b.p.rpc.DisconnectNotify()
			return websocket.ErrCloseSent
		}
		request, flaw := b.request(text)
		switch {
		case request != nil:
			return json.Unmarshal(request, v)
		case flaw == nil: // a response to nothing
			continue
		}
		err = b.WriteObject(map[string]any{"jsonrpc": "2.0", "id": flaw.id, "error": jsonrpc2.Error{Code: flaw.code, Message: flaw.why}})
		if err != nil {
			return err
		}
	}
}

// flaw is what is wrong with a message that should be a request.
type flaw struct {
	id   json.RawMessage // null where none can be made out
	code int64
	why  string
}

// request is a message as the library takes it: the members that it knows, under
// their exact names, so that no others make it close. Neither a request nor a
// flaw is a message to be ignored.
func (b bounded) request(text []byte) (request []byte, _ *flaw) {
	none := json.RawMessage("null")
	if err := (jsonrpc.Bounds{Depth: b.p.limits.Depth, Values: b.p.limits.Values}).Check(text); err != nil {
		return nil, &flaw{none, jsonrpc2.CodeParseError, err.Error()}
	}
	if !json.Valid(text) {
		return nil, &flaw{none, jsonrpc2.CodeParseError, "Invalid JSON"}
	}
	members, err := jsonrpc.Members(text)
	if err != nil {
		return nil, &flaw{none, jsonrpc2.CodeInvalidRequest, "A request is an object; there are no batches"}
	}
	if _, asks := members["method"]; !asks && (members["result"] != nil || members["error"] != nil) {
		return nil, nil
	}
	id, given := members["id"]
	if given && !isID(id) {
		return nil, &flaw{none, jsonrpc2.CodeInvalidRequest, "id must be a text or a whole number"}
	}
	if !given {
		id = none
	}
	var method string
	if json.Unmarshal(members["method"], &method) != nil || method == "" {
		return nil, &flaw{id, jsonrpc2.CodeInvalidRequest, "method must be a text"}
	}
	known := map[string]any{"method": method}
	if given {
		known["id"] = id
	}
	if params := bytes.TrimSpace(members["params"]); len(params) > 0 {
		if params[0] != '{' && params[0] != '[' && params[0] != 'n' {
			return nil, &flaw{id, jsonrpc2.CodeInvalidRequest, "params must be an object or a list"}
		}
		known["params"] = json.RawMessage(params)
	}
	if request, err = json.Marshal(known); err != nil {
		return nil, &flaw{id, jsonrpc2.CodeParseError, "Invalid JSON"}
	}
	return request, nil
}

// isID reports whether a JSON value is an id: a text, or a whole number that the
// library can hold.
func isID(raw json.RawMessage) bool {
	if bytes.Equal(raw, []byte("null")) {
		return false
	}
	var number int64
	return json.Unmarshal(raw, new(string)) == nil || json.Unmarshal(raw, &number) == nil && number >= 0
}
