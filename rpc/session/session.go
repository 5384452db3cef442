package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"time"
)

// CookieName is Odoo's.
const CookieName = "session_id"

// Session is one log-in.
type Session struct {
	Token    string // what the cookie holds; a secret
	Database string
	UID      int64
	Login    string
	Lang     string
	TZ       string
	Address  string // from where, as far as proxies tell
	Agent    string // the client's name for itself
	Created  time.Time
	Used     time.Time // lately; not of every call
	Expires  time.Time
}

// Valid reports whether s is a log-in that has not ended at now.
func (s Session) Valid(now time.Time) bool { return s.UID != 0 && now.Before(s.Expires) }

// Renewed is s after a use at now, which makes it last for life from then on;
// worth is whether that is enough of a change to be stored.
func (s Session) Renewed(now time.Time, life time.Duration) (renewed Session, worth bool) {
	renewed = s
	renewed.Used, renewed.Expires = now, now.Add(life)
	return renewed, renewed.Expires.Sub(s.Expires) > min(life/10, 10*time.Minute)
}

// Key is what a store may keep and a log may show in place of the token.
func Key(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewToken makes a token that cannot be guessed: 256 random bits.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Store keeps sessions. Its methods may be called at the same time.
type Store interface {
	Save(ctx context.Context, s Session) error
	// Find returns the session of a token; the zero Session when there is none.
	Find(ctx context.Context, token string) (Session, error)
	// Renew keeps a session that was used; one that has been ended stays ended.
	Renew(ctx context.Context, s Session) error
	// Delete ends a session. Ending one that is gone is no error.
	Delete(ctx context.Context, token string) error
}

// Cookie is what a log-in sets: not readable by scripts, sent on no request
// that another site starts, and over TLS alone when the request came that way.
func Cookie(s Session, now time.Time, secure bool) *http.Cookie {
	return &http.Cookie{
		Name: CookieName, Value: s.Token, Path: "/", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode, Expires: s.Expires, MaxAge: int(s.Expires.Sub(now) / time.Second),
	}
}

// EndCookie makes a client forget its session.
func EndCookie(secure bool) *http.Cookie {
	return &http.Cookie{Name: CookieName, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: -1}
}

// TokenOf returns the token that a request brings, "" if none.
func TokenOf(r *http.Request) string {
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}
