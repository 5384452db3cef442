package guide_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
)

func TestChoosingABank(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite, func(c *conf.Config) {
		c.Providers = map[string]conf.Settings{"demo": {"institutions": "30000"}}
	})
	t.Run("S02 anybody can look up whether a bank is supported", func(t *testing.T) { anybodyLooks(t, o.in(t)) })
	t.Run("S03 more than 20,000 institutions are searched with a true count", func(t *testing.T) { manySearched(t, o.in(t)) })
	t.Run("S12 a bank is found whatever the case, accents and mistakes, page by page", func(t *testing.T) { found(t, o.in(t)) })
	t.Run("S54 S55 S56 a bank in beta is marked, acknowledged and not supported", func(t *testing.T) { inBeta(t, o.in(t)) })
	t.Run("D04 an account of a bank that is not listed is added by hand", func(t *testing.T) { byHand(t, o.in(t)) })
	t.Run("S57 a plugin's author gets nothing unless it is switched on", func(t *testing.T) { noFeedback(t, o.in(t)) })
}

// list asks the public list, without a login.
func (o *office) list(query string, headers ...string) (status int, text string) {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.url+"/institutions"+query, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func anybodyLooks(t *testing.T, o *office) {
	status, text := o.list("?q=" + url.QueryEscape("demo bank in beta"))
	var answer struct {
		Institutions []struct{ Name, Provider, Status string }
		Count        int
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 200 || answer.Count == 0 ||
		answer.Institutions[0].Name != "Demo Bank in Beta" || answer.Institutions[0].Status != "beta" ||
		answer.Institutions[0].Provider == "" {
		t.Errorf("%d %.300s (%v)", status, text, err)
	}
	if status, text := o.list("?q=qqqqzzzzwwww"); status != 200 || !strings.Contains(text, `"institutions":[]`) {
		t.Errorf("an unknown name: %d %s", status, text)
	}
	for language, words := range map[string]string{"en": "Supported institutions", "nl-BE": "Ondersteunde instellingen"} {
		status, text := o.list("?q=demo", "Accept", "text/html", "Accept-Language", language)
		if status != 200 || !strings.Contains(text, words) || strings.Contains(text, "<script") {
			t.Errorf("the page in %s: %d %.300s", language, status, text)
		}
	}
}

func manySearched(t *testing.T, o *office) {
	answer := o.call("account.online.institution", "pick_institutions", "", nil, 5).(object)
	if n := answer["count"].(float64); n <= 20_000 || int(n) != o.count("account.online.institution") {
		t.Errorf("%v banks counted, %d institutions", n, o.count("account.online.institution"))
	}
	provider := o.rows("account.online.provider", list{leaf("name", "=", "demo")}, "institution_count", "institutions_checked_at")[0]
	if provider["institution_count"] != answer["count"] || provider["institutions_checked_at"] == false {
		t.Errorf("what the provider says of its list: %v", provider)
	}
}

func found(t *testing.T, o *office) {
	beta := o.call("account.online.institution", "search_institutions", "DÉMO bank in bétà").(list)
	if len(beta) == 0 || beta[0].(object)["name"] != "Demo Bank in Beta" {
		t.Errorf("by another case and accents: %v", beta)
	}
	for _, typed := range []string{"demo bnak in beta", "Demo-Bank in Beta", "demobankinbeta", "beta demo bank"} {
		if hits := o.call("account.online.institution", "search_institutions", typed).(list); len(hits) == 0 ||
			hits[0].(object)["name"] != "Demo Bank in Beta" {
			t.Errorf("%q: %.300v", typed, hits)
		}
	}
	all := o.call("account.online.institution", "pick_institutions", "sparkasse", "DE", 1).(object)["count"].(float64)
	seen := map[any]bool{}
	for offset := 0; offset < int(all); offset += 100 {
		for _, hit := range o.call("account.online.institution", "search_institutions", "sparkasse", "DE", 100, offset).(list) {
			if !strings.Contains(hit.(object)["country_codes"].(string), "DE") {
				t.Errorf("not in the country: %v", hit)
			}
			seen[hit.(object)["id"]] = true
		}
	}
	if len(seen) != int(all) || all == 0 {
		t.Errorf("%d on the pages, %v counted", len(seen), all)
	}
}

// choice is the first choice of the first bank that a picker gets.
func (o *office) choice(text string) object {
	o.t.Helper()
	banks := o.call("account.online.institution", "pick_institutions", text).(object)["banks"].(list)
	return banks[0].(object)["choices"].(list)[0].(object)
}

func inBeta(t *testing.T, o *office) {
	choice := o.choice("demo bank in beta")
	if choice["status"] != "beta" || !strings.Contains(choice["notice"].(string), "no technical support") {
		t.Errorf("in the picker: %v", choice)
	}
	at := o.begin("demo-beta")
	if step := at["step"].(object); !strings.Contains(step["text"].(string), "no technical support") {
		t.Fatalf("the first thing asked: %v", step)
	}
	link := o.walk(o.submit(at, object{"acknowledge_beta": true}), 1, nil)
	o.settle()
	kept := o.link(link, "institution_status", "beta_acknowledged_at", "beta_acknowledged_by")
	if kept["institution_status"] != "beta" || kept["beta_acknowledged_at"] == false || kept["beta_acknowledged_by"] == false {
		t.Errorf("on the connection: %v", kept)
	}
	bundle := o.call("account.online.link", "action_support_bundle", list{link}).(object)
	if text := bundle["text"].(string); !strings.Contains(text, "no technical support") {
		t.Errorf("in the support bundle: %v", text)
	}
	closed := o.choice("demo bank closed")
	if closed["usable"] != false || !strings.Contains(closed["reason"].(string), "disabled") {
		t.Errorf("a disabled bank: %v", closed)
	}
}

func byHand(t *testing.T, o *office) {
	offer := o.call("account.online.link", "action_new_synchronization").(object)["params"].(object)["add_by_hand"].(object)
	journal := o.call(offer["model"].(string), offer["method"].(string), "NL91 ABNA 0417 1643 00", "Village Bank", "ABNANL2A")
	made := o.rows("account.journal", list{leaf("id", "=", journal)}, "name", "bank_acc_number", "bank_id", "type",
		"account_online_account_id")[0]
	if made["name"] != "NL91 ABNA 0417 1643 00" || made["type"] != "bank" || made["account_online_account_id"] != false ||
		made["bank_id"].(list)[1] == "" {
		t.Errorf("%v", made)
	}
}

func noFeedback(t *testing.T, o *office) {
	if report, err := o.host.Feedback(t.Context(), "demo", 30); !errors.Is(err, server.ErrNoFeedback) {
		t.Fatalf("switched off: %v, %v", report, err)
	}
	o.host.Config.Plugins.Feedback = []string{"demo"}
	report, err := o.host.Feedback(t.Context(), "demo", 30)
	if err != nil || len(report.Institutions) != 1 || report.Institutions[0].Identifier != "demo-beta" || report.Institutions[0].OK == 0 {
		t.Fatalf("switched on: %+v, %v", report, err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range o.rows("account.online.account", list{}, "name", "account_number", "online_identifier") {
		for _, field := range []string{"name", "account_number", "online_identifier"} {
			if secret, _ := account[field].(string); secret != "" && strings.Contains(string(text), secret) {
				t.Errorf("the report tells %q: %s", secret, text)
			}
		}
	}
}
