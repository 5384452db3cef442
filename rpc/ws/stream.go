package ws

import (
	"bytes"
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
			limit = min(limit, beforeLogin)
		}
		b.p.ws.SetReadLimit(limit)
		kind, text, err := b.p.ws.ReadMessage()
		if err != nil {
			return err
		}
		_ = b.p.ws.SetReadDeadline(time.Now().Add(2*b.p.s.opt.Ping + time.Second)) // fails at the next read
		if kind != websocket.TextMessage || !utf8.Valid(text) {
			b.p.end(websocket.CloseInvalidFramePayloadData, "")
			<-b.p.rpc.DisconnectNotify()
			return websocket.ErrCloseSent
		}
		code, why := b.flaw(text)
		if code == 0 && why == "" {
			return json.Unmarshal(text, v)
		}
		if code == 0 { // a response to nothing
			continue
		}
		err = b.WriteObject(map[string]any{"jsonrpc": "2.0", "id": nil, "error": jsonrpc2.Error{Code: code, Message: why}})
		if err != nil {
			return err
		}
	}
}

// flaw says what is wrong with a request: nothing (0, ""), that it is to be
// ignored (0 and a word), or an error to answer.
func (b bounded) flaw(text []byte) (code int64, why string) {
	if err := jsonrpc.CheckDepth(text, b.p.limits.Depth); err != nil {
		return jsonrpc2.CodeParseError, err.Error()
	}
	if !json.Valid(text) {
		return jsonrpc2.CodeParseError, "Invalid JSON"
	}
	members, err := jsonrpc.Members(text)
	if err != nil {
		return jsonrpc2.CodeInvalidRequest, "A request is an object; there are no batches"
	}
	var method string
	switch raw, asks := members["method"]; {
	case !asks && (members["result"] != nil || members["error"] != nil):
		return 0, "a response"
	case json.Unmarshal(raw, &method) != nil || method == "":
		return jsonrpc2.CodeInvalidRequest, "method must be a text"
	}
	if id, given := members["id"]; given && json.Unmarshal(id, new(uint64)) != nil && (json.Unmarshal(id, new(string)) != nil) || bytes.Equal(id, []byte("null")) {
		return jsonrpc2.CodeInvalidRequest, "id must be a text or a whole number"
	}
	if params := bytes.TrimSpace(members["params"]); len(params) > 0 && params[0] != '{' && params[0] != '[' && params[0] != 'n' {
		return jsonrpc2.CodeInvalidRequest, "params must be an object or a list"
	}
	return 0, ""
}
