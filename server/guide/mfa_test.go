package guide_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestCodes is about a bank that wants a code for each visit.
func TestCodes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		link := o.connect("demo-mfa-each", 1)
		t.Run("S58 the run is parked, and people are told", func(t *testing.T) { parks(t, o.in(t), link) })
		t.Run("S59 while a code is asked for the bank is left alone", func(t *testing.T) { leavesAlone(t, o.in(t), link) })
		t.Run("S58 with the code it is fetched", func(t *testing.T) { fetchesWithCode(t, o.in(t), link) })
	})
}

func parks(t *testing.T, o *office, link float64) {
	dashboard := o.listen(fmt.Sprintf("account.online.link/%v", link))
	runs, said := len(o.runs(link)), len(o.messages("account.online.link", link))
	o.later(13 * hour)
	since := o.runs(link)[runs:]
	if len(since) != 1 || since[0]["trigger"] != "scheduled" || since[0]["outcome"] != "needs_user" {
		t.Fatalf("by itself: %v", since)
	}
	now := o.link(link, "state", "attention", "next_refresh", "error_reference", "error_message")
	if now["state"] != "connected" || now["attention"] != "mfa" || now["next_refresh"] != false || now["error_message"] == false {
		t.Errorf("the connection: %v", now)
	}
	if told := o.messages("account.online.link", link); len(told) != said+1 {
		t.Errorf("told: %q", told[said:])
	}
	all, _ := dashboard.until("that a code is needed", func(m news) bool { return m.Message.Payload["attention"] == "mfa" })
	last := all[len(all)-1].Message
	if last.Type != "account.online.link/changed" || last.Payload["error_reference"] != now["error_reference"] {
		t.Errorf("pushed: %v", last)
	}
	if card := o.card(o.only(link)); card["attention"] != "mfa" {
		t.Errorf("on the dashboard: %v", card["attention"])
	}
	o.later(3 * day)
	if n := len(o.runs(link)); n != runs+1 || len(o.messages("account.online.link", link)) != said+1 {
		t.Errorf("%d runs after it was parked", n-runs-1)
	}
}

func leavesAlone(t *testing.T, o *office, link float64) {
	before := o.asked()
	at := o.start(object{"link_id": link, "kind": "mfa"})
	if at["state"] != "asking" || !slices.Equal(fields(at), []string{"code"}) {
		t.Fatalf("asked: %v", at)
	}
	kind := at["step"].(object)["fields"].(list)[0].(object)["kind"]
	if kind != "otp" {
		t.Errorf("the kind of what is asked: %v", kind)
	}
	if run := o.fetch(link); run["outcome"] != "needs_user" || run["fetched"] != 0.0 {
		t.Errorf("a press of the button meanwhile: %v", run)
	}
	o.later(14 * time.Minute)
	if at = o.submit(at, object{"code": "000000"}); at["state"] != "asking" || wrong(at) != "code" {
		t.Errorf("a wrong code: %v", at)
	}
	o.later(2 * time.Minute)
	late := o.submit(at, object{"code": "123456"})
	if late["state"] != "expired" || late["error_message"] == false {
		t.Errorf("a code that comes too late: %v", late)
	}
	if calls := o.asked().since(before); calls["FetchTransactions"]+calls["Refresh"]+calls["ListAccounts"] != 0 {
		t.Errorf("asked meanwhile: %v", calls)
	}
	again := o.start(object{"link_id": link, "kind": "mfa"})
	if again["state"] != "asking" || !slices.Equal(fields(again), []string{"code"}) || again["flow_id"] == at["flow_id"] {
		t.Errorf("asked again: %v", again)
	}
	o.call("account.online.flow", "cancel", again["flow_id"])
}

func fetchesWithCode(t *testing.T, o *office, link float64) {
	lines, journal := o.lines(link), o.only(link)
	if run := o.fetch(link); run["outcome"] != "needs_user" || o.lines(link) != lines {
		t.Errorf("without a code: %v", run)
	}
	at := o.start(object{"link_id": link, "kind": "mfa"})
	if again := o.walk(at, -1, nil); again != link {
		t.Fatalf("the code made %v of %v", again, link)
	}
	o.settle()
	runs := o.runs(link)
	now := o.link(link, "state", "attention", "error_message")
	if last := runs[len(runs)-1]; last["outcome"] != "ok" || last["created"].(float64) == 0 || o.lines(link) <= lines {
		t.Errorf("with the code: %v", last)
	}
	if now["attention"] != "none" || now["error_message"] != false || o.only(link) != journal {
		t.Errorf("after it: %v", now)
	}
}
