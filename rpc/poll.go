package rpc

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

// Bus is what clients without sockets ask for messages.
type Bus interface {
	// Peek returns what the sender of a request may hear of the channels after
	// an id, and which of them it may hear. It does not wait.
	Peek(r *http.Request, channels []string, last int64) (who ws.Identity, heard []string, list []ws.Message, err error)
}

// peek is /websocket/peek_notifications: {channels, last, is_first_poll}.
func (s *Server) peek(r *http.Request, w http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	params, err := members(raw)
	if err != nil {
		return nil, err
	}
	if err := require("WebsocketController.peek_notifications()", params, "channels", "last"); err != nil {
		return nil, err
	}
	asked, ok := params["channels"].([]any)
	channels := make([]string, len(asked))
	for i, channel := range asked {
		if channels[i], ok = channel.(string); !ok {
			break
		}
	}
	if !ok && len(asked) > 0 || asked == nil {
		return nil, fault.New(fault.Value, "bus.Bus only string channels are allowed.")
	}
	last, err := uidOf(params["last"])
	if err != nil {
		return nil, err
	}
	if first, _ := params["is_first_poll"].(bool); first {
		s.polls.begin(w, r, secure(r, s.opt.PublicURL))
	} else if !s.polls.began(r) {
		return nil, errExpired
	}
	who, heard, list, err := s.opt.Bus.Peek(r, channels, last)
	if err != nil {
		return nil, err
	}
	told := make([]any, len(heard))
	for i, channel := range heard {
		told[i] = []any{who.Database, channel}
	}
	return encoded(map[string]any{"channels": told, "notifications": json.RawMessage(ws.AppendMessages(nil, list))})
}

// presence is /websocket/update_bus_presence. Who is at the keyboard is told
// nobody here, so it does nothing.
func (s *Server) presence(r *http.Request, _ http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	params, err := members(raw)
	if err != nil {
		return nil, err
	}
	if err := require("WebsocketController.update_bus_presence()", params, "inactivity_period", "im_status_ids_by_model"); err != nil {
		return nil, err
	}
	if !s.polls.began(r) {
		return nil, errExpired
	}
	return encoded(map[string]any{})
}

// polls knows which clients have asked for messages before: one whose session
// ended meanwhile is told so instead of being answered as nobody. The client
// carries the mark as well, for a host has others beside it.
type polls struct {
	mu    sync.Mutex
	known map[string]bool
}

const (
	pollCookie = "bus_poll"
	mostPolls  = 100_000
)

// mark is what stands for a request's session.
func mark(token string) string { return session.Key(token)[:32] }

func (p *polls) begin(w http.ResponseWriter, r *http.Request, secure bool) {
	token := session.TokenOf(r)
	if token == "" { // nobody's: as on Odoo it gets a session's cookie, of no log-in
		token = session.NewToken()
		http.SetCookie(w, &http.Cookie{Name: session.CookieName, Value: token, Path: "/", HttpOnly: true, Secure: secure,
			SameSite: http.SameSiteLaxMode})
	}
	p.mu.Lock()
	if p.known == nil || len(p.known) >= mostPolls {
		p.known = map[string]bool{}
	}
	p.known[mark(token)] = true
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: pollCookie, Value: mark(token), Path: "/websocket", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode})
}

func (p *polls) began(r *http.Request) bool {
	token := session.TokenOf(r)
	if token == "" {
		return false
	}
	if cookie, err := r.Cookie(pollCookie); err == nil && cookie.Value == mark(token) {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[mark(token)]
}
