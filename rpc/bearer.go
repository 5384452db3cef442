package rpc

import (
	"net/http"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// noDatabase is the answer where no database is meant.
const noDatabase = "No database is selected and the requested URL was not found in the server-wide controllers. " +
	"Name a database in the header X-Odoo-Database."

// json2Caller finds the database and whose key a request brings. A cookie proves
// nothing here, so that no other site can use it; but it says which database is
// meant where no header does, and what it says may not contradict the request.
func (s *Server) json2Caller(r *http.Request) (*orm.Database, orm.Principal, error) {
	var who orm.Principal
	known, err := s.bystander(r)
	if err != nil {
		return nil, who, err
	}
	name := r.Header.Get("X-Odoo-Database")
	if known.UID != 0 && name != "" && name != known.Database {
		return nil, who, &status{http.StatusForbidden, "The session and the header X-Odoo-Database name different databases."}
	}
	if name == "" {
		name = known.Database
	}
	db, err := s.named(r, name)
	if err != nil {
		return nil, who, err
	}
	who, err = s.bearer(r, db, known.UID != 0)
	if err == nil && known.UID != 0 && known.UID != who.UID {
		err = fault.New(fault.Unauthenticated, "Session user does not match the used apikey.")
	}
	return db, who, err
}

// bystander is the session whose cookie a request brings, the zero one if none.
func (s *Server) bystander(r *http.Request) (session.Session, error) {
	token := session.TokenOf(r)
	if token == "" {
		return session.Session{}, nil
	}
	known, err := s.opt.Sessions.Find(r.Context(), token)
	if err != nil || !known.Valid(s.opt.Now()) {
		return session.Session{}, err
	}
	return known, nil
}

// named opens the database of a name; the only one for "".
func (s *Server) named(r *http.Request, name string) (*orm.Database, error) {
	if name == "" {
		names, err := s.opt.Databases.Names(r.Context())
		if err != nil {
			return nil, err
		}
		if len(names) != 1 {
			return nil, &status{http.StatusNotFound, noDatabase}
		}
		name = names[0]
	}
	db, err := s.opt.Databases.Open(r.Context(), name)
	if fault.Is(err, fault.Missing) {
		return nil, &status{http.StatusNotFound, noDatabase}
	}
	return db, err
}

// bearer returns whose key a request brings. cookie is whether a session came with it.
func (s *Server) bearer(r *http.Request, db *orm.Database, cookie bool) (orm.Principal, error) {
	given := r.Header.Get("Authorization")
	scheme, key, _ := strings.Cut(given, " ")
	if key = strings.TrimSpace(key); !strings.EqualFold(scheme, "bearer") || key == "" {
		why := "User not authenticated, use an API Key with a Bearer Authorization header."
		if cookie && given == "" {
			why = "Missing \"Authorization\" or Sec-headers for interactive usage."
		}
		return orm.Principal{}, &status{http.StatusUnauthorized, why}
	}
	proof := Proof{Text: key, Keys: true, Address: addressOf(r)}
	uid, err := s.opt.People.KeyOwner(r.Context(), db, proof)
	if err == nil && uid == 0 {
		err = &status{http.StatusUnauthorized, "Invalid apikey"}
	}
	return orm.Principal{UID: uid, Caller: orm.Caller{Edition: orm.Odoo19, Address: proof.Address}}, err
}
