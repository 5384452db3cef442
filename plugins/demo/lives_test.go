package demo_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

const day = 24 * time.Hour

// account is the connection's account of a kind.
func (c *connection) account(kind sdk.AccountKind) sdk.Account {
	c.t.Helper()
	for _, a := range c.done.Accounts {
		if a.Kind == kind {
			return a
		}
	}
	c.t.Fatalf("no %s account in %v", kind, c.done.Accounts)
	return sdk.Account{}
}

func (c *connection) list(now time.Time) []sdk.Account {
	c.t.Helper()
	list, err := c.provider.ListAccounts(context.Background(), sdk.ListAccountsRequest{Call: c.call(now)})
	if err != nil {
		c.t.Fatal(err)
	}
	return list.Accounts
}

// unattended fetches an account without a user and returns how that fails.
func (c *connection) unattended(account string, now time.Time) *sdk.Error {
	c.t.Helper()
	call := c.call(now)
	call.UserPresent = false
	_, err := c.fetch(sdk.FetchRequest{Call: call, AccountID: account, From: sdk.DateOf(now)})
	var told *sdk.Error
	if err != nil && !errors.As(err, &told) {
		c.t.Fatal(err)
	}
	return told
}

func TestCodesComeByTheWayThatIsChosen(t *testing.T) {
	for channel, want := range map[string]string{"sms": "text message", "email": "e-mail", "token": "your token"} {
		w := begin(t, "demo-codes")
		w.step(map[string]string{"user": "alice", "password": "x"}, sdk.StepForm)
		if choices := w.answer.Step.Fields[0].Choices; len(choices) != 3 {
			t.Errorf("choices are %v", choices)
		}
		w.step(map[string]string{"channel": channel}, sdk.StepForm)
		if !strings.Contains(w.answer.Step.Text, want) {
			t.Errorf("a code by %s: %q", channel, w.answer.Step.Text)
		}
		w.step(map[string]string{"code": "123456"}, sdk.StepAccounts)
	}
	w := begin(t, "demo-codes")
	w.step(map[string]string{"user": "alice", "password": "x"}, sdk.StepForm)
	wantError(t, w.refused(map[string]string{"channel": "pigeon"}), sdk.BadRequest, "channel")
}

func TestContractsHaveAccountsOfTheirOwn(t *testing.T) {
	owners, seen := map[string]bool{}, map[string]bool{}
	for _, contract := range []string{"private", "company", "club"} {
		w := begin(t, "demo-contracts")
		w.step(map[string]string{"user": "alice", "password": "x"}, sdk.StepForm)
		w.step(map[string]string{"contract": contract}, sdk.StepAccounts)
		for _, a := range w.answer.Step.Accounts {
			if seen[a.StableID] {
				t.Errorf("%s has an account of another contract", contract)
			}
			seen[a.StableID], owners[a.Owner] = true, true
		}
	}
	if len(owners) < 2 {
		t.Errorf("all contracts are %v's", owners)
	}
	c := connect(t, "demo-contracts", noon, nil)
	c.renew(noon.Add(day), c.done.Accounts[0].ID)
}

func TestAPictureIsShownWhileTheHostWaits(t *testing.T) {
	w := begin(t, "demo-qr")
	w.step(map[string]string{"user": "alice", "password": "x"}, sdk.StepWait)
	if w.answer.Step.URL == "" || w.answer.Step.PollAfter == 0 {
		t.Errorf("the step is %+v", w.answer.Step)
	}
	w.step(nil, sdk.StepWait)
	if w.answer.Step.URL == "" {
		t.Error("the picture is gone after a poll")
	}
	w.step(nil, sdk.StepAccounts)
}

func TestAnswersToQuestionsAreChecked(t *testing.T) {
	good := func() map[string]string {
		return map[string]string{"user": "alice", "password": "x", "company_number": "0203.201.340", "birth_date": "1980-05-17"}
	}
	for field, wrong := range map[string]string{"company_number": "seven", "birth_date": "2020-01-01"} {
		w := begin(t, "demo-questions")
		values := good()
		values[field] = wrong
		wantError(t, w.refused(values), sdk.BadRequest, field)
		w.step(good(), sdk.StepAccounts)
		if strings.Contains(string(w.answer.FlowState), "1980") || strings.Contains(string(w.answer.FlowState), "3201340") {
			t.Error("an answer is kept")
		}
	}
}

func TestALostVisitorIsNotSentBack(t *testing.T) {
	w := begin(t, "demo-lost")
	if w.answer.Step.Kind != sdk.StepRedirect || !strings.HasPrefix(w.answer.Step.URL, "https://demo-lost.bank.example/") {
		t.Errorf("the step is %+v", w.answer.Step)
	}
}

func TestAConsentMayCoverNoAccount(t *testing.T) {
	w := begin(t, "demo-none")
	err := w.refused(map[string]string{"user": "alice", "password": "x"})
	wantError(t, err, sdk.NeedsUser, "")
	if !strings.Contains(err.Error(), "none of this bank’s accounts") {
		t.Errorf("the reason is %v", err)
	}
}

func TestARenewalMayCoverLess(t *testing.T) {
	c := connect(t, "demo-fewer", noon, nil)
	first := len(c.done.Accounts)
	c.account(sdk.Savings)
	c.flow(noon.Add(day), sdk.FlowUpdate, "")
	if n := len(c.done.Accounts); n != first-1 || len(c.done.Chosen) != n {
		t.Errorf("%d accounts and %d chosen, before %d", n, len(c.done.Chosen), first)
	}
}

// A closed account's late bookings still come, and its balance agrees with them.
func TestAnAccountIsClosed(t *testing.T) {
	c := connect(t, "demo-closing", noon, nil)
	savings := c.account(sdk.Savings)
	if n := len(c.list(noon.Add(20*day - time.Hour))); n != len(c.done.Accounts) {
		t.Errorf("%d accounts on the last day", n)
	}
	later := noon.Add(170 * day)
	if n := len(c.list(later)); n != len(c.done.Accounts)-1 {
		t.Errorf("%d accounts half a year later", n)
	}
	last := sdk.DateOf(noon.Add(20 * day))
	var b books
	b.take(t, c.mustFetch(savings.ID, later, nil, 5000))
	sum := int64(0)
	for _, x := range b.Booked {
		if x.ValueDate.After(last) {
			t.Errorf("%s happened after the end", x.ID)
		}
		sum += signed(t, x)
	}
	opening, closing := balance(t, b.last.Balances, sdk.Opening), balance(t, b.last.Balances, sdk.Interim)
	if got := minor(t, closing.Amount) - minor(t, opening.Amount); got != sum {
		t.Errorf("the balances differ by %d, the transactions come to %d", got, sum)
	}
	c.flow(later, sdk.FlowUpdate, "")
	if n := len(c.done.Accounts); n != len(c.done.Chosen) {
		t.Errorf("%d accounts and %d chosen", n, len(c.done.Chosen))
	}
}

func TestConsentsThatDoNotEndAsTold(t *testing.T) {
	for _, v := range []struct {
		institution string
		told        int // days
		after       time.Duration
		want        sdk.Kind
	}{
		{"demo-90", 90, 90*day - time.Second, ""},
		{"demo-90", 90, 90 * day, sdk.ConsentExpired},
		{"demo-revoked", 180, 20*day - time.Second, ""},
		{"demo-revoked", 180, 20 * day, sdk.ConsentExpired},
		{"demo-lenient", 30, 364 * day, ""},
		{"demo-lenient", 30, 365 * day, sdk.ConsentExpired},
	} {
		c := connect(t, v.institution, noon, nil)
		if until := noon.AddDate(0, 0, v.told); !c.done.ConsentUntil.Equal(until) {
			t.Errorf("%s: told until %s", v.institution, c.done.ConsentUntil)
		}
		_, err := c.fetch(sdk.FetchRequest{Call: c.call(noon.Add(v.after)), AccountID: c.done.Accounts[0].ID})
		if sdk.KindOf(err) != v.want {
			t.Errorf("%s after %s: %v", v.institution, v.after, err)
		}
	}
	c := connect(t, "demo-revoked", noon, nil)
	c.flow(noon.Add(21*day), sdk.FlowReconnect, "")
	c.mustFetch(c.done.Accounts[0].ID, noon.Add(40*day), nil, 0)
}

func TestFourFetchesOfAnAccountADay(t *testing.T) {
	c := connect(t, "demo-four", noon, nil)
	one, other := c.done.Accounts[0].ID, c.done.Accounts[1].ID
	for i := range 4 {
		if err := c.unattended(one, noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Errorf("fetch %d: %v", i, err)
		}
	}
	midnight := time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC)
	if err := c.unattended(one, noon.Add(5*time.Hour)); err == nil || err.Kind != sdk.RateLimited || !err.Until.Equal(midnight) {
		t.Errorf("the fifth: %v", err)
	}
	if err := c.unattended(other, noon.Add(5*time.Hour)); err != nil {
		t.Errorf("another account: %v", err)
	}
	c.mustFetch(one, noon.Add(6*time.Hour), nil, 0) // a user waits
	if err := c.unattended(one, midnight); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestABankTiresWithoutATime(t *testing.T) {
	c := connect(t, "demo-busy", noon, nil)
	one := c.done.Accounts[0].ID
	for _, v := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {59 * time.Minute, false}, {time.Hour, true}, {time.Hour + time.Minute, false}, {2 * time.Hour, true}} {
		err := c.unattended(one, noon.Add(v.at))
		if (err == nil) != v.want || err != nil && (err.Kind != sdk.RateLimited || !err.Until.IsZero()) {
			t.Errorf("after %s: %v", v.at, err)
		}
	}
}

func TestOutagesFollowTheCalendar(t *testing.T) {
	c := connect(t, "demo-outages", noon, nil)
	for moment, down := range map[string]bool{
		"2026-03-20T21:00:00Z": false, "2026-03-21T19:59:59Z": false, "2026-03-21T20:00:00Z": true, "2026-03-22T07:59:59Z": true,
		"2026-03-22T08:00:00Z": false, "2026-04-09T23:59:59Z": false, "2026-04-10T00:00:00Z": true, "2026-04-11T23:59:59Z": true,
		"2026-04-12T08:00:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.unattended(c.done.Accounts[0].ID, at); (err != nil) != down || err != nil && err.Kind != sdk.BankUnavailable {
			t.Errorf("at %s: %v", moment, err)
		}
	}
}

func TestOneAccountIsSilent(t *testing.T) {
	c := connect(t, "demo-partial", noon, nil)
	for _, a := range c.done.Accounts {
		if err := c.unattended(a.ID, noon); (err != nil) != (a.Kind == sdk.Savings) || err != nil && err.Kind != sdk.BankUnavailable {
			t.Errorf("%s: %v", a.Kind, err)
		}
	}
}

// What is held is told as pending, then no more, and is booked under no id.
func TestHoldsNeverPost(t *testing.T) {
	c := connect(t, "demo-holds", noon, nil)
	account := c.account(sdk.CreditCard).ID
	var b books
	held, booked := map[string]time.Time{}, map[string]bool{}
	for now := noon; now.Before(noon.Add(60 * day)); now = now.Add(day) {
		b.take(t, c.mustFetch(account, now, b.cursor, 5000))
		for id := range b.Pending {
			if held[id].IsZero() {
				held[id] = now
			}
		}
		for _, x := range b.Booked {
			booked[x.PendingID] = true
		}
	}
	over := 0
	for id, since := range held {
		if !booked[id] && since.Before(noon.Add(30*day)) {
			over++
			if slices.Contains(keys(b.Pending), id) {
				t.Errorf("%s is still pending", id)
			}
		}
	}
	if over < 3 {
		t.Errorf("%d of %d pending payments were never booked", over, len(held))
	}
}

// refused is how the step refuses an answer.
func (w *walker) refused(values map[string]string) error {
	w.t.Helper()
	_, err := w.try(values)
	if err == nil {
		w.t.Fatalf("%v is taken", values)
	}
	return err
}

func keys(m map[string]sdk.Transaction) (list []string) {
	for id := range m {
		list = append(list, id)
	}
	return list
}
