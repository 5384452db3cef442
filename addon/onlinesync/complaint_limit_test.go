package onlinesync_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// restart lets another process go on with the database.
func (r *rig) restart() { r.addon = onlinesync.New(r.options) }

func TestComplaint15AllowancesAreKeptByAccountAndOutliveTheHost(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban, second)
	s.desc.UnattendedPerDay, s.desc.PassesUserPresent = 4, true
	first := r.clock()
	r.work() // as soon as they are connected
	asks := func() map[string]int {
		s.mu.Lock()
		defer s.mu.Unlock()
		count := map[string]int{}
		for _, f := range s.fetches {
			count[f.AccountID]++
		}
		return count
	}
	for range 6 {
		r.later(time.Hour)
		r.notify(link, sdk.WebhookEvent{Kind: sdk.WebhookUpdate})
		r.work()
		r.restart()
	}
	if diff := cmp.Diff(map[string]int{"a1": 4, "a2": 4}, asks()); diff != "" {
		t.Errorf("four a day of each account: %s", diff)
	}
	now, next := r.link(link), first.Add(24*time.Hour)
	if now["attention"] != "rate_limited" || now["next_refresh_allowed"] != next.Format(time.DateTime) {
		t.Errorf("when it may be asked again: %v", now)
	}
	r.later(next.Sub(r.clock()) + time.Minute)
	r.sweepAndWork()
	if diff := cmp.Diff(map[string]int{"a1": 5, "a2": 5}, asks()); diff != "" {
		t.Errorf("a day later: %s", diff)
	}
}

func TestComplaint16ALimitIsNoSuccessAndIsNotHammered(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("", sdk.Errorf(sdk.RateLimited, "too many requests")) // and it does not say until when
	before := s.fetched()
	run := r.sync(link)
	if words, _ := run["error_message"].(string); run["outcome"] != "rate_limited" || words == "" || run["error_reference"] == false {
		t.Errorf("a press: %v", run)
	}
	const days = 4
	for hour := range days * 24 {
		r.later(time.Hour)
		r.sweepAndWork()
		if hour%10 == 0 {
			r.restart()
		}
	}
	// Later and later, up to the usual interval: on the first day at most six times, then twice a day.
	if asked := s.fetched() - before; asked > 1+6+2*(days-1) || asked < days {
		t.Errorf("asked %d times in %d days", asked, days)
	}
	if now := r.link(link); now["attention"] != "rate_limited" || now["state"] != "connected" {
		t.Errorf("after it: %v", now)
	}
}

func TestComplaint17AWindowIsOneRequest(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	journal := r.call("account.journal", "create", object{"name": "By day", "type": "bank", "bank_acc_number": iban.Number,
		"bank_statement_creation_groupby": "day"})
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-02-01", "5", "one"), tx("2", "2026-04-02", "5", "two"), tx("3", "2026-06-03", "5", "three")))
	r.work()
	if n := s.fetched(); n != 1 || r.journal(link) != journal {
		t.Errorf("asked %d times for half a year", n)
	}
	if n := r.count("account.bank.statement"); n != 3 {
		t.Errorf("%d statements of three days", n)
	}
}

func TestComplaint18OnlyAccountsThatFeedAJournalAreAskedFor(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban, second)
	r.work()
	before := s.fetched()
	account := r.rows("account.online.account", []any{leaf("online_identifier", "=", "a2")}, "id")[0]["id"]
	r.call("account.online.account", "unlink_journal", []any{account})
	r.sync(link)
	r.later(13 * time.Hour)
	r.sweepAndWork()
	for _, f := range s.fetches[before:] {
		if f.AccountID != "a1" {
			t.Errorf("asked for %s, which feeds no journal", f.AccountID)
		}
	}
	if n := s.fetched() - before; n != 2 {
		t.Errorf("asked %d times in two runs", n)
	}
}

// counted counts what is asked besides transactions.
type counted struct {
	*script
	lists int
}

func (p *counted) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	p.lists++
	return p.script.ListAccounts(ctx, req)
}

func TestComplaint49BalancesCostNoCallOfTheirOwn(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	p := &counted{script: s}
	r.banks["script"] = p
	s.tell("a1", with(all(tx("1", "2026-06-01", "5", "one")), balance(sdk.Interim, "2026-06-17", "105")))
	r.work()
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "6", "two"))) // none are told this time
	run := r.sync(link)
	if run["outcome"] != "ok" || s.fetched() != 2 || p.lists != 0 {
		t.Errorf("%v; asked %d times for transactions, %d times for accounts", run, s.fetched(), p.lists)
	}
	if got := r.rows("account.online.account", []any{}, "balance")[0]["balance"]; got != 105.0 {
		t.Errorf("the balance that was told last: %v", got)
	}
}

func TestComplaint27OneBankStopsNoOther(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, bad := scripted(r, iban)
	good := r.connect("demo-big-1100", 1, nil)
	r.work()
	for _, kind := range []sdk.Kind{sdk.Internal, sdk.BankUnavailable, sdk.BadCredentials} {
		s.failWith("", sdk.Errorf(kind, "trouble"))
		r.later(13 * time.Hour)
		r.sweepAndWork()
		if now := r.link(good); now["state"] != "connected" || now["last_refresh"] != r.clock().Format(time.DateTime) {
			t.Errorf("%s at one bank; the other: %v", kind, now)
		}
		if now := r.link(bad); now["attention"] == "none" {
			t.Errorf("%s: %v", kind, now)
		}
	}
}

func TestComplaint28NoFailureThatPassesIsForEver(t *testing.T) {
	for _, kind := range []sdk.Kind{sdk.BankUnavailable, sdk.Internal, sdk.BadRequest, sdk.NotSupported, sdk.RateLimited} {
		r := newRig(t, ormtest.SQLite)
		s, link := scripted(r, iban)
		r.work()
		s.failWith("", sdk.Errorf(kind, "trouble"))
		r.days(4)
		failing := r.link(link)
		if failing["attention"] == "none" || failing["next_refresh"] == false {
			t.Errorf("%s: %v", kind, failing)
		}
		s.failWith("", nil)
		s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
		r.days(1)
		if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" || r.count("account.bank.statement.line") != 1 {
			t.Errorf("%s is over: %v, %d lines", kind, now, r.count("account.bank.statement.line"))
		}
	}
}

func TestComplaint40AFailingConnectionIsAnnounced(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("", sdk.Errorf(sdk.BadCredentials, "the password has changed"))
	r.days(3)
	now := r.link(link)
	told := r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("error_reference", "=", now["error_reference"])}, "body")
	if len(told) != 1 {
		t.Errorf("told in the chatter: %v", told)
	}
	pushed := map[string]int{}
	err := r.db.Within(t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.SearchRead("bus.bus", nil, []string{"message"}, orm.SearchOptions{})
		for row := range rows.All() {
			for _, kind := range []string{"account.online.link/changed", "mail.message/created"} {
				if text := row.Str("message"); strings.Contains(text, kind) && strings.Contains(text, now["error_reference"].(string)) {
					pushed[kind]++
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if pushed["account.online.link/changed"] == 0 || pushed["mail.message/created"] == 0 {
		t.Errorf("pushed: %v", pushed)
	}
}

func TestComplaint41SuccessSaysHowFreshItIs(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one"))) // as of nine o'clock
	r.work()
	r.later(26 * time.Hour)
	run, now := r.sync(link), r.link(link)
	if run["outcome"] != "nothing_new" || now["provider_refresh"] != "2026-06-17 09:00:00" ||
		now["last_refresh"] != "2026-06-18 11:30:00" {
		t.Errorf("the run: %v; the connection: %v", run, now)
	}
	card := r.card(r.journal(link))
	if card["provider_refresh"] != "2026-06-17T09:00:00Z" || card["last_success"] != "2026-06-18T11:30:00Z" {
		t.Errorf("the card: %v, %v", card["provider_refresh"], card["last_success"])
	}
}

func TestComplaint47NothingAndTheUnknownAreNormal(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	odd := second
	odd.Kind = "crypto_vault" // of a provider that is newer than the host
	s, link := scripted(r, iban, odd)
	r.work()
	if kinds := r.rows("account.online.account", []any{leaf("online_identifier", "=", "a2")}, "account_kind"); len(kinds) != 1 ||
		kinds[0]["account_kind"] != "other" {
		t.Errorf("an account of an unknown kind: %v", kinds)
	}
	s.tell("a1", sdk.Batch{})
	if run := r.sync(link); run["outcome"] != "nothing_new" || run["error_message"] != false {
		t.Errorf("an empty answer: %v", run)
	}
	s.accounts = nil
	if ids := r.call("account.online.link", "action_fetch_accounts", []any{link}).([]any); len(ids) != 0 {
		t.Errorf("accounts of a bank that lists none: %v", ids)
	}
	if now := r.link(link); now["state"] != "connected" || now["attention"] != "none" {
		t.Errorf("after it: %v", now)
	}
}

func TestComplaint48CardsAreOffered(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	bank := r.rows("account.online.institution", []any{leaf("online_identifier", "=", "demo-checking")}, "account_kinds")[0]
	if kinds, _ := bank["account_kinds"].(string); !strings.Contains(kinds, "credit_card") {
		t.Errorf("the bank says that it has %q", kinds)
	}
	form := r.start("demo-checking", nil)
	choose := r.submit(form, object{"user": "jane", "password": "x"})
	for _, offered := range stepOf(choose)["accounts"].([]any) {
		account := offered.(object)
		if account["kind"] != "credit_card" {
			continue
		}
		if done := r.submit(form, object{"accounts": account["id"]}); done["state"] != "done" {
			t.Fatalf("choosing the card: %v", done)
		}
		r.work()
		if n := r.count("account.bank.statement.line", leaf("online_account_id.account_kind", "=", "credit_card")); n == 0 {
			t.Error("no transactions of the card")
		}
		return
	}
	t.Errorf("no card is offered: %v", choose)
}
