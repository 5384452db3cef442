package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// secretOfLibraries is the password of their users, with what envelopes have to escape.
const secretOfLibraries = "Zoë & <5>"

// library is a client as published, and a script that works with it. It takes
// URL, database, login, password and the place of the lines that it may write to.
type library struct {
	name   string   // also its user's login
	script []string // the command
	there  []string // a command that succeeds where the library is installed
	absent string   // what to do where it is not
}

func libraries() []library {
	const clients = "testdata/clients"
	fromNPM := func(name, script string) library {
		return library{name, []string{"node", clients + "/" + script}, []string{"test", "-e", filepath.Join(clients, "node_modules", name)},
			name + " is not installed: npm ci in server/e2e/" + clients}
	}
	return []library{
		fromNPM("odoo-xmlrpc-ts", "with_odoo_xmlrpc_ts.js"),
		fromNPM("odoo-xmlrpc", "with_odoo_xmlrpc.js"),
		fromNPM("@fernandoslim/odoo-jsonrpc", "with_odoo_jsonrpc.js"),
		{"php", []string{"php", "testdata/with_php.php"}, []string{"php", "-r", "exit(function_exists('xmlrpc_decode') ? 0 : 1);"},
			"the Debian packages php-cli and php-xmlrpc are not installed"},
		{"ruby", []string{"ruby", "testdata/with_ruby.rb"}, []string{"ruby", "-e", `require "xmlrpc/client"`},
			"the Debian package ruby-xmlrpc is not installed"},
		{"perl", []string{"perl", "testdata/with_perl.pl"}, []string{"perl", "-e", "use RPC::XML::Client"},
			"the Debian package librpc-xml-perl is not installed"},
	}
}

// TestLibraries lets clients of several languages work at the same time, each as its own user.
func TestLibraries(t *testing.T) {
	h := demo(t, onSQLite)
	for i, l := range libraries() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			if err := exec.Command(l.there[0], l.there[1:]...).Run(); err != nil {
				absent(t, l.absent)
			}
			h.accountant(t, l.name)
			says(t, l.script[0], append(l.script[1:], h.url, h.db, l.name, secretOfLibraries, strconv.Itoa(3*i))...)
		})
	}
	t.Run("json2", func(t *testing.T) {
		t.Parallel()
		if _, err := os.Stat(python); err != nil {
			absent(t, "there is no "+python)
		}
		h.accountant(t, "json2")
		said := strings.Split(strings.TrimSpace(h.girosync(t, "", "user", "api-key", "--db", h.db, "--login", "json2")), "\n")
		says(t, python, "testdata/with_json2.py", h.url, h.db, "json2", said[len(said)-1], strconv.Itoa(3*len(libraries())))
	})
	t.Run("kolo", func(t *testing.T) {
		t.Parallel()
		h.accountant(t, "kolo")
		withKolo(t, h, "kolo", 3*len(libraries())+3)
	})
}

// accountant makes a user with the administrator's groups.
func (h *host) accountant(t *testing.T, login string) {
	t.Helper()
	c := h.client()
	admin := c.rows(t, "res.users", list{list{"login", "=", "admin"}}, "groups_id")
	c.call(t, nil, "res.users", "create", list{object{"name": login, "login": login, "password": secretOfLibraries,
		"groups_id": list{list{6, 0, admin[0]["groups_id"]}}}}, nil)
}
