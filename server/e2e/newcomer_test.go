package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInstitutionsOfALaterPlugin adds a program to the folder of hosts that run.
// Its institutions appear once it is trusted, by an administrator or by the
// build's list, on each host; and go out of use when the trust ends.
func TestInstitutionsOfALaterPlugin(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		h := newHost(t, on)
		h.ownPlugins(t)
		program, list := filepath.Join(h.plugin, "girosync-provider-demo"), filepath.Join(h.plugin, "trusted.toml")
		for _, path := range []string{program, list} {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		h.init(t, "books")
		h.serve(t)
		if found := h.banks(t); found != 0 {
			t.Fatalf("%d institutions of no plugin", found)
		}
		if err := copyFile(filepath.Join(built.plugins, "girosync-provider-demo"), program); err != nil {
			t.Fatal(err)
		}
		c := h.client().login(t)
		until(t, "the new program's record", func() bool { return c.stateOf(t, "demo") == "refused" })
		if on == onSQLite {
			if err := copyFile(filepath.Join(built.plugins, "trusted.toml"), list); err != nil {
				t.Fatal(err)
			}
		} else {
			h.girosync(t, "", "plugin", "trust", program)
		}
		until(t, "the new program's institutions", func() bool { return h.banks(t) > 0 })
		if state := c.stateOf(t, "demo"); state == "refused" {
			t.Errorf("the provider's record says %s", state)
		}
		c.runsDone(t, c.connect(t, "demo-checking", nil))

		if on == onSQLite {
			if err := os.Remove(list); err != nil {
				t.Fatal(err)
			}
			until(t, "the end of the trust", func() bool { return c.stateOf(t, "demo") == "refused" && len(h.plugins()) == 0 })
		}
	})
}

// banks counts the institutions of the public list that are the demo bank's.
func (h *host) banks(t testing.TB) int {
	t.Helper()
	status, text := get(h.url + "/institutions?q=demo")
	if status != 200 {
		t.Fatalf("/institutions: %d %s", status, text)
	}
	return strings.Count(strings.ToLower(text), "demo bank")
}

// stateOf is what a provider's record says; "" without one.
func (c *client) stateOf(t testing.TB, provider string) string {
	t.Helper()
	for _, row := range c.rows(t, "account.online.provider", list{leaf("name", "=", provider)}, "state") {
		state, _ := row["state"].(string)
		return state
	}
	return ""
}
