package onlinesync_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

func (r *rig) start(identifier string, more object) object {
	r.t.Helper()
	values := object{"institution_id": r.bank(identifier)}
	for k, v := range more {
		values[k] = v
	}
	return r.call("account.online.flow", "start", values).(object)
}

func (r *rig) submit(reply object, values object) object {
	r.t.Helper()
	return r.call("account.online.flow", "submit", reply["flow_id"], values).(object)
}

func stepOf(reply object) object { step, _ := reply["step"].(object); return step }

func TestFlowAsksAndChecks(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	form := r.start("demo-mfa", nil)
	if form["state"] != "asking" || stepOf(form)["type"] != "form" || len(stepOf(form)["fields"].([]any)) != 2 {
		t.Fatalf("first step: %v", form)
	}
	missing := r.submit(form, object{"user": "jane"})
	if missing["state"] != "asking" || stepOf(missing)["error"].(object)["field"] != "password" {
		t.Errorf("a required field is not asked for: %v", missing)
	}
	wrong := r.submit(form, object{"user": "jane", "password": "wrong"})
	if wrong["state"] != "asking" || stepOf(wrong)["error"].(object)["field"] != "password" ||
		stepOf(wrong)["error"].(object)["message"] == "" {
		t.Errorf("a wrong password cannot be corrected: %v", wrong)
	}
	code := r.submit(form, object{"user": "jane", "password": "right"})
	if stepOf(code)["fields"].([]any)[0].(object)["kind"] != "otp" {
		t.Fatalf("second step: %v", code)
	}
	choose := r.submit(form, object{"code": "123456"})
	offered := stepOf(choose)["accounts"].([]any)
	if stepOf(choose)["type"] != "accounts" || len(offered) < 3 {
		t.Fatalf("third step: %v", choose)
	}
	if bad := r.submit(form, object{"accounts": "nobody's"}); bad["state"] != "asking" {
		t.Errorf("an account that was not offered: %v", bad)
	}
	for _, empty := range []object{{}, {"accounts": ""}, {"accounts": []any{}}} {
		if again := r.submit(form, empty); again["state"] != "asking" || stepOf(again)["error"].(object)["field"] != "accounts" {
			t.Errorf("an empty choice of accounts, %v: %v", empty, again)
		}
	}
	one := offered[1].(object)["id"].(string)
	done := r.submit(form, object{"accounts": one})
	if done["state"] != "done" || done["link_id"] == false {
		t.Fatalf("end: %v", done)
	}
	if again := r.submit(form, object{"accounts": one}); again["state"] != "done" {
		t.Errorf("an answer after the end: %v", again)
	}
	feeds := r.rows("account.online.account", []any{}, "selected", "journal_ids")
	fed := 0
	for _, f := range feeds {
		fed += len(f["journal_ids"].([]any))
	}
	if len(feeds) != len(offered) || fed != 1 {
		t.Errorf("%d accounts known, %d feed a journal (S61)", len(feeds), fed)
	}
}

func TestFlowJournalChoice(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	own := r.call("account.journal", "create", object{"name": "My bank", "type": "bank"}).(float64)
	form := r.start("demo-checking", nil)
	choose := r.submit(form, object{"user": "jane", "password": "x"})
	var ids []any
	var eur, usd string
	for _, a := range stepOf(choose)["accounts"].([]any) {
		acc := a.(object)
		ids = append(ids, acc["id"])
		if acc["currency"] == "EUR" && eur == "" {
			eur = acc["id"].(string)
		} else if acc["currency"] == "USD" {
			usd = acc["id"].(string)
		}
	}
	done := r.submit(form, object{"accounts": ids, "journals": object{eur: own, usd: "new"}})
	if done["state"] != "done" {
		t.Fatal(done)
	}
	mine := r.rows("account.journal", []any{leaf("id", "=", own)}, "account_online_account_id", "bank_statements_source",
		"account_online_link_state")[0]
	if mine["account_online_account_id"] == false || mine["bank_statements_source"] != "online_sync" ||
		mine["account_online_link_state"] != "connected" {
		t.Errorf("the chosen journal: %v", mine)
	}
	made := r.rows("account.journal", []any{leaf("account_online_account_id.currency_id.name", "=", "USD")}, "currency_id", "code",
		"bank_account_id")
	if len(made) != 1 || made[0]["currency_id"] == false {
		t.Errorf("the new journal (S24): %v", made)
	}
	wrong := r.start("demo-mfa", nil)
	wrong = r.submit(wrong, object{"user": "jim", "password": "x"})
	wrong = r.submit(wrong, object{"code": "123456"})
	first := stepOf(wrong)["accounts"].([]any)[0].(object)["id"].(string)
	if taken := r.submit(wrong, object{"accounts": first, "journals": object{first: own}}); taken["state"] != "failed" ||
		taken["error_reference"] == false {
		t.Errorf("a journal that is taken: %v", taken)
	}
}

func TestBetaIsAcknowledged(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	asked := r.start("demo-beta", nil)
	if stepOf(asked)["fields"].([]any)[0].(object)["name"] != "acknowledge_beta" {
		t.Fatalf("not asked (S56): %v", asked)
	}
	if no := r.submit(asked, object{"acknowledge_beta": false}); stepOf(no)["error"] == nil {
		t.Errorf("passes without: %v", no)
	}
	if form := r.submit(asked, object{"acknowledge_beta": true}); stepOf(form)["fields"].([]any)[0].(object)["name"] != "user" {
		t.Errorf("after it: %v", form)
	}
	if form := r.start("demo-beta", object{"acknowledge_beta": true}); stepOf(form)["fields"].([]any)[0].(object)["name"] != "user" {
		t.Errorf("acknowledged at the start: %v", form)
	}
	if _, err := r.try("account.online.flow", "start", object{"institution_id": r.bank("demo-disabled")}); !fault.Is(err, fault.User) {
		t.Errorf("a disabled bank: %v", err)
	}
}

func TestPhoneIsAskedOnce(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.call("ir.config_parameter", "set_param", "onlinesync.require_phone", "1")
	asked := r.start("demo-checking", nil)
	if stepOf(asked)["fields"].([]any)[0].(object)["kind"] != "phone" {
		t.Fatalf("not asked (S15): %v", asked)
	}
	if bad := r.submit(asked, object{"phone": "call me"}); stepOf(bad)["error"] == nil {
		t.Errorf("accepted: %v", bad)
	}
	r.submit(asked, object{"phone": "+32 470 12 34 56"})
	if again := r.start("demo-checking", nil); stepOf(again)["fields"].([]any)[0].(object)["name"] != "user" {
		t.Errorf("asked twice: %v", again)
	}
}

func TestRedirectWaitAndCancel(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	redirect := r.start("demo-redirect", nil)
	if redirect["state"] != "waiting" || stepOf(redirect)["type"] != "redirect" {
		t.Fatal(redirect)
	}
	_, query, _ := strings.Cut(stepOf(redirect)["url"].(string), "?")
	values := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		k, v, _ := strings.Cut(pair, "=")
		values[k] = v
	}
	if _, _, err := r.addon.Callback(t.Context(), map[string]string{"state": "guessed", "code": values["code"]},
		connect.Visitor{}); !fault.Is(err, fault.Missing) {
		t.Errorf("a guessed token: %v", err)
	}
	back, _, err := r.addon.Callback(t.Context(), values, connect.Visitor{})
	if err != nil || back["state"] != "asking" {
		t.Fatalf("%v, %v", back, err)
	}
	if _, _, err := r.addon.Callback(t.Context(), values, connect.Visitor{}); !fault.Is(err, fault.Missing) {
		t.Errorf("a token used twice: %v", err)
	}

	wait := r.start("demo-wait", nil)
	wait = r.submit(wait, object{"user": "jane", "password": "x"})
	if wait["state"] != "waiting" || stepOf(wait)["poll_after"].(float64) != 2 {
		t.Fatal(wait)
	}
	r.call("account.online.flow", "poll", wait["flow_id"])
	if polled := r.call("account.online.flow", "poll", wait["flow_id"]).(object); stepOf(polled)["type"] != "accounts" {
		t.Errorf("after the second poll: %v", polled)
	}
	if gone := r.call("account.online.flow", "cancel", wait["flow_id"]).(object); gone["state"] != "cancelled" {
		t.Error(gone)
	}
	if after := r.submit(wait, object{"accounts": ""}); after["state"] != "cancelled" {
		t.Error(after)
	}
}

// Only where a window was to open may it have been kept from opening.
func TestFlowExpires(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	for bank, words := range map[string]string{"demo-redirect": "pop-ups", "demo-wait": "confirmation", "demo-checking": "Start again"} {
		for _, swept := range []bool{false, true} {
			f := r.start(bank, nil)
			if bank == "demo-wait" {
				f = r.submit(f, object{"user": "jane", "password": "x"})
			}
			r.later(16 * time.Minute)
			if swept {
				if err := r.addon.Sweep(t.Context(), r.db); err != nil {
					t.Fatal(err)
				}
			}
			late := r.submit(f, object{"user": "jane", "password": "x"})
			said, _ := late["error_message"].(string)
			hint := strings.Contains(said, "pop-ups")
			if late["state"] != "expired" || !strings.Contains(said, words) || hint != (bank == "demo-redirect") {
				t.Errorf("%s, swept %v: %v (S14)", bank, swept, late)
			}
		}
	}
}

// TestTypedValuesAreNowhere types canaries and looks for them in the database's
// files, in the log and in what the bus holds (S19).
func TestTypedValuesAreNowhere(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	const user, password = "canary-user-8x1q", "canary-password-77zz"
	form := r.start("demo-checking", nil)
	for _, wrong := range []object{{"user": user, "password": "wrong"}, {"user": user, "password": ""}} {
		r.submit(form, wrong)
	}
	choose := r.submit(form, object{"user": user, "password": password})
	first := stepOf(choose)["accounts"].([]any)[0].(object)["id"]
	done := r.submit(form, object{"accounts": []any{first}})
	if done["state"] != "done" {
		t.Fatal(done)
	}
	r.work()
	renewal := r.call("account.online.link", "action_update_credentials", []any{done["link_id"]}).(object)
	r.submit(renewal, object{"user": user, "password": "wrong"})
	for _, text := range []string{user, password} {
		if strings.Contains(r.log.String(), text) {
			t.Errorf("%s is in the log", text)
		}
		files, err := filepath.Glob(filepath.Join(r.folder, "*"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files: ", err)
		}
		seen := false
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			seen = seen || strings.Contains(string(content), "demo-checking")
			if strings.Contains(string(content), text) {
				t.Errorf("%s is in %s", text, filepath.Base(file))
			}
		}
		if !seen {
			t.Error("the search finds nothing at all")
		}
		all, err := json.Marshal(r.rows("account.online.flow", []any{}, "step", "error_message"))
		if err != nil || strings.Contains(string(all), text) {
			t.Errorf("%s is in a flow: %v", text, err)
		}
	}
}

// S62: a connection without any chosen account lists them later.
func TestNoAccountAtFirst(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-checking", 0, object{"none": true})
		if n := r.count("account.journal", leaf("account_online_account_id", "!=", false)); n != 0 {
			t.Errorf("%d journals are fed", n)
		}
		if ids := r.call("account.online.link", "action_fetch_accounts", []any{link}).([]any); len(ids) < 3 {
			t.Errorf("Fetch Accounts lists %v", ids)
		}
		if run := r.sync(link); run["outcome"] != "nothing_new" {
			t.Errorf("nothing is fed: %v", run)
		}
	})
}
