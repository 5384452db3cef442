package e2e

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// standIn is a running `girosync emulate`.
type standIn struct {
	base string // http://host:port
}

// emulate serves a provider's stand-in until the test ends.
func emulate(t *testing.T, name string) *standIn {
	t.Helper()
	cmd := exec.Command(built.program, "emulate", name, "--listen", "127.0.0.1:0", "--state", filepath.Join(t.TempDir(), "state.json"))
	cmd.Env, cmd.Stderr = append(cleanEnvironment(), raceLog()), os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the stand-in: %v", err)
		}
	})
	piece := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "" { // the piece of configuration ends with an empty line
		piece += lines.Text() + "\n"
	}
	_, address, _ := strings.Cut(piece, "http://")
	address, _, found := strings.Cut(address, "/")
	if !found || !strings.HasPrefix(piece, "[providers."+name+"]\n") {
		t.Fatalf("the stand-in prints %q", piece)
	}
	return &standIn{"http://" + address}
}

// tell changes a stand-in.
func (s *standIn) tell(t *testing.T, what, change string) {
	t.Helper()
	response, err := http.Post(s.base+"/_emulator/"+what, "application/json", strings.NewReader(change))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", what, text)
	}
}

// standsAt lets its clock stand at an instant.
func (s *standIn) standsAt(t *testing.T, at time.Time) {
	t.Helper()
	s.tell(t, "clock", `{"now": "`+at.UTC().Format(time.RFC3339)+`"}`)
}

// TestSimpleFIN connects to a SimpleFIN server and synchronises, while what was
// pending posts, until the access is taken back.
func TestSimpleFIN(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	s := emulate(t, "simplefin")
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) // yesterday's: today has come everywhere
	s.standsAt(t, noon.AddDate(0, 0, -5))
	h := newHost(t, onSQLite)
	h.ownPlugins(t)
	plugin := filepath.Join(h.plugin, "girosync-provider-simplefin")
	if err := inRoot("go", "build", "-ldflags=-w", "-o", plugin, "./plugins/simplefin/cmd/girosync-provider-simplefin"); err != nil {
		t.Fatal(err)
	}
	if err := inRoot("scripts/trust", h.plugin); err != nil {
		t.Fatal(err)
	}
	h.init(t, "books")
	h.serve(t, "GIROSYNC_PROVIDERS_SIMPLEFIN_BRIDGE_URL="+s.base+"/simplefin")
	c := h.client().login(t)
	_, token := get(s.base + "/simplefin/create")
	link := c.connect(t, "simplefin-bridge", map[string]string{"setup_token": token})
	if run := c.runsDone(t, link)[0]; run["outcome"] != "ok" {
		t.Fatalf("the first synchronisation: %v", run)
	}
	lines := c.linesAreRight(t)
	if n := c.count(t, "account.journal", list{leaf("account_online_account_id", "!=", false)}); n != 4 {
		t.Errorf("%d journals are fed", n)
	}
	if run := c.fetch(t, link); run["outcome"] != "nothing_new" || run["created"] != 0.0 {
		t.Errorf("the second synchronisation: %v", run)
	}
	pending := list{leaf("status", "=", "pending")}
	waiting := c.count(t, "account.online.transaction", pending)
	s.standsAt(t, noon)
	run := c.fetch(t, link)
	if run["outcome"] != "ok" || waiting == 0 {
		t.Errorf("five days later, with %d pending before: %v", waiting, run)
	}
	if now := c.linesAreRight(t); now < lines+waiting || float64(now-lines) != run["created"] {
		t.Errorf("%d lines and %d pending became %d lines: %v", lines, waiting, now, run)
	}
	if n := c.count(t, "account.online.review", nil); n != 0 {
		t.Errorf("%d questions", n)
	}
	s.tell(t, "behaviour", `{"revoked": true}`)
	run = c.fetch(t, link)
	shown := c.rows(t, "account.online.link", list{leaf("id", "=", link)}, "state", "attention", "error_message")[0]
	if run["outcome"] != "needs_user" || shown["attention"] != "consent_expired" ||
		!strings.Contains(shown["error_message"].(string), "Make a new setup token") {
		t.Errorf("revoked: %v, %v", run, shown)
	}
	lines = c.linesAreRight(t)
	c.reconnectSimpleFIN(t, s, link)
	if now := c.linesAreRight(t); now != lines || c.count(t, "account.online.account", nil) != 4 {
		t.Errorf("a new token made %d lines of %d, and %d accounts", now, lines, c.count(t, "account.online.account", nil))
	}
}

// reconnectSimpleFIN renews a connection with a new token, because the old access
// does not work, and waits for the synchronisation that follows.
func (c *client) reconnectSimpleFIN(t *testing.T, s *standIn, link int64) {
	t.Helper()
	var at step
	c.call(t, &at, "account.online.flow", "start", list{object{"link_id": link, "kind": "reconnect"}}, nil)
	if len(at.Step.Fields) != 1 || at.Step.Fields[0].Name != "setup_token" {
		t.Fatalf("asked for %+v", at.Step)
	}
	s.tell(t, "behaviour", `{"revoked": false}`)
	_, token := get(s.base + "/simplefin/create")
	for rounds := 0; at.State == "asking" && rounds < 3; rounds++ {
		values, flow := at.answer(map[string]string{"setup_token": token}), at.FlowID
		at = step{}
		c.call(t, &at, "account.online.flow", "submit", list{flow, values}, nil)
	}
	runs := c.runsDone(t, link)
	if last := runs[len(runs)-1]; at.State != "done" || last["outcome"] != "nothing_new" {
		t.Errorf("the flow is %s (%v), then %v", at.State, at.ErrorMessage, last)
	}
}
