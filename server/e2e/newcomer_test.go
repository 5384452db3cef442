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

// TestInventedBanksAreOfferedOnlyWhereAllowed serves the same data without the
// demo's banks, with them, and without again: then they are not found any more,
// while a connection with one goes on.
func TestInventedBanksAreOfferedOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	h := newHost(t, onSQLite, "GIROSYNC_PLUGINS_DEMO=false")
	h.init(t, "books")
	serve := func(env ...string) *client {
		h.serve(t, env...)
		c := h.client().login(t)
		if len(env) > 0 {
			until(t, "invented banks", func() bool { return h.banks(t) > 0 })
		}
		var picked []any
		c.call(t, &picked, "account.online.institution", "search_institutions", list{"demo bank"}, nil)
		if n := h.banks(t); n > 0 && len(env) == 0 || len(picked) > 0 != (len(env) > 0) {
			t.Errorf("%v: %d invented banks in the public list, %d in the picker", env, n, len(picked))
		}
		return c
	}
	if state := serve().stateOf(t, "demo"); state != "" {
		t.Errorf("the provider of invented banks is listed as %s", state)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	c := serve("GIROSYNC_PLUGINS_DEMO=true")
	link := c.connect(t, "demo-checking", nil)
	c.runsDone(t, link)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	c = serve()
	if outcome := c.fetch(t, link)["outcome"]; outcome != "nothing_new" && outcome != "ok" {
		t.Errorf("the connection's next synchronisation ends %v", outcome)
	}
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
