package rpc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc"
)

// exchange is a call of a service and what must come back: a result, or an
// exception and its message.
type exchange struct{ name, service, method, args, result, exception, message string }

func (c exchange) check(t *testing.T, got said) {
	t.Helper()
	if c.exception == "" {
		if got.Error != nil || string(got.Result) != c.result {
			t.Errorf("got %s, want result %s", got.body, c.result)
		}
		return
	}
	if got.Error == nil {
		t.Fatalf("got %s, want %s", got.body, c.exception)
	}
	if diff := cmp.Diff([]string{c.exception, c.message}, []string{got.name(), got.Error.Data.Message}); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

const (
	denied  = "odoo.exceptions.AccessDenied"
	noBase  = "psycopg2.OperationalError"
	noBase2 = "FATAL:  database \"other\" does not exist\n"
	typeErr = "builtins.TypeError"
)

func TestServices(t *testing.T) {
	h := open(t, nil)
	for _, c := range []exchange{
		{"login", "common", "login", `["main","admin","admin"]`, `2`, "", ""},
		{"login with a key", "common", "login", `["main","admin","` + h.key + `"]`, `2`, "", ""},
		{"login, wrong password", "common", "login", `["main","admin","wrong"]`, `false`, "", ""},
		{"login, unknown login", "common", "login", `["main","nobody","admin"]`, `false`, "", ""},
		{"login, empty password", "common", "login", `["main","admin",""]`, "", "builtins.AssertionError", "scope and key required"},
		{"login, unknown database", "common", "login", `["other","admin","admin"]`, "", noBase, noBase2},
		{"login without password", "common", "login", `["main","admin"]`, "", typeErr,
			"exp_login() missing 1 required positional argument: 'password'"},
		{"login without anything", "common", "login", `[]`, "", typeErr,
			"exp_login() missing 3 required positional arguments: 'db', 'login', and 'password'"},
		{"login by number", "common", "login", `["main",2,"admin"]`, "", typeErr, "login must be a str, not int"},
		{"authenticate", "common", "authenticate", `["main","admin","admin",{}]`, `2`, "", ""},
		{"authenticate with a key", "common", "authenticate", `["main","admin","` + h.key + `",{}]`, `2`, "", ""},
		{"authenticate, wrong password", "common", "authenticate", `["main","admin","wrong",{}]`, `false`, "", ""},
		{"authenticate without environment", "common", "authenticate", `["main","admin","admin"]`, "", typeErr,
			"exp_authenticate() missing 1 required positional argument: 'user_agent_env'"},
		{"about", "common", "about", `[]`, `"girosync, bank transactions for your books"`, "", ""},
		{"about, more", "common", "about", `[true]`, `["girosync, bank transactions for your books","18.0"]`, "", ""},
		{"about, no more", "common", "about", `[0]`, `"girosync, bank transactions for your books"`, "", ""},
		{"about, too much", "common", "about", `[true,1]`, "", typeErr,
			"exp_about() takes from 0 to 1 positional arguments but 2 were given"},
		{"version of what", "common", "version", `["main"]`, "", typeErr, "exp_version() takes 0 positional arguments but 1 was given"},
		{"login, too much", "common", "login", `["main","admin","admin",{}]`, "", typeErr,
			"exp_login() takes 3 positional arguments but 4 were given"},
		{"which loglevel", "common", "set_loglevel", `[]`, "", typeErr,
			"exp_set_loglevel() missing 1 required positional argument: 'loglevel'"},
		{"loglevel", "common", "set_loglevel", `["debug"]`, `true`, "", ""},
		{"unknown method of common", "common", "shutdown", `[]`, "", "builtins.Exception", "Method not found: shutdown"},

		{"databases", "db", "list", `[]`, `["main"]`, "", ""},
		{"database exists", "db", "db_exist", `["main"]`, `true`, "", ""},
		{"database does not exist", "db", "db_exist", `["other"]`, `false`, "", ""},
		{"which database", "db", "db_exist", `[]`, "", typeErr, "exp_db_exist() missing 1 required positional argument: 'db_name'"},
		{"version of db", "db", "server_version", `[]`, `"18.0"`, "", ""},
		{"languages", "db", "list_lang", `[]`, `[["en_US","English (US)"],["nl_NL","Dutch / Nederlands"]]`, "", ""},
		{"drop", "db", "drop", `["admin","main"]`, "", denied, "Access Denied"},
		{"dump", "db", "dump", `["admin","main","zip"]`, "", denied, "Access Denied"},
		{"create", "db", "create_database", `["admin","new",false,"en_US"]`, "", denied, "Access Denied"},
		{"unknown method of db", "db", "erase", `[]`, "", "builtins.KeyError", "Method not found: erase"},
		{"unknown service", "shell", "run", `[]`, "", "builtins.KeyError", "shell"},

		{"execute", "object", "execute", `["main",2,"admin","res.users","search",[["login","=","admin"]]]`, `[2]`, "", ""},
		{"execute with a key", "object", "execute", `["main",2,"` + h.key + `","res.users","search",[["login","=","admin"]]]`,
			`[2]`, "", ""},
		{"execute_kw", "object", "execute_kw", `["main",2,"admin","res.users","read",[[2]],{"fields":["login"]}]`,
			`[{"id":2,"login":"admin"}]`, "", ""},
		{"execute_kw, no keywords", "object", "execute_kw", `["main",2,"admin","res.users","search",[[["id","=",2]]],[]]`, `[2]`, "", ""},
		{"arguments an empty text", "object", "execute_kw", `["main",2,"admin","x.trouble","none","",""]`, ``, "", ""},
		{"uid as text", "object", "execute", `["main"," 2 ","admin","res.users","search",[["id","=",2]]]`, `[2]`, "", ""},
		{"wrong password", "object", "execute", `["main",2,"wrong","res.users","search",[]]`, "", denied, "Access Denied"},
		{"password of another", "object", "execute", `["main",3,"admin","res.users","search",[]]`, "", denied, "Access Denied"},
		{"empty password", "object", "execute", `["main",2,"","res.users","search",[]]`, "", denied, "Access Denied"},
		{"no password", "object", "execute", `["main",2,null,"res.users","search",[]]`, "", denied, "Access Denied"},
		{"the system's uid", "object", "execute", `["main",1,"admin","res.users","search",[]]`, "", denied, "Access Denied"},
		{"uid true", "object", "execute", `["main",true,"admin","res.users","search",[]]`, "", denied, "Access Denied"},
		{"unknown uid", "object", "execute", `["main",999999,"admin","res.users","search",[]]`, "", denied, "Access Denied"},
		{"uid a word", "object", "execute", `["main","two","admin","res.users","search",[]]`, "", "builtins.ValueError",
			"invalid literal for int() with base 10: 'two'"},
		{"uid null", "object", "execute", `["main",null,"admin","res.users","search",[]]`, "", typeErr,
			"int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"},
		{"unknown database", "object", "execute", `["other",2,"admin","res.users","search",[]]`, "", noBase, noBase2},
		{"unknown model", "object", "execute", `["main",2,"admin","res.ghosts","search",[]]`, "", "odoo.exceptions.UserError",
			"Object res.ghosts doesn't exist"},
		{"unknown model, wrong password", "object", "execute", `["main",2,"wrong","res.ghosts","search",[]]`, "", denied, "Access Denied"},
		{"no method", "object", "execute", `["main",2,"admin","res.users"]`, "", typeErr,
			"execute() missing 1 required positional argument: 'method'"},
		{"no model", "object", "execute_kw", `["main",2,"admin"]`, "", typeErr,
			"execute_kw() missing 2 required positional arguments: 'obj' and 'method'"},
		{"no model, wrong password", "object", "execute_kw", `["main",2,"wrong"]`, "", denied, "Access Denied"},
		{"no password", "object", "execute", `["main",2]`, "", "builtins.IndexError", "list index out of range"},
		{"unknown method of object", "object", "exec", `["main",2,"admin"]`, "", "builtins.NameError", "Method not available exec"},
		{"unknown method of object, wrong password", "object", "exec", `["main",2,"wrong"]`, "", denied, "Access Denied"},
		{"unknown method of object, nobody", "object", "exec", `[]`, "", "builtins.IndexError", "list index out of range"},
		{"arguments no list", "object", "execute_kw", `["main",2,"admin","res.users","search",5]`, "", typeErr,
			"odoo.service.model.execute() argument after * must be an iterable, not int"},
		{"keywords no object", "object", "execute_kw", `["main",2,"admin","res.users","search",[[]],"x"]`, "", typeErr,
			"odoo.service.model.execute() argument after ** must be a mapping, not str"},
		{"one too many", "object", "execute_kw", `["main",2,"admin","res.users","search",[[]],{},1]`, "", typeErr,
			"execute_kw() takes from 5 to 7 positional arguments but 8 were given"},
		{"no args but a number", "object", "execute", `1`, "", typeErr,
			"odoo.service.object.exp_execute() argument after * must be an iterable, not int"},
		{"no args but null", "common", "login", `null`, "", typeErr,
			"odoo.service.common.exp_login() argument after * must be an iterable, not NoneType"},
		{"None has no result", "object", "execute", `["main",2,"admin","x.trouble","none"]`, ``, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.check(t, h.service(t, c.service, c.method, c.args))
		})
	}
}

// A model's own refusals keep their kind; their words are the kernel's.
func TestUnknownMethodsAndFields(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for _, c := range []struct{ name, method, args, kwargs, exception string }{
		{"unknown method", "explode", `[]`, `{}`, "builtins.AttributeError"},
		{"private method", "_search", `[[]]`, `{}`, "odoo.exceptions.AccessError"},
		{"unknown field read", "read", `[[2],["ghost"]]`, `{}`, "builtins.ValueError"},
		{"unknown field in a domain", "search", `[[["ghost","=",1]]]`, `{}`, "builtins.ValueError"},
		{"unknown field written", "write", `[[2],{"ghost":1}]`, `{}`, "builtins.ValueError"},
		{"unknown keyword", "search", `[[]]`, `{"ghost":1}`, typeErr},
		{"missing argument", "write", `[[2]]`, `{}`, typeErr},
		{"unknown record", "read", `[[999999],["login"]]`, `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			object := h.service(t, "object", "execute_kw", `["main",2,"admin","res.users","`+c.method+`",`+c.args+`,`+c.kwargs+`]`)
			web := h.post(t, "/web/dataset/call_kw", token,
				`{"model":"res.users","method":"`+c.method+`","args":`+c.args+`,"kwargs":`+c.kwargs+`}`)
			if object.name() != c.exception {
				t.Errorf("/jsonrpc: got %s, want %q", object.body, c.exception)
			}
			if web.body != object.body {
				t.Errorf("the session's answer differs (-/jsonrpc +/web):\n%s", cmp.Diff(object.body, web.body))
			}
		})
	}
}

func TestJSONRPCParams(t *testing.T) {
	h := open(t, nil)
	for _, c := range []struct{ name, params, exception, message string }{
		{"null", `null`, typeErr, "'NoneType' object is not iterable"},
		{"a list", `[1]`, typeErr, "cannot convert dictionary update sequence element #0 to a sequence"},
		{"an empty list", `[]`, typeErr, "RPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'"},
		{"an empty text", `""`, typeErr, "RPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'"},
		{"a text", `"x"`, "builtins.ValueError", "dictionary update sequence element #0 has length 1; 2 is required"},
		{"a number", `1`, typeErr, "'int' object is not iterable"},
		{"false", `false`, typeErr, "'bool' object is not iterable"},
		{"empty", `{}`, typeErr, "RPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'"},
		{"no args", `{"service":"common","method":"version"}`, typeErr, "RPC.jsonrpc() missing 1 required positional argument: 'args'"},
		{"names in another case", `{"Service":"common","METHOD":"version","args":[]}`, typeErr,
			"RPC.jsonrpc() missing 2 required positional arguments: 'service' and 'method'"},
		{"service a number", `{"service":1,"method":"version","args":[]}`, typeErr, "service and method must be str"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exchange{exception: c.exception, message: c.message}.check(t, h.post(t, "/jsonrpc", "", c.params))
		})
	}
}

func TestCallKw(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for _, c := range []struct{ name, params, result, exception, message string }{
		{"right", `{"model":"res.users","method":"search","args":[[["id","=",2]]],"kwargs":{"limit":1}}`, `[2]`, "", ""},
		{"without args", `{"model":"res.users","method":"search","kwargs":{}}`, "", typeErr,
			"DataSet.call_kw() missing 1 required positional argument: 'args'"},
		{"model alone", `{"model":"res.users"}`, "", typeErr,
			"DataSet.call_kw() missing 3 required positional arguments: 'method', 'args', and 'kwargs'"},
		{"method a number", `{"model":"res.users","method":1,"args":[],"kwargs":{}}`, "", typeErr, "method must be a str, not int"},
		{"args an object", `{"model":"res.users","method":"search","args":{},"kwargs":{}}`, "", typeErr, "args must be a list, not dict"},
		{"kwargs null", `{"model":"res.users","method":"search","args":[],"kwargs":null}`, "", typeErr,
			"kwargs must be a dict, not NoneType"},
		{"params null", `null`, "", typeErr, "'NoneType' object is not iterable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exchange{result: c.result, exception: c.exception, message: c.message}.check(t,
				h.post(t, "/web/dataset/call_kw/res.users/x", token, c.params))
		})
	}
	for _, path := range []string{"/web/dataset/call_kw", "/web/dataset/call_kw/", "/web/dataset/call_kw/res.users/search"} {
		got := h.post(t, path, token, `{"model":"res.users","method":"search","args":[[["id","=",2]]],"kwargs":{}}`)
		exchange{result: `[2]`}.check(t, got)
	}
	for _, params := range []string{`{"model":"res.ghosts","method":"search","args":[],"kwargs":{}}`, `{}`, `{"model":5}`} {
		got := h.post(t, "/web/dataset/call_kw", token, params)
		if got.Error == nil || got.Error.Code != 404 || string(got.ID) != "null" || got.name() != "werkzeug.exceptions.NotFound" {
			t.Errorf("%s: got %s, want code 404", params, got.body)
		}
	}
}

func TestDatabasesAreListedOnlyIfAllowed(t *testing.T) {
	h := open(t, func(o *rpc.Options) { o.ListNames = false })
	for what, got := range map[string]said{
		"db.list": h.service(t, "db", "list", `[]`), "/web/database/list": h.post(t, "/web/database/list", "", `{}`),
	} {
		exchange{exception: denied, message: "Access Denied"}.check(t, got)
		if t.Failed() {
			t.Log(what)
		}
	}
}

// Not even a key of its own lets anybody call as the system.
func TestNobodyCallsAsTheSystem(t *testing.T) {
	h := open(t, nil)
	var key string
	err := h.db.Within(t.Context(), system, orm.TxWrite, func(env *orm.Env) (err error) {
		if err := env.Write("res.users", []int64{base.SystemUser}, orm.Values{"active": true}); err != nil {
			return err
		}
		key, err = base.NewAPIKey(env, base.SystemUser, "system")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, uid := range []string{`1`, `"1"`, `1.9`, `true`} {
		got := h.service(t, "object", "execute", `["main",`+uid+`,"`+key+`","res.users","search",[]]`)
		exchange{exception: denied, message: "Access Denied"}.check(t, got)
	}
}

func TestProofsStayOutOfTheLog(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	const password = "hunter2-hunter2"
	h.service(t, "common", "login", `["main","admin","`+password+`"]`)
	h.service(t, "object", "execute", `["main",2,"`+password+`","res.users","search",[]]`)
	h.service(t, "object", "execute", `["main",2,"`+h.key+`","x.trouble","plain"]`)
	h.post(t, "/web/dataset/call_kw", token, `{"model":"x.trouble","method":"panic","args":[],"kwargs":{}}`)
	log := h.log.String()
	if !strings.Contains(log, internals[6:12]) {
		t.Fatalf("the log tells nothing of the failures:\n%s", log)
	}
	for what, proof := range map[string]string{"password": password, "key": h.key, "token": token} {
		if strings.Contains(log, proof) {
			t.Errorf("the log shows the %s", what)
		}
	}
}

// Errors come in the language that the call names.
func TestErrorsInTheLanguageOfTheCall(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for lang, want := range map[string]string{
		"nl_NL": "Het record bestaat niet of is verwijderd.\n(Record: res.partner(99999,), gebruiker: 2)",
		"en_US": "Record does not exist or has been deleted.\n(Record: res.partner(99999,), User: 2)",
	} {
		kwargs := `{"context":{"lang":"` + lang + `"}}`
		for door, got := range map[string]said{
			"/jsonrpc": h.service(t, "object", "execute_kw", `["main",2,"admin","res.partner","write",[[99999],{"name":"x"}],`+kwargs+`]`),
			"/web": h.post(t, "/web/dataset/call_kw", token, `{"model":"res.partner","method":"write","args":[[99999],{"name":"x"}],`+
				`"kwargs":`+kwargs+`}`),
		} {
			if got.name() != "odoo.exceptions.MissingError" || got.Error.Data.Message != want {
				t.Errorf("%s in %s: got %s, want %q", door, lang, got.body, want)
			}
		}
	}
	got := h.service(t, "object", "execute_kw", `["main",2,"admin","res.bank","create",[{"bic":"X"}],{"context":{"lang":"nl_NL"}}]`)
	if got.Error == nil || !strings.Contains(got.Error.Data.Message, "Model: Bank (res.bank)\nVeld: Naam (name)") {
		t.Errorf("the labels in an error: %s", got.body)
	}
}
