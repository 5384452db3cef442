package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEnableBanking connects to a bank by a redirect and synchronises, while what
// was pending posts under another reference, the bank is asked too often, and the
// consent ends and is renewed; at last it is taken back from here.
func TestEnableBanking(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	s := emulate(t, "enablebanking")
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) // yesterday's: today has come everywhere
	s.standsAt(t, noon.AddDate(0, 0, -5))
	// The stand-in's clock is behind: a consent of 180 days from now would be too long for its banks.
	h := newHost(t, onSQLite, append(s.env, "GIROSYNC_PROVIDERS_ENABLEBANKING_CONSENT_DAYS=90")...)
	h.ownPlugins(t)
	plugin := filepath.Join(h.plugin, "girosync-provider-enablebanking")
	source := "./plugins/enablebanking/cmd/girosync-provider-enablebanking"
	if err := inRoot("go", "build", "-ldflags=-w", "-o", plugin, source); err != nil {
		t.Fatal(err)
	}
	if err := inRoot("scripts/trust", h.plugin); err != nil {
		t.Fatal(err)
	}
	h.init(t, "books")
	h.serve(t)
	c := h.client().login(t)
	link := c.atTheBank(t, object{"institution_id": c.institution(t, "ES:Banco Ejemplo")})
	if run := c.runsDone(t, link)[0]; run["outcome"] != "ok" {
		t.Fatalf("the first synchronisation: %v", run)
	}
	lines := c.linesAreRight(t)
	if run := c.fetch(t, link); run["outcome"] != "nothing_new" || run["created"] != 0.0 {
		t.Errorf("the second synchronisation: %v", run)
	}
	waiting := c.count(t, "account.online.transaction", list{leaf("status", "=", "pending")})
	s.standsAt(t, noon)
	run := c.fetch(t, link)
	now := c.linesAreRight(t)
	if run["outcome"] != "ok" || waiting == 0 || now < lines+waiting || float64(now-lines) != run["created"] {
		t.Errorf("five days later, with %d pending before, %d lines became %d: %v", waiting, lines, now, run)
	}
	if n := c.count(t, "account.online.review", nil); n != 0 {
		t.Errorf("%d questions", n)
	}
	s.tell(t, "behaviour", `{"per_day": 1}`)
	c.fetch(t, link)
	run = c.fetch(t, link)
	if shown := c.attention(t, link); run["outcome"] != "rate_limited" || shown["attention"] != "rate_limited" {
		t.Errorf("too often: %v, %v", run, shown)
	}
	s.tell(t, "behaviour", `{"per_day": 0}`)
	post(t, s.base+"/bank/sessions/EXPIRED")
	run = c.fetch(t, link)
	if shown := c.attention(t, link); run["outcome"] != "needs_user" || shown["attention"] != "consent_expired" {
		t.Errorf("the consent ended: %v, %v", run, shown)
	}
	before := c.linesAreRight(t)
	if again := c.atTheBank(t, object{"link_id": link, "kind": "reconnect"}); again != link {
		t.Errorf("renewing %d made the connection %d", link, again)
	}
	runs := c.runsDone(t, link)
	if after := c.linesAreRight(t); runs[len(runs)-1]["outcome"] != "nothing_new" || after != before ||
		c.count(t, "account.online.account", nil) != 2 {
		t.Errorf("renewed: %d lines of %d, %v", after, before, runs[len(runs)-1])
	}
	c.call(t, nil, "account.online.link", "unlink", list{list{link}}, nil)
	if _, told := get(s.base + "/_emulator/requests"); !strings.Contains(told, `"DELETE /sessions/`) {
		t.Errorf("the session was not ended: %s", told)
	}
}

// attention is how a connection stands.
func (c *client) attention(t *testing.T, link int64) object {
	t.Helper()
	return c.rows(t, "account.online.link", list{leaf("id", "=", link)}, "state", "attention", "error_message")[0]
}

// atTheBank goes through a flow whose user is sent to the bank's page, allows there
// what is asked, and comes back; it returns the connection.
func (c *client) atTheBank(t *testing.T, begin object) int64 {
	t.Helper()
	var at step
	c.call(t, &at, "account.online.flow", "start", list{begin}, nil)
	flow := at.FlowID
	if at.State != "waiting" || at.Step.Type != "redirect" {
		t.Fatalf("the flow is %s: %+v, %v", at.State, at.Step, at.ErrorMessage)
	}
	return c.comesBack(t, flow, at.Step.URL)
}

// comesBack allows what a page asks, comes back, and goes to the flow's end; it returns
// the connection.
func (c *client) comesBack(t *testing.T, flow int64, page string) int64 {
	t.Helper()
	if status, body := get(page + "/allow"); status != http.StatusOK { // leads to the host's callback
		t.Fatalf("back from the bank: %d %.500s", status, body)
	}
	var at step
	c.call(t, &at, "account.online.flow", "poll", list{flow}, nil)
	if at.State == "asking" {
		values := at.answer(nil)
		at = step{}
		c.call(t, &at, "account.online.flow", "submit", list{flow, values}, nil)
	}
	if at.State != "done" {
		t.Fatalf("the flow is %s: %v", at.State, at.ErrorMessage)
	}
	var flows []object
	c.call(t, &flows, "account.online.flow", "read", list{list{flow}, list{"link_id"}}, nil)
	return int64(flows[0]["link_id"].(list)[0].(float64))
}

// post posts nothing.
func post(t *testing.T, url string) {
	t.Helper()
	response, err := http.Post(url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}
