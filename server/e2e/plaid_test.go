package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPlaid connects to a bank by Plaid's page and synchronises, while what was pending
// posts under another id, what has posted is amended or removed, Plaid's list changes
// while it is read, it is asked too often, and the bank wants its user to log in again,
// for one reason and another; at last the connection is removed from here.
func TestPlaid(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	s := emulate(t, "plaid")
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) // yesterday's: today has come everywhere
	s.standsAt(t, noon.AddDate(0, 0, -20))
	h := newHost(t, onSQLite, append(s.env, "GIROSYNC_PROVIDERS_PLAID_DAYS_REQUESTED=365")...)
	h.withPlaid(t)
	h.init(t, "books")
	h.serve(t)
	c := h.client().login(t)
	link := c.leavesFirst(t, object{"institution_id": c.institution(t, "ins_12")})
	if run := c.runsDone(t, link)[0]; run["outcome"] != "ok" {
		t.Fatalf("the first synchronisation: %v", run)
	}
	lines := c.linesAreRight(t)
	if n := c.count(t, "account.journal", list{leaf("account_online_account_id", "!=", false)}); n != 3 {
		t.Errorf("%d journals are fed", n)
	}
	if run := c.fetch(t, link); run["outcome"] != "nothing_new" || run["created"] != 0.0 {
		t.Errorf("the second synchronisation: %v", run)
	}
	waiting := c.count(t, "account.online.transaction", list{leaf("status", "=", "pending")})
	s.standsAt(t, noon)
	s.tell(t, "behaviour", `{"page_size": 5, "mutations": 1}`)
	run := c.fetch(t, link)
	now := c.linesAreRight(t)
	if run["outcome"] != "ok" || waiting == 0 || now <= lines {
		t.Errorf("twenty days later, with %d pending before, %d lines became %d: %v", waiting, lines, now, run)
	}
	if n := c.count(t, "account.online.review", nil); n != 0 {
		t.Errorf("%d questions", n)
	}
	amended := c.count(t, "account.bank.statement.line", list{leaf("payment_ref", "ilike", " TIP")})
	removed := c.count(t, "account.online.transaction", list{leaf("status", "=", "removed")})
	if amended == 0 || removed == 0 {
		t.Errorf("%d lines are amended, %d removed", amended, removed)
	}
	s.tell(t, "behaviour", `{"page_size": 0, "per_minute": 1}`)
	run = c.fetch(t, link)
	if shown := c.attention(t, link); run["outcome"] != "rate_limited" || shown["attention"] != "rate_limited" {
		t.Errorf("too often: %v, %v", run, shown)
	}
	s.tell(t, "behaviour", `{"per_minute": 0}`)
	before := c.linesAreRight(t)
	for reason, attention := range map[string]string{"": "credentials", "OAUTH_CONSENT_EXPIRED": "consent_expired"} {
		post(t, s.base+"/bank/login/"+reason)
		run = c.fetch(t, link)
		if shown := c.attention(t, link); run["outcome"] != "needs_user" || shown["attention"] != attention {
			t.Errorf("the bank wants a login, %q: %v, %v", reason, run, shown)
		}
		if again := c.atTheBank(t, object{"link_id": link, "kind": "reconnect"}); again != link {
			t.Errorf("renewing %d made the connection %d", link, again)
		}
		runs := c.runsDone(t, link)
		if after := c.linesAreRight(t); runs[len(runs)-1]["outcome"] != "nothing_new" || after != before ||
			c.count(t, "account.online.account", nil) != 3 {
			t.Errorf("renewed: %d lines of %d, %v", after, before, runs[len(runs)-1])
		}
	}
	c.call(t, nil, "account.online.link", "unlink", list{list{link}}, nil)
	if _, told := get(s.base + "/_emulator/requests"); !strings.Contains(told, `"POST /item/remove":1`) {
		t.Errorf("the item was not removed: %s", told)
	}
}

// withPlaid gives the host the provider's program.
func (h *host) withPlaid(t *testing.T) {
	t.Helper()
	h.ownPlugins(t)
	plugin := filepath.Join(h.plugin, "girosync-provider-plaid")
	if err := inRoot("go", "build", "-ldflags=-w", "-o", plugin, "./plugins/plaid/cmd/girosync-provider-plaid"); err != nil {
		t.Fatal(err)
	}
	if err := inRoot("scripts/trust", h.plugin); err != nil {
		t.Fatal(err)
	}
}

// TestPlaidNotifies lets Plaid tell the host of news, and of a login that a bank wants;
// what Plaid did not sign is refused.
func TestPlaidNotifies(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	s := emulate(t, "plaid")
	h := newHost(t, onSQLite, append(s.env, "GIROSYNC_PROVIDERS_PLAID_DAYS_REQUESTED=60")...)
	h.withPlaid(t)
	h.init(t, "books")
	h.serve(t, "GIROSYNC_SERVER_PUBLIC_URL="+h.url)
	c := h.client().login(t)
	link := c.atTheBank(t, object{"institution_id": c.institution(t, "ins_11")})
	c.runsDone(t, link)
	response, err := http.Post(h.url+"/webhook/plaid", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("what nobody signed is answered with %d", response.StatusCode)
	}
	post(t, s.base+"/bank/news")
	c.notified(t, link, 1)
	post(t, s.base+"/bank/login/")
	if shown := c.attention(t, link); shown["state"] != "error" || !strings.Contains(shown["error_message"].(string), "log in again") {
		t.Errorf("the bank wants a login: %v", shown)
	}
	c.atTheBank(t, object{"link_id": link, "kind": "reconnect"})
	c.runsDone(t, link)
	if shown := c.attention(t, link); shown["state"] != "connected" || shown["attention"] != "none" {
		t.Errorf("renewed: %v", shown)
	}
}

// leavesFirst goes through a flow whose user leaves the service's page at first, is told
// so, and opens it again; it returns the connection.
func (c *client) leavesFirst(t *testing.T, begin object) int64 {
	t.Helper()
	var at step
	c.call(t, &at, "account.online.flow", "start", list{begin}, nil)
	flow, page := at.FlowID, at.Step.URL
	get(page + "/refuse")
	at = step{}
	c.call(t, &at, "account.online.flow", "poll", list{flow}, nil)
	if message, _ := at.ErrorMessage.(string); at.State != "asking" || at.Step.Type != "redirect" || !strings.Contains(message, "left") {
		t.Fatalf("the flow is %s: %+v, %v", at.State, at.Step, at.ErrorMessage)
	}
	return c.comesBack(t, flow, page)
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
