package onlinesync_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// renew presses Reconnect at the scripted bank, which asks nothing.
func (r *rig) renew(link float64) {
	r.t.Helper()
	reply := r.call("account.online.link", "action_reconnect", []any{link}).(object)
	if reply["state"] != "done" || reply["link_id"] != link {
		r.t.Fatalf("renewing: %v", reply)
	}
}

func TestComplaint19AnEndedConsentIsSaidAndRenewedInPlace(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
	r.sync(link)
	s.failWith("", sdk.Errorf(sdk.ConsentExpired, "session 4711 has expired"))
	run, now := r.sync(link), r.link(link)
	if run["outcome"] != "needs_user" || now["state"] != "error" || now["attention"] != "consent_expired" || now["next_refresh"] != false {
		t.Errorf("the run: %v; the connection: %v", run, now)
	}
	if words, _ := now["error_message"].(string); !strings.Contains(words, "Reconnect") || now["error_reference"] == false {
		t.Errorf("told: %v", now["error_message"])
	}
	for _, method := range []string{"action_fetch_accounts", "action_dry_run"} {
		if _, err := r.try("account.online.link", method, []any{link}); err != nil && !fault.Is(err, fault.User) {
			t.Errorf("%s: %v is no word for a user", method, err)
		}
	}
	s.failWith("", nil)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "6", "two")))
	r.renew(link)
	r.work()
	if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" || r.count("account.bank.statement.line") != 2 {
		t.Errorf("renewed: %v, %d lines", now, r.count("account.bank.statement.line"))
	}
}

func TestComplaint20AConsentIsRenewedBeforeItEnds(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	link := r.connect("demo-expired", 1, nil)
	r.work()
	r.later(5 * 24 * time.Hour)
	form := r.call("account.online.flow", "start", object{"link_id": link, "kind": "reconnect"}).(object)
	if form["state"] != "asking" || r.link(link)["state"] != "connected" {
		t.Fatalf("two days before its end: %v", form)
	}
	if run := r.sync(link); run["outcome"] != "ok" {
		t.Errorf("while it is renewed: %v", run)
	}
	r.call("account.online.flow", "cancel", form["flow_id"])
	if run, now := r.sync(link), r.link(link); run["outcome"] != "nothing_new" || now["state"] != "connected" {
		t.Errorf("after the renewal was given up: %v, %v", run, now)
	}
	form = r.call("account.online.flow", "start", object{"link_id": link, "kind": "reconnect"}).(object)
	if again := r.answer(form, 1, nil); again != link {
		t.Fatalf("renewing made %v", again)
	}
	r.days(4) // beyond the first consent's end
	if now := r.link(link); now["state"] != "connected" || now["last_refresh"] != r.clock().Format(time.DateTime) {
		t.Errorf("under the new consent: %v", now)
	}
}

func TestComplaint21AConsentThatEndsEarlyIsBelieved(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link, _ := consenting(r, 40)
	r.days(5)
	s.failWith("", sdk.Errorf(sdk.ConsentExpired, "the customer took it back"))
	r.days(1)
	asked := s.fetched()
	now := r.link(link)
	if now["state"] != "error" || now["attention"] != "consent_expired" || now["error_reference"] == false {
		t.Errorf("35 days before the date: %v", now)
	}
	r.days(3)
	if s.fetched() != asked {
		t.Errorf("asked %d times after the bank said that it has ended", s.fetched()-asked)
	}
	s.failWith("", nil)
	r.renew(link)
	r.work()
	if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" {
		t.Errorf("renewed: %v", now)
	}
}

func TestComplaint22DaysOfAConsentAreNoDaysOfHistory(t *testing.T) {
	for bank, want := range map[string]struct{ consent, history int }{
		"demo-daily": {180, 90}, "demo-expired": {7, 730},
	} {
		r := newRig(t, ormtest.SQLite)
		link := r.connect(bank, 1, nil)
		r.work()
		today := r.clock()
		now := r.rows("account.online.link", []any{leaf("id", "=", link)}, "expiring_synchronization_date", "history_from")[0]
		if now["expiring_synchronization_date"] != today.AddDate(0, 0, want.consent).Format(time.DateOnly) ||
			now["history_from"] != today.AddDate(0, 0, -want.history).Format(time.DateOnly) {
			t.Errorf("%s: %v", bank, now)
		}
		first := r.rows("account.bank.statement.line", []any{}, "date")
		oldest := first[len(first)-1]["date"].(string)
		if reach := today.AddDate(0, 0, -want.history).Format("2006-01"); oldest[:len(reach)] != reach {
			t.Errorf("%s: the oldest line is of %s", bank, oldest)
		}
	}
}

// scoped is a scripted bank whose consents reach back to a day, and which refuses
// what lies before it.
type scoped struct {
	*script
	from sdk.Date
}

func (p *scoped) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	answer, err := p.script.StartConnect(ctx, req)
	answer.Done.HistoryFrom = p.from
	return answer, err
}

func (p *scoped) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if p.from.Valid() && req.From.Before(p.from) {
		return sdk.Errorf(sdk.BadRequest, "no history before %s", p.from)
	}
	return p.script.FetchTransactions(ctx, req, emit)
}

func TestComplaint25AfterARelinkTheWindowKeepsToTheNewConsent(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	p := &scoped{script: s}
	r.banks["script"] = p
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
	r.sync(link)
	r.later(60 * 24 * time.Hour)
	p.from = day("2026-08-10")
	s.tell("a1", sdk.Batch{Booked: []sdk.Transaction{tx("2", "2026-08-12", "6", "two")}, HistoryFrom: p.from})
	r.renew(link)
	r.work()
	run := r.rows("account.online.run", []any{}, "outcome", "error_message", "window_from")[0]
	if words, _ := run["error_message"].(string); run["outcome"] != "ok" || run["window_from"] != "2026-08-10" ||
		!strings.Contains(words, "History limited to 2026-08-10") {
		t.Errorf("the run: %v", run)
	}
	if now := r.link(link); now["state"] != "connected" || r.count("account.bank.statement.line") != 2 {
		t.Errorf("the connection: %v, %d lines", now, r.count("account.bank.statement.line"))
	}
}

func TestComplaint29ALoginIsRepairedInPlace(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
	r.sync(link)
	before := r.link(link)
	s.failWith("", sdk.Errorf(sdk.BadCredentials, "the password has changed"))
	r.sync(link)
	if now := r.link(link); now["state"] != "error" || now["attention"] != "credentials" || now["next_refresh"] != false {
		t.Errorf("a login that no longer works: %v", now)
	}
	s.failWith("", nil)
	reply := r.call("account.online.link", "action_update_credentials", []any{link}).(object)
	if reply["state"] != "done" || reply["link_id"] != link {
		t.Fatalf("updating: %v", reply)
	}
	if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" || now["error_message"] != false {
		t.Errorf("updated: %v", now)
	}
	r.work()
	now := r.link(link)
	if now["state"] != "connected" || now["attention"] != "none" || len(now["journal_ids"].([]any)) != len(before["journal_ids"].([]any)) {
		t.Errorf("repaired: %v, before %v", now, before)
	}
	if r.count("account.online.link") != 1 || r.count("account.bank.statement.line") != 1 {
		t.Errorf("%d connections, %d lines", r.count("account.online.link"), r.count("account.bank.statement.line"))
	}
}
