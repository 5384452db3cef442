package ws

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/sourcegraph/jsonrpc2"
)

// Caller is what the sockets of /rpc ask of the host.
type Caller interface {
	// Login checks who somebody is and begins a session. Key stands for login
	// and password. profile is what the client is told.
	Login(r *http.Request, in Login) (who Identity, profile any, err error)
	// Logout ends a session.
	Logout(ctx context.Context, who Identity) error
	// Call runs a method of a model. The result is JSON text, nil for None.
	Call(r *http.Request, who Identity, model, method string, args []any, kwargs map[string]any) (json.RawMessage, error)
	// Tell puts an error into JSON-RPC's form, and what is not for the client
	// into the log.
	Tell(r *http.Request, err error) *jsonrpc2.Error
	// Version is what a client is told of the host.
	Version() any
}

// Login is how somebody says who they are. An empty database is the only one.
type Login struct {
	Database string `json:"db"`
	Login    string `json:"login"`
	Password string `json:"password"`
	Key      string `json:"key"`
}

// CallLimits bound what one socket of /rpc may ask. What may come before the
// log-in is bounded more tightly.
type CallLimits struct {
	Message int64 // bytes
	Depth   int   // nesting of JSON
	Values  int   // numbers, texts, lists, objects, …; 0 for any number
	Unknown int64 // bytes from somebody who is not known; 0 for 64 KiB
	Calls   int   // at the same time; more are refused
}

// beforeLogin is the largest message from somebody unknown, if nothing is said.
const beforeLogin = 64 << 10

// Calls serves /rpc: JSON-RPC 2.0, both ways.
func (s *Server) Calls(caller Caller, limits CallLimits) http.Handler {
	up := upgrader(func(r *http.Request, origin string) bool { return origin == "" || s.opt.Origins(r, origin) })
	up.ReadBufferSize, up.Subprotocols = 4096, []string{"jsonrpc"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse(w, r, false) {
			return
		}
		who, err := s.opt.Backend.Identify(r)
		if err != nil {
			s.opt.Log.Error("rpc: identify", "error", err)
			page(w, http.StatusInternalServerError, "Internal Server Error", "")
			return
		}
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return // the upgrader has answered
		}
		p := newPeer(s, caller, limits, r, ws, who)
		if !s.admit(p) {
			ws.Close()
			return
		}
		go func() {
			defer s.running.Done()
			p.serve()
			s.dismiss(p)
		}()
	})
}

// peer is one socket of /rpc.
type peer struct {
	s       *Server
	caller  Caller
	limits  CallLimits
	request *http.Request // the handshake
	ws      *websocket.Conn
	rpc     *jsonrpc2.Conn
	ready   chan struct{} // closed when rpc is there
	sub     *subscriber
	expires time.Time

	out  chan *frame
	done chan struct{} // closed when the peer is to end
	once sync.Once
	// goodbye is what the closing frame says; nil for none.
	goodbye []byte
	running sync.WaitGroup // calls
	writing sync.Mutex     // one message at a time

	handling sync.Mutex // held while a request is taken
	over     bool       // no more are taken; handling guards it

	mu      sync.Mutex
	who     Identity
	own     bool // the session began here, and ends here
	calls   int
	cancels map[jsonrpc2.ID]context.CancelFunc
}

func newPeer(s *Server, caller Caller, limits CallLimits, r *http.Request, ws *websocket.Conn, who Identity) *peer {
	p := &peer{s: s, caller: caller, limits: limits, request: r, ws: ws, who: who, expires: s.retirement(),
		out: make(chan *frame, queueLength), done: make(chan struct{}), ready: make(chan struct{}),
		cancels: map[jsonrpc2.ID]context.CancelFunc{}}
	p.sub = &subscriber{s: s, queue: p.queue, drop: p.drop}
	return p
}

func (p *peer) identity() Identity {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.who
}

// queue takes notifications to be sent; false when the client is too far behind.
func (p *peer) queue(f *frame) bool {
	select {
	case p.out <- f:
		return true
	default:
		return false
	}
}

// drop ends a peer whose client does not read: a write under way is cut off.
func (p *peer) drop() {
	p.end(websocket.CloseTryAgainLater, "")
	_ = p.ws.NetConn().SetDeadline(time.Now()) // it may be closed already
}

func (p *peer) end(code int, reason string) {
	p.once.Do(func() {
		p.goodbye = websocket.FormatCloseMessage(code, clipped(reason))
		close(p.done)
	})
}

// serve works until either side closes. What still runs then is cut off. The
// library closes at once when its context ends, so that only serve ends it: a
// server that stops ends its sockets, and each says goodbye first.
func (p *peer) serve() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.s.ctx))
	defer cancel()
	p.listen()
	p.rpc = jsonrpc2.NewConn(ctx, newStream(p), p, jsonrpc2.SetLogger(silence{}))
	close(p.ready)
	p.write(ctx)
	p.once.Do(func() { close(p.done) })
	if p.goodbye != nil {
		_ = p.ws.WriteControl(websocket.CloseMessage, p.goodbye, time.Now().Add(time.Second)) // it may be gone already
	}
	_ = p.rpc.Close() // it may be closed already
	cancel()
	p.handling.Lock()
	p.over = true
	p.handling.Unlock()
	p.running.Wait()
	p.sub.leave()
	p.forget()
}

// silence keeps the library from writing to standard error: what a client does
// wrong is told the client.
type silence struct{}

func (silence) Printf(string, ...any) {}

// listen prepares the socket: what is silent for two pings is gone.
func (p *peer) listen() {
	extend := func() { _ = p.ws.SetReadDeadline(time.Now().Add(2*pingAfter + time.Second)) }
	extend()
	p.ws.SetPongHandler(func(string) error { extend(); return nil })
	p.ws.SetCloseHandler(func(code int, reason string) error {
		if code == websocket.CloseNoStatusReceived {
			code = websocket.CloseNormalClosure
		}
		echo := websocket.FormatCloseMessage(code, reason)
		_ = p.ws.WriteControl(websocket.CloseMessage, echo, time.Now().Add(time.Second)) // it may be gone already
		return nil
	})
}

// write sends notifications and pings and looks after the session.
func (p *peer) write(ctx context.Context) {
	ping := time.NewTicker(pingAfter)
	defer ping.Stop()
	look := time.NewTicker(aliveEvery)
	defer look.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-p.rpc.DisconnectNotify():
			return
		case f := <-p.out:
			if p.rpc.Notify(ctx, "notifications", f.list) != nil {
				return
			}
		case <-ping.C:
			if p.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				return
			}
		case <-look.C:
			p.look(ctx)
		}
	}
}

// look ends a peer whose session is over, or that is old.
func (p *peer) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	who := p.identity()
	switch {
	case who.UID != 0 && !p.s.opt.Backend.Alive(ctx, who):
		p.end(closeSessionExpired, "")
	case p.s.opt.Now().After(p.expires):
		p.end(closeKeepAlive, "")
	}
}

// forget ends the session that began on this socket.
func (p *peer) forget() {
	p.mu.Lock()
	who, own := p.who, p.own
	p.who, p.own = Identity{Database: who.Database}, false
	p.mu.Unlock()
	if !own {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.s.ctx), writeWithin)
	defer cancel()
	if err := p.caller.Logout(ctx, who); err != nil {
		p.s.opt.Log.Error("rpc: end of a session", "database", who.Database, "error", err)
	}
}
