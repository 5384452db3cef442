package rpc_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/girosync/girosync/rpc"
)

// xmlCall is a methodCall with values in XML.
func xmlCall(method string, values ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version='1.0'?>\n<methodCall><methodName>" + method + "</methodName><params>")
	for _, v := range values {
		b.WriteString("<param><value>" + v + "</value></param>")
	}
	b.WriteString("</params></methodCall>")
	return b.String()
}

// xmlExecute is a call of a model by the administrator.
func xmlExecute(model, method string, values ...string) string {
	return xmlCall("execute", append([]string{"main", "<int>2</int>", "admin", model, method}, values...)...)
}

func xmlFault(code, text string) string {
	return "<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>" + code + "</value>\n</member>\n" +
		"<member>\n<name>faultString</name>\n<value><string>" + text + "</string></value>\n</member>\n</struct></value>\n</fault>\n"
}

func xmlResult(value string) string {
	return "<params>\n<param>\n<value>" + value + "</value>\n</param>\n</params>\n"
}

func TestXMLRPC(t *testing.T) {
	h := open(t, nil)
	for _, c := range []struct{ name, path, body, want string }{
		{"version", "/xmlrpc/2/common", xmlCall("version"), "<name>server_version</name>\n<value><string>18.0</string></value>"},
		{"login", "/xmlrpc/2/common", xmlCall("authenticate", "main", "admin", "admin", "<struct/>"), xmlResult("<int>2</int>")},
		{"login, last slash", "/xmlrpc/2/common/", xmlCall("login", "main", "admin", h.key), xmlResult("<int>2</int>")},
		{"wrong password", "/xmlrpc/2/common", xmlCall("login", "main", "admin", "wrong"), xmlResult("<boolean>0</boolean>")},
		{"databases", "/xmlrpc/2/db", xmlCall("list"), "<value><array><data>\n<value><string>main</string></value>\n" +
			"</data></array></value>"},
		{"execute_kw", "/xmlrpc/2/object", xmlCall("execute_kw", "main", "<int>2</int>", "admin", "res.users", "read",
			"<array><data><value><array><data><value><int>2</int></value></data></array></value></data></array>",
			"<struct><member><name>fields</name><value><array><data><value>login</value></data></array></value></member></struct>"),
			"<member>\n<name>login</name>\n<value><string>admin</string></value>\n</member>\n"},
		{"execute on the old route", "/xmlrpc/object", xmlExecute("res.users", "search_count", "<array><data/></array>"), "<value><int>"},

		{"no such password", "/xmlrpc/2/object", xmlCall("execute", "main", "<int>2</int>", "wrong", "res.users", "search"),
			xmlFault("<int>3</int>", "Access Denied")},
		{"no such model", "/xmlrpc/2/object", xmlExecute("no.model", "search"), xmlFault("<int>2</int>", "Object no.model doesn't exist")},
		{"private", "/xmlrpc/2/object", xmlExecute("res.users", "_x"),
			xmlFault("<int>4</int>", "Private methods (such as _x) cannot be called remotely.")},
		{"unknown method", "/xmlrpc/2/object", xmlExecute("res.users", "explode"),
			xmlFault("<int>1</int>", "AttributeError: The method 'explode' does not exist on the model 'res.users'\n")},
		{"unknown database", "/xmlrpc/2/object", xmlCall("execute", "other", "<int>2</int>", "admin", "res.users", "search"),
			xmlFault("<int>1</int>", "psycopg2.OperationalError: FATAL:  database \"other\" does not exist\n\n")},
		{"None", "/xmlrpc/2/object", xmlExecute("x.trouble", "none"),
			xmlFault("<int>1</int>", "TypeError: cannot marshal None unless allow_none is enabled\n")},
		{"a large number", "/xmlrpc/2/object", xmlExecute("x.trouble", "large"),
			xmlFault("<int>1</int>", "OverflowError: int exceeds XML-RPC limits\n")},
		{"unknown service", "/xmlrpc/2/report", xmlCall("x"), xmlFault("<int>1</int>", "KeyError: report\n")},
		{"no XML", "/xmlrpc/2/common", "version", "xml.parsers.expat.ExpatError: "},
		{"a document type", "/xmlrpc/2/common", "<!DOCTYPE x [<!ENTITY a 'b'>]>" + xmlCall("version"), "ExpatError: "},

		{"old: password", "/xmlrpc/object", xmlCall("execute", "main", "<int>2</int>", "wrong", "res.users", "search"),
			xmlFault("<string>AccessDenied</string>", "Access Denied")},
		{"old: model", "/xmlrpc/object", xmlExecute("no.model", "search"),
			xmlFault("<string>warning -- UserError\n\nObject no.model doesn't exist</string>", "")},
		{"old: private", "/xmlrpc/object", xmlExecute("res.users", "_x"),
			xmlFault("<string>warning -- AccessError\n\nPrivate methods (such as _x) cannot be called remotely.</string>", "")},
		{"old: missing", "/xmlrpc/object", xmlExecute("x.trouble", "fail_missing"),
			xmlFault("<string>warning -- MissingError\n\nabout missing</string>", "")},
		{"old: invalid", "/xmlrpc/object", xmlExecute("x.trouble", "fail_invalid"),
			xmlFault("<string>warning -- UserError\n\nabout invalid</string>", "")},
		{"old: anything else", "/xmlrpc/object", xmlExecute("x.trouble", "fail_value"),
			xmlFault("<string>about value</string>", "ValueError: about value\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.send(t, c.path, "text/xml", "", c.body)
			if got.status != 200 || got.header.Get("Content-Type") != "text/xml; charset=utf-8" || !strings.Contains(got.body, c.want) {
				t.Errorf("got %d %s\n%s\nwant %s", got.status, got.header.Get("Content-Type"), got.body, c.want)
			}
			if got.cookie != nil {
				t.Error("the answer sets a cookie")
			}
		})
	}
}

// Kinds of faults have Odoo's codes, and internals stay inside.
func TestXMLRPCFaultCodes(t *testing.T) {
	h := open(t, nil)
	for method, code := range map[string]int{
		"fail_user": 2, "fail_invalid": 2, "fail_missing": 2, "fail_unauthenticated": 3, "fail_denied": 4,
		"fail_internal": 1, "fail_type": 1, "fail_key": 1, "plain": 1, "panic": 1,
	} {
		got := h.send(t, "/xmlrpc/2/object", "text/xml", "", xmlExecute("x.trouble", method))
		if want := fmt.Sprintf("<name>faultCode</name>\n<value><int>%d</int></value>", code); !strings.Contains(got.body, want) {
			t.Errorf("%s: got %s, want %s", method, got.body, want)
		}
		if found := secrets.FindString(got.body); found != "" {
			t.Errorf("%s tells %q: %s", method, found, got.body)
		}
	}
}

func TestXMLRPCIsPostedAndBounded(t *testing.T) {
	h := open(t, func(o *rpc.Options) { o.Limits.Body, o.Limits.Depth = 2000, 2 })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/xmlrpc/2/common", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.do(t, r); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
		t.Errorf("GET: got %d %s", got.status, got.body)
	}
	if got := h.send(t, "/xmlrpc/2/common", "text/xml", "", strings.Repeat(" ", 2001)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: got %d %s", got.status, got.body)
	}
	deep := strings.Repeat("<array><data><value>", 3) + strings.Repeat("</value></data></array>", 3)
	if got := h.send(t, "/xmlrpc/2/common", "text/xml", "",
		xmlCall("login", deep)); !strings.Contains(got.body, "nested deeper than 2 levels") {
		t.Errorf("a deep value: got %s", got.body)
	}
	for _, path := range []string{"/xmlrpc", "/xmlrpc/2/common/more", "/xmlrpc/3/common"} {
		if got := h.send(t, path, "text/xml", "", xmlCall("version")); got.status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.status)
		}
	}
}
