package onlinesync_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// says writes a notice as a change of state would; name tells it from others.
func (r *rig) says(kind notice.Kind, name string) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		return notice.Tell(env, notice.Notice{Kind: kind, Company: 1, Connection: name,
			Args: fault.Args{"day": "2026-07-01", "since": "today"}})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// chooses lets a user choose how to be told.
func (r *rig) chooses(uid int64, values object) {
	r.t.Helper()
	if _, err := r.tryAs(uid, "account.online.notice.choice", "set_mine", values); err != nil {
		r.t.Fatal(err)
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// at puts the clock to a local time.
func (r *rig) at(text string, zone *time.Location) {
	r.t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = now.UTC()
}

// hourly lets hours pass, in each of which the host tells what is due, and returns
// the local times at which e-mails were written.
func (r *rig) hourly(hours int, zone *time.Location, each func(hour int)) (sent []string) {
	r.t.Helper()
	known := r.count("mail.mail")
	for hour := range hours {
		if each != nil {
			each(hour)
		}
		r.tell()
		for n := r.count("mail.mail"); known < n; known++ {
			sent = append(sent, r.clock().In(zone).Format("2006-01-02 15:04 MST"))
		}
		r.later(time.Hour)
	}
	return sent
}

func TestADigestComesEachMorningWhateverTheClocksDo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		uid := r.person("keeper", "nl_NL", 1, account.GroupBasic)
		r.chooses(uid, object{"rhythm": "daily", "urgent_through": false})
		for _, begin := range []string{"2026-10-23 12:00", "2027-03-26 12:00"} {
			brussels := zone(t, "Europe/Brussels")
			r.at(begin, brussels)
			day := r.clock().In(brussels)
			names := map[string]bool{}
			before := len(r.post())
			sent := r.hourly(4*24+2, brussels, func(hour int) {
				if hour%7 == 0 && hour < 80 {
					name := fmt.Sprintf("<bank %s %d>", begin, hour)
					names[name] = true
					r.says(notice.Credentials, name)
				}
			})
			var want []string
			for i := range 4 {
				want = append(want, day.AddDate(0, 0, i+1).Format("2006-01-02 08:00 MST"))
			}
			if !slices.Equal(sent, want) {
				t.Errorf("from %s: digests at %v, want %v", begin, sent, want)
			}
			var text, markup strings.Builder
			for _, e := range r.post()[before:] {
				if !strings.HasSuffix(e["subject"].(string), "meldingen over uw bankverbindingen") {
					t.Errorf("subject %v", e["subject"])
				}
				text.WriteString(e["body"].(string))
				markup.WriteString(e["body_html"].(string))
			}
			for name := range names {
				if n := strings.Count(text.String(), "Verbinding: "+name); n != 1 || strings.Contains(markup.String(), name) {
					t.Errorf("%s is told %d times, its markup escaped: %v", name, n, !strings.Contains(markup.String(), name))
				}
			}
		}
	})
}

func TestWhenEmailComes(t *testing.T) {
	for _, test := range []struct {
		name   string
		choice object
		kind   notice.Kind
		at     string
		want   string
	}{
		{"at once", object{}, notice.ConsentEnds, "2026-06-17 03:00", "2026-06-17 03:00"},
		{"an urgent one beside a digest", object{"rhythm": "daily"}, notice.Confirm, "2026-06-17 09:00", "2026-06-17 09:00"},
		{"another one not", object{"rhythm": "daily", "digest_hour": 17}, notice.ConsentEnds, "2026-06-17 09:00", "2026-06-17 17:00"},
		{"at the very hour", object{"rhythm": "daily"}, notice.ConsentEnds, "2026-06-17 08:00", "2026-06-18 08:00"},
		{"once a week", object{"rhythm": "weekly", "digest_weekday": "5"}, notice.ConsentEnds, "2026-06-13 09:00", "2026-06-19 08:00"},
		{"quiet at night", object{"quiet_from": 22, "quiet_until": 7}, notice.ConsentEnds, "2026-06-17 23:00", "2026-06-18 07:00"},
		{"quiet after midnight", object{"quiet_from": 22, "quiet_until": 7}, notice.ConsentEnds, "2026-06-17 02:00", "2026-06-17 07:00"},
		{"quiet by day", object{"quiet_from": 9, "quiet_until": 12}, notice.ConsentEnds, "2026-06-17 09:00", "2026-06-17 12:00"},
		{"urgent through the quiet", object{"quiet_from": 22, "quiet_until": 7}, notice.Confirm, "2026-06-17 23:00", "2026-06-17 23:00"},
		{"urgent not through", object{"quiet_from": 22, "quiet_until": 7, "urgent_through": false}, notice.Confirm, "2026-06-17 23:00",
			"2026-06-18 07:00"},
		{"a digest in the quiet", object{"rhythm": "daily", "quiet_from": 7, "quiet_until": 9}, notice.ConsentEnds, "2026-06-17 05:00",
			"2026-06-17 09:00"},
		{"an hour that the day lacks", object{"rhythm": "daily", "digest_hour": 2}, notice.ConsentEnds, "2027-03-27 12:00",
			"2027-03-28 03:00"},
		{"an hour that it has twice", object{"rhythm": "daily", "digest_hour": 2}, notice.ConsentEnds, "2026-10-24 12:00",
			"2026-10-25 02:00 CEST"},
		{"quiet over the lost hour", object{"quiet_from": 23, "quiet_until": 2}, notice.ConsentEnds, "2027-03-28 00:00",
			"2027-03-28 03:00"},
		{"an hour that New York lacks", object{"rhythm": "daily", "digest_hour": 2}, notice.ConsentEnds,
			"America/New_York 2027-03-13 12:00", "2027-03-14 03:00 EDT"},
		{"an hour that it has twice", object{"rhythm": "daily", "digest_hour": 1}, notice.ConsentEnds,
			"America/New_York 2026-10-31 12:00", "2026-11-01 01:00 EDT"},
		{"a midnight that Santiago lacks", object{"rhythm": "daily", "digest_hour": 0}, notice.ConsentEnds,
			"America/Santiago 2026-09-05 12:00", "2026-09-06 01:00 -03"},
		{"in a zone of one's own choice", object{"rhythm": "daily", "tz": "Asia/Tokyo"}, notice.ConsentEnds, "2026-06-17 09:00",
			"2026-06-18 01:00"},
		{"the dashboard alone", object{"by_consent_ends": "dashboard"}, notice.ConsentEnds, "2026-06-17 09:00", ""},
		{"not at all", object{"by_consent_ends": "nothing"}, notice.ConsentEnds, "2026-06-17 09:00", ""},
		{"what works again is not mailed", object{}, notice.Recovered, "2026-06-17 09:00", ""},
		{"unless one wants it", object{"by_recovered": "mail"}, notice.Recovered, "2026-06-17 09:00", "2026-06-17 09:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, ormtest.SQLite)
			uid := r.person("keeper", "en_US", 1, account.GroupBasic)
			r.chooses(uid, test.choice)
			name, at, other := strings.Cut(test.at, " 20")
			if !other || name == "" {
				name, at = "Europe/Brussels", strings.TrimPrefix(test.at, "20")
			}
			r.call("res.users", "write", []any{uid}, object{"tz": name})
			r.at("20"+at, zone(t, name))
			r.says(test.kind, "Bank")
			got := strings.Join(r.hourly(8*24, zone(t, name), nil), ", ")
			if (test.want == "") != (got == "") || !strings.HasPrefix(got, test.want) || strings.Contains(got, ",") {
				t.Errorf("e-mail at %q, want %q", got, test.want)
			}
		})
	}
}

func TestEverybodyChoosesForThemselvesAlone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		keeper := r.person("keeper", "en_US", 1, account.GroupBasic)
		looker := r.person("looker", "en_US", 1, account.GroupReadonly)
		nobody := r.person("nobody", "en_US", 1, base.GroupUser)
		const model = "account.online.notice.choice"
		usual := func(uid int64, kind string) any {
			got, err := r.tryAs(uid, model, "get_mine")
			if err != nil {
				t.Fatal(err)
			}
			return got.(object)["usual"].(object)[kind]
		}
		for uid, want := range map[int64]string{keeper: "both", looker: "nothing", nobody: "nothing"} {
			if got := usual(uid, "mfa"); got != want {
				t.Errorf("usual for %d: %v, want %s", uid, got, want)
			}
		}
		r.chooses(looker, object{"by_mfa": "mail", "lang": "nl_NL"})
		r.chooses(looker, object{"quiet_from": 3, "quiet_until": 4})
		r.chooses(nobody, object{"by_mfa": "mail"})
		got, err := r.tryAs(looker, model, "get_mine")
		if err != nil || got.(object)["by_mfa"] != "mail" || got.(object)["quiet_until"] != 4.0 || got.(object)["by_credentials"] != false {
			t.Errorf("%v, %v", got, err)
		}
		r.says(notice.Confirm, "Bank")
		r.tell()
		post := r.post()
		if got := recipients(post); !slices.Equal(got, []string{"keeper", "looker"}) {
			t.Errorf("e-mail to %v", got)
		}
		for _, e := range post {
			dutch := strings.HasPrefix(e["email_to"].(string), "looker")
			if strings.Contains(e["subject"].(string), "wil een code") != dutch {
				t.Errorf("to %v: %v", e["email_to"], e["subject"])
			}
		}
		for _, values := range []object{{"digest_hour": 24}, {"quiet_from": -1}, {"by_mfa": "pigeon"}, {"tz": "Atlantis/Capital"},
			{"tz": "Local"}, {"user_id": keeper}, {"nope": 1},
			{"rhythm": false}} {
			if _, err := r.tryAs(looker, model, "set_mine", values); err == nil {
				t.Errorf("%v is taken", values)
			}
		}
		if n, err := r.tryAs(keeper, model, "search_count", []any{}); err != nil || n != 0.0 {
			t.Errorf("the keeper sees %v choices of others, %v", n, err)
		}
		mine := r.rows("res.users", []any{leaf("id", "=", looker)}, "id")[0]["id"]
		if _, err := r.tryAs(keeper, model, "write", []any{mine}, object{"by_mfa": "nothing"}); !fault.Is(err, fault.Denied) {
			t.Errorf("writing another's choice: %v", err)
		}
	})
}

func TestWhoLosesTheCompanyIsNoLongerTold(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	leaves := r.person("leaves", "en_US", 1, account.GroupBasic)
	stays := r.person("stays", "en_US", 1, account.GroupBasic)
	gone := r.person("gone", "en_US", 1, account.GroupBasic)
	for _, uid := range []int64{leaves, stays, gone} {
		r.chooses(uid, object{"rhythm": "daily"})
	}
	r.says(notice.ConsentEnds, "Bank")
	r.tell()
	other := r.call("res.company", "create", object{"name": "Others", "currency_id": r.rows("res.currency",
		[]any{leaf("name", "=", "EUR")}, "id")[0]["id"]})
	r.call("res.users", "write", []any{leaves}, object{"company_ids": []any{[]any{6, 0, []any{other}}}, "company_id": other})
	r.call("res.users", "write", []any{gone}, object{"active": false})
	r.later(24 * time.Hour)
	r.tell()
	r.tell()
	if got := recipients(r.post()); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("e-mail to %v", got)
	}
}

// An e-mail that waits for its mail server is taken back from who may no longer read it.
func TestWhoLosesTheCompanyHasNoEmailThatWaits(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		gone := r.person("gone", "en_US", 1, account.GroupBasic)
		r.person("stays", "en_US", 1, account.GroupBasic)
		r.says(notice.ConsentEnds, "Bank")
		r.tell()
		if got := recipients(r.post()); !slices.Equal(got, []string{"gone", "stays"}) {
			t.Fatalf("e-mail to %v", got)
		}
		r.call("res.users", "write", []any{gone}, object{"active": false})
		r.tell()
		states := map[any]any{}
		for _, e := range r.rows("mail.mail", []any{}, "email_to", "state") {
			states[e["email_to"]] = e["state"]
		}
		if states["gone@example.com"] != "cancel" || states["stays@example.com"] != "outgoing" {
			t.Errorf("e-mails: %v", states)
		}
	})
}

// Several hosts that work in one database tell each notice once; a year later
// nothing is kept of it.
func TestSeveralHostsTellANoticeOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.person("keeper", "en_US", 1, account.GroupBasic)
		r.chooses(r.person("reader", "en_US", 1, account.GroupBasic), object{"rhythm": "daily", "urgent_through": false})
		const most = 9
		for i := range most {
			r.says(notice.Confirm, fmt.Sprint("Bank ", i))
		}
		for range 2 {
			var hosts sync.WaitGroup
			for range 3 {
				hosts.Go(func() {
					if err := onlinesync.New(r.options).TellNotices(t.Context(), r.db); err != nil {
						t.Error(err)
					}
				})
			}
			hosts.Wait()
			r.later(24 * time.Hour)
		}
		subjects := map[any]int{}
		for _, e := range r.post() {
			subjects[e["subject"]]++
		}
		if len(r.post()) != most+1 || len(subjects) != most+1 {
			t.Errorf("%d e-mails: %v", len(r.post()), subjects)
		}
		r.later(400 * 24 * time.Hour)
		err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
			_, err := mail.LetGo(env)
			return errors.Join(err, r.addon.LetGoOfNotices(env))
		})
		if err != nil || r.count("account.online.notice") != 0 || r.count("mail.mail") != most+1 {
			t.Errorf("%v; %d notices, %d e-mails that were never sent", err, r.count("account.online.notice"), r.count("mail.mail"))
		}
	})
}

// What is undone is not told, and a failure to tell undoes what it would tell.
func TestANoticeIsPartOfItsChange(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("", sdk.Errorf(sdk.NeedsUser, "code"))
	run := r.call("account.online.link", "action_fetch_transactions", []any{link})
	cut, cancel := context.WithCancel(t.Context())
	r.step = func(name string) {
		if name == "sync.claimed" {
			cancel()
		}
	}
	_ = r.addon.RunSync(cut, r.db, int64(run.(float64)))
	if got, state := r.kinds(link), r.link(link)["attention"]; len(got) != 0 || state != "none" {
		t.Fatalf("told %v of a run that was cut off, attention %v", got, state)
	}
	r.step = nil
	r.later(time.Hour)
	r.sweepAndWork()
	if got, state := r.kinds(link), r.link(link)["attention"]; !slices.Equal(got, []string{"mfa"}) || state != "mfa" {
		t.Errorf("told %v, attention %v", got, state)
	}
}

// A consent that ends on the day on which clocks are put back, told by a digest each
// morning: each step of it once, on its day.
func TestMonthsOfAConsentInDigests(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.chooses(r.person("keeper", "en_US", 1, account.GroupBasic), object{"rhythm": "daily", "digest_hour": 14})
	s, link, began := consenting(r, 130)
	last := began.AddDate(0, 0, 130)
	if last.Format(time.DateOnly) != "2026-10-25" {
		t.Fatalf("the consent ends on %s", last)
	}
	known, sent := 0, map[int]string{} // by days before the end
	for day := range 133 {
		if day == 131 {
			s.failWith("", sdk.Errorf(sdk.ConsentExpired, "over"))
		}
		r.sweepAndWork()
		r.tell()
		r.later(6 * time.Hour)
		r.tell()
		post := r.post()
		for ; known < len(post); known++ {
			sent[130-day] = post[known]["subject"].(string)
		}
		r.later(18 * time.Hour)
	}
	name := r.link(link)["name"].(string)
	ends := "The consent for " + name + " ends on 2026-10-25"
	want := map[int]string{30: ends, 14: ends, 7: ends, 3: ends, 1: ends, 0: "The consent for " + name + " ends today",
		-1: "The consent for " + name + " has ended"}
	if diff := cmp.Diff(want, sent); diff != "" || known != len(want) {
		t.Errorf("%d e-mails (-want +sent)\n%s", known, diff)
	}
}
