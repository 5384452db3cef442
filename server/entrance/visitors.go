package entrance

import (
	"context"
	"net/http"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

// Databases are those of the host.
type Databases interface {
	Names(ctx context.Context) ([]string, error)
	Open(ctx context.Context, name string) (*orm.Database, error)
}

// Visitors are those who open sockets.
type Visitors struct {
	Databases Databases
	Sessions  *Sessions
	People    *People
	Origins   Origins
	Now       func() time.Time
}

// Identify tells whose socket a request opens. A cookie of no session is nobody's.
func (v *Visitors) Identify(r *http.Request) (ws.Identity, error) {
	token := session.TokenOf(r)
	known, err := v.Sessions.Find(r.Context(), token)
	if err != nil {
		return ws.Identity{}, err
	}
	if known.Valid(v.Now()) {
		return ws.Identity{Database: known.Database, UID: known.UID, Token: token,
			Cookie: session.Cookie(known, v.Now(), v.Origins.Secure(r))}, nil
	}
	names, err := v.Databases.Names(r.Context())
	if err != nil || len(names) != 1 {
		return ws.Identity{}, err
	}
	return ws.Identity{Database: names[0]}, nil
}

// Alive reports whether the session of a socket, and the key that it began
// with, still last. It says yes when a store is in trouble: that ends nobody's
// session.
func (v *Visitors) Alive(ctx context.Context, who ws.Identity) bool {
	if who.UID == 0 {
		return true
	}
	known, err := v.Sessions.Find(ctx, who.Token)
	if err == nil && !known.Valid(v.Now()) {
		return false
	}
	if who.Key == "" {
		return true
	}
	db, err := v.Databases.Open(ctx, who.Database)
	if err != nil {
		return true
	}
	stands, err := v.People.Stands(ctx, db, who.UID, rpc.Proof{Text: who.Key, Keys: true, Address: who.Address})
	return err != nil || stands
}
