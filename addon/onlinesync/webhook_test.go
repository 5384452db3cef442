package onlinesync_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// notify tells of a connection at the scripted bank, as its provider would.
func (r *rig) notify(link float64, event sdk.WebhookEvent) {
	r.t.Helper()
	if event.ExternalID == "" {
		event.ExternalID = "x1"
	}
	if err := r.addon.ApplyWebhook(r.t.Context(), r.db, int64(link), "script", event); err != nil {
		r.t.Fatal(err)
	}
}

// notified lists the runs that notifications made.
func (r *rig) notified() []object {
	r.t.Helper()
	return r.rows("account.online.run", []any{leaf("trigger", "=", "webhook")}, "state", "outcome", "created")
}

func TestANotificationFetches(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.sync(link)
		s.tell("a1", all(tx("1", "2026-06-16", "5", "news")))
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		if runs := r.notified(); len(runs) != 1 || runs[0]["outcome"] != "ok" || r.count("account.bank.statement.line") != 1 {
			t.Fatalf("told twice before the run: %v", runs)
		}
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		woken := len(r.woken)
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		if runs := r.notified(); len(runs) != 2 || len(r.woken) != woken {
			t.Errorf("told again right after: %v, woken %d times", runs, len(r.woken)-woken)
		}
		r.later(20 * time.Second)
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		if len(r.woken) == woken {
			t.Error("the run that waited is never begun")
		}
	})
}

func TestANotificationDuringARunIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.sync(link)
		s.before = func() { // the bank has answered, and only then the news comes
			s.before = nil
			r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
			s.tell("a1", all(tx("1", "2026-06-16", "5", "news")))
		}
		r.sync(link)
		if n := r.count("account.bank.statement.line"); n != 0 {
			t.Fatalf("%d lines too early", n)
		}
		r.work()
		if n := r.count("account.bank.statement.line"); n != 1 {
			t.Errorf("%d lines after the news", n)
		}
	})
}

func TestNotificationsThatFetchNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link := scripted(r, iban)
		r.sync(link)
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": true})
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate, ExternalID: "another"})
		r.notify(link+1000, sdk.WebhookEvent{Kind: sdk.WebhookRevoked})
		others := sdk.WebhookEvent{Kind: sdk.WebhookRevoked, ExternalID: "x1"}
		if err := r.addon.ApplyWebhook(t.Context(), r.db, int64(link), "demo", others); err != nil {
			t.Error(err)
		}
		if runs, now := r.notified(), r.link(link); len(runs) != 0 || now["attention"] != "none" {
			t.Errorf("runs %v, the connection %v", runs, now)
		}
	})
}

func TestANotificationOfAConsentsEnd(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link := scripted(r, iban)
		r.sync(link)
		messages := func() int { return len(r.link(link)["message_ids"].([]any)) }
		before := messages()
		in := func(days int) sdk.WebhookEvent {
			return sdk.WebhookEvent{Kind: sdk.WebhookConsent, ConsentUntil: r.clock().AddDate(0, 0, days)}
		}
		r.notify(link, in(40))
		r.sweepAndWork()
		if now := r.link(link); now["attention"] != "none" || messages() != before {
			t.Errorf("40 days before: %v", now)
		}
		r.notify(link, in(5))
		r.sweepAndWork()
		r.notify(link, in(5))
		r.sweepAndWork()
		if now := r.link(link); now["state"] != "connected" || now["attention"] != "consent_expiring" || messages() != before+1 {
			t.Errorf("5 days before: %v, %d messages more", now, messages()-before)
		}
		if run := r.sync(link); run["outcome"] != "nothing_new" || r.link(link)["attention"] != "consent_expiring" {
			t.Errorf("it still works: %v, %v", run, r.link(link))
		}
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookConsent, Message: "Sign in\nagain."})
		first := r.link(link)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookRevoked, Message: "Gone."})
		now := r.link(link)
		if now["attention"] != "consent_expired" || now["error_reference"] != first["error_reference"] || now["error_reference"] == false ||
			messages() != before+2 {
			t.Errorf("ended: %v, then %v, %d messages more", first, now, messages()-before)
		}
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		if now := r.link(link); now["state"] != "connected" || now["attention"] != "consent_expiring" {
			t.Errorf("repaired at the service: %v", now)
		}
	})
}

// notebook is a directory that a test reads.
type notebook struct {
	mu      sync.Mutex
	entries []connect.Named
}

func (n *notebook) Enter(_ context.Context, _ string, c connect.Named) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = append(n.entries, c)
	return nil
}

func (n *notebook) Leave(_ context.Context, _ string, c connect.Named) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = slices.DeleteFunc(n.entries, func(e connect.Named) bool { return e == c })
	return nil
}

func TestConnectionsAreFoundByTheirProvidersID(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	book := r.book
	_, link := scripted(r, iban)
	want := connect.Named{Provider: "script", ExternalID: "x1", Link: int64(link)}
	if !slices.Equal(book.entries, []connect.Named{want}) {
		t.Errorf("after connecting: %v", book.entries)
	}
	if named, err := r.addon.Named(t.Context(), r.db); err != nil || !slices.Equal(named, []connect.Named{want}) {
		t.Errorf("in the database: %v, %v", named, err)
	}
	r.call("account.online.link", "unlink", []any{link})
	if len(book.entries) != 0 {
		t.Errorf("after deleting: %v", book.entries)
	}
}

func TestOnlyProvidersThatTakeNotificationsAreAsked(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	scripted(r, iban)
	for _, name := range []string{"script", "nobody"} {
		if _, err := r.addon.AskWebhook(t.Context(), name, sdk.WebhookRequest{}); !fault.Is(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.addon.AskWebhook(t.Context(), "demo", sdk.WebhookRequest{Body: []byte("{}")}); sdk.KindOf(err) != sdk.BadRequest {
		t.Errorf("without a signature: %v", err)
	}
}
