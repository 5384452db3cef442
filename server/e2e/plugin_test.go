package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ownPlugins gives a host a folder of plugins that the test may change.
func (h *host) ownPlugins(t testing.TB) {
	t.Helper()
	h.plugin = filepath.Join(filepath.Dir(h.dir), "plugins")
	if err := os.Mkdir(h.plugin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"girosync-provider-demo", "girosync-provider-files", "trusted.toml"} {
		if err := copyFile(filepath.Join(built.plugins, name), filepath.Join(h.plugin, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// tamper puts a program in a plugin's place that has one byte more.
func (h *host) tamper(t testing.TB, plugin string) {
	t.Helper()
	path := filepath.Join(h.plugin, "girosync-provider-"+plugin)
	program, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path+".new", append(program, 0), 0o755)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTamperedPlugin changes a program before a host starts, and under one that runs.
func TestTamperedPlugin(t *testing.T) {
	t.Parallel()
	h := newHost(t, onSQLite, "GIROSYNC_PLUGINS_IDLE_TIME=1s")
	h.ownPlugins(t)
	h.init(t, "books")
	h.serve(t)
	c := h.client().login(t)
	link := c.connect(t, "demo-checking", nil)
	c.runsDone(t, link)
	told := c.rows(t, "account.online.provider", list{leaf("name", "=", "demo")}, "promises", "account_kinds", "history_days")[0]
	if told["promises"] != "stable_ids,reports_pending,reports_changes" || told["account_kinds"] != "checking,savings,credit_card,other" ||
		told["history_days"] != 0.0 {
		t.Errorf("what the provider says of itself: %v", told)
	}
	before := c.count(t, "account.bank.statement.line", nil)
	h.tamper(t, "demo")
	until(t, "the idle plugin's end", func() bool { return len(h.plugins()) == 0 })
	run := c.fetch(t, link)
	if run["outcome"] == "ok" || run["outcome"] == "nothing_new" || run["error_reference"] == false {
		t.Errorf("a synchronisation through a changed program: %v", run)
	}
	if got := c.count(t, "account.bank.statement.line", nil); got != before {
		t.Errorf("%d lines became %d", before, got)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}

	h.serve(t)
	c = h.client().login(t)
	provider := c.rows(t, "account.online.provider", list{leaf("name", "=", "demo")}, "state", "last_error")[0]
	if provider["state"] != "refused" || provider["last_error"] == false {
		t.Errorf("the provider's record: %v", provider)
	}
	var rows []struct{ Name, State, Error string }
	if err := json.Unmarshal([]byte(h.girosync(t, "", "plugin", "list", "--json")), &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if refused := row.Name == "demo"; refused != (row.State == "refused") || refused != (row.Error != "") {
			t.Errorf("plugin list: %+v", row)
		}
	}
	h.girosync(t, "", "plugin", "trust", filepath.Join(h.plugin, "girosync-provider-demo"))
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.serve(t)
	if run := h.client().login(t).fetch(t, link); run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
		t.Errorf("after an administrator trusted the program: %v", run)
	}
}

// plugins are the processes of the host's plugins.
func (h *host) plugins() (pids []int) {
	for _, pid := range running() {
		if parent(pid) == h.pid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestMisbehavingPlugin lets a provider crash, hang, flood and lie while another
// connection, through the same program, synchronises.
func TestMisbehavingPlugin(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		h := newHost(t, on, "GIROSYNC_PROVIDERS_DEMO_MISBEHAVE=true", "GIROSYNC_PLUGINS_CALL_TIME=20s", "GIROSYNC_PLUGINS_IDLE_TIME=1m")
		h.init(t, "books")
		h.serve(t)
		c := h.client().login(t)
		good := c.connect(t, "demo-checking", nil)
		c.runsDone(t, good)
		for _, bank := range []struct {
			name  string
			fails bool
		}{{"crash", true}, {"panic", true}, {"hang", true}, {"garbage", true}, {"flood", false}} {
			t.Run(bank.name, func(t *testing.T) {
				before := len(h.logText())
				link := c.connect(t, "demo-"+bank.name, nil)
				run := c.runsDone(t, link)[0]
				t.Logf("%v", run)
				if well := run["outcome"] == "ok"; well == bank.fails {
					t.Errorf("outcome %v", run["outcome"])
				}
				if bank.fails {
					c.saysSo(t, link, run)
				}
				if written := len(h.logText()) - before; written > 1<<20 {
					t.Errorf("%d bytes came into the host's log", written)
				}
				if run := c.fetch(t, good); run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
					t.Errorf("another connection: %v", run)
				}
			})
		}
		if status, _ := get(h.url + "/readyz"); status != 200 {
			t.Errorf("the host is no longer ready: %d", status)
		}
	})
}

// saysSo checks that a failed run tells users and support what happened.
func (c *client) saysSo(t testing.TB, link int64, run object) {
	t.Helper()
	reference, _ := run["error_reference"].(string)
	words, _ := run["error_message"].(string)
	if reference == "" || words == "" {
		t.Fatalf("the run says nothing: %v", run)
	}
	if leak := leaks.FindString(words); leak != "" {
		t.Errorf("users read %q in %q", leak, words)
	}
	at := c.rows(t, "account.online.link", list{leaf("id", "=", link)}, "state", "attention", "error_reference", "error_message")[0]
	if at["error_reference"] != reference || at["attention"] == "none" {
		t.Errorf("the connection says %v", at)
	}
	if c.count(t, "mail.message", list{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("body", "ilike", reference)}) != 1 {
		t.Errorf("no message names %s: %v", reference, c.rows(t, "mail.message", list{leaf("res_id", "=", link)}, "body"))
	}
	if !strings.Contains(c.h.logText(), reference) {
		t.Errorf("the log does not name %s", reference)
	}
	if fmt.Sprint(at["error_message"]) != words {
		t.Errorf("the connection says %q, its run %q", at["error_message"], words)
	}
}
