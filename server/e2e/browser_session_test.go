package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// TestSessionOfABrowser does what Odoo's web client does, with nothing but its
// cookies: log in, look around, lose the session, be told so.
func TestSessionOfABrowser(t *testing.T) {
	onDemo(t, func(t *testing.T, h *host) {
		c := h.client()
		if status, page := get(h.url + "/"); status != http.StatusOK || !strings.Contains(page, "<html") {
			t.Errorf("the page: %d", status)
		}
		expired := func(what string, err error) {
			t.Helper()
			var failed *rpcError
			if !errors.As(err, &failed) || failed.Code != 100 || failed.Data.Name != "odoo.http.SessionExpiredException" {
				t.Errorf("%s: %v, want the session to be expired", what, err)
			}
		}
		_, err := c.post("/web/session/get_session_info", object{})
		expired("before the log-in", err)
		if _, err := c.post("/web/session/authenticate", object{"db": h.db, "login": "admin", "password": "wrong"}); err == nil {
			t.Error("a wrong password is taken")
		}
		c.login(t)
		text, err := c.post("/web/session/get_session_info", object{})
		if err != nil {
			t.Fatal(err)
		}
		var info struct {
			UID           int64
			DB            string
			UserContext   object `json:"user_context"`
			UserCompanies struct {
				Current int64 `json:"current_company"`
			} `json:"user_companies"`
			Version string `json:"websocket_worker_version"`
		}
		if err := json.Unmarshal(text, &info); err != nil || info.UID == 0 || info.DB != h.db || info.UserContext["lang"] == nil ||
			info.UserCompanies.Current == 0 {
			t.Errorf("session: %v %s", err, text)
		}
		if _, err := c.post("/web/session/check", object{}); err != nil {
			t.Errorf("check: %v", err)
		}

		// a list, a form, a change, as its views ask for them
		var page struct {
			Length  int
			Records []object
		}
		context := object{"lang": "nl_NL", "tz": "Europe/Brussels", "allowed_company_ids": list{info.UserCompanies.Current},
			"bin_size": true}
		c.call(t, &page, "account.bank.statement.line", "web_search_read", list{},
			object{"domain": list{}, "limit": 5, "offset": 0, "count_limit": 11, "context": context,
				"specification": object{"date": object{}, "amount": object{},
					"journal_id": object{"fields": object{"display_name": object{}}}}, "order": "internal_index desc"})
		if len(page.Records) != 5 || page.Length < 5 || page.Records[0]["journal_id"].(object)["display_name"] == "" {
			t.Errorf("a page: %v", page)
		}
		var described map[string]struct{ String string }
		c.call(t, &described, "account.bank.statement.line", "fields_get", list{list{"amount"}}, object{"context": context})
		if described["amount"].String != "Bedrag" {
			t.Errorf("labels in Dutch: %v", described)
		}
		var saved []object
		c.call(t, &saved, "res.partner", "web_save",
			list{list{}, object{"name": "By a browser", "child_ids": list{list{0, 0, object{"name": "Child"}}}}},
			object{"specification": object{"name": object{}, "child_ids": object{"fields": object{"name": object{}}}}, "context": context})
		if len(saved) != 1 || len(saved[0]["child_ids"].(list)) != 1 {
			t.Fatalf("saved: %v", saved)
		}
		c.call(t, nil, "res.partner", "unlink", list{list{saved[0]["id"]}}, nil)

		// two windows share the cookie; leaving one leaves both
		other := &client{h: h, http: &http.Client{Jar: c.http.Jar, Timeout: patience}, cookie: true}
		other.call(t, nil, "res.partner", "search_count", list{list{}}, nil)
		if _, err := other.post("/web/session/destroy", object{}); err != nil {
			t.Errorf("destroy: %v", err)
		}
		expired("after leaving", c.try(nil, "res.partner", "search_count", list{list{}}, nil))
	})
}
