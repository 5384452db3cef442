package entrance

import (
	"context"
	"slices"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
	"github.com/girosync/girosync/server/databases"
)

// Sessions are the log-ins of a host; the sockets of a session end with it.
type Sessions struct {
	*databases.Sessions
	// Sockets may be nil: then there are none.
	Sockets Sockets
}

var (
	_ session.Store = (*Sessions)(nil)
	_ base.Sessions = (*Sessions)(nil)
)

// Sockets are the open ones; ws.Server has them.
type Sockets interface {
	EndSession(token string)
	EndSessions(which func(who ws.Identity) bool)
}

// Delete ends a session.
func (s *Sessions) Delete(ctx context.Context, token string) error {
	err := s.Sessions.Delete(ctx, token)
	if s.Sockets != nil {
		s.Sockets.EndSession(token)
	}
	return err
}

// EndOf ends a user's sessions, but for the one whose key is stays.
func (s *Sessions) EndOf(ctx context.Context, database string, uid int64, stays string) error {
	err := s.Sessions.EndOf(ctx, database, uid, stays)
	s.endSockets(database, uid, func(key string) bool { return key != stays })
	return err
}

// EndNamed ends some of a user's sessions and returns how many there were.
func (s *Sessions) EndNamed(ctx context.Context, database string, uid int64, names []string) (int, error) {
	n, err := s.Sessions.EndNamed(ctx, database, uid, names)
	s.endSockets(database, uid, func(key string) bool { return slices.Contains(names, databases.SessionName(key)) })
	return n, err
}

func (s *Sessions) endSockets(database string, uid int64, which func(key string) bool) {
	if s.Sockets == nil {
		return
	}
	s.Sockets.EndSessions(func(who ws.Identity) bool {
		return who.Database == database && who.UID == uid && which(session.Key(who.Token))
	})
}
