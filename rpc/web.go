package rpc

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// authenticate is a browser's log-in: a password, not a key. It sets the cookie.
func (s *Server) authenticate(r *http.Request, w http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	params, err := members(raw)
	if err != nil {
		return nil, err
	}
	if err := require("Session.authenticate()", params, "db", "login", "password"); err != nil {
		return nil, err
	}
	name, err := text("db", params["db"])
	if err != nil {
		return nil, err
	}
	login, err := text("login", params["login"])
	if err != nil {
		return nil, err
	}
	password, err := text("password", params["password"])
	if err != nil {
		return nil, err
	}
	pause(r)
	db, err := s.opt.Databases.Open(r.Context(), name)
	if err != nil {
		return nil, unknownDatabase(name, err)
	}
	uid, err := s.opt.People.Login(r.Context(), db, login, Proof{Text: password, Address: addressOf(r)})
	if err == nil && uid == 0 {
		err = errDenied
	}
	if err != nil {
		return nil, err
	}
	profile, err := s.opt.People.Profile(r.Context(), db, uid)
	if err != nil {
		return nil, err
	}
	if err := s.begin(r, w, name, profile); err != nil {
		return nil, err
	}
	return encoded(s.profile(name, profile))
}

// begin starts a session. The token is always new: one that the client brought
// is ended, so that nobody can be made to use another's.
func (s *Server) begin(r *http.Request, w http.ResponseWriter, database string, who Profile) error {
	if old := session.TokenOf(r); old != "" {
		if err := s.opt.Sessions.Delete(r.Context(), old); err != nil {
			return err
		}
	}
	fresh, err := s.saveSession(r, database, who)
	if err != nil {
		return err
	}
	http.SetCookie(w, session.Cookie(fresh, fresh.Created, secure(r, s.opt.PublicURL)))
	return nil
}

// saveSession makes a session that begins now.
func (s *Server) saveSession(r *http.Request, database string, who Profile) (session.Session, error) {
	now := s.opt.Now()
	fresh := session.Session{
		Token: session.NewToken(), Database: database, UID: who.UID, Login: who.Login,
		Lang: who.Lang, TZ: who.TZ, Created: now, Used: now, Expires: now.Add(s.opt.SessionLife),
		Address: addressOf(r), Agent: r.UserAgent(),
	}
	return fresh, s.opt.Sessions.Save(r.Context(), fresh)
}

// Session returns the log-in that a request belongs to; a fault of kind
// SessionExpired when there is none.
func (s *Server) Session(r *http.Request) (session.Session, *orm.Database, error) {
	v := visitOf(r)
	if v != nil && v.db != nil {
		return v.login, v.db, nil
	}
	pause(r)
	known, err := s.current(r, session.TokenOf(r))
	if err != nil {
		return known, nil, err
	}
	db, err := s.opt.Databases.Open(r.Context(), known.Database)
	if fault.Is(err, fault.Missing) {
		err = errExpired // the database was dropped
	}
	if err == nil && v != nil {
		v.login, v.db = known, db
		introduce(r)
	}
	return known, db, err
}

// current finds a session that lasts, and makes it last longer: its life counts
// from its last use.
func (s *Server) current(r *http.Request, token string) (session.Session, error) {
	known, err := s.opt.Sessions.Find(r.Context(), token)
	if err != nil {
		return known, err
	}
	if !known.Valid(s.opt.Now()) {
		return known, errExpired
	}
	renewed, worth := known.Renewed(s.opt.Now(), s.opt.SessionLife)
	if !worth {
		return known, nil
	}
	renewed.Address = addressOf(r)
	return renewed, s.opt.Sessions.Renew(r.Context(), renewed)
}

func (s *Server) sessionInfo(r *http.Request, w http.ResponseWriter, _ json.RawMessage) (*[]byte, error) {
	known, db, err := s.Session(r)
	if err != nil {
		return nil, err
	}
	profile, err := s.opt.People.Profile(r.Context(), db, known.UID)
	if fault.Is(err, fault.Missing) {
		err = errExpired // the user was deleted
	}
	if err != nil {
		return nil, err
	}
	http.SetCookie(w, session.Cookie(known, s.opt.Now(), secure(r, s.opt.PublicURL)))
	return encoded(s.profile(known.Database, profile))
}

func (s *Server) sessionCheck(r *http.Request, _ http.ResponseWriter, _ json.RawMessage) (*[]byte, error) {
	_, _, err := s.Session(r)
	return nil, err
}

func (s *Server) sessionDestroy(r *http.Request, w http.ResponseWriter, _ json.RawMessage) (*[]byte, error) {
	if _, _, err := s.Session(r); err != nil {
		return nil, err
	}
	if err := s.opt.Sessions.Delete(r.Context(), session.TokenOf(r)); err != nil {
		return nil, err
	}
	http.SetCookie(w, session.EndCookie(secure(r, s.opt.PublicURL)))
	return nil, nil
}

func (s *Server) sessionModules(r *http.Request, _ http.ResponseWriter, _ json.RawMessage) (*[]byte, error) {
	if _, _, err := s.Session(r); err != nil {
		return nil, err
	}
	list := make([]any, len(s.opt.Modules))
	for i, m := range s.opt.Modules {
		list[i] = m
	}
	return encoded(list)
}

func (s *Server) versionInfo(*http.Request, http.ResponseWriter, json.RawMessage) (*[]byte, error) {
	return encoded(Version())
}

// callKw calls a model as the session's user. What follows in the path is for
// people who read logs.
func (s *Server) callKw(r *http.Request, _ http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	known, db, err := s.Session(r)
	if err != nil {
		return nil, err
	}
	params, err := members(raw)
	if err != nil {
		return nil, err
	}
	model, _ := params["model"].(string)
	if _, exists := db.Registry().Model(model); !exists {
		return nil, errPath
	}
	if err := require("DataSet.call_kw()", params, "model", "method", "args", "kwargs"); err != nil {
		return nil, err
	}
	method, err := text("method", params["method"])
	if err != nil {
		return nil, err
	}
	args, ok := params["args"].([]any)
	if !ok {
		return nil, fault.New(fault.Type, "args must be a list, not %s", typeName(params["args"]))
	}
	kwargs, ok := params["kwargs"].(map[string]any)
	if !ok {
		return nil, fault.New(fault.Type, "kwargs must be a dict, not %s", typeName(params["kwargs"]))
	}
	who := orm.Principal{UID: known.UID, Caller: orm.Caller{
		Session: session.Key(known.Token), Address: addressOf(r), Proven: known.Created}}
	return s.call(r, db, who, model, method, args, kwargs)
}

// callButton is callKw for buttons: it answers an action, or false.
func (s *Server) callButton(r *http.Request, w http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	result, err := s.callKw(r, w, raw)
	if err != nil || result != nil && len(*result) > 0 && (*result)[0] == '{' {
		return result, err
	}
	return encoded(false)
}

// profile is a user as Odoo's session routes tell it, as far as it applies here.
func (s *Server) profile(database string, p Profile) map[string]any {
	allowed := map[string]any{}
	for _, c := range p.Companies {
		parent := any(false)
		if c.Parent != 0 {
			parent = c.Parent
		}
		allowed[strconv.FormatInt(c.ID, 10)] = map[string]any{
			"id": c.ID, "name": c.Name, "sequence": c.Sequence, "child_ids": []any{}, "parent_id": parent,
		}
	}
	currencies := map[string]any{}
	for _, c := range p.Currencies {
		currencies[strconv.FormatInt(c.ID, 10)] = map[string]any{
			"symbol": c.Symbol, "position": c.Position, "digits": []any{69, c.Digits},
		}
	}
	return map[string]any{
		"uid": p.UID, "is_system": p.System, "is_admin": p.System, "is_public": false, "is_internal_user": p.Internal,
		"user_context": map[string]any{"lang": p.Lang, "tz": p.TZ, "uid": p.UID},
		"db":           database, "server_version": "18.0", "server_version_info": []any{18, 0, 0, "final", 0, ""},
		"name": p.Name, "username": p.Login, "partner_id": p.Partner, "partner_display_name": p.PartnerName,
		"partner_write_date": p.PartnerWrite.UTC().Format("2006-01-02 15:04:05"),
		"web.base.url":       s.opt.PublicURL, "active_ids_limit": 20000, "max_file_upload_size": s.opt.Limits.Body,
		"home_action_id": false, "currencies": currencies, "test_mode": false,
		"user_companies": map[string]any{
			"current_company": p.Company, "allowed_companies": allowed, "disallowed_ancestor_companies": map[string]any{},
		},
		"bundle_params": map[string]any{"lang": p.Lang}, "display_switch_company_menu": len(p.Companies) > 1,
		"show_effect": true, "websocket_worker_version": WebsocketVersion,
	}
}

// WebsocketVersion is the version of the bus protocol that clients name when
// they connect; another one is told to reload.
const WebsocketVersion = "18.0-3"
