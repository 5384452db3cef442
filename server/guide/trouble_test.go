package guide_test

import (
	"context"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestTrouble(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	t.Run("S32 a failure has words and a reference that leads to it", func(t *testing.T) {
		o := o.in(t)
		one, other := o.connect("demo-down", 1), o.connect("demo-mfa-each", 1)
		o.later(13 * hour)
		first := o.link(one, "error_message", "error_reference", "attention")
		second := o.link(other, "error_message", "error_reference", "attention")
		for _, failed := range []object{first, second} {
			reference, _ := failed["error_reference"].(string)
			if words, _ := failed["error_message"].(string); len(words) < 20 || !strings.HasPrefix(reference, "GS-") {
				t.Fatalf("a failed connection: %v", failed)
			}
			if !strings.Contains(o.log.String(), reference) {
				t.Errorf("%s is not in the log", reference)
			}
			if id := o.id("account.online.link", leaf("error_reference", "=", reference)); id != failed["id"] {
				t.Errorf("%s leads to the connection %v, not %v", reference, id, failed["id"])
			}
			if n := o.count("account.online.run", leaf("error_reference", "=", reference), leaf("link_id", "=", failed["id"])); n == 0 {
				t.Errorf("%s leads to no run", reference)
			}
			if n := o.count("mail.message", leaf("error_reference", "=", reference), leaf("res_id", "=", failed["id"])); n != 1 {
				t.Errorf("%s leads to %d messages", reference, n)
			}
			found := o.call("account.online.link", "find_support_bundle", reference).(object)["connections"].(list)
			if len(found) != 1 || found[0].(object)["id"] != failed["id"] {
				t.Errorf("%s leads support to %v", reference, found)
			}
		}
		if first["error_reference"] == second["error_reference"] || first["attention"] != "bank_unavailable" {
			t.Errorf("two failures: %v, %v", first, second)
		}
	})
	t.Run("S55 an error of a bank in beta says that it is not supported", func(t *testing.T) {
		o := o.in(t)
		link := o.walk(o.start(object{"institution_id": o.bank("demo-beta"), "acknowledge_beta": true}), 1, nil)
		o.settle()
		o.later(181 * day) // beyond its consent
		now := o.link(link, "error_message", "error_reference", "state")
		for where, words := range map[string]any{"the connection": now["error_message"],
			"the run":     o.runs(link)[len(o.runs(link))-1]["error_message"],
			"the chatter": strings.Join(o.messages("account.online.link", link), " ")} {
			if text, _ := words.(string); now["state"] != "error" || !strings.Contains(text, "no technical support") {
				t.Errorf("%s says %v", where, words)
			}
		}
	})
}

func TestRenewing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		link := o.connect("demo-expired", 2)
		t.Run("S65 Update Credentials renews the access of the same connection", func(t *testing.T) { updates(t, o.in(t), link) })
		t.Run("D09 a consent's end is announced in time", func(t *testing.T) { announces(t, o.in(t), link) })
		t.Run("S33 Reconnect restores the same connection, without doubles", func(t *testing.T) { reconnects(t, o.in(t), link) })
	})
}

// sealed is the stored secret of a connection, which no client can read.
func (o *office) sealed(link float64) (text string) {
	o.t.Helper()
	err := o.db.Within(context.Background(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read("account.online.link", []int64{int64(link)}, "secret")
		if err == nil {
			text = rows.At(0).Str("secret")
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return text
}

// same reads what must stay as it is when a connection is renewed.
func (o *office) same(link float64) (client any, journals int, fed list) {
	o.t.Helper()
	now := o.link(link, "client_id", "journal_ids")
	return now["client_id"], o.journals(), now["journal_ids"].(list)
}

func updates(t *testing.T, o *office, link float64) {
	lines, secret, was := o.lines(link), o.sealed(link), o.accounts(link)
	client, journals, feeding := o.same(link)
	o.later(2 * day)
	at := o.call("account.online.link", "action_update_credentials", list{link}).(object)
	if at = o.submit(at, object{"user": "somebody else", "password": "x"}); wrong(at) != "user" {
		t.Errorf("with another login: %v", at)
	}
	if at = o.submit(at, object{"user": "jane", "password": "wrong"}); wrong(at) != "password" {
		t.Errorf("with a wrong password: %v", at)
	}
	if o.sealed(link) != secret || o.link(link, "state")["state"] != "connected" {
		t.Error("what was refused changed the connection")
	}
	if again := o.walk(at, -1, nil); again != link {
		t.Fatalf("renewing made %v of %v", again, link)
	}
	if o.sealed(link) == secret {
		t.Error("the old secret is kept")
	}
	run := o.fetch(link)
	if run["outcome"] != "ok" && run["outcome"] != "nothing_new" || o.lines(link) < lines {
		t.Errorf("after it: %v; %d lines, %d before", run, o.lines(link), lines)
	}
	nowClient, nowJournals, nowFeeding := o.same(link)
	if nowClient != client || nowJournals != journals || len(nowFeeding) != len(feeding) || o.count("account.online.link") != 1 {
		t.Errorf("client %v was %v, %d journals were %d, %v fed were %v", nowClient, client, nowJournals, journals, nowFeeding, feeding)
	}
	if now := o.accounts(link); len(now) != len(was) || now[0]["online_identifier"] == was[0]["online_identifier"] {
		t.Errorf("accounts under the new consent: %v, before %v", now, was)
	}
	once(t, o, feeding)
}

// once reports what is twice in journals.
func once(t *testing.T, o *office, journals list) {
	t.Helper()
	for _, journal := range journals {
		for id, n := range o.amounts(journal.(float64)) {
			if n != 1 {
				t.Errorf("%d lines of %s", n, id)
			}
		}
		if proof := o.call("account.journal", "balance_proof", list{journal}).(object); proof["verdict"] != "agrees" {
			t.Errorf("bank and lines: %v, first on %v", proof["verdict"], proof["first_disagreement"])
		}
	}
}

// announced are the days, since the connection was renewed, on which its consent's
// end was announced.
func (o *office) announced(link float64, ends string) (days []int) {
	o.t.Helper()
	for _, m := range o.rows("mail.message", list{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("body", "like", ends)}, "date") {
		days = append(days, int(civil(ends).Sub(instant(o.t, m["date"]).Truncate(day))/day))
	}
	return days
}

func announces(t *testing.T, o *office, link float64) {
	ends := o.link(link, "expiring_synchronization_date")["expiring_synchronization_date"].(string)
	if want := o.time.Now().Add(7 * day).Format("2006-01-02"); ends != want {
		t.Fatalf("the consent ends on %s, not %s", ends, want)
	}
	var attention []any
	for range 9 {
		o.later(day)
		attention = append(attention, o.link(link, "attention")["attention"])
	}
	if told := o.announced(link, ends); len(told) < 3 || told[0] != 7 || told[len(told)-1] > 1 {
		t.Errorf("announced so many days before: %v", told)
	}
	if attention[0] != "consent_expiring" || attention[5] != "consent_expiring" || attention[8] != "consent_expired" {
		t.Errorf("attention, day by day: %v", attention)
	}
	if now := o.link(link, "state", "next_refresh"); now["state"] != "error" || now["next_refresh"] != false {
		t.Errorf("after its end: %v", now)
	}
}

func reconnects(t *testing.T, o *office, link float64) {
	lines := o.lines(link)
	client, journals, feeding := o.same(link)
	messages := len(o.messages("account.online.link", link))
	at := o.call("account.online.link", "action_reconnect", list{link}).(object)
	if again := o.walk(at, -1, nil); again != link {
		t.Fatalf("reconnecting made %v of %v", again, link)
	}
	o.settle()
	nowClient, nowJournals, nowFeeding := o.same(link)
	if nowClient != client || nowJournals != journals || len(nowFeeding) != len(feeding) {
		t.Errorf("client %v was %v, %d journals were %d, %v fed were %v", nowClient, client, nowJournals, journals, nowFeeding, feeding)
	}
	now := o.link(link, "state", "expiring_synchronization_date", "error_message")
	if now["state"] != "connected" || now["error_message"] != false ||
		now["expiring_synchronization_date"] != o.time.Now().Add(7*day).Format("2006-01-02") {
		t.Errorf("restored: %v", now)
	}
	if o.lines(link) <= lines || len(o.messages("account.online.link", link)) <= messages {
		t.Errorf("%d lines, %d before: what was missed did not come", o.lines(link), lines)
	}
	once(t, o, feeding)
}

func TestLongConsents(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite, listing("12"))
	t.Run("D09 an end that is far is announced a month before", func(t *testing.T) {
		o := o.in(t)
		link := o.connect("demo-big-12", 1)
		ends := o.link(link, "expiring_synchronization_date")["expiring_synchronization_date"].(string)
		if want := o.time.Now().Add(180 * day).Format("2006-01-02"); ends != want {
			t.Fatalf("the consent ends on %s, not %s", ends, want)
		}
		o.later(149 * day)
		if told := o.announced(link, ends); len(told) != 0 {
			t.Errorf("announced so many days before: %v", told)
		}
		o.later(day)
		if told := o.announced(link, ends); len(told) != 1 || told[0] != 30 || o.link(link, "attention")["attention"] != "none" {
			t.Errorf("announced so many days before: %v", told)
		}
		o.later(27 * day)
		if told := o.announced(link, ends); len(told) != 2 || o.link(link, "attention")["attention"] != "consent_expiring" {
			t.Errorf("announced so many days before: %v", told)
		}
	})
}
