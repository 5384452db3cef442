package databases

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/rpc/session"
)

// Sessions keeps sessions in the system store and remembers those seen lately,
// so that a call costs no query. A session ended by another host is noticed
// when what is remembered has grown old.
type Sessions struct {
	system *System
	now    func() time.Time
	mu     sync.Mutex
	seen   map[string]remembered
}

type remembered struct {
	session session.Session
	until   time.Time
}

// rememberFor bounds how long an ended session may still be believed, and
// rememberMost how many are kept.
const (
	rememberFor  = 5 * time.Second
	rememberMost = 20_000
)

// Sessions returns the host's session store.
func (s *System) Sessions(now func() time.Time) *Sessions {
	return &Sessions{system: s, now: now, seen: map[string]remembered{}}
}

var _ session.Store = (*Sessions)(nil)

// Save writes a session.
func (s *Sessions) Save(ctx context.Context, v session.Session) error {
	_, err := s.system.db.ExecContext(ctx,
		`INSERT INTO girosync_session (token_hash, db, uid, login, lang, tz, created_at, expires_at, address, agent, used_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		 ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at, lang = excluded.lang, tz = excluded.tz`,
		session.Key(v.Token), v.Database, v.UID, v.Login, v.Lang, v.TZ, v.Created.Unix(), v.Expires.Unix(),
		v.Address, shortened(v.Agent), v.Used.Unix())
	if err != nil {
		return storeError(err, "save session")
	}
	s.remember(v)
	return nil
}

// shortened keeps what a client says of itself within reason.
func shortened(agent string) string {
	const most = 200
	if agent = strings.ToValidUTF8(strings.ReplaceAll(agent, "\x00", ""), ""); len(agent) > most {
		agent = strings.ToValidUTF8(agent[:most], "")
	}
	return agent
}

// Renew notes that a session was used and until when it lasts now. One that was
// ended in the meantime stays ended.
func (s *Sessions) Renew(ctx context.Context, v session.Session) error {
	done, err := s.system.db.ExecContext(ctx, `UPDATE girosync_session SET expires_at = $1, used_at = $2, address = $3 WHERE `+
		`token_hash = $4`,
		v.Expires.Unix(), v.Used.Unix(), v.Address, session.Key(v.Token))
	if err != nil {
		return storeError(err, "renew session")
	}
	if n, err := done.RowsAffected(); err == nil && n == 1 {
		s.remember(v)
	}
	return nil
}

// Find reads a session; the zero Session when there is none or it has expired.
func (s *Sessions) Find(ctx context.Context, token string) (session.Session, error) {
	if token == "" {
		return session.Session{}, nil
	}
	if v, ok := s.recall(token); ok {
		return v, nil
	}
	v := session.Session{Token: token}
	var created, expires, used int64
	err := s.system.db.QueryRowContext(ctx,
		`SELECT db, uid, login, lang, tz, created_at, expires_at, address, agent, used_at FROM girosync_session WHERE token_hash = $1`,
		session.Key(token)).Scan(&v.Database, &v.UID, &v.Login, &v.Lang, &v.TZ, &created, &expires, &v.Address, &v.Agent, &used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return session.Session{}, nil
	case err != nil:
		return session.Session{}, storeError(err, "find session")
	}
	v.Created, v.Expires, v.Used = time.Unix(created, 0), time.Unix(expires, 0), time.Unix(used, 0)
	if !v.Valid(s.now()) {
		return session.Session{}, nil
	}
	s.remember(v)
	return v, nil
}

// Delete ends a session, here at once.
func (s *Sessions) Delete(ctx context.Context, token string) error {
	s.mu.Lock()
	delete(s.seen, session.Key(token))
	s.mu.Unlock()
	if _, err := s.system.db.ExecContext(ctx, `DELETE FROM girosync_session WHERE token_hash = $1`, session.Key(token)); err != nil {
		return storeError(err, "end session")
	}
	return nil
}

// Sweep deletes expired sessions.
func (s *Sessions) Sweep(ctx context.Context) error {
	_, err := s.system.db.ExecContext(ctx, `DELETE FROM girosync_session WHERE expires_at < $1`, s.now().Unix())
	return err
}

func (s *Sessions) recall(token string) (session.Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.seen[session.Key(token)]
	if now := s.now(); !ok || now.After(r.until) || !r.session.Valid(now) {
		return session.Session{}, false
	}
	return r.session, true
}

func (s *Sessions) remember(v session.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) >= rememberMost {
		clear(s.seen)
	}
	s.seen[session.Key(v.Token)] = remembered{v, s.now().Add(rememberFor)}
}
