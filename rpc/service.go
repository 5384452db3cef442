package rpc

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// service is /jsonrpc: {"service": …, "method": …, "args": […]}.
func (s *Server) service(r *http.Request, _ http.ResponseWriter, raw json.RawMessage) (*[]byte, error) {
	params, err := jsonrpc.Members(raw)
	if err != nil || params == nil { // no object: empty ones are as good
		if _, err = members(raw); err != nil {
			return nil, err
		}
	}
	var missing []string
	for _, name := range []string{"service", "method", "args"} {
		if params[name] == nil {
			missing = append(missing, "'"+name+"'")
		}
	}
	if len(missing) > 0 {
		return nil, missingArguments("RPC.jsonrpc()", missing)
	}
	var service, method string
	if json.Unmarshal(params["service"], &service) != nil || json.Unmarshal(params["method"], &method) != nil {
		return nil, fault.New(fault.Type, "service and method must be str")
	}
	args, err := listOf(params["args"])
	if err != nil {
		return nil, fault.New(fault.Type, "odoo.service.%s.exp_%s() argument after * must be an iterable, not %s",
			service, method, err.Error())
	}
	return s.dispatch(r, service, method, args)
}

// dispatch routes a call to one of the three services.
func (s *Server) dispatch(r *http.Request, service, method string, args []any) (*[]byte, error) {
	switch service {
	case "common":
		return s.common(r, method, args)
	case "object":
		return s.object(r, method, args)
	case "db":
		return s.db(r, method, args)
	}
	return nil, fault.New(fault.Key, "%s", service)
}

// notList carries the Python type that stood where a list was wanted.
type notList string

func (t notList) Error() string { return string(t) }

func listOf(raw json.RawMessage) ([]any, error) {
	v, err := jsonrpc.Decode(raw)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, notList(typeName(v))
	}
	return list, nil
}

// Version is what clients are told of the server; some choose their code by it.
func Version() map[string]any {
	return map[string]any{
		"server_version": "18.0", "server_version_info": []any{18, 0, 0, "final", 0, ""},
		"server_serie": "18.0", "protocol_version": 1,
	}
}

// common is the service of calls that need no log-in.
func (s *Server) common(r *http.Request, method string, args []any) (*[]byte, error) {
	switch method {
	case "version":
		if err := atMost("exp_version()", args, 0, 0); err != nil {
			return nil, err
		}
		return encoded(Version())
	case "about":
		return about(args)
	case "set_loglevel": // accepted, as Odoo does; the log is the administrator's
		if len(args) == 0 {
			return nil, missingArguments("exp_set_loglevel()", []string{"'loglevel'"})
		}
		if err := atMost("exp_set_loglevel()", args, 1, 2); err != nil {
			return nil, err
		}
		return encoded(true)
	case "login":
		return s.commonLogin(r, "exp_login()", args, "'db'", "'login'", "'password'")
	case "authenticate":
		return s.commonLogin(r, "exp_authenticate()", args, "'db'", "'login'", "'password'", "'user_agent_env'")
	}
	return nil, &named{"builtins.Exception", "Method not found: " + method}
}

// about says who this is; asked for more, also its version.
func about(args []any) (*[]byte, error) {
	const who = "girosync, bank transactions for your books"
	if err := atMost("exp_about()", args, 0, 1); err != nil {
		return nil, err
	}
	if len(args) > 0 && !jsonrpc.Empty(args[0]) {
		return encoded([]any{who, Version()["server_version"]})
	}
	return encoded(who)
}

// commonLogin answers the uid, or false for a wrong password. names are the
// function's parameters, the first three of which it uses.
func (s *Server) commonLogin(r *http.Request, function string, args []any, names ...string) (*[]byte, error) {
	if len(args) < len(names) {
		return nil, missingArguments(function, names[len(args):])
	}
	if err := atMost(function, args, len(names), len(names)); err != nil {
		return nil, err
	}
	name, err := text("db", args[0])
	if err != nil {
		return nil, err
	}
	login, err := text("login", args[1])
	if err != nil {
		return nil, err
	}
	password, err := text("password", args[2])
	if err != nil {
		return nil, err
	}
	if password == "" {
		return nil, &named{"builtins.AssertionError", "scope and key required"}
	}
	pause(r)
	db, err := s.opt.Databases.Open(r.Context(), name)
	if err != nil {
		return nil, unknownDatabase(name, err)
	}
	uid, err := s.opt.People.Login(r.Context(), db, login, Proof{Text: password, Keys: true, Address: addressOf(r)})
	if err != nil {
		return nil, err
	}
	if uid == 0 {
		return encoded(false)
	}
	return encoded(uid)
}

// unknownDatabase is the answer to a name that no database has: Odoo passes on
// its driver's error.
func unknownDatabase(name string, err error) error {
	if !fault.Is(err, fault.Missing) {
		return err
	}
	return &named{"psycopg2.OperationalError", `FATAL:  database "` + strings.ReplaceAll(name, `"`, "") + "\" does not exist\n"}
}
