package onlinesync_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// picking is a rig with two providers whose lists overlap.
func picking(t *testing.T) *rig {
	r := newRig(t, ormtest.SQLite)
	bank := func(id, name, bic string, status sdk.Status) sdk.Institution {
		return sdk.Institution{ID: id, Name: name, Countries: []string{"NL"}, BIC: bic, Website: "https://www." + id + ".example",
			Status: status, AutoSyncAllowed: true}
	}
	r.banks["script"] = &lister{script: newScript(iban), list: []sdk.Institution{bank("rabo", "Windmill Bank", "WINDNL2U", sdk.Beta),
		bank("doubt", "Tulip Bank", "", sdk.Stable), bank("off", "Dyke Bank", "", sdk.Disabled)}}
	r.banks["other"] = &lister{script: newScript(iban), list: []sdk.Institution{bank("rabo2", "Windmill", "WINDNL2UXXX", sdk.Stable),
		bank("doubt2", "Tulip Bank", "", sdk.Stable)}}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	return r
}

// One bank under two providers is one row with a choice; what is not proven to be
// one stays two, and each search_institutions answers stays apart.
func TestAPickerOffersTheProvidersOfABank(t *testing.T) {
	r := picking(t)
	proven := r.pick("windmill", "NL")
	if proven.count != 1 || proven.bank["proven"] != true || proven.bank["bic"] != "WINDNL2UXXX" || len(proven.choices) != 2 ||
		proven.choices[0]["status"] != "stable" || proven.choices[1]["notice"] == false || proven.choices[0]["notice"] != false {
		t.Errorf("one bank of two providers: %v, %v", proven.count, proven.bank)
	}
	if doubt := r.pick("tulip"); doubt.count != 2 || len(doubt.choices) != 1 || doubt.bank["proven"] != false {
		t.Errorf("a doubt: %v, %v", doubt.count, doubt.bank)
	}
	if apart := r.call("account.online.institution", "search_institutions", "windmill").([]any); len(apart) != 2 {
		t.Errorf("search_institutions: %v", apart)
	}
	off := r.pick("dyke").choices[0]
	if off["usable"] != false || !strings.Contains(off["reason"].(string), "lists Dyke Bank as disabled") {
		t.Errorf("a disabled bank: %v", off)
	}
	if _, err := r.try("account.online.flow", "start", object{"institution_id": off["id"]}); err == nil {
		t.Error("a disabled bank is connected")
	}
	if only := r.pick("windmill", nil, 20, 0, nil, "beta"); len(only.choices) != 1 || only.choices[0]["status"] != "beta" {
		t.Errorf("by status: %v", only.choices)
	}
	page := r.call("account.online.institution", "pick_institutions", "bank", nil, 1, 1).(object)
	if page["count"].(float64) < 4 || len(page["banks"].([]any)) != 1 ||
		page["add_by_hand"].(object)["method"] != "action_add_bank_account" {
		t.Errorf("a page: %v", page)
	}
	// The choice of the provider is the connection's.
	other := proven.choices[0]
	link := r.answer(r.call("account.online.flow", "start", object{"institution_id": other["id"]}).(object), -1, nil)
	got := r.rows("account.online.link", []any{leaf("id", "=", link)}, "provider_id")[0]["provider_id"].([]any)[0]
	if got != other["provider_id"].([]any)[0] {
		t.Errorf("the connection is through %v, chosen was %v", got, other["provider_id"])
	}
}

// A bank in beta is connected by whoever says that he knows; it is noted who did,
// and what goes wrong says that nobody supports it.
func TestABankInBetaIsAcknowledged(t *testing.T) { // S54, S55, S56
	for _, c := range []struct {
		name  string
		start object
		asked bool
	}{{"asked", object{}, true}, {"said before", object{"acknowledge_beta": true}, false}} {
		t.Run(c.name, func(t *testing.T) {
			r := picking(t)
			beta := r.pick("windmill", nil, 20, 0, nil, "beta").choices[0]
			c.start["institution_id"] = beta["id"]
			flow := r.call("account.online.flow", "start", c.start).(object)
			if c.asked {
				step := stepOf(flow)
				if !strings.Contains(step["text"].(string), "no technical support") {
					t.Fatalf("what is asked: %v", step)
				}
				again := r.call("account.online.flow", "submit", flow["flow_id"], object{"acknowledge_beta": false}).(object)
				if again["state"] != "asking" {
					t.Fatalf("without an acknowledgement: %v", again)
				}
			} else if flow["state"] != "done" {
				t.Fatalf("acknowledged before, and asked: %v", flow)
			}
			link := r.answer(flow, -1, object{"acknowledge_beta": true})
			kept := r.rows("account.online.link", []any{leaf("id", "=", link)}, "institution_status", "beta_acknowledged_at",
				"beta_acknowledged_by")[0]
			if kept["institution_status"] != "beta" || kept["beta_acknowledged_at"] != "2026-06-17 09:30:00" ||
				kept["beta_acknowledged_by"].([]any)[0] != float64(2) {
				t.Errorf("what is kept: %v", kept)
			}
			if n := r.count("mail.message", leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
				leaf("body", "ilike", "was told that Windmill Bank is in beta")); n != 1 {
				t.Errorf("%d messages tell who acknowledged", n)
			}
			r.banks["script"].(*lister).failWith("", sdk.Errorf(sdk.BankUnavailable, "closed"))
			run := r.sync(link)
			for what, text := range map[string]any{"run": run["error_message"], "connection": r.link(link)["error_message"]} {
				if said, _ := text.(string); !strings.Contains(said, "Windmill Bank is in beta at its provider") {
					t.Errorf("the error of the %s: %v", what, text)
				}
			}
			bundle := r.call("account.online.link", "action_support_bundle", []any{link}).(object)
			if text, err := json.Marshal(bundle); err != nil || !strings.Contains(string(text), "no technical support") {
				t.Errorf("support bundle: %s (%v)", text, err)
			}
		})
	}
	r := picking(t)
	stable := r.answer(r.call("account.online.flow", "start", object{"institution_id": r.pick("windmill").choices[0]["id"],
		"acknowledge_beta": true}).(object), -1, nil)
	kept := r.rows("account.online.link", []any{leaf("id", "=", stable)}, "beta_acknowledged_at")[0]
	if kept["beta_acknowledged_at"] != false {
		t.Errorf("a stable bank was acknowledged as beta: %v", kept)
	}
}
