package guide_test

import (
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// deletesInTurn deletes a connection of the second provider while nobody can end
// its consent, and then while somebody can.
func deletesInTurn(t *testing.T, o *office, file string) {
	link := o.id("account.online.link", leaf("provider_id.name", "=", "further"))
	lines := o.lines(link)
	away(t, file, func() {
		_, err := o.try("account.online.link", "unlink", list{link})
		if err == nil || !strings.Contains(err.Error(), "the service is away") {
			t.Errorf("deleting while the consent cannot be ended: %v", err)
		}
	})
	if now := o.link(link, "state"); now["state"] != "connected" || lines == 0 {
		t.Errorf("after it: %v, %d lines", now, lines)
	}
	all := o.count("account.bank.statement.line")
	o.call("account.online.link", "unlink", list{link})
	if o.count("account.online.link", leaf("id", "=", link)) != 0 || o.count("account.bank.statement.line") != all {
		t.Errorf("%d connections; %d lines, %d before", o.count("account.online.link"), o.count("account.bank.statement.line"), all)
	}
}

func TestTheSameLoginAgain(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	link := o.connect("demo-daily", 1)
	lines, journals := o.lines(link), o.journals()
	t.Run("D11 the same login is offered as an update of the connection", func(t *testing.T) {
		o := o.in(t)
		o.later(hour) // a consent of another moment is another consent
		at := o.begin("demo-daily")
		existing := at["existing"].(list)
		if len(existing) != 1 || existing[0].(object)["link_id"] != link {
			t.Errorf("what there is at the bank: %v", existing)
		}
		before := o.asked()
		again := o.walk(at, 1, object{"existing": "renew"})
		o.settle()
		if ended := o.asked().since(before)["Revoke"]; ended != 0 {
			t.Errorf("%d consents were ended before the new one had worked", ended)
		}
		o.later(12 * hour)
		o.later(time.Minute)
		if again != link || o.count("account.online.link") != 1 || o.journals() != journals || o.lines(link) < lines {
			t.Errorf("connection %v, %d of them; %d journals; %d lines, %d before", again, o.count("account.online.link"), o.journals(),
				o.lines(link), lines)
		}
		if ended := o.asked().since(before)["Revoke"]; ended != 1 {
			t.Errorf("%d consents were ended", ended)
		}
	})
	t.Run("S23 ended connections stay listed", func(t *testing.T) {
		o := o.in(t)
		next := o.walk(o.begin("demo-daily"), 1, object{"existing": "replace"})
		states := map[any]any{}
		for _, row := range o.rows("account.online.link", list{}, "state", "name") {
			states[row["id"]] = row["state"]
		}
		if len(states) != 2 || states[link] != "disconnected" || states[next] != "connected" {
			t.Errorf("listed: %v", states)
		}
	})
	t.Run("S33 an ended connection is restored by Reconnect", func(t *testing.T) {
		o := o.in(t)
		at := o.call("account.online.link", "action_reconnect", list{link}).(object)
		if again := o.walk(at, 1, nil); again != link {
			t.Fatalf("reconnecting made %v of %v", again, link)
		}
		run := o.fetch(link)
		if run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
			t.Errorf("the run: %v", run)
		}
		now := o.link(link, "state", "attention", "journal_ids")
		if now["state"] != "connected" || len(now["journal_ids"].(list)) != 1 || o.journals() != journals {
			t.Errorf("restored: %v, %d journals", now, o.journals())
		}
		once(t, o, now["journal_ids"].(list))
	})
}
