package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// python is Debian's, which sees Debian's packages.
const python = "/usr/bin/python3"

// TestOdooRPC runs a script made with a client library for Odoo.
func TestOdooRPC(t *testing.T) {
	if err := exec.Command(python, "-c", "import odoorpc").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the Debian package python3-odoorpc is not installed")
		}
		t.Skip("the Debian package python3-odoorpc is not installed")
	}
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		h := demo(t, on)
		port := h.url[strings.LastIndex(h.url, ":")+1:]
		out, err := exec.CommandContext(t.Context(), python, "testdata/with_odoorpc.py", port, h.db).CombinedOutput()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
