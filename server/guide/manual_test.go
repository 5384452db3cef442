package guide_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestByHand(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		link := o.connect("demo-daily", 2)
		t.Run("S26 Synchronize Now fetches, and tells how far it is", func(t *testing.T) { tellsProgress(t, o.in(t), link) })
		t.Run("S27 Fetch Transactions fetches for all accounts", func(t *testing.T) {
			o := o.in(t)
			o.time.Move(3 * day)
			before, at := o.asked(), o.time.Now().Format("2006-01-02 15:04:05")
			run := o.fetch(link)
			feeding := fed(o.accounts(link))
			if len(feeding) != 2 || run["outcome"] != "ok" {
				t.Fatalf("%d accounts, %v", len(feeding), run)
			}
			if calls := o.asked().since(before); calls["FetchTransactions"] != len(feeding) {
				t.Errorf("calls: %v", calls)
			}
			for _, account := range feeding {
				row := o.row("account.online.account", list{leaf("id", "=", account["id"])}, "last_sync")
				if row["last_sync"] != at {
					t.Errorf("account %v: last at %v", account["name"], row["last_sync"])
				}
			}
		})
	})
}

func tellsProgress(t *testing.T, o *office, link float64) {
	o.time.Move(2 * day)
	journal := fed(o.accounts(link))[0]["journal_ids"].(list)[0].(float64)
	before := o.count("account.bank.statement.line", leaf("journal_id", "=", journal))
	of := o.listen(fmt.Sprintf("account.online.link/%v", link), fmt.Sprintf("account.journal/%v", journal))
	runs := o.call("account.journal", "manual_sync", list{journal}).(list)
	if len(runs) != 1 {
		t.Fatalf("runs: %v", runs)
	}
	all, _ := of.until("the end of the run", ended(runs[0]))
	count, created := map[string]int{}, 0.0
	for _, m := range all {
		count[m.Message.Type]++
		if m.Message.Type == "account.online.run/progress" && (m.Message.Payload["id"] != runs[0] || m.Message.Payload["percent"] == nil) {
			t.Errorf("progress: %v", m.Message.Payload)
		}
		if m.Message.Type == "account.bank.statement.line/created" {
			created += m.Message.Payload["count"].(float64)
		}
	}
	end := all[len(all)-1].Message.Payload
	after := o.count("account.bank.statement.line", leaf("journal_id", "=", journal))
	if end["outcome"] != "ok" || end["created"] != created || float64(after-before) != created || created == 0 {
		t.Errorf("the end: %v; %v lines were told, %d came", end, created, after-before)
	}
	if count["account.online.run/progress"] == 0 || count["account.bank.statement.line/created"] == 0 ||
		count["account.online.link/changed"] == 0 {
		t.Errorf("told: %v", count)
	}
}

func TestABankThatWantsItsUser(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	link := o.connect("demo-manual-only", 1)
	said := func(o *office) (failures []object) {
		return o.rows("mail.message", list{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
			leaf("error_reference", "!=", false)}, "body", "date", "author_id", "message_type", "error_reference")
	}
	t.Run("S28 it is not fetched from automatically", func(t *testing.T) {
		o := o.in(t)
		bank := o.row("account.online.institution", list{leaf("online_identifier", "=", "demo-manual-only")}, "auto_sync_allowed")
		if bank["auto_sync_allowed"] != false {
			t.Errorf("in the picker: %v", bank)
		}
		before, runs := o.asked(), len(o.runs(link))
		o.later(13 * hour)
		if calls := o.asked().since(before); calls["FetchTransactions"]+calls["Refresh"]+calls["ListAccounts"] != 0 {
			t.Errorf("the bank was asked: %v", calls)
		}
		since := o.runs(link)[runs:]
		if len(since) != 1 || since[0]["trigger"] != "scheduled" || since[0]["outcome"] != "not_allowed" || since[0]["created"] != 0.0 {
			t.Errorf("the run: %v", since)
		}
	})
	t.Run("S29 it says once that automatic synchronisation should be switched off", func(t *testing.T) {
		o := o.in(t)
		now := o.link(link, "attention", "next_refresh", "state")
		if now["attention"] != "auto_sync_not_allowed" || now["next_refresh"] != false || now["state"] != "connected" {
			t.Errorf("the connection: %v", now)
		}
		runs := len(o.runs(link))
		for range 4 {
			o.later(13 * hour)
		}
		if told := said(o); len(told) != 1 || !strings.Contains(told[0]["body"].(string), "Switch off Automatic Synchronisation") {
			t.Errorf("told: %v", told)
		}
		if n := len(o.runs(link)); n != runs {
			t.Errorf("%d runs more", n-runs)
		}
	})
	t.Run("S30 in the chatter of the connection, with a reference", func(t *testing.T) {
		o := o.in(t)
		told, now := said(o)[0], o.link(link, "error_reference", "message_ids")
		reference := told["error_reference"].(string)
		if reference != now["error_reference"] || !strings.Contains(told["body"].(string), reference) {
			t.Errorf("told: %v; the connection's reference is %v", told, now["error_reference"])
		}
		if at := instant(t, told["date"]); at.After(o.time.Now()) || at.Before(morning) || told["message_type"] != "notification" {
			t.Errorf("told: %v", told)
		}
		system := o.rows("res.users", list{leaf("id", "=", 1), leaf("active", "in", list{true, false})}, "partner_id")
		if author := told["author_id"].(list); len(system) != 1 || system[0]["partner_id"].(list)[0] != author[0] {
			t.Errorf("told by %v, the system is %v", author, system)
		}
		listed := false
		for _, id := range now["message_ids"].(list) {
			listed = listed || id == told["id"]
		}
		if !listed {
			t.Errorf("message %v is not among those of the connection: %v", told["id"], now["message_ids"])
		}
	})
	t.Run("S31 without automatic synchronisation both buttons still fetch", func(t *testing.T) {
		o := o.in(t)
		o.call("account.online.link", "write", list{link}, object{"auto_sync": false})
		runs := len(o.runs(link))
		o.later(3 * day)
		if n := len(o.runs(link)); n != runs {
			t.Errorf("switched off, and %d runs by itself", n-runs)
		}
		if run := o.press(o.only(link)); run["outcome"] != "ok" || run["created"].(float64) == 0 {
			t.Errorf("Synchronize Now: %v", run)
		}
		runs = len(o.runs(link))
		o.later(3 * day)
		if n := len(o.runs(link)); n != runs {
			t.Errorf("switched off, and %d runs by itself after one by hand", n-runs)
		}
		if run := o.fetch(link); run["outcome"] != "ok" || run["created"].(float64) == 0 {
			t.Errorf("Fetch Transactions: %v", run)
		}
		if now := o.link(link, "attention", "error_message"); now["attention"] != "none" || now["error_message"] != false {
			t.Errorf("after it: %v", now)
		}
	})
}
