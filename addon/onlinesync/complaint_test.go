package onlinesync_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// hears lets a provider answer one synchronisation after the other, and
// compares the lines after the last with what is wanted, as "day amount text".
func hears(t *testing.T, desc sdk.Description, want []string, answers ...sdk.Batch) *rig {
	t.Helper()
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.desc = desc
	for _, answer := range answers {
		s.tell("a1", answer)
		if run := r.sync(link); run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
			t.Fatalf("run: %v", run)
		}
	}
	if diff := cmp.Diff(want, r.booked()); diff != "" {
		t.Error(diff)
	}
	return r
}

// booked lists the lines as "day amount text", sorted.
func (r *rig) booked() []string {
	out := []string{}
	for _, l := range r.rows("account.bank.statement.line", []any{}, "date", "amount", "payment_ref") {
		out = append(out, fmt.Sprintf("%s %.2f %s", l["date"], l["amount"], l["payment_ref"]))
	}
	slices.Sort(out)
	return out
}

func awaiting(b sdk.Batch, pending ...sdk.Transaction) sdk.Batch { b.Pending = pending; return b }

var (
	stable  = sdk.Description{StableIDs: true, ReportsPending: true}
	renamer = sdk.Description{ReportsPending: true} // gives new ids
)

func TestComplaint01PendingThenBookedIsOneLine(t *testing.T) {
	hears(t, stable, []string{"2026-06-11 -5.00 Coffee Corner"},
		awaiting(all(), tx("p", "2026-06-10", "-5", "Coffee")), all(tx("b", "2026-06-11", "-5", "Coffee Corner")))
}

func TestComplaint02PostedPendingDoesNotComeBack(t *testing.T) {
	posted := tx("b", "2026-06-11", "-5", "Coffee Corner")
	posted.PendingID = "p"
	r := hears(t, stable, []string{"2026-06-11 -5.00 Coffee Corner"},
		awaiting(all(), tx("p", "2026-06-10", "-5", "Coffee")), all(posted), awaiting(all(posted), tx("p", "2026-06-10", "-5", "Coffee")))
	if n := r.count("account.online.transaction", leaf("status", "=", "pending")); n != 0 {
		t.Errorf("%d pending again", n)
	}
}

func TestComplaint03PendingFollowsWhatAProviderDeclares(t *testing.T) {
	for declares, left := range map[bool]int{true: 0, false: 1} {
		r := hears(t, sdk.Description{StableIDs: true, ReportsPending: declares}, []string{},
			awaiting(all(), tx("p", "2026-06-10", "-5", "Coffee")), all())
		if n := r.count("account.online.transaction", leaf("status", "=", "pending")); n != left {
			t.Errorf("declared %v: %d pending after an answer without it, want %d", declares, n, left)
		}
	}
}

func TestComplaint06EqualPaymentsStayTwo(t *testing.T) {
	coffee := tx("", "2026-06-10", "-5", "Coffee")
	hears(t, renamer, []string{"2026-06-10 -5.00 Coffee", "2026-06-10 -5.00 Coffee"}, all(coffee, coffee), all(coffee, coffee))
	one, other := all(coffee, tx("", "2026-06-10", "7", "Refund")), all(coffee)
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	s.desc = renamer
	s.tell("a1", one, other) // on two pages
	r.sync(link)
	r.sync(link)
	if diff := cmp.Diff([]string{"2026-06-10 -5.00 Coffee", "2026-06-10 -5.00 Coffee", "2026-06-10 7.00 Refund"}, r.booked()); diff != "" {
		t.Errorf("on two pages: %s", diff)
	}
}

func TestComplaint07WithoutIDsNothingComesTwice(t *testing.T) {
	answer := all(tx("", "2026-06-10", "-5", "Coffee"), tx("", "2026-06-11", "-7", "Tea"))
	hears(t, renamer, []string{"2026-06-10 -5.00 Coffee", "2026-06-11 -7.00 Tea"}, answer, answer, answer, answer, answer)
}

func TestComplaint08NewIDsAndWordsAreTheSameTransaction(t *testing.T) {
	hears(t, renamer, []string{"2026-06-10 -5.00 CARD 1234 COFFEE BV"},
		all(tx("1", "2026-06-10", "-5", "Coffee")), all(tx("9", "2026-06-10", "-5", "CARD 1234 COFFEE BV")))
}

func TestComplaint09SharedReferencesStaySeveral(t *testing.T) {
	answer := all(tx("TAX", "2026-06-10", "-100", "Tax"), tx("TAX", "2026-06-10", "-100", "Tax"), tx("TAX", "2026-06-11", "-90", "Tax"))
	hears(t, renamer, []string{"2026-06-10 -100.00 Tax", "2026-06-10 -100.00 Tax", "2026-06-11 -90.00 Tax"}, answer, answer)
}

func TestComplaint10TheSameFileAgainAndAnOverlappingOne(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	for _, text := range []string{"\n- 2026-06-01 -5 COFFEE\n- 2026-06-01 -5 COFFEE\n- 2026-06-02 7 Refund",
		"\n- 2026-06-01 -5 COFFEE\n- 2026-06-01 -5 COFFEE\n- 2026-06-02 7 Refund",
		"\n- 2026-06-02 7 REFUND\n- 2026-06-03 9 More"} {
		if _, err := r.importFile(journal, iban.Number+text, false); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"2026-06-01 -5.00 COFFEE", "2026-06-01 -5.00 COFFEE", "2026-06-02 7.00 REFUND", "2026-06-03 9.00 More"},
		r.booked()); diff != "" {
		t.Error(diff)
	}
}

func TestComplaint11IDsThatComeAgainNextYear(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	r.banks["files"] = reader{emptyCatalogue{newScript()}}
	journal := r.call("account.journal", "create", object{"name": "Bank", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	for _, year := range []string{"2025", "2026"} {
		if _, err := r.importFile(journal, iban.Number+"\n001 "+year+"-01-05 -5 Rent\n002 "+year+"-02-05 -5 Rent", false); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"2025-01-05 -5.00 Rent", "2025-02-05 -5.00 Rent", "2026-01-05 -5.00 Rent", "2026-02-05 -5.00 Rent"}
	if diff := cmp.Diff(want, r.booked()); diff != "" {
		t.Error(diff)
	}
}

func TestComplaint12DatesAreTheBanksOwn(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s, link := scripted(r, iban)
	r.later(14*time.Hour + 10*time.Minute) // 23:40 in UTC; tomorrow in Auckland, noon in Honolulu
	s.tell("a1", all(tx("1", "2026-06-18", "-5", "tomorrow"), tx("2", "2026-06-17", "-6", "today")))
	r.sync(link)
	if diff := cmp.Diff([]string{"2026-06-17 -6.00 today", "2026-06-18 -5.00 tomorrow"}, r.booked()); diff != "" {
		t.Error(diff)
	}
	if cover := r.rows("account.online.account", []any{}, "coverage")[0]["coverage"]; cmp.Diff([]any{[]any{"2026-01-01", "2026-06-15"}},
		cover) != "" {
		t.Errorf("covered is %v: days that are not over somewhere are not known completely", cover)
	}
}

func TestComplaint13LateLinesEnterTheirOwnPeriod(t *testing.T) {
	r := hears(t, stable, []string{"2026-05-30 -5.00 late", "2026-06-10 -7.00 first"},
		all(tx("1", "2026-06-10", "-7", "first")), all(tx("1", "2026-06-10", "-7", "first"), tx("2", "2026-05-30", "-5", "late")))
	if n := r.count("account.bank.statement", leaf("name", "=", "BNK1/2026-05")); n != 1 {
		t.Errorf("%d statements of May", n)
	}
}

func TestComplaint23ANewConsentMakesNoDuplicates(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban) // its ids are said to be stable, and yet change with the consent
		s.tell("a1", all(tx("1", "2026-02-01", "5", "one"), tx("2", "2026-06-02", "5", "two"), tx("3", "2026-06-02", "5", "two")))
		r.sync(link)
		again := iban
		again.ID = "a1-new"
		s.accounts = []sdk.Account{again}
		s.tell("a1-new", all(tx("n1", "2026-02-01", "5", "one"), tx("n2", "2026-06-02", "5", "two"), tx("n3", "2026-06-02", "5", "two"),
			tx("n4", "2026-06-03", "5", "three")))
		r.call("account.online.link", "action_reconnect", []any{link})
		r.work()
		r.sync(link)
		want := []string{"2026-02-01 5.00 one", "2026-06-02 5.00 two", "2026-06-02 5.00 two", "2026-06-03 5.00 three"}
		if diff := cmp.Diff(want, r.booked()); diff != "" {
			t.Error(diff)
		}
		if n := r.count("account.online.account"); n != 1 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestComplaint26AccountsOfOneNameStayTwo(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	twin := second
	twin.Name = iban.Name
	s, link := scripted(r, iban, twin)
	s.tell("a1", all(tx("1", "2026-06-01", "5", "one")))
	s.tell("a2", all(tx("1", "2026-06-01", "6", "other")))
	r.sync(link)
	if n := r.count("account.journal", leaf("account_online_link_id", "=", link)); n != 2 {
		t.Errorf("%d journals", n)
	}
	if diff := cmp.Diff([]string{"2026-06-01 5.00 one", "2026-06-01 6.00 other"}, r.booked()); diff != "" {
		t.Error(diff)
	}
}

func TestComplaint31NothingBeforeTheFirstDay(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	journal := r.call("account.journal", "create", object{"name": "Old", "type": "bank", "bank_acc_number": iban.Number}).(float64)
	r.call("account.bank.statement.line", "create", object{"journal_id": journal, "date": "2026-05-31", "payment_ref": "by hand",
		"amount": 1.0})
	s, link := scripted(r, iban)
	for range 3 { // a provider that ignores from when it is asked
		s.tell("a1", all(tx("1", "2026-05-30", "5", "before"), tx("2", "2026-06-01", "5", "after")))
		r.sync(link)
	}
	if diff := cmp.Diff([]string{"2026-05-31 1.00 by hand", "2026-06-01 5.00 after"}, r.booked()); diff != "" {
		t.Error(diff)
	}
}
