package onlinesync_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestDashboardCard(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban, second)
		b := all(tx("1", "2026-06-01", "100.10", "one"), tx("2", "2026-06-16", "-0.05", "two"))
		b.Pending = []sdk.Transaction{tx("p", "2026-06-17", "-5", "waits")}
		s.tell("a1", b)
		s.failWith("a2", sdk.Errorf(sdk.BankUnavailable, "maintenance"))
		r.sync(link)
		empty := r.call("account.journal", "create", object{"name": "Cash", "type": "cash"})
		journals := r.rows("account.journal", []any{}, "kanban_dashboard")
		if len(journals) != 3 {
			t.Fatalf("%d journals", len(journals))
		}
		cards := map[float64]object{}
		for _, j := range journals {
			var card object
			if err := json.Unmarshal([]byte(j["kanban_dashboard"].(string)), &card); err != nil {
				t.Fatal(err)
			}
			cards[j["id"].(float64)] = card
		}
		id := r.rows("account.journal", []any{leaf("account_online_account_id.name", "=", "Main")}, "id")[0]["id"].(float64)
		card := cards[id]
		if card["balance"].(float64) != 100.05 || card["currency"] != "EUR" || card["digits"].(float64) != 2 ||
			card["line_count"].(float64) != 2 ||
			card["pending_count"].(float64) != 1 || card["attention"] != "bank_unavailable" || card["link_state"] != "connected" ||
			card["error_reference"] == "" {
			t.Errorf("card: %v", card)
		}
		history := card["history"].([]any)
		if len(history) != 30 || history[29].(object)["balance"].(float64) != 100.05 ||
			history[28].(object)["balance"].(float64) != 100.05 ||
			history[27].(object)["balance"].(float64) != 100.1 || history[0].(object)["balance"].(float64) != 0 {
			t.Errorf("history: %v", history)
		}
		if last := card["last_statement"].(object); last["name"] != "BNK1/2026-06" || last["date"] != "2026-06-16" {
			t.Errorf("last statement: %v", last)
		}
		if none := cards[empty.(float64)]; none["link_state"] != nil || none["attention"] != "none" || len(none["history"].([]any)) != 0 {
			t.Errorf("a journal without connection: %v", none)
		}
	})
}

// user makes a user of groups, by external ids.
func (r *rig) user(login string, groups ...string) int64 {
	r.t.Helper()
	var ids []any
	for _, g := range groups {
		module, name, _ := strings.Cut(g, ".")
		ids = append(ids, r.rows("ir.model.data", []any{leaf("module", "=", module), leaf("name", "=", name)}, "res_id")[0]["res_id"])
	}
	return int64(r.call("res.users", "create", object{"name": login, "login": login, "groups_id": []any{[]any{6.0, 0.0, ids}}}).(float64))
}

func TestRights(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	_, link := scripted(r, iban)
	r.work()
	nobody, reader, keeper := r.user("nobody", "base.group_user"), r.user("reader", "account.group_account_readonly"),
		r.user("keeper", "account.group_account_basic")
	tests := []struct {
		uid    int64
		model  string
		method string
		args   []any
		denied bool
	}{
		{nobody, "account.online.link", "search_read", []any{[]any{}, []any{"name"}}, true},
		{reader, "account.online.link", "search_read", []any{[]any{}, []any{"name"}}, false},
		{reader, "account.online.institution", "search_institutions", []any{"bank"}, false},
		{reader, "account.online.link", "action_fetch_transactions", []any{[]any{link}}, true},
		{reader, "account.online.flow", "start", []any{object{"institution_id": r.bank("bank")}}, true},
		{reader, "account.online.link", "unlink", []any{[]any{link}}, true},
		{keeper, "account.online.link", "action_fetch_transactions", []any{[]any{link}}, false},
		{keeper, "account.online.flow", "start", []any{object{"institution_id": r.bank("bank")}}, false},
		{keeper, "account.online.transaction", "write", []any{[]any{1.0}, object{"amount": 1.0}}, true},
		{keeper, "account.online.run", "create", []any{object{"trigger": "manual"}}, true},
		{keeper, "account.online.staging", "search_read", []any{[]any{}, []any{"payload"}}, true},
		{keeper, "account.online.provider", "write", []any{[]any{1.0}, object{"name": "x"}}, true},
	}
	for _, test := range tests {
		_, err := r.tryAs(test.uid, test.model, test.method, test.args...)
		if fault.Is(err, fault.Denied) != test.denied || !test.denied && err != nil {
			t.Errorf("%d %s.%s: %v, want denied %v", test.uid, test.model, test.method, err, test.denied)
		}
	}
	for model, secret := range map[string]string{"account.online.link": "secret", "account.online.account": "cursor"} {
		fields := r.call(model, "fields_get").(object)
		if fields[secret] != nil {
			t.Errorf("%s lists %s", model, secret)
		}
		if got, err := r.try(model, "search_read", []any{}, []any{secret}); err == nil && strings.Contains(fmt.Sprint(got), secret+":") {
			t.Errorf("%s gives %s: %v", model, secret, got)
		}
	}
}

func TestBusTellsARunInOrder(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
		r.work()
		var messages []string
		err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
			rows, err := env.SearchRead("bus.bus", nil, []string{"channel", "message"}, orm.SearchOptions{Order: "id"})
			if err != nil {
				return err
			}
			for row := range rows.All() {
				if !strings.HasPrefix(row.Str("channel"), "res.company/") {
					continue
				}
				var m struct {
					Type    string
					Payload map[string]any
				}
				if err := json.Unmarshal([]byte(row.Str("message")), &m); err != nil {
					return err
				}
				if m.Payload["id"] == nil {
					t.Errorf("%s without id", m.Type)
				}
				messages = append(messages, m.Type)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"account.online.run/progress", "account.bank.statement.line/created", "account.online.link/changed",
			"account.online.run/finished", "account.journal/changed"}
		at := 0
		for _, m := range messages {
			if at < len(want) && m == want[at] {
				at++
			}
		}
		if at != len(want) {
			t.Errorf("got %v, want in this order %v", messages, want)
		}
		_ = link
	})
}

func TestSupportBundleAndAccounts(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.failWith("", sdk.Errorf(sdk.ConsentExpired, "gone"))
	r.work()
	bundle, err := json.Marshal(r.call("account.online.link", "action_support_bundle", []any{link}))
	if err != nil {
		t.Fatal(err)
	}
	l := r.link(link)
	if !strings.Contains(string(bundle), l["error_reference"].(string)) || strings.Contains(string(bundle), iban.Number) ||
		strings.Contains(string(bundle), "token") {
		t.Errorf("bundle: %s", bundle)
	}
	if l["state"] != "error" || l["attention"] != "consent_expired" {
		t.Errorf("link: %v", l)
	}
	s.failWith("", nil)
	s.accounts = append(s.accounts, second)
	ids := r.call("account.online.link", "action_fetch_accounts", []any{link}).([]any)
	if len(ids) != 2 {
		t.Fatalf("accounts: %v (S62)", ids)
	}
	journal := r.call("account.online.account", "link_journal", []any{ids[1]})
	if got := r.rows("account.journal", []any{leaf("id", "=", journal)}, "account_online_account_id",
		"bank_acc_number")[0]; got["bank_acc_number"] != second.Number {
		t.Errorf("journal: %v", got)
	}
	s.accounts = s.accounts[:1]
	reconnected := r.call("account.online.link", "action_reconnect", []any{link}).(object)
	reconnected = r.submit(reconnected, object{"dropped": "go_on"})
	if reconnected["state"] != "done" || reconnected["link_id"] != link || r.link(link)["state"] != "connected" {
		t.Errorf("reconnected: %v (S33)", reconnected)
	}
	said := r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("body", "ilike", "does not cover Second")}, "body")
	if len(said) != 1 {
		t.Errorf("a renewal that drops an account (D08): %v", said)
	}
}

func TestSearchInstitutionsAnswersRecords(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	found := r.call("account.online.institution", "search_institutions", "demo mfa", "BE", 5).([]any)
	if len(found) == 0 {
		t.Fatal("nothing found")
	}
	first := found[0].(object)
	if !strings.Contains(strings.ToLower(first["name"].(string)), "demo") || first["provider_id"].([]any)[1] != "Demo banks" ||
		first["id"] == nil {
		t.Errorf("%v", first)
	}
	if none := r.call("account.online.institution", "search_institutions", "zzzqqq").([]any); len(none) != 0 {
		t.Errorf("%v (S02)", none)
	}
	scripted(r, iban)
	if now := r.call("account.online.institution", "search_institutions", "scripted").([]any); len(now) != 1 {
		t.Errorf("after the catalogue changed: %v", now)
	}
	delete(r.banks, "script")
	gone := newScript()
	r.banks["script"] = emptyCatalogue{gone}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	if now := r.call("account.online.institution", "search_institutions", "scripted").([]any); len(now) != 0 {
		t.Errorf("no longer listed, and yet found: %v", now)
	}
}
