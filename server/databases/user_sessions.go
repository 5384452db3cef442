package databases

import (
	"context"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/rpc/session"
)

var _ base.Sessions = (*Sessions)(nil)

// nameLetters is how much of a session's key names it to people: enough to tell
// a user's sessions apart, and no way to its token.
const nameLetters = 16

// SessionName names a session, by its key, in lists.
func SessionName(key string) string { return key[:min(len(key), nameLetters)] }

// Of lists a user's sessions that have not ended, the last used first.
func (s *Sessions) Of(ctx context.Context, database string, uid int64) ([]base.Session, error) {
	rows, err := s.system.db.QueryContext(ctx, `SELECT token_hash, address, agent, created_at, used_at, expires_at FROM girosync_session
		WHERE db = $1 AND uid = $2 AND expires_at > $3 ORDER BY used_at DESC, token_hash`, database, uid, s.now().Unix())
	if err != nil {
		return nil, storeError(err, "list sessions")
	}
	defer rows.Close()
	var list []base.Session
	for rows.Next() {
		var v base.Session
		var created, used, expires int64
		if err := rows.Scan(&v.Key, &v.Address, &v.Agent, &created, &used, &expires); err != nil {
			return nil, storeError(err, "list sessions")
		}
		v.Name = SessionName(v.Key)
		v.Created, v.Used, v.Expires = time.Unix(created, 0).UTC(), time.Unix(used, 0).UTC(), time.Unix(expires, 0).UTC()
		list = append(list, v)
	}
	return list, rows.Err()
}

// EndOf ends the sessions of a user, or of a whole database when uid is 0, but
// for the one with the key that is to stay.
func (s *Sessions) EndOf(ctx context.Context, database string, uid int64, stays string) error {
	s.forget(func(key string, v session.Session) bool {
		return v.Database == database && (uid == 0 || v.UID == uid) && key != stays
	})
	_, err := s.system.db.ExecContext(ctx, `DELETE FROM girosync_session WHERE db = $1 AND (CAST($2 AS BIGINT) = 0 OR uid = $3) AND `+
		`token_hash <> $4`,
		database, uid, uid, stays)
	if err != nil {
		return storeError(err, "end sessions of %q", database)
	}
	return nil
}

// EndNamed ends those of a user's sessions that have one of the names, and
// returns how many there were.
func (s *Sessions) EndNamed(ctx context.Context, database string, uid int64, names []string) (int, error) {
	ended := 0
	for _, name := range names {
		if len(name) != nameLetters || strings.Trim(name, "0123456789abcdef") != "" {
			continue
		}
		s.forget(func(key string, v session.Session) bool {
			return v.Database == database && v.UID == uid && SessionName(key) == name
		})
		done, err := s.system.db.ExecContext(ctx, `DELETE FROM girosync_session WHERE db = $1 AND uid = $2 AND token_hash LIKE $3`,
			database, uid, name+"%")
		if err != nil {
			return ended, storeError(err, "end session")
		}
		if n, err := done.RowsAffected(); err == nil {
			ended += int(n)
		}
	}
	return ended, nil
}

// forget takes sessions out of what is remembered.
func (s *Sessions) forget(which func(key string, v session.Session) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, r := range s.seen {
		if which(key, r.session) {
			delete(s.seen, key)
		}
	}
}
