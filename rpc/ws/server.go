package ws

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Message is one message of a bus.
type Message struct {
	ID      int64
	Channel string
	Body    json.RawMessage // {"type": …, "payload": …}
}

// Identity is whose socket it is. UID 0 is nobody: not logged in.
type Identity struct {
	Database string
	UID      int64
	Token    string // of the session; a secret
	// Key is the API key that the session began with, a secret, and Address from
	// where it came; empty for other sessions. The session ends with the key.
	Key, Address string
	// Cookie renews the session in the answer to the handshake; nil for none.
	Cookie *http.Cookie
}

// Backend is what the sockets ask of the host.
type Backend interface {
	// Identify tells whose socket a request opens; no session is no error.
	Identify(r *http.Request) (Identity, error)
	// Channels returns those of the asked channels that may be heard, and those
	// that everyone of this kind hears.
	Channels(ctx context.Context, who Identity, asked []string) ([]string, error)
	// Since returns up to limit messages above an id, oldest first.
	Since(ctx context.Context, database string, last int64, limit int) ([]Message, error)
	// Recent returns up to limit messages written since an instant, oldest first.
	Recent(ctx context.Context, database string, since time.Time, limit int) ([]Message, error)
	// Edges returns the lowest and highest id that are kept; 0, 0 when there is none.
	Edges(ctx context.Context, database string) (oldest, newest int64, err error)
	// Alive reports whether the session, and the key that it began with, still last.
	Alive(ctx context.Context, who Identity) bool
}

// Options of a server.
type Options struct {
	Backend Backend
	// Origins says whether a page of that origin may open a socket.
	Origins func(r *http.Request, origin string) bool
	Log     *slog.Logger
	Now     func() time.Time
	// Version is the protocol's version that clients must name.
	Version string
}

// socket is an open one of either kind.
type socket interface {
	identity() Identity
	// end closes it with a code and a reason, without waiting.
	end(code int, reason string)
}

// Server serves the sockets of all databases.
type Server struct {
	opt      Options
	upgrader *websocket.Upgrader
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup // hubs and conns

	mu     sync.Mutex
	closed bool
	hubs   map[string]*hub
	open   map[socket]struct{}
}

// New makes a server.
func New(opt Options) *Server {
	s := &Server{opt: opt, upgrader: upgrader(opt.Origins), hubs: map[string]*hub{}, open: map[socket]struct{}{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// ServeHTTP takes a request over as a socket.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refuse(w, r, true) {
		return
	}
	who, err := s.opt.Backend.Identify(r)
	if err != nil {
		s.opt.Log.Error("bus: identify", "error", err)
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, greeting(who))
	if err != nil {
		return // the upgrader has answered
	}
	c := newConn(s, ws, who)
	if !s.admit(c) {
		c.end(websocket.CloseGoingAway, "")
		return
	}
	if s.outdated(r) {
		c.end(websocket.CloseNormalClosure, "OUTDATED_VERSION")
	}
	go func() {
		defer s.running.Done()
		c.read()
		c.sub.leave()
		s.dismiss(c)
	}()
}

// outdated: a browser that names another version has an old page open.
func (s *Server) outdated(r *http.Request) bool {
	return r.UserAgent() != "" && r.URL.Query().Get("version") != s.opt.Version
}

// admit counts a socket in, with its goroutine; not once the server closes.
func (s *Server) admit(c socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open[c] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) dismiss(c socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// hubOf is the hub of a database, made when it is missing; nil once the server
// closes.
func (s *Server) hubOf(database string) *hub {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	h, ok := s.hubs[database]
	if !ok {
		h = newHub(s, database)
		s.hubs[database] = h
		s.running.Go(func() { h.run(s.ctx) })
	}
	return h
}

// Wake says that new messages may be there. It does not wait.
func (s *Server) Wake(database string) {
	s.mu.Lock()
	h := s.hubs[database]
	s.mu.Unlock()
	if h != nil {
		h.nudge()
	}
}

// EndSession closes the sockets of a session.
func (s *Server) EndSession(token string) {
	s.endAll(closeSessionExpired, func(who Identity) bool { return token != "" && who.Token == token })
}

// EndSessions closes the sockets of people's sessions.
func (s *Server) EndSessions(which func(who Identity) bool) {
	s.endAll(closeSessionExpired, func(who Identity) bool { return who.Token != "" && which(who) })
}

// Drop closes the sockets of a database.
func (s *Server) Drop(database string) {
	s.endAll(websocket.CloseGoingAway, func(who Identity) bool { return who.Database == database })
}

func (s *Server) endAll(code int, which func(who Identity) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		if which(c.identity()) {
			c.end(code, "")
		}
	}
}

// Close closes all sockets and waits for them, until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.endAll(websocket.CloseGoingAway, func(Identity) bool { return true })
	s.cancel()
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close sockets: %w", ctx.Err())
	}
}

// Count is the number of open sockets.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}
