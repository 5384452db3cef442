package onlinesync_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// sweepAndWork does what a host does all the time.
func (r *rig) sweepAndWork() {
	r.t.Helper()
	if err := r.addon.Sweep(r.t.Context(), r.db); err != nil {
		r.t.Fatal(err)
	}
	r.work()
}

func TestTheScheduleKeepsToWhatTheProviderAllows(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.desc.UnattendedPerDay = 3
		first := r.clock()
		r.sync(link) // the user's own counts, too: the bank cannot tell it from others
		r.later(time.Minute)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		if n := s.fetched(); n != 2 {
			t.Fatalf("fetched %d times", n)
		}
		r.later(time.Minute)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		last, now := r.notified()[0], r.link(link)
		if s.fetched() != 2 || last["outcome"] != "rate_limited" || now["attention"] != "rate_limited" ||
			now["next_refresh"] != first.Add(24*time.Hour).Format(time.DateTime) {
			t.Errorf("the third is kept for the user: fetched %d times, %v, %v", s.fetched(), last, now)
		}
		if !strings.Contains(now["error_message"].(string), "3 times a day without you") {
			t.Errorf("told: %v", now["error_message"])
		}
		if run := r.sync(link); run["outcome"] != "nothing_new" || s.fetched() != 3 {
			t.Errorf("the user's: fetched %d times, %v", s.fetched(), run)
		}
		r.later(12*time.Hour - 2*time.Minute)
		r.sweepAndWork()
		if s.fetched() != 3 {
			t.Error("the schedule fetches more often than allowed")
		}
		r.later(24 * time.Hour)
		r.sweepAndWork()
		if now := r.link(link); s.fetched() != 4 || now["attention"] != "none" {
			t.Errorf("a day later: fetched %d times, %v", s.fetched(), now)
		}
	})
}

func TestWhatBanksKnowToBeTheUsersDoesNotCount(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.desc.UnattendedPerDay, s.desc.PassesUserPresent = 1, true
		user := orm.Principal{UID: base.AdminUser, Caller: orm.Caller{Address: "203.0.113.7"}}
		for range 3 {
			_, err := r.db.Call(t.Context(), user, "account.online.link", "action_fetch_transactions", []any{[]any{link}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.work()
		}
		if s.fetched() != 3 {
			t.Fatalf("a user fetched %d times", s.fetched())
		}
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		if s.fetched() != 4 {
			t.Error("the day's one is used up by users whom the bank knew")
		}
		r.later(time.Minute)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		if s.fetched() != 4 {
			t.Error("two in a day")
		}
	})
}

// refreshing is a scripted bank that can be asked for news.
type refreshing struct {
	*script
	asked int
}

func (p *refreshing) Refresh(_ context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	p.asked++
	return sdk.RefreshAnswer{RefreshedAt: req.Now}, nil
}

func TestASecondPressSaysWhenTheBankMayBeAskedAgain(t *testing.T) { // S48
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.desc.RefreshesPerDay = 1
		p := &refreshing{script: s}
		r.banks["script"] = p
		r.sync(link)
		s.tell("a1", all(tx("1", "2026-06-16", "5", "known to the provider")))
		run := r.sync(link)
		if p.asked != 1 || run["outcome"] != "ok" {
			t.Errorf("the bank was asked %d times; the second press: %v", p.asked, run)
		}
		if message, _ := run["error_message"].(string); !strings.Contains(message, "may be asked again from 2026-06-18 00:00 UTC") {
			t.Errorf("told: %v", run["error_message"])
		}
		if now := r.link(link); now["attention"] != "none" || now["next_refresh_allowed"] != "2026-06-18 00:00:00" {
			t.Errorf("the connection: %v", now)
		}
		r.later(15 * time.Hour)
		if run := r.sync(link); p.asked != 2 || run["error_message"] != false {
			t.Errorf("the next day the bank was asked %d times: %v", p.asked, run)
		}
	})
}
