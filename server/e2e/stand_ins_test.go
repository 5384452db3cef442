package e2e

import (
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheDemonstrationOffersServices connects, in the demonstration, to the
// stand-in of a service that it serves beside itself, and finds it again after a
// restart.
func TestTheDemonstrationOffersServices(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	h := newHost(t, onSQLite)
	h.ownPlugins(t)
	program := filepath.Join(h.plugin, "girosync-provider-simplefin")
	if err := inRoot("go", "build", "-ldflags=-w", "-o", program, "./plugins/simplefin/cmd/girosync-provider-simplefin"); err != nil {
		t.Fatal(err)
	}
	if err := inRoot("scripts/trust", h.plugin); err != nil {
		t.Fatal(err)
	}
	h.start(t, "demo")
	h.waitReady(t)
	token := regexp.MustCompile(`simplefin +a setup token: (\S+)`).FindStringSubmatch(h.logText())
	if token == nil {
		t.Fatalf("the demonstration offers nothing: %s", h.tail())
	}
	c := h.client().login(t)
	link := c.connect(t, "simplefin-bridge", map[string]string{"setup_token": token[1]})
	if run := c.runsDone(t, link)[0]; run["outcome"] != "ok" {
		t.Fatalf("the first synchronisation: %v", run)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.start(t, "demo")
	h.waitReady(t)
	c = h.client().login(t)
	if run := c.fetch(t, link); run["outcome"] != "nothing_new" {
		t.Errorf("after a restart: %v", run)
	}
}
