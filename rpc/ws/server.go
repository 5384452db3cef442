package ws

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
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
	// Alive reports whether the session still lasts.
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

// Server serves the sockets of all databases.
type Server struct{ opt Options }

// New makes a server.
func New(opt Options) *Server { return &Server{opt: opt} }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "not there yet", http.StatusNotImplemented)
}

// Wake says that new messages may be there.
func (s *Server) Wake(database string) {}

// EndSession closes the sockets of a session.
func (s *Server) EndSession(token string) {}

// Drop closes the sockets of a database.
func (s *Server) Drop(database string) {}

// Close closes all sockets and waits.
func (s *Server) Close(ctx context.Context) error { return nil }

// Count is the number of open sockets.
func (s *Server) Count() int { return 0 }
