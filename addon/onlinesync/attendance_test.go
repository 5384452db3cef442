package onlinesync_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

func TestBanksHearWhereTheUserIs(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.work()
		from := func(address string) {
			t.Helper()
			who := orm.Principal{UID: base.AdminUser, Caller: orm.Caller{Address: address}}
			_, err := r.db.Call(t.Context(), who, "account.online.link", "action_fetch_transactions", []any{[]any{link}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.work()
		}
		last := func() (present bool, address string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			call := s.fetches[len(s.fetches)-1].Call
			return call.UserPresent, call.UserIP
		}
		from("203.0.113.7")
		if present, address := last(); !present || address != "203.0.113.7" {
			t.Errorf("a user's run: %t %q", present, address)
		}
		from("192.168.1.20")
		if present, address := last(); !present || address != "" {
			t.Errorf("from the own network: %t %q", present, address)
		}
		r.call("account.online.link", "write", []any{link}, object{"auto_sync": true})
		r.later(13 * time.Hour)
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		r.work()
		if present, address := last(); present || address != "" {
			t.Errorf("the schedule's run: %t %q", present, address)
		}
		err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
			kept, err := env.Count("account.online.run", domain.Where("user_address", domain.Ne, false), 0)
			if kept != 0 {
				t.Errorf("%d runs that are done keep the address", kept)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7", "2001:db8::1": "2001:db8::1",
		"127.0.0.1": "", "::1": "", "10.1.2.3": "",
		"172.16.0.1": "", "192.168.0.1": "", "fd00::1": "", "fe80::1%eth0": "", "169.254.1.1": "", "100.64.9.9": "",
		"0.0.0.0": "", "": "", "localhost": "", "203.0.113.7:80": "",
	} {
		if got := record.PublicAddress(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
