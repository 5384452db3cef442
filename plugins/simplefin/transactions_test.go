package simplefin_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

func day(year int, month time.Month, d int) sdk.Date {
	return sdk.Date{Year: year, Month: month, Day: d}
}

func sum(list []sdk.Transaction) *big.Rat {
	total := new(big.Rat)
	for _, t := range list {
		amount, _ := new(big.Rat).SetString(t.Amount)
		if t.Direction == sdk.Out {
			amount.Neg(amount)
		}
		total.Add(total, amount)
	}
	return total
}

func balance(b sdk.Batch) *big.Rat {
	for _, one := range b.Balances {
		if one.Kind == sdk.Interim {
			amount, _ := new(big.Rat).SetString(one.Amount)
			return amount
		}
	}
	return nil
}

// What is told from one day to another is what the balance changes by.
func TestTransactionsAndBalancesAgree(t *testing.T) {
	for _, behaviour := range []string{
		`{}`, `{"old": true, "moments": true}`, `{"numbers": true}`, `{"window_days": 45}`, `{"window_days": 30, "cut": true}`,
	} {
		r := newRig(t)
		r.behave(behaviour)
		for _, a := range r.connect(sdk.FlowConnect).Accounts {
			before := r.mustFetch(a.ID)
			r.clock.Advance(20 * 24 * time.Hour)
			after, err := r.fetch(a.ID, before.last.To.AddDays(1), sdk.Date{})
			if err != nil {
				t.Fatal(err)
			}
			late := slices.DeleteFunc(slices.Clone(r.mustFetch(a.ID).booked), func(x sdk.Transaction) bool {
				return x.Date.After(before.last.To) || slices.Contains(ids(before.booked), x.ID)
			}) // what was posted after the first fetch on a day that it had told already
			change := new(big.Rat).Sub(balance(after.last), balance(before.last))
			told := new(big.Rat).Add(sum(after.booked), sum(late))
			if a.ID != card && len(before.booked) == 0 || change.Cmp(told) != 0 {
				t.Errorf("%s, %s: %d booked; the balance changes by %s, what is told comes to %s", behaviour, a.ID, len(before.booked),
					change.FloatString(2), told.FloatString(2))
			}
		}
	}
}

func TestWhatATransactionSays(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	f := r.mustFetch(checking)
	if !slices.IsSortedFunc(f.booked, func(a, b sdk.Transaction) int { return a.Date.DaysSince(b.Date) }) {
		t.Error("they are not in the order of their days")
	}
	i := slices.IndexFunc(f.booked, func(t sdk.Transaction) bool { return t.Counterparty == "Coffee & Co" })
	if i < 0 {
		t.Fatalf("no coffee in %d transactions", len(f.booked))
	}
	coffee := f.booked[i]
	if coffee.Direction != sdk.Out || coffee.Reference != "COFFEE & CO" || coffee.Details["transacted_at"] == "" || len(coffee.Raw) == 0 {
		t.Errorf("%+v", coffee)
	}
	if got := f.last; got.From != day(2025, 12, 19) || got.To != day(2026, 3, 17) || got.HistoryFrom != got.From ||
		!got.RefreshedAt.Equal(noon) {
		t.Errorf("covers %s to %s, history from %s, as of %s", got.From, got.To, got.HistoryFrom, got.RefreshedAt)
	}
	if n := r.asked(); n != 2 {
		t.Errorf("connecting and a first fetch took %d requests for accounts", n)
	}
}

// Pending becomes posted: under the same id at one bank, under another at the other.
func TestPendingPosts(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	for _, account := range []string{checking, card} {
		posted, same := 0, 0
		waits := map[string]sdk.Transaction{}
		for range 20 {
			f := r.mustFetch(account)
			booked := ids(f.booked)
			for id, was := range waits {
				switch {
				case slices.Contains(booked, id):
					posted, same = posted+1, same+1
					delete(waits, id)
				case !slices.Contains(ids(f.pending), id):
					i := slices.IndexFunc(f.booked, func(t sdk.Transaction) bool {
						return t.Amount == was.Amount && t.Reference == was.Reference &&
							t.Details["transacted_at"] == was.Details["transacted_at"]
					})
					if i < 0 {
						t.Errorf("%s: %+v is neither pending nor posted", account, was)
					}
					posted++
					delete(waits, id)
				}
			}
			for _, p := range f.pending {
				if slices.Contains(booked, p.ID) || !p.Date.Valid() {
					t.Errorf("%s: pending and posted: %+v", account, p)
				}
				waits[p.ID] = p
			}
			r.clock.Advance(24 * time.Hour)
		}
		if posted == 0 || (same == posted) != (account == checking) {
			t.Errorf("%s: %d posted, %d under the same id", account, posted, same)
		}
	}
	r.behave(`{"no_pending": true}`)
	if f := r.mustFetch(checking); len(f.pending) != 0 || len(f.booked) == 0 {
		t.Errorf("%d pending", len(f.pending))
	}
}

// However few days a server takes in one request, the same transactions come.
func TestWindows(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	from := day(2025, 9, 20) // 179 days
	want, err := r.fetch(checking, from, sdk.Date{})
	if err != nil || len(want.booked) < 150 {
		t.Fatalf("%d, %v", len(want.booked), err)
	}
	if want.last.From != from || !want.last.HistoryFrom.IsZero() {
		t.Errorf("covers %s, history from %s", want.last.From, want.last.HistoryFrom)
	}
	for _, tt := range []struct {
		behaviour string
		most      int // requests
	}{
		{`{"window_days": 90}`, 3}, {`{"window_days": 366}`, 3}, {`{"window_days": 60}`, 5}, {`{"window_days": 45}`, 6},
		{`{"window_days": 30}`, 8}, {`{"window_days": 60, "cut": true}`, 5}, {`{"window_days": 45, "cut": true}`, 6},
		{`{"window_days": 45, "cut": true, "old": true}`, 6}, {`{"window_days": 31, "cut": false, "old": true}`, 7},
	} {
		r.clock.Advance(48 * time.Hour) // quotas come back
		r.behave(`{"cut": false, "old": false}`)
		r.behave(tt.behaviour)
		before := r.asked()
		got, err := r.fetch(checking, from, day(2026, 3, 17))
		if err != nil {
			t.Errorf("%s: %v", tt.behaviour, err)
			continue
		}
		if n := r.asked() - before; n > tt.most {
			t.Errorf("%s: %d requests, want at most %d", tt.behaviour, n, tt.most)
		}
		if diff := cmp.Diff(brief(want.booked, day(2026, 3, 15)), brief(got.booked, day(2026, 3, 15))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.behaviour, diff[:min(len(diff), 2000)])
		}
	}
	// Too little to go on with, and more days than a day's requests reach.
	r.behave(`{"window_days": 5}`)
	_, err = r.fetch(checking, from, sdk.Date{})
	if e := fails(t, err, sdk.Internal); !strings.Contains(e.Message, "refuses the question. The SimpleFIN server says: The date range is limited to 5 days.") {
		t.Error(e)
	}
	r.clock.Advance(48 * time.Hour)
	r.behave(`{"window_days": 90}`)
	long, err := r.fetch(savings, day(2015, 1, 1), day(2026, 3, 17))
	if err != nil || long.last.From != day(2026, 3, 17).AddDays(1-12*89) || long.last.HistoryFrom != long.last.From {
		t.Errorf("covers %s, history from %s, %v", long.last.From, long.last.HistoryFrom, err)
	}
}

// A server's remark on a limit that is kept is no reason to ask for less.
func TestALimitThatIsKept(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	r.behave(`{"errors": [{"code": "gen.api", "msg": "The date range is limited to 90 days."}]}`)
	before := r.asked()
	if f, err := r.fetch(checking, day(2026, 1, 17), sdk.Date{}); err != nil || len(f.booked) == 0 || r.asked() != before+1 {
		t.Errorf("%d booked with %d requests, %v", len(f.booked), r.asked()-before, err)
	}
}

// Whatever a server's order and reach: the days that were asked for, oldest
// first, and what has not posted apart.
func TestWhatServersTellBesides(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	r.fail(scripted(`
		{"id": "late", "posted": 1773835200, "amount": "1"},
		{"id": "b", "posted": 1773748800, "amount": "1"}, {"id": "a", "posted": 1773748800, "amount": "1"},
		{"id": "asked", "posted": 1773662400, "amount": "1"}, {"id": "early", "posted": 1773576000, "amount": "1"},
		{"id": "waits", "posted": 1773748800, "pending": true, "amount": "1"},
		{"id": "unposted", "posted": 0, "amount": "-1", "transacted_at": 1773500000}, {"id": "undated", "posted": null, "amount": "1"}`))
	f, err := r.fetch(checking, day(2026, 3, 16), day(2026, 3, 17))
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, x := range append(f.booked, f.pending...) {
		told = append(told, x.ID+" "+x.Date.String())
	}
	want := []string{"asked 2026-03-16", "a 2026-03-17", "b 2026-03-17", "waits 2026-03-17", "unposted 2026-03-14", "undated 2026-03-17"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

func TestPagesOfAWindow(t *testing.T) {
	r := newRig(t)
	r.connect(sdk.FlowConnect)
	whole := r.mustFetch(checking)
	var pages []sdk.Batch
	request := sdk.FetchRequest{Call: r.call(), AccountID: checking, PageSize: 7}
	err := r.provider.FetchTransactions(t.Context(), request, func(b sdk.Batch) error {
		pages = append(pages, b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var booked []sdk.Transaction
	for i, p := range pages {
		booked = append(booked, p.Booked...)
		last := i == len(pages)-1
		if len(p.Booked) > 7 || p.HasMore == last || (len(p.Balances) > 0) != last || !last && len(p.Pending) > 0 {
			t.Errorf("page %d: %d booked, %d pending, more %v", i+1, len(p.Booked), len(p.Pending), p.HasMore)
		}
	}
	if diff := cmp.Diff(brief(whole.booked, whole.last.To), brief(booked, whole.last.To)); diff != "" {
		t.Error(diff)
	}
}

func TestTooManyRequests(t *testing.T) {
	for _, behaviour := range []string{`{}`, `{"old": true}`, `{"both": true}`} {
		r := newRig(t)
		r.behave(behaviour)
		r.connect(sdk.FlowConnect)
		good := 0
		var err error
		for err == nil && good < 40 {
			if _, err = r.fetch(checking, day(2026, 3, 1), sdk.Date{}); err == nil {
				good++
			}
		}
		e := fails(t, err, sdk.RateLimited)
		if !e.Until.Equal(noon.Add(6*time.Hour)) || !strings.Contains(e.Message, "Too many requests today") || good < 24 || good > 26 {
			t.Errorf("%s: after %d fetches: %+v", behaviour, good, e)
		}
		before := r.asked()
		_, err = r.provider.ListAccounts(t.Context(), sdk.ListAccountsRequest{Call: r.call()})
		fails(t, err, sdk.RateLimited)
		if _, err = r.fetch(card, sdk.Date{}, sdk.Date{}); err == nil || r.asked() != before {
			t.Errorf("%s: asked while it should be left alone", behaviour)
		}
		r.clock.Advance(6 * time.Hour)
		// The rest of a long answer waits, too: nothing of it counts.
		before = r.asked()
		for r.asked() < before+5 {
			if _, err = r.fetch(checking, day(2026, 3, 1), sdk.Date{}); err != nil {
				t.Fatalf("%s: six hours later: %v", behaviour, err)
			}
		}
		_, err = r.fetch(checking, day(2025, 9, 1), sdk.Date{})
		if fails(t, err, sdk.RateLimited); r.asked() != before+6 {
			t.Errorf("%s: a long fetch went on for %d requests", behaviour, r.asked()-before-5)
		}
		r.clock.Advance(6 * time.Hour)
		if _, err = r.fetch(checking, day(2026, 3, 1), sdk.Date{}); err != nil {
			t.Errorf("%s: six hours later: %v", behaviour, err)
		}
	}
}

func TestWhoHasToAct(t *testing.T) {
	const bank, missing = `"code": "con.auth", "msg": "Log in again", "conn_id": "CON-5f0c1d7e"`, `"code": "act.missingdata", "msg": "Later"`
	tests := []struct {
		name      string
		behaviour string
		fault     string
		account   string
		kind      sdk.Kind
		says      string
	}{
		{"unpaid", `{"unpaid": true}`, "", checking, sdk.NeedsUser, "Your subscription has ended."},
		{"revoked", `{"revoked": true}`, "", checking, sdk.ConsentExpired, "Make a new setup token"},
		{"refused in a good answer", `{"errors": [{"code": "gen.auth", "msg": "No access"}]}`, "", checking, sdk.ConsentExpired,
			"No access"},
		{"the bank's log-in", `{"errors": [{` + bank + `}]}`, "", checking, sdk.BankUnavailable, "wants you to log in again"},
		{"another bank's", `{"errors": [{` + bank + `}]}`, "", card, "", ""},
		{"data that are missing", `{"errors": [{` + missing + `, "account_id": "` + checking + `"}]}`, "", checking, sdk.BankUnavailable,
			"Later"},
		{"another account's", `{"errors": [{` + missing + `, "account_id": "` + savings + `"}]}`, "", checking, "", ""},
		{"a failure", `{"errors": [{"code": "act.failed.somehow", "msg": "x", "account_id": "` + checking + `"}]}`, "", checking,
			sdk.BankUnavailable, ""},
		{"an account that is gone", `{"away": ["` + checking + `"]}`, "", checking, sdk.BadRequest, "does not share"},
		{"gone with its bank", `{"away": ["` + checking + `"], "errors": [{"code": "con.", "msg": "Bank is closed",
			"conn_id": "CON-5f0c1d7e"}]}`, "", checking, sdk.BankUnavailable, "Bank is closed"},
		{"air miles", `{}`, "", "ACT-77e21f90-miles", sdk.NotSupported, ""},
		{"an unknown account", `{}`, "", "ACT-0", sdk.BadRequest, ""},
		{"a mere remark", `{"errors": [{"code": "gen.", "msg": "We moved to a new office."}]}`, "", checking, "", ""},
		{"of an older server", `{"old": true, "errors": [{"msg": "Connection to First Example Bank may need attention"}]}`, "", checking,
			"", ""},
		{"trouble", `{}`, `{"path": "/accounts", "status": 502, "times": 9}`, checking, sdk.BankUnavailable, "trouble"},
		{"trouble that passes", `{}`, `{"path": "/accounts", "status": 502, "times": 1}`, checking, "", ""},
		{"a broken connection", `{}`, `{"silent": true, "times": 9}`, checking, sdk.BankUnavailable, "broke"},
		{"too often", `{}`, `{"path": "/accounts", "status": 429, "times": 9, "header": {"Retry-After": "3600"}}`, checking, sdk.RateLimited,
			""},
		{"nonsense", `{}`, `{"path": "/accounts", "status": 200, "times": 9, "body": "<html>"}`, checking, sdk.Internal, "cannot be read"},
		{"no amount", `{}`, entry(`"amount": ""`), checking, sdk.Internal, "TRN-1"},
		{"an amount that is none", `{}`, entry(`"amount": "1,5"`), checking, sdk.Internal, "cannot be read"},
		{"no id", `{}`, entry(`"amount": "1", "id": ""`), checking, sdk.Internal, "id is missing"},
		{"an absurd moment", `{}`, entry(`"amount": "1", "posted": 99999999999999`), checking, sdk.Internal, "TRN-1"},
	}
	var log strings.Builder
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(was)
	for _, tt := range tests {
		r := newRig(t)
		c := r.connect(sdk.FlowConnect)
		r.behave(tt.behaviour)
		if tt.fault != "" {
			r.fail(tt.fault)
		}
		f, err := r.fetch(tt.account, sdk.Date{}, sdk.Date{})
		secret := string(c.Secret[strings.Index(string(c.Secret), "//")-4 : strings.Index(string(c.Secret), "@")])
		if tt.kind == "" {
			if err != nil || len(f.booked) == 0 {
				t.Errorf("%s: %d booked, %v", tt.name, len(f.booked), err)
			}
		} else if e := fails(t, err, tt.kind); !strings.Contains(e.Message, tt.says) {
			t.Errorf("%s: %v; want %q", tt.name, e, tt.says)
		}
		_, user, _ := strings.Cut(secret, "//")
		user, password, _ := strings.Cut(user, ":")
		resttest.Untold(t, tt.name, fmt.Sprint(err, log.String()), user, password)
	}
	if !strings.Contains(log.String(), "We moved to a new office.") {
		t.Error("a remark of the server's is not in the log")
	}
}

// entry is an answer with one transaction, in which something is changed.
func entry(change string) string {
	return scripted(`{"id": "TRN-1", "posted": 1773748800, ` + change + `, "description": "x"}`)
}

// scripted is an answer with transactions of the checking account.
func scripted(transactions string) string {
	body, _ := json.Marshal(`{"accounts": [{"id": "` + checking + `", "name": "x", "currency": "USD", "balance": "1.00", ` +
		`"balance-date": 1773748800, "transactions": [` + transactions + `]}]}`)
	return `{"path": "/accounts", "status": 200, "times": 9, "body": ` + string(body) + `}`
}

// A secret that cannot be read, or no longer is one, needs a new token.
func TestDamagedSecrets(t *testing.T) {
	r := newRig(t)
	for _, secret := range []string{
		"", "null", "x", `{"access_url": "http://u:p@bank.example/x"}`, `{"access_url": "https://bank.example/x"}`, `{"access_url": 5}`,
	} {
		r.secret = []byte(secret)
		_, err := r.fetch(checking, sdk.Date{}, sdk.Date{})
		fails(t, err, sdk.ConsentExpired)
	}
}
