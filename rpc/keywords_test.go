package rpc_test

import (
	"strings"
	"testing"
)

// What is empty stands for no keywords in every envelope, as clients without maps
// of arguments send it.
func TestEmptyKeywordsAreNone(t *testing.T) {
	h := open(t, nil)
	for _, empty := range []string{`{}`, `[]`, `""`, `0`, `0.0`, `false`, `null`} {
		got := h.service(t, "object", "execute_kw", `["main",2,"admin","res.users","search",[[["id","=",2]]],`+empty+`]`)
		exchange{result: `[2]`}.check(t, got)
	}
	for _, full := range []string{`"x"`, `1`, `true`, `[1]`} {
		got := h.service(t, "object", "execute_kw", `["main",2,"admin","res.users","search",[[]],`+full+`]`)
		if got.name() != typeErr || !strings.Contains(got.Error.Data.Message, "argument after ** must be a mapping") {
			t.Errorf("keywords %s: %s", full, got.body)
		}
	}
	domain := "<array><data><value><array><data><value><array><data><value>id</value><value>=</value><value><int>2</int></value>" +
		"</data></array></value></data></array></value></data></array>"
	for _, empty := range []string{"", "<string/>", "<string></string>", "<int>0</int>", "<double>0.0</double>", "<boolean>0</boolean>",
		"<nil/>", "<array><data/></array>", "<struct/>"} {
		got := h.send(t, "/xmlrpc/2/object", "text/xml", "", xmlCall("execute_kw", "main", "<int>2</int>", "admin", "res.users", "search",
			domain, empty))
		if !strings.Contains(got.body, "<value><int>2</int></value>") || strings.Contains(got.body, "fault") {
			t.Errorf("<value>%s</value>: %s", empty, got.body)
		}
	}
	got := h.send(t, "/xmlrpc/2/object", "text/xml", "",
		strings.Replace(xmlCall("execute_kw", "main", "<int>2</int>", "admin", "res.users", "search", domain, ""),
			"<value></value>", "<value/>", 1))
	if !strings.Contains(got.body, "<value><int>2</int></value>") || strings.Contains(got.body, "fault") {
		t.Errorf("<value/>: %s", got.body)
	}
}

// Params that are missing are none, where null is not.
func TestMissingParams(t *testing.T) {
	h := open(t, nil)
	for body, want := range map[string]string{
		`{"id":1}`:               "RPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'",
		`{"id":1,"params":null}`: "'NoneType' object is not iterable",
	} {
		exchange{exception: typeErr, message: want}.check(t, h.send(t, "/jsonrpc", "application/json", "", body))
	}
	exchange{exception: typeErr, message: "Session.authenticate() missing 3 required positional arguments: 'db', 'login', and 'password'"}.
		check(t, h.send(t, "/web/session/authenticate", "application/json", "", `{"id":1}`))
}

// What Odoo answers in words of its own, on the doors where they differ.
func TestWordsOfOdoo(t *testing.T) {
	h := open(t, nil)
	const invalid = "builtins.ValueError"
	for _, c := range []struct{ name, model, method, args, exception, message string }{
		{"in with one value", "res.partner", "search", `[[["name","in","x"]]]`, invalid, "Invalid domain term ('name', 'in', 'x')"},
		{"a language that is not installed", "res.partner", "search_read", `[[],["name"]],{"context":{"lang":"fr_FR"}}`,
			"odoo.exceptions.UserError", "Invalid language code: fr_FR"},
		{"an unknown column", "res.partner", "load", `[["name","nope"],[["x","y"]]]`, invalid, "Invalid field name 'nope'"},
		{"a granularity", "res.partner", "read_group", `[[],[],["create_date:fortnight"]]`, invalid,
			"Granularity specification isn't correct: 'fortnight'"},
		{"a granularity of no date", "res.partner", "read_group", `[[],[],["name:month"]]`, invalid,
			"Granularity set on a no-datetime field or property: 'name:month'"},
		{"a field to fetch", "res.partner", "search_fetch", `[[],["nope"]]`, invalid, "Invalid field 'nope' on model 'res.partner'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exchange{exception: c.exception, message: c.message}.check(t,
				h.service(t, "object", "execute_kw", `["main",2,"admin","`+c.model+`","`+c.method+`",`+c.args+`]`))
		})
	}
	got := h.json2(t, plain{path: "/res.partner/search_fetch", key: "Bearer " + h.key, body: `{"domain":[],"field_names":[]}`})
	if got.status != 403 {
		t.Errorf("search_fetch is private since Odoo 19: %d %s", got.status, got.body)
	}
}
