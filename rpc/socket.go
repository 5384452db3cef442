package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

// Caller is what the sockets of /rpc call through.
func (s *Server) Caller() ws.Caller { return caller{s} }

type caller struct{ s *Server }

func (c caller) Version() any { return Version() }

// Login begins a session, which the socket ends. Its token never leaves the host.
func (c caller) Login(r *http.Request, in ws.Login) (who ws.Identity, profile any, err error) {
	ctx := r.Context()
	db, err := c.database(ctx, in.Database)
	if err != nil {
		return who, nil, err
	}
	var uid int64
	key := in.Key
	if key != "" {
		uid, err = c.s.opt.People.KeyOwner(ctx, db, Proof{Text: key, Keys: true, Address: addressOf(r)})
	} else {
		uid, err = c.s.opt.People.Login(ctx, db, in.Login, Proof{Text: in.Password, Keys: true, Address: addressOf(r)})
		if secret.LooksLikeAPIKey(in.Password) {
			key = in.Password
		}
	}
	if err == nil && uid == 0 {
		err = errDenied
	}
	if err != nil {
		return who, nil, err
	}
	p, err := c.s.opt.People.Profile(ctx, db, uid)
	if err != nil {
		return who, nil, err
	}
	begun, err := c.s.saveSession(r, db.Name(), p)
	if err != nil {
		return who, nil, err
	}
	return ws.Identity{Database: db.Name(), UID: uid, Token: begun.Token, Key: key, Address: addressOf(r)}, map[string]any{
		"uid": uid, "db": db.Name(), "user_context": map[string]any{"lang": p.Lang, "tz": p.TZ, "uid": uid},
	}, nil
}

func (c caller) database(ctx context.Context, name string) (*orm.Database, error) {
	if name == "" {
		names, err := c.s.opt.Databases.Names(ctx)
		if err != nil {
			return nil, err
		}
		if len(names) != 1 {
			return nil, fault.New(fault.User, "Name the database: db.")
		}
		name = names[0]
	}
	db, err := c.s.opt.Databases.Open(ctx, name)
	if err != nil {
		return nil, unknownDatabase(name, err)
	}
	return db, nil
}

func (c caller) Logout(ctx context.Context, who ws.Identity) error {
	return c.s.opt.Sessions.Delete(ctx, who.Token)
}

func (c caller) Call(r *http.Request, who ws.Identity, model, method string, args []any, kwargs map[string]any) (json.RawMessage, error) {
	if who.UID == 0 {
		return nil, errExpired
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.s.opt.Limits.Time)
	defer cancel()
	r = r.WithContext(ctx)
	if _, err := c.s.current(r, who.Token); err != nil {
		return nil, err
	}
	db, err := c.s.opt.Databases.Open(ctx, who.Database)
	if fault.Is(err, fault.Missing) {
		err = errExpired // the database was dropped
	}
	if err != nil {
		return nil, err
	}
	if who.Key != "" {
		stands, err := c.s.opt.People.Stands(ctx, db, who.UID, Proof{Text: who.Key, Keys: true, Address: who.Address})
		if err == nil && !stands {
			err = errExpired
		}
		if err != nil {
			return nil, err
		}
	}
	user := orm.Principal{UID: who.UID, Caller: orm.Caller{Session: session.Key(who.Token), Address: addressOf(r)}}
	result, err := c.s.unharmed(r, func() (*[]byte, error) { return c.s.call(r, db, user, model, method, args, kwargs) })
	if err != nil || result == nil {
		return nil, err
	}
	text := bytes.Clone(*result)
	*result = (*result)[:0]
	buffers.Put(result)
	return text, nil
}

func (c caller) Tell(r *http.Request, err error) *jsonrpc2.Error {
	told := c.s.odooError(err, languageOf(r), "/rpc")
	e := &jsonrpc2.Error{Code: int64(told.Code), Message: told.Message}
	e.SetError(told.Data)
	return e
}
