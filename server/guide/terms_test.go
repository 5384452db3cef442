package guide_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// told are the texts of a step.
func told(at object) string {
	step, _ := at["step"].(object)
	return fmt.Sprint(step["title"], "\n", step["text"], "\n", step["fields"])
}

func TestTermsOfAConnection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("D02 costs, retention and regions are read before choosing", func(t *testing.T) { costsAndKeeps(t, o.in(t)) })
		t.Run("D03 the kind of account is asked, checked and kept", func(t *testing.T) { kindOfAccount(t, o.in(t)) })
		t.Run("D12 a checklist is shown, and what is declared is recorded", func(t *testing.T) { declared(t, o.in(t)) })
		t.Run("D10 that there is no account is explained", func(t *testing.T) { noAccounts(t, o.in(t)) })
		t.Run("D08 what a renewal drops is said first", func(t *testing.T) { drops(t, o.in(t)) })
	})
}

func costsAndKeeps(t *testing.T, o *office) {
	row := o.row("account.online.provider", list{leaf("name", "=", "demo")}, "price", "cost", "retention", "regions")
	if row["price"] != "free" || !strings.Contains(row["cost"].(string), "nothing") || row["retention"] == false ||
		row["regions"] == false {
		t.Errorf("the provider: %v", row)
	}
	picked := o.call("account.online.institution", "pick_institutions", "Demo Bank with Declarations").(object)
	choice := picked["banks"].(list)[0].(object)["choices"].(list)[0].(object)
	provider := choice["provider"].(object)
	if provider["cost"] != row["cost"] || provider["retention"] != row["retention"] || provider["price"] != "free" {
		t.Errorf("the picker: %v", provider)
	}
	if choice["holders"] != "personal,business" || len(choice["checklist"].(list)) != 2 || len(choice["declarations"].(list)) != 2 {
		t.Errorf("the picker on the bank: %v", choice)
	}
}

func kindOfAccount(t *testing.T, o *office) {
	bank := o.bank("demo-declare")
	_, err := o.try("account.online.flow", "start", object{"institution_id": bank, "account_kind": "club"})
	if err == nil || !strings.Contains(err.Error(), "personal, business") {
		t.Errorf("a kind that there is not: %v", err)
	}
	asked := o.start(object{"institution_id": bank})
	if names := fields(asked); len(names) != 1 || names[0] != "account_kind" {
		t.Fatalf("asked: %v", asked)
	}
	if again := o.submit(asked, object{"account_kind": "club"}); wrong(again) != "account_kind" {
		t.Errorf("another answer: %v", again)
	}
	link := o.walk(asked, 1, object{"account_kind": "business", "declaration_purpose": true, "declaration_news": false})
	if got := o.link(link, "account_kind")["account_kind"]; got != "business" {
		t.Errorf("kept: %v", got)
	}
	if other := o.begin("demo-checking"); fields(other)[0] != "user" {
		t.Errorf("where it makes no difference: %v", other)
	}
}

func declared(t *testing.T, o *office) {
	at := o.start(object{"institution_id": o.bank("demo-declare"), "account_kind": "personal"})
	for _, part := range []string{"Sharing with others", "administrator", "bookkeeping alone"} {
		if !strings.Contains(told(at), part) {
			t.Errorf("it does not say %q: %s", part, told(at))
		}
	}
	if refused := o.submit(at, object{"declaration_purpose": false}); wrong(refused) != "declaration_purpose" {
		t.Errorf("without the declaration: %v", refused)
	}
	at = o.submit(at, object{"declaration_purpose": true})
	if fields(at)[0] != "user" {
		t.Fatalf("after it: %v", at)
	}
	link := o.walk(at, 1, object{"user": "carol"})
	rows := o.rows("account.online.declaration", list{leaf("link_id", "=", link)}, "identifier", "version", "text", "accepted", "user_name",
		"user_id", "declared_at")
	if len(rows) != 2 || len(o.link(link, "declaration_ids")["declaration_ids"].(list)) != 2 {
		t.Fatalf("declarations: %v", rows)
	}
	purpose, news := rows[0], rows[1]
	if purpose["identifier"] != "purpose" || purpose["version"] != "2026-1" || purpose["accepted"] != true ||
		!strings.Contains(purpose["text"].(string), "bookkeeping alone") || purpose["user_id"].(list)[0] != float64(o.uid) ||
		purpose["declared_at"] != o.time.Now().Format(time.DateTime) || purpose["user_name"] == false {
		t.Errorf("recorded: %v", purpose)
	}
	if news["accepted"] != false {
		t.Errorf("what was not accepted: %v", news)
	}
	if _, err := o.try("account.online.declaration", "write", list{rows[0]["id"]}, object{"text": "another"}); err == nil {
		t.Error("what was declared can be changed")
	}
	if again := o.call("account.online.link", "action_update_credentials", list{link}).(object); fields(again)[0] != "user" {
		t.Errorf("the same text is asked again: %v", again)
	}
}

func noAccounts(t *testing.T, o *office) {
	for user, why := range map[string]struct{ kind, code, words string }{
		"nothing":    {"personal", "not_covered", "covers no account"},
		"nobusiness": {"business", "not_of_kind", "no business accounts"},
	} {
		at := o.start(object{"institution_id": o.bank("demo-declare"), "account_kind": why.kind})
		at = o.submit(at, object{"declaration_purpose": true})
		at = o.submit(at, object{"user": user, "password": "x"})
		if step := at["step"].(object); step["no_accounts"] != why.code || !strings.Contains(told(at), why.words) {
			t.Errorf("%s: %v", user, at)
		}
		at = o.submit(at, object{"none": true})
		if notice, _ := at["notice"].(string); at["state"] != "done" || !strings.Contains(notice, why.words) {
			t.Fatalf("%s: %v", user, at)
		}
		link := at["link_id"].(float64)
		if got := o.link(link, "no_accounts", "state"); got["no_accounts"] != why.code || got["state"] != "connected" {
			t.Errorf("%s: %v", user, got)
		}
		if said := strings.Join(o.messages("account.online.link", link), "\n"); !strings.Contains(said, why.words) {
			t.Errorf("%s: the connection does not say it: %s", user, said)
		}
		if ids := o.call("account.online.link", "action_fetch_accounts", list{link}).(list); len(ids) != 0 {
			t.Errorf("%s: Fetch Accounts: %v", user, ids)
		}
	}
	o.settle()
}

func drops(t *testing.T, o *office) {
	link := o.connect("demo-fewer", -1)
	journals := len(fed(o.accounts(link)))
	o.later(time.Hour)
	renew := func() object {
		at := o.call("account.online.link", "action_update_credentials", list{link}).(object)
		for at["state"] == "asking" && fields(at) != nil && fields(at)[0] != "dropped" || at["step"].(object)["type"] == "accounts" {
			at = o.submit(at, answer(at["step"].(object), -1, nil))
		}
		return at
	}
	at := renew()
	if !strings.Contains(told(at), "Spaarrekening") || strings.Contains(told(at), "Zichtrekening") {
		t.Fatalf("what would be dropped: %v", at)
	}
	if back := o.submit(at, object{"dropped": "again"}); fields(back)[0] != "user" {
		t.Errorf("going back: %v", back)
	}
	if len(fed(o.accounts(link))) != journals {
		t.Error("asking alone took a journal away")
	}
	if done := o.submit(renew(), object{"dropped": "go_on"}); done["state"] != "done" || done["link_id"] != link {
		t.Errorf("going on: %v", done)
	}
	if n := len(fed(o.accounts(link))); n != journals {
		t.Errorf("%d journals stay linked, of %d", n, journals)
	}
	o.settle()
	if run := o.fetch(link); run["outcome"] != "nothing_new" && run["outcome"] != "ok" {
		t.Errorf("the connection goes on: %v", run)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	t.Run("S13 another browser than the one that began it is refused or asked", func(t *testing.T) { otherBrowsers(t, o.in(t)) })
	t.Run("S14 a window that never comes back", func(t *testing.T) { nobodyComesBack(t, o.in(t)) })
}

func nobodyComesBack(t *testing.T, o *office) {
	lost := o.begin("demo-lost")
	step := lost["step"].(object)
	if step["type"] != "redirect" || step["url_host"] == nil || !strings.Contains(step["url"].(string), step["url_host"].(string)) {
		t.Fatalf("an address that can be opened in the same window, too: %v", step)
	}
	waits := o.submit(o.begin("demo-wait"), object{"user": "jane", "password": "x"})
	asks := o.begin("demo-checking")
	o.later(16 * time.Minute)
	for what, c := range map[string]struct {
		at   object
		hint bool
	}{"a window": {lost, true}, "a telephone": {waits, false}, "a form": {asks, false}} {
		at := o.call("account.online.flow", "poll", c.at["flow_id"]).(object)
		said, _ := at["error_message"].(string)
		if at["state"] != "expired" || said == "" || strings.Contains(said, "pop-ups") != c.hint {
			t.Errorf("%s: %v", what, at)
		}
	}
}

// window is a person's browser.
type window struct {
	t   *testing.T
	url string
	http.Client
}

func newWindow(t *testing.T, url string) *window {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, url: url}
	w.Jar = jar
	w.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w
}

// call calls a method within the session of the window.
func (w *window) call(path string, params object) object {
	w.t.Helper()
	body, err := json.Marshal(object{"jsonrpc": "2.0", "params": params})
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := w.Post(w.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var reply struct{ Result object }
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil || reply.Result == nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	return reply.Result
}

func (w *window) login(name string) *window {
	w.t.Helper()
	w.call("/web/session/authenticate", object{"db": "books", "login": name, "password": name})
	return w
}

// page opens an address as browsers do.
func (w *window) page(method, url, form string) (status int, location, text string) {
	w.t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(form))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html,application/xhtml+xml")
	if form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := w.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Location"), string(body)
}

func otherBrowsers(t *testing.T, o *office) {
	groups := o.rows("ir.model.data", list{leaf("module", "=", "account"), leaf("name", "=", "group_account_basic")}, "res_id")
	o.call("res.users", "create", object{"name": "Eva", "login": "eva-eva-eva", "password": "eva-eva-eva",
		"groups_id": list{list{6, 0, list{groups[0]["res_id"]}}}})
	mine := newWindow(t, o.url).login("admin")
	begin := func() (back string, flow float64) {
		at := mine.call("/web/dataset/call_kw", object{"model": "account.online.flow", "method": "start",
			"args": list{object{"institution_id": o.bank("demo-redirect")}}, "kwargs": object{}})
		return at["step"].(object)["url"].(string), at["flow_id"].(float64)
	}
	state := func(flow float64) any {
		return o.row("account.online.flow", list{leaf("id", "=", flow)}, "state")["state"]
	}
	back, flow := begin()
	if status, location, _ := newWindow(t, o.url).login("eva-eva-eva").page("GET", back, ""); status != 403 || location != "" {
		t.Errorf("the browser of another user: %d to %q", status, location)
	}
	status, location, text := newWindow(t, o.url).page("GET", back, "")
	if status != 200 || location != "" || !strings.Contains(text, "Administrator") || state(flow) != "waiting" {
		t.Errorf("a browser that nobody is logged in with: %d, the flow is %v\n%s", status, state(flow), text)
	}
	if status, location, _ := mine.page("GET", back, ""); status != 303 || location != fmt.Sprintf("/#/connect/flow/%.0f", flow) {
		t.Errorf("the browser that began it: %d to %q", status, location)
	}
	if status, _, _ := mine.page("GET", back, ""); status != 400 {
		t.Errorf("the same once more: %d", status)
	}
	back, flow = begin()
	_, query, _ := strings.Cut(back, "?")
	status, location, _ = newWindow(t, o.url).page("POST", o.url+"/connect/callback/confirm", query)
	if status != 303 || location != fmt.Sprintf("/#/connect/flow/%.0f", flow) || state(flow) != "asking" {
		t.Errorf("who agreed: %d to %q, the flow is %v", status, location, state(flow))
	}
}
