package rpc_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/session"
)

// get asks for a page without following redirects.
func (h *house) get(t *testing.T, path, token, key string) said {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: session.CookieName, Value: token})
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reply, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, reply)
}

// ordinary makes an employee without the administrator's rights, who belongs to
// more groups where they are named, and returns a key.
func (h *house) ordinary(t *testing.T, login string, groups ...string) (key string) {
	t.Helper()
	err := h.db.Within(t.Context(), system, orm.TxWrite, func(env *orm.Env) error {
		var member []int64
		for _, name := range append(groups, base.GroupUser) {
			id, err := base.Ref(env, name)
			if err != nil {
				return err
			}
			member = append(member, id)
		}
		ids, err := env.Create("res.users", orm.Values{"name": login, "login": login, "company_id": int64(1), "company_ids": []int64{1},
			"groups_id": []orm.Command{{Op: orm.CommandSet, IDs: member}}})
		if err != nil {
			return err
		}
		key, err = base.NewAPIKey(env, ids[0], "own")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestDocumentation(t *testing.T) {
	h := open(t, nil)
	token, ann, ben := h.login(t, ""), h.ordinary(t, "ann"), h.ordinary(t, "ben", base.GroupDocumentation)
	for _, c := range []struct {
		path, token, key string
		status           int
		says             string
	}{
		{"/doc", "", "", 303, "/web/login?redirect=%2Fdoc%3F"},
		{"/doc/res.users", "", "", 303, "/web/login?redirect=%2Fdoc%2Fres.users%3F"},
		{"/doc", token, "", 200, "/doc/document.js"},
		{"/doc/res.users", token, "", 200, "/doc/document.js"},
		{"/doc/index.html", token, "", 200, "/doc/document.js"},
		{"/doc/document.js", "", "", 200, "use strict"},
		{"/doc/index.json", "", "", 403, "odoo.http.SessionExpiredException"},
		{"/doc/index.json", token, "", 200, `"models":[`},
		{"/doc/no.model.json", token, "", 404, "the model 'no.model' does not exist"},
		{"/doc-bearer/index.json", "", h.key, 200, `"models":[`},
		{"/doc-bearer/res.users.json", "", h.key, 200, `"model":"res.users"`},
		{"/doc-bearer/index.json", token, "", 401, "werkzeug.exceptions.Unauthorized"},
		{"/doc-bearer/index.json", "", "x", 401, "Invalid apikey"},
		{"/doc-bearer/index.json", "", ann, 403, "only accessible to Technical Documentation users"},
		{"/doc-bearer/res.users.json", "", ann, 403, "only accessible to Technical Documentation users"},
		{"/doc-bearer/index.json", "", ben, 200, `"model":"res.partner"`},
		{"/doc-bearer/res.partner.json", "", ben, 200, `"model":"res.partner"`},
		{"/doc-bearer/ir.config_parameter.json", "", ben, 403, "ir.config_parameter"},
		{"/doc-bearer/res.users", "", h.key, 404, "not found"},
	} {
		got := h.get(t, c.path, c.token, c.key)
		if got.status != c.status || !strings.Contains(got.body+got.header.Get("Location"), c.says) {
			t.Errorf("%s: got %d %.300s, want %d %s", c.path, got.status, got.body, c.status, c.says)
		}
	}
}

// What is documented is what may be called: every method of the index answers
// something else than that it does not exist, and has a signature.
func TestDocumentationIsComplete(t *testing.T) {
	h := open(t, nil)
	var index struct {
		Models []struct {
			Model   string
			Fields  map[string]struct{ String string }
			Methods []string
		}
	}
	if err := json.Unmarshal([]byte(h.get(t, "/doc-bearer/index.json", "", h.key).body), &index); err != nil {
		t.Fatal(err)
	}
	if len(index.Models) < 10 {
		t.Fatalf("%d models", len(index.Models))
	}
	for _, m := range index.Models {
		var one struct {
			Fields  map[string]struct{ Type, Module string }
			Methods map[string]struct {
				Signature, Module string
				Parameters        map[string]struct{ Name string }
				API               []string
			}
		}
		if err := json.Unmarshal([]byte(h.get(t, "/doc-bearer/"+m.Model+".json", "", h.key).body), &one); err != nil {
			t.Fatal(err)
		}
		if len(one.Fields) != len(m.Fields) || len(one.Methods) != len(m.Methods) {
			t.Errorf("%s: the index has %d fields and %d methods, its document %d and %d",
				m.Model, len(m.Fields), len(m.Methods), len(one.Fields), len(one.Methods))
		}
		for name, f := range one.Fields {
			if f.Type == "" || f.Module == "" || m.Fields[name].String == "" {
				t.Errorf("%s.%s lacks type, module or label", m.Model, name)
			}
		}
		for _, name := range m.Methods {
			method := one.Methods[name]
			if !strings.HasPrefix(method.Signature, "(") || method.Module == "" {
				t.Errorf("%s.%s has no signature", m.Model, name)
			}
			got := h.json2(t, plain{path: "/" + m.Model + "/" + name, key: "Bearer " + h.key, body: `{"no_such_argument_":1,"ids":[]}`})
			if strings.Contains(got.body, "does not exist\"") || strings.Contains(got.body, "Private methods") {
				t.Errorf("%s.%s is documented, but %s", m.Model, name, got.body)
			}
		}
		if slices.Contains(m.Methods, "exists") || !slices.Contains(m.Methods, "formatted_read_grouping_sets") {
			t.Errorf("%s: not the methods of Odoo 19: %v", m.Model, m.Methods)
		}
	}
}

// Clients take the names of arguments by position from the parameters' order.
func TestDocumentedOrder(t *testing.T) {
	h := open(t, nil)
	var one struct {
		Methods map[string]struct{ Parameters json.RawMessage }
	}
	if err := json.Unmarshal([]byte(h.get(t, "/doc-bearer/res.users.json", "", h.key).body), &one); err != nil {
		t.Fatal(err)
	}
	told, at := string(one.Methods["search_read"].Parameters), 0
	for _, name := range []string{"domain", "fields", "offset", "limit", "order"} {
		found := strings.Index(told[at:], `"`+name+`":{`)
		if found < 0 {
			t.Fatalf("%s does not stand at its place in %s", name, told)
		}
		at += found
	}
}

func TestDocumentedSignature(t *testing.T) {
	h := open(t, nil)
	var one struct {
		Methods map[string]struct {
			Signature, Doc string
			Parameters     map[string]map[string]any
			API            []string
		}
	}
	if err := json.Unmarshal([]byte(h.get(t, "/doc-bearer/res.users.json", "", h.key).body), &one); err != nil {
		t.Fatal(err)
	}
	m := one.Methods["search_read"]
	if m.Signature != "(domain=None, fields=None, offset=None, limit=None, order=None, load='_classic_read')" ||
		!slices.Equal(m.API, []string{"model", "readonly"}) || !strings.HasPrefix(m.Doc, "<p>Finds records") ||
		m.Parameters["load"]["default"] != "_classic_read" {
		t.Errorf("search_read: %+v", m)
	}
	if m := one.Methods["write"]; m.Signature != "(vals)" || m.API != nil || len(m.Parameters["vals"]) != 1 {
		t.Errorf("write: %+v", m)
	}
}

func TestWebPages(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for _, c := range []struct {
		path   string
		status int
		says   string
	}{
		{"/web/version", 200, `{"version":"18.0","version_info":[18,0,0,"final",0,""]}`},
		{"/json/version", 200, `{"version":"18.0","version_info":[18,0,0,"final",0,""]}`},
		{"/web/health", 200, `{"status": "pass"}`},
		{"/web/health?db_server_status=1", 200, `{"status": "pass", "db_server_status": true}`},
		{"/web/login", 303, "/"},
		{"/web", 303, "/"},
		{"/web/session/logout", 303, "/"},
	} {
		got := h.get(t, c.path, token, "")
		if got.status != c.status || c.status == 200 && got.body != c.says || c.status == 303 && got.header.Get("Location") != c.says {
			t.Errorf("%s: got %d %s to %q, want %d %s", c.path, got.status, got.body, got.header.Get("Location"), c.status, c.says)
		}
	}
	if got := h.post(t, "/web/session/check", token, `{}`); got.Error == nil || got.Error.Code != 100 {
		t.Errorf("after the log-out the session lives: %s", got.body)
	}
}

// A button's answer is an action or false.
func TestCallButton(t *testing.T) {
	h := open(t, nil)
	token := h.login(t, "")
	for method, want := range map[string]string{
		"api_key_wizard": `"type":"ir.actions.act_window"`, "read": `"result":false`, "no_such": "AttributeError",
	} {
		got := h.post(t, "/web/dataset/call_button/res.users/"+method, token,
			`{"model":"res.users","method":"`+method+`","args":[[2]],"kwargs":{}}`)
		if !strings.Contains(strings.ReplaceAll(got.body, " ", ""), want) {
			t.Errorf("%s: %s, want %s", method, got.body, want)
		}
	}
	if got := h.post(t, "/web/dataset/call_button", "", `{"model":"res.users","method":"read","args":[[2]],"kwargs":{}}`); got.Error == nil || got.Error.Code != 100 {
		t.Errorf("without a session: %s", got.body)
	}
}
