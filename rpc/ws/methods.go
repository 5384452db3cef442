package ws

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/girosync/girosync/rpc/jsonrpc"
)

// Errors of the connection itself.
var (
	errTooMany  = &jsonrpc2.Error{Code: -32000, Message: "Too many calls at the same time on this connection"}
	errCanceled = &jsonrpc2.Error{Code: -32800, Message: "Canceled"}
)

func badParams(why string) error {
	return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: why}
}

// Handle is the library's way to hand over a request. What changes the
// connection runs in its turn; calls run beside each other.
func (p *peer) Handle(ctx context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) {
	p.handling.Lock()
	defer p.handling.Unlock()
	if p.over {
		return
	}
	switch req.Method {
	case "call":
		p.start(ctx, req)
		return
	case "subscribe":
		p.subscribe(ctx, req)
		return
	}
	result, err := p.method(ctx, req)
	p.answer(ctx, req, result, err)
}

func (p *peer) method(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	switch req.Method {
	case "version":
		return p.caller.Version(), nil
	case "login":
		return p.login(ctx, req)
	case "logout":
		p.sub.leave()
		p.forget()
		return true, nil
	case "session":
		who := p.identity()
		if who.UID == 0 {
			return false, nil
		}
		return map[string]any{"uid": who.UID, "db": who.Database}, nil
	case "unsubscribe":
		p.sub.leave()
		return true, nil
	case "cancel":
		return p.cancel(req)
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "Unknown method; there are version, login, logout, session, " +
		"call, cancel, subscribe, unsubscribe"}
}

// answer replies to a request that wants a reply.
func (p *peer) answer(ctx context.Context, req *jsonrpc2.Request, result any, err error) {
	if req.Notif {
		return
	}
	var told *jsonrpc2.Error
	switch {
	case err == nil:
		err = p.rpc.Reply(ctx, req.ID, result)
	case errors.As(err, &told):
		err = p.rpc.ReplyWithError(ctx, req.ID, told)
	default:
		err = p.rpc.ReplyWithError(ctx, req.ID, p.caller.Tell(p.request, err))
	}
	if err != nil && ctx.Err() == nil {
		p.s.opt.Log.Debug("rpc: reply", "error", err)
		_ = p.rpc.Close() // nothing can be told any more
	}
}

func (p *peer) login(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	var in Login
	if req.Params == nil || json.Unmarshal(*req.Params, &in) != nil || in.Key == "" && (in.Login == "" || in.Password == "") {
		return nil, badParams("login takes {db, login, password} or {db, key}")
	}
	who, profile, err := p.caller.Login(p.request.WithContext(ctx), in)
	if err != nil {
		return nil, err
	}
	p.sub.leave()
	p.forget()
	p.mu.Lock()
	p.who, p.own = who, true
	p.mu.Unlock()
	return profile, nil
}

// start runs a call beside the others.
func (p *peer) start(ctx context.Context, req *jsonrpc2.Request) {
	ctx, cancel := context.WithCancel(ctx)
	p.mu.Lock()
	full := p.calls >= p.limits.Calls
	if !full {
		p.calls++
		if !req.Notif {
			p.cancels[req.ID] = cancel
		}
	}
	p.mu.Unlock()
	if full {
		cancel()
		p.answer(ctx, req, nil, errTooMany)
		return
	}
	p.running.Go(func() {
		result, err := p.call(p.request.WithContext(ctx), req)
		p.mu.Lock()
		p.calls--
		delete(p.cancels, req.ID)
		p.mu.Unlock()
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			err = errCanceled
		}
		p.answer(context.WithoutCancel(ctx), req, result, err)
		cancel()
	})
}

// cancel ends a call under way; it answers whether there was one.
func (p *peer) cancel(req *jsonrpc2.Request) (any, error) {
	var in struct {
		ID *jsonrpc2.ID `json:"id"`
	}
	if req.Params == nil || json.Unmarshal(*req.Params, &in) != nil || in.ID == nil {
		return nil, badParams("cancel takes {id}")
	}
	p.mu.Lock()
	cancel, ok := p.cancels[*in.ID]
	p.mu.Unlock()
	if ok {
		cancel()
	}
	return ok, nil
}

func (p *peer) call(r *http.Request, req *jsonrpc2.Request) (any, error) {
	in, err := callOf(req)
	if err != nil {
		return nil, err
	}
	who := p.identity()
	if who.UID != 0 && !p.s.opt.Backend.Alive(r.Context(), who) {
		p.end(closeSessionExpired, "")
		who.UID = 0 // Call says so, too
	}
	result, err := p.caller.Call(r, who, in.model, in.method, in.args, in.kwargs)
	if err != nil || result == nil {
		return nil, err
	}
	return result, nil
}

type callParams struct {
	model, method string
	args          []any
	kwargs        map[string]any
}

// callOf reads {model, method, args, kwargs}, or the same as a list.
func callOf(req *jsonrpc2.Request) (in callParams, err error) {
	wrong := badParams("call takes {model, method, args?, kwargs?}")
	if req.Params == nil {
		return in, wrong
	}
	v, err := jsonrpc.Decode(*req.Params)
	if err != nil {
		return in, wrong
	}
	named, ok := v.(map[string]any)
	if list, positional := v.([]any); positional {
		named, ok = map[string]any{}, len(list) <= 4
		for i, name := range []string{"model", "method", "args", "kwargs"} {
			if i < len(list) {
				named[name] = list[i]
			}
		}
	}
	if !ok {
		return in, wrong
	}
	var given [4]bool
	in.model, given[0] = named["model"].(string)
	in.method, given[1] = named["method"].(string)
	in.args, given[2] = named["args"].([]any)
	in.kwargs, given[3] = named["kwargs"].(map[string]any)
	for i, name := range []string{"model", "method", "args", "kwargs"} {
		if !given[i] && (i < 2 || !jsonrpc.Empty(named[name])) {
			return in, wrong
		}
	}
	return in, nil
}

// subscribe replaces the channels; the answer comes before the first message.
func (p *peer) subscribe(ctx context.Context, req *jsonrpc2.Request) {
	who := p.identity()
	if req.Params == nil {
		p.answer(ctx, req, nil, badParams("subscribe takes {channels, last?}"))
		return
	}
	channels, last, ok := wish(*req.Params)
	if !ok {
		p.answer(ctx, req, nil, badParams("subscribe takes {channels, last?}"))
		return
	}
	if who.Database == "" || who.UID != 0 && !p.s.opt.Backend.Alive(ctx, who) {
		p.answer(ctx, req, nil, &jsonrpc2.Error{Code: 100, Message: "Log in first"})
		return
	}
	err := p.sub.subscribe(ctx, who, channels, last, func(channels []string, newest int64) {
		p.answer(ctx, req, map[string]any{"channels": channels, "last": newest}, nil)
	})
	if err != nil {
		p.answer(ctx, req, nil, err)
	}
}
