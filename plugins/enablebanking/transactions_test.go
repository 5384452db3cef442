package enablebanking_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// The whole history comes in one go, the oldest first; balances beside it.
func TestFirstFetch(t *testing.T) {
	r := newRig(t, "FI:Testipankki")
	c := r.connect(sdk.FlowConnect)
	f := r.mustFetch(c.Accounts[0].ID, sdk.Date{})
	if len(f.booked) < 300 || f.last.From != f.booked[0].Date || f.last.To != day(2026, 3, 17) || !f.last.HistoryFrom.IsZero() {
		t.Errorf("%d booked, from %s to %s", len(f.booked), f.last.From, f.last.To)
	}
	if !slices.IsSortedFunc(f.booked, func(a, b sdk.Transaction) int { return a.Date.DaysSince(b.Date) }) {
		t.Error("not the oldest first")
	}
	for _, one := range f.booked {
		if one.ID == "" || one.ID[0] != 'B' || one.Currency != "EUR" { // none is scheduled, cancelled or rejected
			t.Fatalf("%+v", one)
		}
	}
	kinds := []sdk.BalanceKind{}
	for _, b := range f.last.Balances {
		kinds = append(kinds, b.Kind)
	}
	if !slices.Equal(kinds, []sdk.BalanceKind{sdk.Closing, sdk.Interim}) { // what is available has the credit limit in it
		t.Errorf("balances %+v", f.last.Balances)
	}
	card := r.mustFetch(c.Accounts[2].ID, sdk.Date{})
	i := slices.IndexFunc(card.booked, func(t sdk.Transaction) bool { return t.OriginalCurrency == "USD" })
	if i < 0 || card.booked[i].OriginalAmount == "" || card.booked[i].Rate != "1.25" || card.booked[i].Counterparty != "Hotel by the Lake" {
		t.Errorf("no foreign payment among %d", len(card.booked))
	}
}

// What is pending posts under another reference.
func TestPending(t *testing.T) {
	r := newRig(t, "FR:Banque Exemple")
	c := r.connect(sdk.FlowConnect)
	first := r.mustFetch(c.Accounts[0].ID, day(2026, 3, 7))
	if len(first.pending) == 0 || first.pending[0].ID[0] != 'P' {
		t.Fatalf("pending: %+v", first.pending)
	}
	r.clock.Advance(3 * 24 * time.Hour)
	second := r.mustFetch(c.Accounts[0].ID, day(2026, 3, 7))
	for _, waited := range first.pending {
		posted := func(t sdk.Transaction) bool { return t.ID == "B"+waited.ID[1:] && t.Amount == waited.Amount }
		if !slices.ContainsFunc(second.booked, posted) {
			t.Errorf("%s is not booked", waited.ID)
		}
	}
}

// Whatever a bank's pages and keys look like, the same question gets the same answer.
func TestKeys(t *testing.T) {
	for _, bank := range []string{"ES:Banco Ejemplo", "PT:Banco Modelo", "FR:Banque Exemple"} {
		r := newRig(t, bank)
		c := r.connect(sdk.FlowConnect)
		r.behave(`{"page_size": 1000}`)
		whole := brief(r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1)).booked)
		r.behave(`{"page_size": 7}`)
		paged := brief(r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1)).booked)
		if len(whole) < 20 || !slices.Equal(whole, paged) {
			t.Errorf("%s: %d in one page, %d in many", bank, len(whole), len(paged))
		}
		r.behave(`{"lost_keys": 1}`)
		if again := brief(r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1)).booked); !slices.Equal(whole, again) {
			t.Errorf("%s: with a lost key %d of %d", bank, len(again), len(whole))
		}
		r.behave(`{"lost_keys": 9}`)
		_, err := r.fetch(c.Accounts[0].ID, day(2026, 2, 1), sdk.Date{})
		fails(t, err, sdk.BankUnavailable)
	}
}

// A key that comes again with an empty page is an end; ever new ones are given up.
func TestEndless(t *testing.T) {
	r := newRig(t, "FI:Testipankki")
	c := r.connect(sdk.FlowConnect)
	empty := func(key string, times int) {
		r.fail(fmt.Sprintf(`{"path": "/transactions", "status": 200, "times": %d, "header": {"Content-Type": "application/json"},
			"body": "{\"transactions\": [], \"continuation_key\": \"%s\"}"}`, times, key))
	}
	empty("k", 2)
	if f, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{}); err != nil || len(f.booked) != 0 {
		t.Errorf("the same key: %d, %v", len(f.booked), err)
	}
	for n := range 40 {
		empty(fmt.Sprint("k", n), 1)
	}
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
	fails(t, err, sdk.BankUnavailable)
	if n := r.asked("/transactions"); n != 22 {
		t.Errorf("asked %d times", n)
	}
}

// A period that the bank does not give is made shorter, and that is said.
func TestPeriod(t *testing.T) {
	r := newRig(t, "FR:Banque Exemple")
	c := r.connect(sdk.FlowConnect)
	f := r.mustFetch(c.Accounts[0].ID, day(2025, 1, 1))
	if want := day(2025, 12, 18); f.last.HistoryFrom != want || f.last.From != want || f.booked[0].Date.Before(want) { // 89 days back
		t.Errorf("history from %s, from %s", f.last.HistoryFrom, f.last.From)
	}
	r.behave(`{"hint": true}`)
	if hinted := r.mustFetch(c.Accounts[0].ID, day(2025, 1, 1)); hinted.last.HistoryFrom != day(2025, 12, 18) {
		t.Errorf("hinted: history from %s", hinted.last.HistoryFrom)
	}
	_, err := r.fetch(c.Accounts[0].ID, day(2025, 1, 1), day(2025, 6, 1))
	fails(t, err, sdk.NotSupported)
	if all := r.mustFetch(c.Accounts[0].ID, sdk.Date{}); len(all.booked) < len(f.booked) || !all.last.HistoryFrom.IsZero() {
		t.Errorf("all: %d booked, history from %s", len(all.booked), all.last.HistoryFrom)
	}
}

// Without ids and days as the bank tells them: everything has a day by the rule.
func TestWithoutIDsAndDays(t *testing.T) {
	r := newRig(t, "NL:Voorbeeldbank")
	c := r.connect(sdk.FlowConnect)
	f := r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1))
	if len(f.booked) == 0 || len(f.pending) == 0 || f.pending[0].Date != day(2026, 3, 17) {
		t.Errorf("%d booked, pending %+v", len(f.booked), f.pending)
	}
	r = newRig(t, "DE:Musterbank")
	r.typed["credential_userId"] = "12345678"
	c = r.connect(sdk.FlowConnect)
	one := r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1))
	r.clock.Advance(time.Minute)
	two := r.mustFetch(c.Accounts[0].ID, day(2026, 2, 1))
	if !slices.Equal(brief(one.booked), brief(two.booked)) || one.booked[0].ID != "" {
		t.Errorf("%d, then %d; id %q", len(one.booked), len(two.booked), one.booked[0].ID)
	}
}

// Four times a day without the user; the user's headers, all or none, count apart.
func TestLimits(t *testing.T) {
	r := newRig(t, "EE:Näidispank")
	c := r.connect(sdk.FlowConnect)
	var err error
	n := 0
	for ; err == nil && n < 9; n++ {
		_, err = r.fetch(c.Accounts[0].ID, day(2026, 3, 10), sdk.Date{})
	}
	e := fails(t, err, sdk.RateLimited)
	if n != 5 || !e.Until.Equal(noon.Add(6*time.Hour)) || e.Reference == "" {
		t.Errorf("refused the %dth time, until %s, reference %q", n, e.Until, e.Reference)
	}
	r.ip = "192.0.2.7"
	r.mustFetch(c.Accounts[0].ID, day(2026, 3, 10))
	r.language = "" // the bank requires it: none is sent then
	_, err = r.fetch(c.Accounts[0].ID, day(2026, 3, 10), sdk.Date{})
	fails(t, err, sdk.RateLimited)
	r.ip, r.language = "", "en_US"
	r.clock.Advance(24 * time.Hour)
	r.mustFetch(c.Accounts[0].ID, day(2026, 3, 10))
}

func TestTrouble(t *testing.T) {
	r := newRig(t, "LT:Pavyzdinis Bankas")
	c := r.connect(sdk.FlowConnect)
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 10), sdk.Date{})
	fails(t, err, sdk.BankUnavailable)
	r.behave(`{"down": [], "no_balances": true}`)
	if f := r.mustFetch(c.Accounts[0].ID, day(2026, 3, 10)); len(f.booked) == 0 || len(f.last.Balances) != 0 {
		t.Errorf("without balances: %+v", f.last)
	}
	r.behave(`{"action": true}`)
	_, err = r.fetch(c.Accounts[0].ID, day(2026, 3, 10), sdk.Date{})
	fails(t, err, sdk.NeedsUser)
}

// Each way in which a transaction may be told, and what becomes of it.
func TestRules(t *testing.T) {
	const money = `\"transaction_amount\": {\"currency\": \"EUR\", \"amount\": \"1.50\"}, \"credit_debit_indicator\": \"DBIT\"`
	r := newRig(t, "FI:Testipankki")
	c := r.connect(sdk.FlowConnect)
	for told, want := range map[string]string{
		`\"status\": \"BOOK\", \"booking_date\": \"2026-03-10\", \"value_date\": \"2026-03-11\"`:     "booked 2026-03-10",
		`\"status\": \"BOOK\", \"value_date\": \"2026-03-11\", \"transaction_date\": \"2026-03-09\"`: "booked 2026-03-11",
		`\"status\": \"BOOK\", \"transaction_date\": \"2026-03-09\"`:                                 "booked 2026-03-09",
		`\"status\": \"BOOK\"`: "pending 2026-03-17",
		`\"status\": \"PDNG\", \"value_date\": \"2026-03-18\", \"transaction_date\": \"2026-03-16\"`: "pending 2026-03-16",
		`\"status\": \"HOLD\"`: "pending 2026-03-17",
		`\"status\": \"OTHR\"`: "pending 2026-03-17",
		`\"status\": \"OTHR\", \"booking_date\": \"2026-03-10\"`: "booked 2026-03-10",
		`\"status\": \"OTHR\", \"booking_date\": \"2026-03-19\"`: "pending 2026-03-19",
		`\"status\": \"SCHD\", \"booking_date\": \"2026-03-10\"`: "",
		`\"status\": \"CNCL\", \"booking_date\": \"2026-03-10\"`: "",
		`\"status\": \"RJCT\", \"booking_date\": \"2026-03-10\"`: "",
	} {
		r.fail(`{"path": "/transactions", "status": 200, "header": {"Content-Type": "application/json"}, "body": "{\"transactions\": [{` +
			money + `, ` + told + `}]}"}`)
		f := r.mustFetch(c.Accounts[0].ID, day(2026, 3, 1))
		got := ""
		for _, one := range f.booked {
			got += "booked " + one.Date.String()
		}
		for _, one := range f.pending {
			got += "pending " + one.Date.String()
		}
		if got != want {
			t.Errorf("%s became %q, want %q", told, got, want)
		}
	}
	r.fail(`{"path": "/transactions", "status": 200, "header": {"Content-Type": "application/json"}, "body": "{\"transactions\": [{` +
		strings.Replace(money, "1.50", "-1.50", 1) + `, \"entry_reference\": \"E1\", \"status\": \"BOOK\"}]}"}`)
	_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
	if e := fails(t, err, sdk.Internal); !strings.Contains(e.Message, "E1") {
		t.Error(e)
	}
}
