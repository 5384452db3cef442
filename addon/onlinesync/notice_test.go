package onlinesync_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// told lists the messages of a connection about its consent's end, by how many
// days after began they were written.
func (r *rig) toldOfConsent(link float64, began time.Time) (days []int) {
	r.t.Helper()
	for _, m := range r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("body", "like", "consent ends")}, "date") {
		at, err := time.Parse(time.DateTime, m["date"].(string))
		if err != nil {
			r.t.Fatal(err)
		}
		days = append(days, int(at.Sub(began)/(24*time.Hour)))
	}
	slices.Sort(days)
	return days
}

// consenting is a scripted connection whose consent lasts so many days.
func consenting(r *rig, days int) (*script, float64, time.Time) {
	r.t.Helper()
	s := newScript(iban)
	s.until = r.clock().AddDate(0, 0, days)
	r.banks["script"] = s
	if err := r.addon.LoadCatalogue(r.t.Context(), r.db, nil); err != nil {
		r.t.Fatal(err)
	}
	link := r.connect("bank", -1, nil)
	r.work()
	return s, link, r.clock()
}

// days lets so many days pass on which the host works.
func (r *rig) days(n int) {
	r.t.Helper()
	for range 2 * n {
		r.later(12 * time.Hour)
		r.sweepAndWork()
	}
}

func TestAConsentsEndIsToldInTime(t *testing.T) { // D09
	each(t, func(t *testing.T, r *rig) {
		s, link, began := consenting(r, 40)
		r.sweepAndWork()
		r.days(32)
		if told := r.toldOfConsent(link, began); !slices.Equal(told, []int{10, 26}) || r.link(link)["attention"] != "none" {
			t.Errorf("by day 32 told on days %v, attention %v", told, r.link(link)["attention"])
		}
		r.days(8)
		if now := r.link(link); now["attention"] != "consent_expiring" || now["state"] != "connected" {
			t.Errorf("on the last day: %v", now)
		}
		s.failWith("", sdk.Errorf(sdk.ConsentExpired, "over"))
		r.days(3)
		if told := r.toldOfConsent(link, began); !slices.Equal(told, []int{10, 26, 33, 37, 39, 40}) {
			t.Errorf("told on days %v", told)
		}
		if now := r.link(link); now["attention"] != "consent_expired" || now["state"] != "error" {
			t.Errorf("after it: %v", now)
		}
	})
}

func TestTheBanksLiveWordGoesBeforeTheDateOfAConsent(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link, _ := consenting(r, 2)
		r.days(5)
		now := r.rows("account.online.link", []any{leaf("id", "=", link)}, "attention", "expiring_synchronization_date")[0]
		if now["attention"] != "none" || now["expiring_synchronization_date"] != false {
			t.Errorf("the bank still answers: %v", now)
		}
	})
}

func TestAConsentEndsByTimeWhereNothingIsFetchedUnattended(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link, _ := consenting(r, 2)
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
		asked := s.fetched()
		r.days(4)
		if now := r.link(link); now["attention"] != "consent_expired" || s.fetched() != asked {
			t.Errorf("two days after the last: %v, asked %d times", now, s.fetched()-asked)
		}
	})
}

func TestAfterDaysWithoutAHostOnlyTheNewestNoticeIsTold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link, began := consenting(r, 40)
		r.sweepAndWork()
		r.later(38 * 24 * time.Hour)
		r.sweepAndWork()
		r.sweepAndWork()
		if told := r.toldOfConsent(link, began); !slices.Equal(told, []int{38}) {
			t.Errorf("told on days %v", told)
		}
	})
}

func TestRenewingAConsentBeginsItsNoticesAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		link := r.connect("demo-expired", -1, nil)
		r.sweepAndWork()
		r.days(5)
		renewed := r.call("account.online.link", "action_reconnect", []any{link}).(object)
		if again := r.answer(renewed, -1, nil); again != link {
			t.Fatalf("renewing made the connection %v", again)
		}
		r.sweepAndWork()
		now := r.rows("account.online.link", []any{leaf("id", "=", link)}, "attention", "state", "expiring_synchronization_date")[0]
		if now["state"] != "connected" || now["expiring_synchronization_date"] != r.clock().AddDate(0, 0, 7).Format(time.DateOnly) {
			t.Errorf("renewed two days before its end: %v", now)
		}
		bodies := r.rows("mail.message", []any{leaf("res_id", "=", link), leaf("body", "like", "consent ends")}, "body")
		if last := bodies[0]["body"].(string); !strings.Contains(last, now["expiring_synchronization_date"].(string)) {
			t.Errorf("told: %v", bodies)
		}
	})
}
