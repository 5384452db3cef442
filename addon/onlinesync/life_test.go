package onlinesync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func (r *rig) texts() []string {
	r.t.Helper()
	out := []string{}
	list := r.call("account.bank.statement.line", "search_read", []any{}, []any{"date", "payment_ref", "amount"}, 0, 0, "date, id").([]any)
	for _, x := range list {
		row := x.(object)
		out = append(out, row["date"].(string)+" "+row["payment_ref"].(string))
	}
	return out
}

func TestStatementsFollowTheJournalsPeriod(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-01-31", "10", "a"), tx("2", "2026-02-01", "-3", "b"), tx("3", "2026-02-20", "1", "c")))
	r.sync(link)
	names := func() []string {
		var out []string
		for _, x := range r.call("account.bank.statement", "search_read", []any{}, []any{"name"}, 0, 0, "id").([]any) {
			out = append(out, x.(object)["name"].(string))
		}
		return out
	}
	if diff := cmp.Diff([]string{"BNK1/2026-01", "BNK1/2026-02"}, names()); diff != "" {
		t.Errorf("by month (S21): %s", diff)
	}
	balances := r.call("account.bank.statement", "search_read", []any{}, []any{"balance_start", "balance_end"}, 0, 0, "id").([]any)
	if got := balances[1].(object); got["balance_start"].(float64) != 10 || got["balance_end"].(float64) != 8 {
		t.Errorf("balances of February: %v", got)
	}
	journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
	r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": "day"})
	s.tell("a1", all(tx("4", "2026-02-21", "1", "d"), tx("5", "2026-02-22", "1", "e")))
	r.sync(link)
	if diff := cmp.Diff([]string{"BNK1/2026-01", "BNK1/2026-02", "BNK1/2026-02-21", "BNK1/2026-02-22"}, names()); diff != "" {
		t.Errorf("by day from now on (S22): %s", diff)
	}
	r.call("account.journal", "write", []any{journal}, object{"bank_statement_creation_groupby": "none"})
	s.tell("a1", all(tx("6", "2026-03-01", "1", "f")))
	r.sync(link)
	if got := r.count("account.bank.statement.line", leaf("statement_id", "=", false)); got != 1 {
		t.Errorf("%d lines without statement (D16)", got)
	}
}

func TestChangesOfTheBankAndOfUsers(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "-10", "follows"), tx("2", "2026-06-02", "-20", "edited"),
		tx("3", "2026-06-03", "-30", "reconciled"),
		tx("4", "2026-06-04", "-40", "deleted by the user"), tx("5", "2026-06-05", "-50", "taken back")))
	r.sync(link)
	line := func(text string) any {
		return r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", text)}, "id")[0]["id"]
	}
	r.call("account.bank.statement.line", "write", []any{line("edited")}, object{"payment_ref": "my words"})
	r.call("account.bank.statement.line", "write", []any{line("reconciled")}, object{"is_reconciled": true})
	r.call("account.bank.statement.line", "unlink", []any{line("deleted by the user")})
	s.tell("a1", sdk.Batch{Modified: []sdk.Transaction{tx("1", "2026-06-01", "-11", "followed"),
		tx("2", "2026-06-02", "-21", "edited by the bank"),
		tx("3", "2026-06-03", "-31", "reconciled, changed")},
		Booked: []sdk.Transaction{tx("4", "2026-06-04", "-40", "deleted by the user")}, Removed: []string{"5", "3"}})
	run := r.sync(link)
	want := []string{"2026-06-01 followed", "2026-06-02 my words", "2026-06-03 reconciled"}
	if diff := cmp.Diff(want, r.texts()); diff != "" {
		t.Error(diff)
	}
	if run["updated"].(float64) != 1 || run["removed"].(float64) != 1 {
		t.Errorf("run: %v", run)
	}
	journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id", "message_ids")[0]
	var told []string
	for _, m := range r.rows("mail.message", []any{leaf("model", "=", "account.journal"), leaf("res_id", "=", journal["id"])}, "body") {
		told = append(told, m["body"].(string))
	}
	whole := strings.Join(told, "\n")
	for _, part := range []string{"my words", "deleted", "Label: deleted by the user", "left as they are"} {
		if !strings.Contains(whole, part) {
			t.Errorf("the journal does not tell %q:\n%s", part, whole)
		}
	}
}

func TestPendingPostsOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		pending := all(tx("1", "2026-06-10", "5", "posted"))
		pending.Pending = []sdk.Transaction{tx("p", "2026-06-15", "-2.50", "Coffee")}
		s.tell("a1", pending)
		if run := r.sync(link); run["created"].(float64) != 1 || run["pending"].(float64) != 1 {
			t.Errorf("pending: %v (S49)", run)
		}
		posted := tx("b", "2026-06-16", "-2.50", "Coffee Corner")
		posted.PendingID = "p"
		s.tell("a1", all(tx("1", "2026-06-10", "5", "posted"), posted))
		if run := r.sync(link); run["created"].(float64) != 1 {
			t.Errorf("posted: %v (S50)", run)
		}
		ledger := r.rows("account.online.transaction", []any{leaf("payment_ref", "=", "Coffee Corner")}, "identifiers", "status",
			"line_id", "match_reason")
		if len(ledger) != 1 || len(ledger[0]["identifiers"].([]any)) != 2 || ledger[0]["line_id"] == false {
			t.Errorf("ledger: %v", ledger)
		}
		if r.sync(link)["outcome"] != "nothing_new" {
			t.Error("again")
		}
	})
}

func TestOneAccountsTroubleHarmsItAlone(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban, second)
	s.tell("a1", all(tx("1", "2026-06-10", "5", "fine"), sdk.Transaction{ID: "2", Date: day("2026-06-11"), Amount: "x", Direction: sdk.In}))
	s.tell("a2", all(tx("1", "2026-06-10", "7", "other")))
	run := r.sync(link)
	if run["outcome"] != "failed" || r.count("account.bank.statement.line") != 2 ||
		!strings.Contains(run["error_message"].(string), "could not be read") {
		t.Errorf("garbage in one entry: %v", run)
	}
	if cover := r.rows("account.online.account", []any{leaf("name", "=", "Main")}, "coverage")[0]["coverage"]; cover != false {
		t.Errorf("coverage went on over an entry that could not be read: %v", cover)
	}
	s.tell("a1", all(tx("1", "2026-06-10", "5", "fine"), tx("2", "2026-06-11", "6", "now readable")))
	if run := r.sync(link); run["outcome"] != "ok" || run["created"].(float64) != 1 {
		t.Errorf("after it was mended: %v", run)
	}
	s.failWith("a1", sdk.Errorf(sdk.BankUnavailable, "maintenance"))
	s.tell("a2", all(tx("1", "2026-06-10", "7", "other"), tx("2", "2026-06-12", "8", "newer")))
	if run := r.sync(link); run["outcome"] != "bank_unavailable" || run["created"].(float64) != 1 {
		t.Errorf("one bank account away: %v", run)
	}
}

func TestFirstFetchBeginsAfterTheJournalsLastLine(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	journal := r.call("account.journal", "create", object{"name": "Old", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	r.call("account.bank.statement.line", "create", object{"journal_id": journal, "date": "2026-05-31", "payment_ref": "by hand",
		"amount": 1.0})
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-05-30", "5", "before"), tx("2", "2026-06-01", "5", "after")))
	run := r.sync(link)
	if diff := cmp.Diff([]string{"2026-05-31 by hand", "2026-06-01 after"}, r.texts()); diff != "" {
		t.Errorf("(D05, complaint 31) %s", diff)
	}
	if run["window_from"] != "2026-06-01" {
		t.Errorf("window: %v", run)
	}
	r.call("res.company", "write", []any{1.0}, object{"hard_lock_date": "2026-06-10"})
	s.tell("a1", all(tx("3", "2026-06-09", "5", "locked"), tx("4", "2026-06-11", "5", "open")))
	if run := r.sync(link); run["created"].(float64) != 1 || !strings.Contains(run["error_message"].(string), "1 transactions lie before") {
		t.Errorf("lock date: %v", run)
	}
	if from := s.fetches[len(s.fetches)-1].From; from != day("2026-06-11") {
		t.Errorf("asked from %s", from)
	}
}

func TestRelinkSupersedes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two")))
		r.sync(link)
		again := iban
		again.ID = "other-consent"
		s.accounts = []sdk.Account{again}
		s.tell("other-consent", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two"),
			tx("3", "2026-06-03", "5", "three")))
		waiting := r.call("account.online.link", "action_fetch_transactions", []any{link})
		next := r.connect("bank", -1, object{"existing": "replace"})
		run := r.sync(next)
		if got := r.run(waiting); got["outcome"] != "refused" {
			t.Errorf("a run of the old connection: %v", got)
		}
		if _, err := r.try("account.online.link", "action_fetch_transactions", []any{link}); !fault.Is(err, fault.User) {
			t.Errorf("fetching from the old connection: %v", err)
		}
		if run["state"] != "done" || r.count("account.bank.statement.line") != 3 {
			t.Errorf("after the re-link: %v", run)
		}
		if n := r.count("account.online.account"); n != 1 {
			t.Errorf("%d accounts (complaint 23)", n)
		}
		if old := r.link(link); old["state"] != "disconnected" {
			t.Errorf("the old connection: %v", old)
		}
		if n := r.count("account.journal", leaf("type", "=", "bank")); n != 1 {
			t.Errorf("%d journals", n)
		}
	})
}

// The same login again is asked about: its accounts are not taken from the
// connection that brings them without a word.
func TestTheSameLoginAgainIsAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.sync(link)
		again := iban
		again.ID = "other-consent"
		s.accounts = []sdk.Account{again}
		s.tell("other-consent", all(tx("1", "2026-06-01", "5", "one")))
		begin := func() object {
			reply := r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
			existing := reply["existing"].([]any)
			if len(existing) != 1 || existing[0].(object)["link_id"] != link || existing[0].(object)["name"] != "Scripted Bank" {
				t.Errorf("connections that there are: %v", existing)
			}
			if reply["state"] != "asking" || !strings.Contains(stepOf(reply)["text"].(string), "Main") {
				t.Fatalf("asked: %v", reply)
			}
			return reply
		}
		s.secret = "another consent"
		cancelled := r.call("account.online.flow", "cancel", begin()["flow_id"]).(object)
		if cancelled["state"] != "cancelled" || s.revoked != 1 || r.link(link)["state"] != "connected" {
			t.Errorf("cancelled: %v, %d consents ended", cancelled, s.revoked)
		}
		done := r.submit(begin(), object{"existing": "renew"})
		if done["state"] != "done" || done["link_id"] != link || s.revoked != 1 {
			t.Errorf("renewed: %v, %d consents ended", done, s.revoked)
		}
		r.later(time.Minute)
		if run := r.sync(link); run["created"] != 1.0 || r.count("account.online.link") != 1 || r.count("account.online.account") != 1 {
			t.Errorf("after it: %v, %d connections", run, r.count("account.online.link"))
		}
	})
}

func TestScheduleAndToggle(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	sweep := func() int {
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		before := s.fetched()
		r.work()
		return s.fetched() - before
	}
	r.later(12*time.Hour - time.Minute)
	if n := sweep(); n != 0 {
		t.Errorf("%d fetches after 11:59 (S25)", n)
	}
	r.later(time.Minute)
	if n := sweep(); n != 1 {
		t.Errorf("%d fetches after 12:00 (S25)", n)
	}
	cron := r.rows("ir.cron", []any{leaf("code", "=", "onlinesync.sync")}, "id", "interval_number", "interval_type")[0]
	if cron["interval_number"].(float64) != 12 || cron["interval_type"] != "hours" {
		t.Errorf("scheduled action: %v", cron)
	}
	r.call("ir.cron", "method_direct_trigger", []any{cron["id"]})
	if n := sweep(); n != 1 {
		t.Errorf("%d fetches after Run Manually", n)
	}
	r.call("ir.cron", "write", []any{cron["id"]}, object{"active": false})
	r.later(48 * time.Hour)
	if n := sweep(); n != 0 {
		t.Errorf("%d fetches with the scheduled action archived", n)
	}
	r.call("ir.cron", "write", []any{cron["id"]}, object{"active": true})
	s.failWith("", sdk.Errorf(sdk.AutoNotAllowed, "only with you"))
	r.later(12 * time.Hour)
	sweep()
	parked := r.link(link)
	if parked["attention"] != "auto_sync_not_allowed" || parked["next_refresh"] != false || parked["error_reference"] == false {
		t.Errorf("parked: %v (S29)", parked)
	}
	messages := len(parked["message_ids"].([]any))
	r.later(48 * time.Hour)
	if n := sweep(); n != 0 || len(r.link(link)["message_ids"].([]any)) != messages {
		t.Errorf("a parked connection is tried again")
	}
	body := r.rows("mail.message", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link),
		leaf("error_reference", "!=", false)}, "body", "error_reference")
	if len(body) != 1 || !strings.Contains(body[0]["body"].(string), "Switch off Automatic Synchronisation") ||
		body[0]["error_reference"] != parked["error_reference"] {
		t.Errorf("message (S30): %v", body)
	}
	if !strings.Contains(r.log.String(), parked["error_reference"].(string)) {
		t.Error("the reference is not in the log (S32)")
	}
	s.failWith("", nil)
	r.call("account.online.link", "write", []any{link}, object{"auto_sync": false})
	r.later(48 * time.Hour)
	if n := sweep(); n != 0 {
		t.Errorf("switched off, and yet %d fetches (S31)", n)
	}
	if run := r.sync(link); run["state"] != "done" || run["error_reference"] != false {
		t.Errorf("by hand (S31): %v", run)
	}
}

func TestBackoffAndRateLimit(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	s.failWith("", sdk.Errorf(sdk.BankUnavailable, "maintenance"))
	var waits []time.Duration
	for range 3 {
		r.sync(link)
		next, err := time.Parse(time.DateTime, r.link(link)["next_refresh"].(string))
		if err != nil {
			t.Fatal(err)
		}
		waits = append(waits, next.Sub(r.clock()))
	}
	if diff := cmp.Diff([]time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour}, waits); diff != "" {
		t.Error(diff)
	}
	until := r.clock().Add(5 * time.Hour)
	s.failWith("", &sdk.Error{Kind: sdk.RateLimited, Message: "four a day", Until: until})
	if run := r.sync(link); run["outcome"] != "rate_limited" {
		t.Error(run)
	}
	if l := r.link(link); l["next_refresh"] != until.Format(time.DateTime) || l["next_refresh_allowed"] != until.Format(time.DateTime) ||
		l["state"] != "connected" {
		t.Errorf("link: %v", l)
	}
	s.failWith("", nil)
	asked := s.fetched()
	r.later(5*time.Hour - time.Second)
	if run := r.sync(link); run["outcome"] != "rate_limited" || run["error_reference"] == false || s.fetched() != asked {
		t.Errorf("a second too early, the bank was asked %d times: %v", s.fetched()-asked, run)
	}
	r.later(time.Second)
	if r.sync(link); r.link(link)["attention"] != "none" || r.link(link)["error_message"] != false {
		t.Errorf("after success: %v", r.link(link))
	}
}

// What a bank says to nobody is no answer to a user who waits, and the other way
// round it is one.
func TestALimitWithoutTheUser(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	byItself := func() (asked int) {
		t.Helper()
		before := s.fetched()
		cron := r.rows("ir.cron", []any{leaf("code", "=", "onlinesync.sync")}, "id")[0]
		r.call("ir.cron", "method_direct_trigger", []any{cron["id"]})
		if err := r.addon.Sweep(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		r.work()
		return s.fetched() - before
	}
	s.failWith("", &sdk.Error{Kind: sdk.RateLimited, Message: "four a day", Until: r.clock().Add(5 * time.Hour)})
	if n := byItself(); n != 1 || r.link(link)["attention"] != "rate_limited" {
		t.Fatalf("%d fetches, then %v", n, r.link(link)["attention"])
	}
	if n := byItself(); n != 0 {
		t.Errorf("%d fetches before the time that the bank named", n)
	}
	before := s.fetched()
	if run := r.sync(link); s.fetched() != before+1 || run["outcome"] != "rate_limited" {
		t.Errorf("a user waits, and the bank is asked %d times: %v", s.fetched()-before, run)
	}
	byItself()
	if r.sync(link); s.fetched() != before+1 {
		t.Error("the bank said so to a user, and is asked again")
	}
	s.failWith("", nil)
	r.later(5 * time.Hour)
	if n := byItself(); n != 1 || r.link(link)["attention"] != "none" {
		t.Errorf("%d fetches when the time had come, then %v", n, r.link(link)["attention"])
	}
}

func TestManualWhileRunning(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.work()
	journal := r.rows("account.journal", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
	run := r.call("account.online.link", "action_fetch_transactions", []any{link})
	var seen any
	s.before = func() { seen = r.call("account.journal", "manual_sync", []any{journal}) }
	r.work()
	s.before = nil
	if diff := cmp.Diff([]any{run}, seen); diff != "" {
		t.Errorf("(S26) %s", diff)
	}
	if again := r.call("account.journal", "manual_sync", []any{journal}).([]any)[0]; again == run {
		t.Error("a finished run is answered")
	}
}

func TestUnlinkRevokesFirst(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
	r.work()
	s.failWith("revoke", sdk.Errorf(sdk.BankUnavailable, "away"))
	if _, err := r.try("account.online.link", "unlink", []any{link}); !fault.Is(err, fault.Unavailable) ||
		r.count("account.online.link") != 1 {
		t.Fatalf("%v, %d connections (D11)", err, r.count("account.online.link"))
	}
	s.failWith("revoke", nil)
	r.call("account.online.link", "unlink", []any{link})
	if s.revoked != 2 || r.count("account.online.link") != 0 || r.count("account.bank.statement.line") != 1 ||
		r.count("account.online.transaction") != 1 {
		t.Errorf("revoked %d times; %d connections left", s.revoked, r.count("account.online.link"))
	}
	again := r.connect("bank", -1, nil)
	if run := r.sync(again); run["created"].(float64) != 0 || r.count("account.bank.statement.line") != 1 {
		t.Errorf("connected again: %v", run)
	}
}

func TestUndo(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one"), tx("2", "2026-06-02", "5", "two")))
	r.work()
	run := r.rows("account.online.run", []any{}, "id")[0]["id"]
	line := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "one")}, "id")[0]["id"]
	r.call("account.bank.statement.line", "write", []any{line}, object{"is_reconciled": true})
	if _, err := r.try("account.online.run", "undo", []any{run}); !fault.Is(err, fault.User) ||
		r.count("account.bank.statement.line") != 2 {
		t.Fatalf("a touched run: %v", err)
	}
	r.call("account.bank.statement.line", "write", []any{line}, object{"is_reconciled": false})
	r.call("account.online.run", "undo", []any{run})
	if n := r.count("account.bank.statement.line") + r.count("account.online.transaction"); n != 0 {
		t.Fatalf("%d left", n)
	}
	if again := r.sync(link); again["created"].(float64) != 2 {
		t.Errorf("again: %v", again)
	}
}

// One trouble has one reference while it lasts, and the last success stays to be seen.
func TestATroubleKeepsItsReference(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		r.sync(link)
		well := r.clock().Format(time.DateTime)
		s.failWith("", sdk.Errorf(sdk.BankUnavailable, "closed"))
		var references []any
		for range 3 {
			r.later(time.Hour)
			run := r.sync(link)
			references = append(references, run["error_reference"], r.link(link)["error_reference"])
		}
		for _, reference := range references {
			if reference == false || reference != references[0] {
				t.Fatalf("the references of one trouble: %v", references)
			}
		}
		kept := r.rows("account.online.link", []any{leaf("id", "=", link)}, "last_success", "last_refresh")[0]
		if kept["last_success"] != well || kept["last_refresh"] == well {
			t.Errorf("the clocks: %v, it was well at %s", kept, well)
		}
		s.failWith("", sdk.Errorf(sdk.ConsentExpired, "ended"))
		if r.sync(link); r.link(link)["error_reference"] == references[0] {
			t.Error("another trouble has the reference of the first")
		}
		s.failWith("", nil)
		r.sync(link)
		s.failWith("", sdk.Errorf(sdk.BankUnavailable, "closed"))
		if r.sync(link); r.link(link)["error_reference"] == references[0] {
			t.Error("a trouble that comes again has the old reference")
		}
	})
}
