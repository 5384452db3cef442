package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

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
