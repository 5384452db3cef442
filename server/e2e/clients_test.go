package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python is Debian's, which sees Debian's packages.
const python = "/usr/bin/python3"

// absent skips a test that needs something; in continuous integration it fails.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// says runs a program of a client; its last line must be "ok".
func says(t *testing.T, program string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
		t.Errorf("%v\n%s", err, out)
	}
}

// onDemo runs a scenario with the demonstrations on both databases.
func onDemo(t *testing.T, scenario func(t *testing.T, h *host)) {
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		scenario(t, demo(t, on))
	})
}

// TestOdooRPC runs a script made with a client library for Odoo.
func TestOdooRPC(t *testing.T) {
	if err := exec.Command(python, "-c", "import odoorpc").Run(); err != nil {
		absent(t, "the Debian package python3-odoorpc is not installed")
	}
	onDemo(t, func(t *testing.T, h *host) {
		port := h.url[strings.LastIndex(h.url, ":")+1:]
		says(t, python, "testdata/with_odoorpc.py", port, h.db)
		says(t, python, "testdata/with_odoorpc_records.py", port, h.db)
	})
}

// TestPythonXMLRPC calls with what Python brings along.
func TestPythonXMLRPC(t *testing.T) {
	if err := exec.Command(python, "-c", "import xmlrpc.client").Run(); err != nil {
		absent(t, "there is no "+python)
	}
	onDemo(t, func(t *testing.T, h *host) {
		says(t, python, "testdata/with_xmlrpc.py", h.url, h.db)
	})
}

// TestOdooAwait calls with a client from npm, over XML-RPC.
func TestOdooAwait(t *testing.T) {
	if _, err := os.Stat(filepath.Join("testdata", "clients", "node_modules", "odoo-await")); err != nil {
		absent(t, "odoo-await is not installed: npm ci in server/e2e/testdata/clients")
	}
	onDemo(t, func(t *testing.T, h *host) {
		says(t, "node", "testdata/clients/with_odoo_await.js", h.url, h.db)
	})
}
