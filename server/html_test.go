package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/server"
)

const (
	hostileHTML = `<p onclick="alert(1)">kept <b>bold</b> <a href="https://bank.example/">web</a></p><script>alert(2)</script>` +
		`<img src=x onerror=alert(3)><a href=" javascript:alert(4)">x</a><svg/onload=alert(5)><iframe src="//evil.example"></iframe>` +
		`<form action="https://evil.example"><input name=password></form><style>*{background:url(//evil.example)}</style>` +
		`<math><mi xlink:href="data:text/html,x">y</mi></math><a href="data:text/html,<script>">z</a>`
	keptHTML = `kept <b>bold</b> <a href="https://bank.example/"`
)

// harmful is what acts in a browser.
var harmful = []string{"<script", "onclick", "onerror", "onload", "javascript:", "<iframe", "<form", "<input", "<style", "data:", "<svg"}

// TestNoHTMLActs goes through all fields of HTML of all models, and all ways to
// write them: what could act in a browser is left out, and the rest stays.
func TestNoHTMLActs(t *testing.T) {
	eachHost(t, func(t *testing.T, _ *server.Host, books *orm.Database) {
		w := makeCompanies(t, books)
		boss := w.user("boss", account.GroupManager, "base.group_partner_manager", "base.group_system", "base.group_erp_manager")
		check := func(model, field, way string, id any) {
			t.Helper()
			told, err := w.attempt(boss, model, "read", []any{[]any{id}, []any{field}}, nil)
			if err != nil {
				t.Errorf("%s.%s by %s: %v", model, field, way, err)
				return
			}
			told = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\"`, `"`).Replace(told)
			for _, part := range harmful {
				if strings.Contains(told, part) {
					t.Errorf("%s.%s by %s holds %s: %s", model, field, way, part, told)
				}
			}
			if !strings.Contains(told, keptHTML) {
				t.Errorf("%s.%s by %s lost what is harmless: %s", model, field, way, told)
			}
		}
		seen := 0
		for _, model := range books.Registry().Names() {
			m, _ := books.Registry().Model(model)
			for _, f := range m.Fields {
				if f.Type != schema.TypeHTML || f.IsReadonly || f.Hidden {
					continue
				}
				seen++
				id := w.ids[own][model]
				if id == 0 {
					id = made(w, model, 0)
				}
				if model == "mail.message" {
					id = w.comment(boss)
				}
				values := map[string]any{f.Name: hostileHTML}
				for way, args := range map[string][]any{"write": {[]any{id}, values}, "web_save": {[]any{id}, values, map[string]any{}}} {
					if told, err := w.attempt(boss, model, way, args, nil); err != nil {
						t.Errorf("%s.%s: %s %s", model, f.Name, way, told)
					}
					check(model, f.Name, way, id)
				}
				rows := []any{[]any{fmt.Sprint(id), hostileHTML}}
				if told, err := w.attempt(boss, model, "load", []any{[]any{".id", f.Name}, rows}, nil); err != nil {
					t.Errorf("%s.%s: load %s", model, f.Name, told)
				}
				check(model, f.Name, "load", id)
			}
		}
		if seen < 2 {
			t.Errorf("only %d fields of HTML", seen)
		}
		made, err := books.Call(t.Context(), orm.Principal{UID: boss}, "mail.message", "create", []any{map[string]any{"body": hostileHTML,
			"model": "account.journal", "res_id": w.ids[own]["account.journal"], "message_type": "comment"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		check("mail.message", "body", "create", made)
	})
}
