package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBrowser runs the dashboard's own browser tests against a real host.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	web := filepath.Join(built.root, "server", "web")
	for _, needed := range []string{"/usr/bin/chromium", filepath.Join(web, "node_modules", ".bin", "playwright")} {
		if _, err := os.Stat(needed); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	h := newHost(t, onSQLite)
	h.start(t, "demo")
	h.waitReady(t)
	command := exec.CommandContext(t.Context(), "npx", "--no-install", "playwright", "test", "--output", filepath.Join(t.TempDir(), "results"))
	command.Dir = web
	command.Env = append(cleanEnvironment(), "BASE_URL="+h.url)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
