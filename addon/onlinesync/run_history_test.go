package onlinesync_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestAHistoryIsReadInPages(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work() // 1: the host's own, after connecting
	s.tell("a1", all(tx("1", "2026-06-01", "1", "a")))
	r.sync(link) // 2
	s.failWith("a1", sdk.Errorf(sdk.BankUnavailable, "closed"))
	r.sync(link) // 3
	s.failWith("a1", nil)
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	if _, err := r.importFile(r.journal(link), iban.Number+"\n- 2026-05-02 7 b", false); err != nil { // 4
		t.Fatal(err)
	}
	r.later(13 * 3600e9)
	r.sweepAndWork() // 5: scheduled
	read := func(model string, id any, args ...any) (out []string, page object) {
		t.Helper()
		page = r.call(model, "run_history", append([]any{[]any{id}}, args...)...).(object)
		for _, x := range page["runs"].([]any) {
			run := x.(object)
			who := "nobody"
			if user, ok := run["user"].(object); ok {
				who = user["name"].(string)
			}
			out = append(out, fmt.Sprint(run["id"], " ", run["trigger"], " ", who, " ", run["outcome"], " ", run["created"], " ",
				run["error_reference"] != false))
		}
		return out, page
	}
	whole := []string{"5 scheduled nobody nothing_new 0 false", "3 manual Administrator bank_unavailable 0 true",
		"2 manual Administrator ok 1 false"}
	got, page := read("account.online.link", link)
	if diff := cmp.Diff(whole, got[:3]); diff != "" || len(got) != 4 || page["total"] != 4.0 || page["next"] != false {
		t.Errorf("a connection's: %s\n%v", diff, page)
	}
	got, page = read("account.online.link", link, nil, 2)
	if diff := cmp.Diff(whole[:2], got); diff != "" || page["next"] != 3.0 {
		t.Errorf("the first page: %s, next %v", diff, page["next"])
	}
	if got, page = read("account.online.link", link, nil, 2, page["next"]); got[0] != whole[2] || page["next"] != false {
		t.Errorf("the last page: %v, next %v", got, page["next"])
	}
	if got, page = read("account.online.link", link, []any{"bank_unavailable", "failed"}); len(got) != 1 || got[0] != whole[1] ||
		page["total"] != 1.0 {
		t.Errorf("what went wrong: %v", page)
	}
	id := r.rows("account.online.account", []any{}, "id")[0]["id"]
	if got, _ = read("account.online.account", id); len(got) != 5 || got[1] != "4 file Administrator ok 1 false" {
		t.Errorf("an account's: %v", got)
	}
	first := page["runs"].([]any)[0].(object)
	if first["window_to"] == false && first["outcome"] == "ok" || first["started_at"] == false {
		t.Errorf("a run: %v", first)
	}
	if _, err := r.try("account.online.link", "run_history", []any{link}, "splendid"); !fault.Is(err, fault.Value) {
		t.Errorf("an outcome that there is not: %v", err)
	}
	if _, err := r.tryAs(r.user("reader", account.GroupReadonly), "account.online.link", "run_history", []any{link}); err != nil {
		t.Errorf("a reader: %v", err)
	}
	if _, err := r.tryAs(r.user("stranger", "base.group_user"), "account.online.link", "run_history",
		[]any{link}); !fault.Is(err, fault.Denied) {
		t.Errorf("a stranger: %v", err)
	}
}
