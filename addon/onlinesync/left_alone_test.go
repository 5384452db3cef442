package onlinesync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// What was queued before a provider was paused waits until it goes on; a user's
// button fetches and says who paused it.
func TestAPauseHoldsWhatWasQueuedAndSaysWhoseItIs(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		run, asked := r.lastRun(), s.fetched()
		provider := r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "id")[0]["id"]
		r.call("account.online.provider", "write", []any{provider}, object{"paused": true})
		r.work() // its worker was woken already
		if got := r.run(run); s.fetched() != asked || got["state"] != "queued" ||
			!strings.Contains(got["error_message"].(string), "Administrator paused Script on 2026-06-17 09:30:00 UTC") ||
			!strings.Contains(got["error_message"].(string), "waits") {
			t.Errorf("during the pause: %v", got)
		}
		r.woken = nil
		if err := r.addon.Sweep(t.Context(), r.db); err != nil || len(r.woken) != 0 {
			t.Errorf("woken during the pause: %v, %v", r.woken, err)
		}
		r.call("account.online.provider", "write", []any{provider}, object{"paused": false})
		if err := r.addon.Sweep(t.Context(), r.db); err != nil || len(r.woken) != 1 {
			t.Errorf("woken after the pause: %v, %v", r.woken, err)
		}
		r.work()
		if got := r.run(run); s.fetched() != asked+1 || got["outcome"] != "nothing_new" || got["error_message"] != false {
			t.Errorf("after the pause: %v", got)
		}
		r.call("account.online.provider", "write", []any{provider}, object{"paused": true})
		if got := r.sync(link); s.fetched() != asked+2 || got["outcome"] != "nothing_new" ||
			!strings.Contains(got["error_message"].(string), "Administrator paused Script") {
			t.Errorf("a user's, during the pause: %v", got)
		}
	})
}

// A limit that a provider announces later counts what was fetched before, and what
// users looked at.
func TestALaterLimitCountsWhatWasFetchedBefore(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.sync(link)
	r.call("account.online.link", "action_dry_run", []any{link})
	s.failWith("a1", sdk.Errorf(sdk.BankUnavailable, "closed"))
	r.sync(link) // what fails was counted by the bank as well
	s.failWith("a1", nil)
	if n := s.fetched(); n != 3 {
		t.Fatalf("%d fetches", n)
	}
	s.mu.Lock()
	s.desc.UnattendedPerDay = 4 // one of them for users
	s.mu.Unlock()
	r.later(12 * time.Hour)
	r.sweepAndWork()
	if got := r.run(r.lastRun()); s.fetched() != 3 || got["outcome"] != "rate_limited" || got["trigger"] != "scheduled" {
		t.Errorf("asked %d times: %v", s.fetched(), got)
	}
}

// A bank that told a user when to come back is not asked before by another button.
func TestABankThatWantsToBeLeftAloneIsAskedByNoButton(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("a1", &sdk.Error{Kind: sdk.RateLimited, Message: "later", Until: r.now.Add(2 * time.Hour)})
	r.sync(link)
	s.failWith("a1", nil)
	asked, journal := s.fetched(), r.journal(link)
	buttons := map[string]func() error{
		"dry run": func() error { _, err := r.try("account.online.link", "action_dry_run", []any{link}); return err },
		"missing": func() error {
			_, err := r.try("account.journal", "find_missing_transactions", []any{journal})
			return err
		},
		"accounts": func() error { _, err := r.try("account.online.link", "action_fetch_accounts", []any{link}); return err },
	}
	for name, press := range buttons {
		if err := press(); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "left alone until 2026-06-17 11:30 UTC") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.fetched() != asked {
		t.Errorf("asked %d times", s.fetched()-asked)
	}
	r.later(3 * time.Hour)
	for name, press := range buttons {
		if err := press(); err != nil {
			t.Errorf("%s, later: %v", name, err)
		}
	}
}

// A run of no connection, as of a file whose host ended, is taken up all the same.
func TestARunWithoutAConnectionWaitsForNoProvider(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var run []int64
		err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) (err error) {
			run, err = env.Create("account.online.run", orm.Values{"company_id": int64(1), "trigger": "file", "state": "queued",
				"due": env.Now()})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.addon.Sweep(t.Context(), r.db); err != nil || len(r.woken) != 1 || r.woken[0] != run[0] {
			t.Errorf("woken: %v, %v", r.woken, err)
		}
	})
}
