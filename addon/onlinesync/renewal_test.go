package onlinesync_test

import (
	"context"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// renewsIn lets a connection be renewed by its user while a run has its bank's answer.
func (r *rig) renewsIn(s *script, link float64) {
	s.before = func() {
		s.before = nil
		reply := r.call("account.online.link", "action_reconnect", []any{link}).(object)
		if reply["state"] != "done" {
			r.t.Errorf("renewing: %v", reply)
		}
	}
}

// What a run did with the consent that its connection had before ends as nothing of
// the new one's: no cursor, no token, no failure, and the new one is fetched.
func TestARunWhoseConnectionIsRenewedBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		first := all(tx("1", "2026-06-01", "5", "one"))
		first.Cursor = []byte("old-1")
		s.tell("a1", first)
		r.sync(link)
		r.renewsIn(s, link)
		second := all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two"))
		second.Cursor = []byte("old-2")
		s.tell("a1", second)
		run := r.call("account.online.link", "action_fetch_transactions", []any{link})
		r.work()
		r.work()
		got := r.run(run)
		s.mu.Lock()
		last := s.fetches[len(s.fetches)-1]
		s.mu.Unlock()
		if got["state"] != "done" || got["outcome"] != "ok" || r.count("account.bank.statement.line") != 2 {
			t.Errorf("the run: %v, %d lines", got, r.count("account.bank.statement.line"))
		}
		if string(last.Cursor) == "old-1" && len(s.fetches) > 3 {
			t.Errorf("the new consent was asked from the old one's cursor %q", last.Cursor)
		}
		if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" {
			t.Errorf("the connection: %v", now)
		}
	})
}

// The token of a consent that its connection has no more is not kept.
func TestATokenOfAnOldConsentDoesNotReplaceTheNewOne(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.sync(link)
		var refused error
		var secrets []string
		r.banks["script"] = &unruly{s, func(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
			secrets = append(secrets, string(req.Secret))
			if len(secrets) == 1 {
				reply := r.call("account.online.link", "action_reconnect", []any{link}).(object)
				if reply["state"] != "done" {
					t.Errorf("renewing: %v", reply)
				}
				refused = req.SaveSecret([]byte("rotated from the old consent"))
			}
			return emit(sdk.Batch{From: req.From, To: req.To})
		}}
		r.call("account.online.link", "action_fetch_transactions", []any{link})
		r.work()
		r.work()
		if refused == nil || len(secrets) != 2 || secrets[1] != "token" {
			t.Errorf("refused %v, the secrets of the fetches %q", refused, secrets)
		}
	})
}

// A service may give the same consent again: it is not ended as the old one.
func TestTheSameConsentAgainIsNotEnded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban) // always the same secret and id
		r.sync(link)
		begin := func() object {
			return r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
		}
		r.call("account.online.flow", "cancel", begin()["flow_id"])
		if done := r.submit(begin(), object{"existing": "renew"}); done["state"] != "done" || s.revoked != 0 {
			t.Errorf("renewed: %v, %d consents ended", done, s.revoked)
		}
	})
}

// An account that its user took off its journal stays off when the connection is
// renewed by another login of the same bank.
func TestRenewingGivesNoJournalThatTheUserTookAway(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, link := scripted(r, iban, second)
		r.sync(link)
		account := r.rows("account.online.account", []any{leaf("online_identifier", "=", "a2")}, "id")[0]["id"]
		r.call("account.online.account", "unlink_journal", []any{account})
		reply := r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
		if done := r.submit(reply, object{"existing": "renew"}); done["state"] != "done" {
			t.Fatalf("renewed: %v", done)
		}
		if n := r.count("account.journal", leaf("account_online_account_id", "!=", false)); n != 1 {
			t.Errorf("%d journals are fed", n)
		}
	})
}

// What could not be read is no reason to ask whether the bank took it back.
func TestWhatCannotBeReadIsNotTakenForGone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two")))
		r.sync(link)
		odd := tx("1", "2026-06-01", "5", "one")
		odd.Currency = "USD"
		s.tell("a1", all(odd, tx("2", "2026-06-02", "5", "two")))
		run := r.sync(link)
		if n := r.count("account.online.review"); run["outcome"] != "failed" || n != 0 {
			t.Errorf("%d questions, the run %v", n, run)
		}
	})
}

// An alias that several transactions have names none of them.
func TestASharedAliasNamesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		aliased := func(id, date, amount string) sdk.Transaction {
			told := tx(id, date, amount, "payment "+id)
			told.Aliases = []string{"NOTPROVIDED"}
			return told
		}
		list := []sdk.Transaction{aliased("1", "2026-06-01", "5"), aliased("2", "2026-06-02", "6")}
		s.tell("a1", all(list...))
		r.sync(link)
		for _, more := range []sdk.Transaction{aliased("3", "2026-06-03", "7"), aliased("4", "2026-06-08", "8")} {
			list = append(list, more)
			s.tell("a1", sdk.Batch{Booked: []sdk.Transaction{more}, From: more.Date, To: more.Date})
			r.sync(link)
		}
		if n := r.count("account.bank.statement.line"); n != 4 {
			t.Errorf("%d lines: %v", n, r.texts())
		}
	})
}

// Where nothing tells an account again, a second connection of the bank is made
// only for who says that its accounts are others; else everything came twice.
func TestAnotherConnectionOfABankWithoutAccountNumbersIsAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, sdk.Account{ID: "first", Name: "Main", Currency: "EUR", Kind: sdk.Checking})
		r.sync(link)
		s.accounts, s.secret = []sdk.Account{{ID: "again", Name: "Main", Currency: "EUR", Kind: sdk.Checking}}, "another consent"
		begin := func() object {
			return r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
		}
		asked := begin()
		if asked["state"] != "asking" || r.count("account.online.link") != 1 {
			t.Fatalf("asked: %v", asked)
		}
		r.call("account.online.flow", "cancel", asked["flow_id"])
		if s.revoked != 1 {
			t.Errorf("%d consents ended by cancelling", s.revoked)
		}
		if done := r.submit(begin(), object{"other_accounts": true}); done["state"] != "done" || r.count("account.online.link") != 2 {
			t.Errorf("other accounts: %v", done)
		}
	})
}
