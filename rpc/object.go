package rpc

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// object is the service that calls models: execute(db, uid, password, model,
// method, *args) and execute_kw(db, uid, password, model, method, args, kwargs).
func (s *Server) object(r *http.Request, method string, args []any) (*[]byte, error) {
	if len(args) < 3 {
		return nil, &named{"builtins.IndexError", "list index out of range"}
	}
	db, who, err := s.caller(r, args)
	if err != nil {
		return nil, err
	}
	if method != "execute" && method != "execute_kw" {
		return nil, &named{"builtins.NameError", "Method not available " + method}
	}
	if missing := []string{"'obj'", "'method'"}[min(len(args)-3, 2):]; len(missing) > 0 {
		return nil, missingArguments(method+"()", missing)
	}
	model, err := text("model", args[3])
	if err != nil {
		return nil, err
	}
	name, err := text("method", args[4])
	if err != nil {
		return nil, err
	}
	positional, kwargs := args[5:], map[string]any(nil)
	if method == "execute_kw" {
		if positional, kwargs, err = keywords(args[5:]); err != nil {
			return nil, err
		}
	}
	if err := db.Registry().CheckModel(model); err != nil {
		return nil, err
	}
	return s.call(r, db, who, model, name, positional, kwargs)
}

// caller opens the database and checks who calls: every call carries its proof.
func (s *Server) caller(r *http.Request, args []any) (*orm.Database, orm.Principal, error) {
	var who orm.Principal
	name, err := text("db", args[0])
	if err != nil {
		return nil, who, err
	}
	uid, err := uidOf(args[1])
	if err != nil {
		return nil, who, err
	}
	password, _ := args[2].(string)
	if uid <= 1 || password == "" { // nobody logs in as the system
		return nil, who, errDenied
	}
	pause(r)
	db, err := s.opt.Databases.Open(r.Context(), name)
	if err != nil {
		return nil, who, unknownDatabase(name, err)
	}
	ok, err := s.opt.People.Check(r.Context(), db, uid, Proof{Text: password, Keys: true, Address: addressOf(r)})
	if err == nil && !ok {
		err = errDenied
	}
	if err == nil {
		introduce(r)
	}
	who = orm.Principal{UID: uid, Caller: orm.Caller{Address: addressOf(r)}}
	if !secret.LooksLikeAPIKey(password) {
		who.Caller.Proven = s.opt.Now()
	}
	return db, who, err
}

// uidOf reads a uid as Python's int() would.
func uidOf(v any) (int64, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		if f, err := v.Float64(); err == nil && f > -1e15 && f < 1e15 {
			return int64(f), nil
		}
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			return n, nil
		}
		return 0, fault.New(fault.Value, "invalid literal for int() with base 10: '%s'", v)
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	return 0, fault.New(fault.Type, "int() argument must be a string, a bytes-like object or a real number, not '%s'", typeName(v))
}

// keywords splits execute_kw's last arguments into positional ones and keywords.
// What is empty stands for no keywords, whatever its type, as on Odoo.
func keywords(rest []any) ([]any, map[string]any, error) {
	var positional []any
	var kwargs map[string]any
	ok := true
	if len(rest) > 0 {
		if positional, ok = rest[0].([]any); !ok && rest[0] != nil && rest[0] != "" {
			return nil, nil, fault.New(fault.Type, "odoo.service.model.execute() argument after * must be an iterable, not %s",
				typeName(rest[0]))
		}
	}
	if len(rest) > 1 && !jsonrpc.Empty(rest[1]) {
		if kwargs, ok = rest[1].(map[string]any); !ok {
			return nil, nil, fault.New(fault.Type, "odoo.service.model.execute() argument after ** must be a mapping, not %s",
				typeName(rest[1]))
		}
	}
	if len(rest) > 2 {
		return nil, nil, fault.New(fault.Type, "execute_kw() takes from 5 to 7 positional arguments but %d were given", len(rest)+5)
	}
	return positional, kwargs, nil
}

// call runs a method as a user and encodes its result; nil is None.
func (s *Server) call(r *http.Request, db *orm.Database, who orm.Principal, model, method string, args []any,
	kwargs map[string]any) (*[]byte, error) {
	result, err := s.result(r, db, who, model, method, args, kwargs)
	if err != nil || result == nil {
		return nil, err
	}
	return encodedWithin(result, s.opt.Limits.Answer)
}

// result runs a method as a user. The number of calls that a client has under
// way is bounded: a session's where there is one, else a user's from one address.
func (s *Server) result(r *http.Request, db *orm.Database, who orm.Principal, model, method string, args []any,
	kwargs map[string]any) (any, error) {
	client := who.Caller.Session
	if client == "" {
		client = db.Name() + "/" + strconv.FormatInt(who.UID, 10) + "/" + addressOf(r)
	}
	if err := s.busy.enter(client); err != nil {
		return nil, err
	}
	defer s.busy.leave(client)
	result, err := db.Call(r.Context(), who, model, method, args, kwargs)
	if err != nil {
		return nil, spoken{fault.Wrap(err, "call", model+"."+method), langOf(kwargs)}
	}
	return result, nil
}

// spoken is an error of a call that names its language.
type spoken struct {
	error
	lang string // "" when it names none
}

func (e spoken) Unwrap() error { return e.error }

// langOf is the language in a call's context, "" for none.
func langOf(kwargs map[string]any) string {
	c, _ := kwargs["context"].(map[string]any)
	lang, _ := c["lang"].(string)
	return lang
}
