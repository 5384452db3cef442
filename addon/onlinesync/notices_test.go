package onlinesync_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// person makes a user with groups, whose e-mail address is LOGIN@example.com.
func (r *rig) person(login, lang string, company float64, groups ...string) (uid int64) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		var list []int64
		for _, group := range groups {
			id, err := base.Ref(env, group)
			if err != nil {
				return err
			}
			list = append(list, id)
		}
		ids, err := env.Create("res.users", orm.Values{"name": login, "login": login, "password": "correct horse", "lang": lang,
			"email": login + "@example.com", "company_id": int64(company),
			"company_ids": []orm.Command{{Op: orm.CommandSet, IDs: []int64{int64(company)}}},
			"groups_id":   []orm.Command{{Op: orm.CommandSet, IDs: list}}})
		if err == nil {
			uid = ids[0]
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return uid
}

// tell does what the host does every minute for notices.
func (r *rig) tell() {
	r.t.Helper()
	if err := r.addon.TellNotices(r.t.Context(), r.db); err != nil {
		r.t.Fatal(err)
	}
}

// kinds are the notices of a connection, the first one first.
func (r *rig) kinds(link float64) (kinds []string) {
	r.t.Helper()
	for _, row := range r.rows("account.online.notice", []any{leaf("link_id", "=", link)}, "kind") {
		kinds = append(kinds, row["kind"].(string))
	}
	slices.Reverse(kinds)
	return kinds
}

// post is the outbox, the first e-mail first.
func (r *rig) post() []object {
	r.t.Helper()
	rows := r.rows("mail.mail", []any{}, "subject", "body", "body_html", "email_to", "state", "scheduled_date")
	slices.Reverse(rows)
	return rows
}

// toldDashboards are the people on whose channel of the bus a notice was told.
func (r *rig) toldDashboards() (names []string) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		list, err := bus.Since(env, 0, 10_000)
		if err != nil {
			return err
		}
		for _, m := range list {
			if !strings.Contains(string(m.Body), `"account.online.notice/created"`) {
				continue
			}
			_, id, _ := bus.Record(m.Channel)
			named, err := env.DisplayNames("res.partner", []int64{id})
			if err != nil {
				return err
			}
			names = append(names, named[id])
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func recipients(post []object) (list []string) {
	for _, e := range post {
		list = append(list, strings.TrimSuffix(e["email_to"].(string), "@example.com"))
	}
	slices.Sort(list)
	return list
}

func TestTroubleIsToldOnceToThoseWhoMayAct(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		other := r.call("res.company", "create", object{"name": "Others", "currency_id": r.rows("res.currency",
			[]any{leaf("name", "=", "EUR")}, "id")[0]["id"]}).(float64)
		r.person("keeper", "en_US", 1, account.GroupBasic)
		r.person("dutch", "nl_NL", 1, account.GroupManager)
		r.person("looker", "en_US", 1, account.GroupReadonly)
		r.person("stranger", "en_US", 1, base.GroupUser)
		r.person("foreign", "en_US", other, account.GroupManager)
		s, link := scripted(r, iban)
		r.work()
		s.failWith("", sdk.Errorf(sdk.NeedsUser, "enter the code\r\nBcc: victim@example.com"))
		for range 3 {
			r.sync(link)
			r.tell()
			r.tell()
		}
		if got := r.kinds(link); !slices.Equal(got, []string{"mfa"}) {
			t.Fatalf("notices %v", got)
		}
		post := r.post()
		if got := recipients(post); !slices.Equal(got, []string{"dutch", "keeper"}) {
			t.Fatalf("e-mail to %v", got)
		}
		name, reference := r.link(link)["name"].(string), r.link(link)["error_reference"].(string)
		for _, e := range post {
			dutch := strings.HasPrefix(e["email_to"].(string), "dutch")
			for _, part := range []string{e["body"].(string), e["body_html"].(string)} {
				for _, want := range []string{name, reference, "https://books.example/#/", "enter the code Bcc: victim"} {
					if !strings.Contains(part, want) {
						t.Errorf("lacks %q: %s", want, part)
					}
				}
				if strings.Contains(part, "Wie iets moet doen") != dutch || strings.Contains(part, "Who has to act") == dutch {
					t.Errorf("to %v: %s", e["email_to"], part)
				}
			}
		}
		if got := r.toldDashboards(); !slices.Equal(got, []string{"Administrator", "dutch", "keeper"}) {
			t.Errorf("dashboards of %v", got)
		}
		s.failWith("", nil)
		r.sync(link)
		r.sync(link)
		s.failWith("", sdk.Errorf(sdk.NeedsUser, "again"))
		r.sync(link)
		r.tell()
		if got := r.kinds(link); !slices.Equal(got, []string{"mfa", "recovered", "mfa"}) || len(r.post()) != 4 {
			t.Errorf("notices %v, %d e-mails", got, len(r.post()))
		}
		if rows, err := r.tryAs(r.person("late", "en_US", other, account.GroupManager), "account.online.notice", "search_count",
			[]any{}); err != nil || rows != 0.0 {
			t.Errorf("another company reads %v notices, %v", rows, err)
		}
	})
}

func TestABankThatDoesNotAnswerIsToldAfterADay(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("", sdk.Errorf(sdk.BankUnavailable, "closed"))
	r.sync(link)
	r.later(20 * time.Hour)
	r.sync(link)
	if got := r.kinds(link); len(got) != 0 {
		t.Fatalf("after 20 hours: %v", got)
	}
	for range 3 {
		r.later(5 * time.Hour)
		r.sync(link)
	}
	if got := r.kinds(link); !slices.Equal(got, []string{"bank_unavailable"}) {
		t.Errorf("after 35 hours: %v", got)
	}
	s.failWith("", nil)
	r.sync(link)
	s.failWith("", sdk.Errorf(sdk.BankUnavailable, "closed"))
	r.sync(link)
	if got := r.kinds(link); !slices.Equal(got, []string{"bank_unavailable", "recovered"}) {
		t.Errorf("a new day begins with the next trouble: %v", got)
	}
}

func TestEveryKindOfTroubleIsTold(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.call("res.users", "write", []any{base.AdminUser}, object{"email": "admin@example.com"})
	s, link := scripted(r, iban)
	r.work()
	want := []string{}
	for kind, told := range map[sdk.Kind]string{sdk.BadCredentials: "credentials", sdk.ConsentExpired: "consent_ended",
		sdk.AutoNotAllowed: "auto_sync_not_allowed", sdk.Internal: "internal"} {
		s.failWith("", sdk.Errorf(kind, "no"))
		r.sync(link)
		s.failWith("", nil)
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
		r.sync(link)
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": true})
		want = append(want, told, "recovered")
	}
	s.accounts = append(s.accounts, second)
	r.call("account.online.link", "action_fetch_accounts", []any{link})
	s.accounts = s.accounts[1:]
	r.call("account.online.link", "action_fetch_accounts", []any{link})
	want = append(want, "accounts", "accounts")
	if got := r.kinds(link); !slices.Equal(got, want) {
		t.Errorf("notices %v, want %v", got, want)
	}
	r.call("account.online.link", "unlink", []any{link})
	all := r.rows("account.online.notice", []any{}, "kind", "subject", "what", "who", "next", "link_id")
	if all[0]["kind"] != "disconnected" || all[0]["link_id"] != false || !strings.Contains(all[0]["what"].(string), "Administrator") {
		t.Errorf("deleted: %v", all[0])
	}
	for _, n := range all {
		for _, field := range []string{"subject", "what", "who", "next"} {
			if text, _ := n[field].(string); text == "" || strings.Contains(text, "notice.") {
				t.Errorf("%v: %s is %q", n["kind"], field, text)
			}
		}
	}
	r.tell()
	// the administrator acts on what is wrong; what works again is the dashboard's
	if n := len(r.post()); n != 4+2+1 {
		t.Errorf("%d e-mails: %v", n, r.post())
	}
}
