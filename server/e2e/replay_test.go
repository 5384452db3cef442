package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplay sends the calls that were recorded on an Odoo 18 and compares the
// answers. Transcript and replayer lie beside the project, not in it; what
// matters most of them is also in the tests of rpc and addon.
func TestReplay(t *testing.T) {
	oracle := filepath.Join(built.root, "..", "shared", "oracle")
	if _, err := os.Stat(filepath.Join(oracle, "replay.py")); err != nil {
		t.Skip("the recorded calls of an Odoo 18 (../shared/oracle) are not here")
	}
	if _, err := exec.LookPath(python); err != nil {
		t.Skip("the replayer needs python3, which is not installed")
	}
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		h := newHost(t, on)
		h.girosync(t, "admin", "db", "init", "replay", "--password-stdin", "--currency", "USD", "--country", "US")
		h.girosync(t, "demo", "user", "add", "--db", "replay", "--login", "demo", "--password-stdin",
			"--group", "base.group_user", "--group", "account.group_account_invoice")
		key := strings.Split(strings.TrimSpace(h.girosync(t, "", "user", "api-key", "--db", "replay", "--login", "admin")), "\n")
		h.serve(t)
		out, err := exec.CommandContext(t.Context(), python, filepath.Join(oracle, "replay.py"), "-v", "--base", h.url, "--db", "replay",
			"--login", "admin", "--password", "admin", "--api-key", key[len(key)-1],
			filepath.Join(oracle, "odoo18.ndjson")).CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
			return
		}
		t.Logf("%s", out)
	})
}
