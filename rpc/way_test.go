package rpc_test

import (
	"strings"
	"testing"
)

// A refusal that leads somewhere is a RedirectWarning on every door.
func TestRefusalsLeadSomewhere(t *testing.T) {
	h := open(t, nil)
	got := h.service(t, "object", "execute", `["main",2,"admin","res.partner","unlink",[3]]`)
	if got.name() != "odoo.exceptions.RedirectWarning" ||
		len(got.Error.Data.Arguments) != 4 || got.Error.Data.Arguments[2] != "Go to users" {
		t.Errorf("/jsonrpc: %s", got.body)
	}
	got = h.json2(t, plain{path: "/res.partner/unlink", key: "Bearer " + h.key, body: `{"ids":[3]}`})
	if got.status != 500 || !strings.Contains(got.body, `"odoo.exceptions.RedirectWarning"`) ||
		!strings.Contains(got.body, `"res_model":"res.users"`) {
		t.Errorf("/json/2: %d %s", got.status, got.body)
	}
	got = h.send(t, "/xmlrpc/2/object", "text/xml", "", `<methodCall><methodName>execute</methodName><params>`+
		`<param><value>main</value></param><param><value><int>2</int></value></param><param><value>admin</value></param>`+
		`<param><value>res.partner</value></param><param><value>unlink</value></param><param><value><int>3</int></value></param></params></methodCall>`)
	if !strings.Contains(got.body, "<int>2</int>") || !strings.Contains(got.body, "active user") {
		t.Errorf("/xmlrpc/2: %s", got.body)
	}
	for _, model := range []string{"base"} { // lends its methods to all models, and is none
		got := h.json2(t, plain{path: "/" + model + "/search", key: "Bearer " + h.key, body: `{"domain":[]}`})
		if got.status != 403 || !strings.Contains(got.body, "odoo.exceptions.AccessError") {
			t.Errorf("%s: %d %s", model, got.status, got.body)
		}
	}
}
