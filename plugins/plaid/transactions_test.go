package plaid_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// The whole history comes at first, the oldest first, with balances and a cursor; the
// sign is turned round.
func TestFirstFetch(t *testing.T) {
	r := newRig(t, "ins_11")
	c := r.connect(sdk.FlowConnect)
	f := r.mustFetch(c.Accounts[0].ID, sdk.Date{})
	if len(f.booked) < 150 || f.last.From != f.booked[0].Date || f.last.To != day(2026, 3, 17) || !f.last.HistoryFrom.IsZero() ||
		len(f.last.Cursor) == 0 || !f.last.RefreshedAt.Equal(noon) || len(f.modified)+len(f.removed) != 0 {
		t.Errorf("%d booked, %d modified, %d removed, from %s to %s", len(f.booked), len(f.modified), len(f.removed), f.last.From,
			f.last.To)
	}
	if !slices.IsSortedFunc(f.booked, func(a, b sdk.Transaction) int { return a.Date.DaysSince(b.Date) }) {
		t.Error("not the oldest first")
	}
	for _, one := range f.booked {
		salary := strings.Contains(one.Reference, "PAYROLL")
		if one.ID == "" || one.Currency != "USD" || (one.Direction == sdk.In) != salary || one.Amount[0] == '-' {
			t.Fatalf("%+v", one)
		}
	}
	if b := f.last.Balances; len(b) != 2 || b[0].Kind != sdk.Interim || b[1].Kind != sdk.Available || b[0].Date != day(2026, 3, 17) {
		t.Errorf("balances %+v", b)
	}
}

// What is pending is told each time, all of it, until it posts under another id, which
// names the first; with a cursor, only what changed comes besides.
func TestPendingPosts(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	first := r.mustFetch(account, day(2026, 3, 1))
	if len(first.pending) == 0 || first.pending[0].ID[0] != 'P' {
		t.Fatalf("pending: %+v", first.pending)
	}
	again := r.mustFetch(account, day(2026, 3, 1))
	if len(again.booked)+len(again.modified)+len(again.removed) != 0 || !slices.Equal(brief(first.pending), brief(again.pending)) ||
		!again.last.From.IsZero() || !again.last.To.IsZero() {
		t.Errorf("again: %d booked, pending %v of %v", len(again.booked), brief(again.pending), brief(first.pending))
	}
	r.clock.Advance(3 * 24 * time.Hour)
	later := r.mustFetch(account, day(2026, 3, 1))
	for _, waited := range first.pending {
		posted := func(t sdk.Transaction) bool {
			return t.PendingID == waited.ID && t.Amount == waited.Amount && t.ID != waited.ID
		}
		if !slices.ContainsFunc(later.booked, posted) {
			t.Errorf("%s is not booked", waited.ID)
		}
		same := func(t sdk.Transaction) bool { return t.ID == waited.ID }
		if slices.Contains(later.removed, waited.ID) || slices.ContainsFunc(later.pending, same) {
			t.Errorf("%s is removed, or still pending", waited.ID)
		}
	}
}

// What is amended after it has posted comes as modified, what is taken back as removed;
// told in one go, or day by day, it comes to the same.
func TestChanges(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	known := map[string]sdk.Transaction{}
	modified, removed := 0, 0
	for range 100 {
		f := r.mustFetch(account, sdk.Date{})
		for _, one := range append(f.booked, f.modified...) {
			known[one.ID] = one
		}
		for _, id := range f.removed {
			if _, was := known[id]; was {
				removed++
			}
			delete(known, id)
		}
		for _, one := range f.modified {
			modified++
			if !strings.HasSuffix(one.Reference, " TIP") {
				t.Errorf("modified: %+v", one)
			}
		}
		r.clock.Advance(24 * time.Hour)
	}
	r.clock.Advance(-24 * time.Hour)
	delete(r.cursor, account)
	whole := brief(r.mustFetch(account, sdk.Date{}).booked)
	told := []sdk.Transaction{}
	for _, one := range known {
		told = append(told, one)
	}
	if modified == 0 || removed == 0 || !slices.Equal(whole, brief(told)) {
		t.Errorf("%d modified, %d removed; %d in one go, %d day by day", modified, removed, len(whole), len(told))
	}
}

// When the list changes while it is read, or a further page fails, the answer is asked
// for again from where it began, and nothing comes twice.
func TestMutation(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	whole := brief(r.mustFetch(account, sdk.Date{}).booked)
	start := func(behaviour string) (asked int, f fetched, err error) {
		delete(r.cursor, account)
		r.behave(behaviour)
		before := r.asked("/transactions/sync")
		f, err = r.fetch(account, sdk.Date{}, sdk.Date{})
		return r.asked("/transactions/sync") - before, f, err
	}
	pages, f, err := start(`{"page_size": 50}`)
	if err != nil || pages < 3 || !slices.Equal(whole, brief(f.booked)) {
		t.Fatalf("%d pages, %d of %d, %v", pages, len(f.booked), len(whole), err)
	}
	for n := 1; n <= 3; n++ {
		asked, f, err := start(fmt.Sprintf(`{"mutations": %d}`, n))
		if err != nil || asked != pages+2*n || !slices.Equal(whole, brief(f.booked)) {
			t.Errorf("%d changes: %d requests for %d pages, %d of %d, %v", n, asked, pages, len(f.booked), len(whole), err)
		}
	}
	_, f, err = start(`{"mutations": 4}`)
	if fails(t, err, sdk.BankUnavailable); len(f.booked) != 0 {
		t.Errorf("%d are told in vain", len(f.booked))
	}
}

// A further page that fails is not asked for by itself: Plaid wants the whole anew.
func TestFurtherPageFails(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	r.behave(`{"page_size": 50}`)
	seen := r.asked("/transactions/sync")
	whole := brief(r.mustFetch(account, sdk.Date{}).booked)
	pages := r.asked("/transactions/sync") - seen
	r.told("/transactions/sync", 200, map[string]any{"transactions_update_status": "HISTORICAL_UPDATE_COMPLETE", "accounts": []any{},
		"added": []any{}, "modified": []any{}, "removed": []any{}, "next_cursor": "x", "has_more": true})
	r.told("/transactions/sync", 500, map[string]any{"error_type": "API_ERROR", "error_code": "INTERNAL_SERVER_ERROR"})
	delete(r.cursor, account)
	seen = r.asked("/transactions/sync")
	f, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	if asked := r.asked("/transactions/sync") - seen; err != nil || asked != pages+2 || !slices.Equal(whole, brief(f.booked)) {
		t.Errorf("%d requests for %d pages, %d of %d, %v", asked, pages, len(f.booked), len(whole), err)
	}
}

// While a long answer is read, the host gets signs of life, in which nothing is; it may
// stop the fetch at each.
func TestSignsOfLife(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	whole := brief(r.mustFetch(account, sdk.Date{}).booked)
	r.behave(`{"page_size": 5}`)
	full := sdk.Errorf(sdk.BankUnavailable, "the host stops")
	for _, stop := range []int{0, 2} {
		batches, booked := 0, []sdk.Transaction{}
		before := r.asked("/transactions/sync")
		err := r.provider.FetchTransactions(t.Context(), sdk.FetchRequest{Call: r.call(), AccountID: account}, func(b sdk.Batch) error {
			if batches++; batches == stop {
				return full
			}
			booked = append(booked, b.Booked...)
			return nil
		})
		asked := r.asked("/transactions/sync") - before
		if stop == 0 && (err != nil || batches != 1+(asked-1)/10 || !slices.Equal(whole, brief(booked))) {
			t.Errorf("%d batches, %d requests, %d of %d, %v", batches, asked, len(booked), len(whole), err)
		}
		if stop > 0 && (err != error(full) || asked != 10*stop || len(booked) != 0) {
			t.Errorf("stopped: %d requests, %d booked, %v", asked, len(booked), err)
		}
	}
}

// Pages that lead in a circle are given up.
func TestEndless(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	for _, next := range []string{"x", "x"} {
		r.told("/transactions/sync", 200, map[string]any{"next_cursor": next, "has_more": true})
	}
	_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	fails(t, err, sdk.BankUnavailable)
}

// Right after connecting Plaid has nothing yet, then the last days, then all. That is no
// error, claims no days that are not there, and what comes later comes by the cursor.
func TestNotReady(t *testing.T) {
	r := newRig(t, "ins_11")
	r.behave(`{"ready_after": 60, "history_after": 3600}`)
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	none := r.mustFetch(account, sdk.Date{})
	if len(none.booked) != 0 || none.last.Cursor != nil || none.last.From != day(2026, 3, 17) || none.last.To != none.last.From ||
		none.last.RefreshedAt.After(noon.Add(-23*time.Hour)) {
		t.Errorf("not ready: %+v", none.last)
	}
	_, err := r.fetch(account, day(2026, 2, 1), day(2026, 2, 28))
	fails(t, err, sdk.BankUnavailable)
	r.clock.Advance(2 * time.Minute)
	some := r.mustFetch(account, sdk.Date{})
	if n := len(some.booked); n < 20 || n > 60 || some.last.Cursor == nil || some.last.From.Before(day(2026, 2, 15)) {
		t.Errorf("the last days: %d, from %s", n, some.last.From)
	}
	r.clock.Advance(2 * time.Hour)
	rest := r.mustFetch(account, sdk.Date{})
	if len(rest.booked) < 100 || rest.booked[0].Date.After(day(2025, 9, 5)) || len(rest.modified) != 0 {
		t.Errorf("the rest: %d", len(rest.booked))
	}
	r.refuse("/transactions/sync", "ITEM_ERROR", "PRODUCT_NOT_READY")
	if f, err := r.fetch(account, sdk.Date{}, sdk.Date{}); err != nil || string(f.last.Cursor) != string(rest.last.Cursor) {
		t.Errorf("said as an error: %+v, %v", f.last, err)
	}
}

// The days that are asked for bound an answer without a cursor; one that ends in the
// past leaves no cursor, since what is newer was not told.
func TestWindow(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	f, err := r.fetch(account, day(2026, 1, 10), day(2026, 1, 20))
	if err != nil || len(f.booked) == 0 || f.last.From != day(2026, 1, 10) || f.last.To != day(2026, 1, 20) || f.last.Cursor != nil {
		t.Fatalf("%+v, %v", f.last, err)
	}
	for _, one := range f.booked {
		if one.Date.Before(day(2026, 1, 10)) || one.Date.After(day(2026, 1, 20)) {
			t.Errorf("%+v", one)
		}
	}
	if f = r.mustFetch(account, day(2020, 1, 1)); f.last.HistoryFrom != day(2025, 8, 29) || f.last.From != f.booked[0].Date {
		t.Errorf("further than Plaid was asked for: %s, from %s", f.last.HistoryFrom, f.last.From)
	}
}

// A cursor of another item begins anew, and one that Plaid does not take any more does.
func TestCursors(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	whole := len(r.mustFetch(account, sdk.Date{}).booked)
	good := r.cursor[account]
	for _, other := range []string{"garbage", `{"item": "another", "account": "` + account + `", "next": "x"}`,
		strings.Replace(string(good), `"next":"`, `"next":"x`, 1)} {
		r.cursor[account] = []byte(other)
		f, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		if err != nil || len(f.booked) != whole || f.last.To.IsZero() {
			t.Errorf("%.40s: %d of %d, %v", other, len(f.booked), whole, err)
		}
	}
}

// Accounts of one item have cursors of their own.
func TestAccountsApart(t *testing.T) {
	r := newRig(t, "ins_12")
	c := r.connect(sdk.FlowConnect)
	seen := map[string]string{}
	for _, a := range c.Accounts {
		for _, one := range r.mustFetch(a.ID, sdk.Date{}).booked {
			if seen[one.ID] != "" {
				t.Fatalf("%s is of %s, and of %s", one.ID, seen[one.ID], a.ID)
			}
			seen[one.ID] = a.ID
		}
	}
	_, err := r.fetch("another", sdk.Date{}, sdk.Date{})
	if e := fails(t, err, sdk.BadRequest); e.Field != "account_id" {
		t.Error(e)
	}
}

// An account in a currency of computers is refused in words.
func TestUnofficialAccount(t *testing.T) {
	r := newRig(t, "ins_15")
	r.connect(sdk.FlowConnect)
	told := r.api("/accounts/get", map[string]any{"access_token": r.access()})
	coins, _ := told["accounts"].([]any)[3].(map[string]any)
	for _, behaviour := range []string{`{}`, `{"no_balances": true}`} {
		r.behave(behaviour)
		_, err := r.fetch(coins["account_id"].(string), sdk.Date{}, sdk.Date{})
		if e := fails(t, err, sdk.NotSupported); !strings.Contains(e.Message, "BTC") {
			t.Error(e)
		}
	}
}

// Balances are asked for where they do not come with transactions; that they cannot be
// had spoils nothing.
func TestBalances(t *testing.T) {
	r := newRig(t, "ins_11")
	card := r.connect(sdk.FlowConnect).Accounts[2].ID
	with := r.mustFetch(card, sdk.Date{}).last.Balances
	r.behave(`{"no_balances": true}`)
	if apart := r.mustFetch(card, sdk.Date{}).last.Balances; !slices.Equal(with, apart) || len(with) != 1 {
		t.Errorf("%+v, apart %+v", with, apart)
	}
	r.refuse("/accounts/get", "API_ERROR", "INTERNAL_SERVER_ERROR")
	if f, err := r.fetch(card, sdk.Date{}, sdk.Date{}); err != nil || len(f.last.Balances) != 0 {
		t.Errorf("%+v, %v", f.last, err)
	}
}

// When Plaid last heard from the bank is told; where it cannot be asked, a day ago is
// said.
func TestRefreshed(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	r.told("/item/get", 429, map[string]any{"error_type": "RATE_LIMIT_EXCEEDED", "error_code": "ITEM_GET_LIMIT", "error_message": "",
		"display_message": nil})
	if f := r.mustFetch(account, sdk.Date{}); !f.last.RefreshedAt.Equal(noon.Add(-24 * time.Hour)) {
		t.Errorf("refreshed at %s", f.last.RefreshedAt)
	}
	r.refuse("/item/get", "INVALID_INPUT", "INVALID_API_KEYS")
	_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	fails(t, err, sdk.Internal)
}

func TestTrouble(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	r.behave(`{"down": ["ins_11"]}`)
	_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	fails(t, err, sdk.BankUnavailable)
	r.behave(`{"down": [], "per_minute": 1}`)
	_, _ = r.fetch(account, sdk.Date{}, sdk.Date{})
	_, err = r.fetch(account, sdk.Date{}, sdk.Date{})
	if e := fails(t, err, sdk.RateLimited); !e.Until.Equal(noon.Add(time.Minute)) {
		t.Errorf("until %s", e.Until)
	}
}

// A transaction that was ordered comes by the cursor.
func TestOrdered(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	r.mustFetch(account, sdk.Date{})
	r.api("/sandbox/transactions/create", map[string]any{"access_token": r.access(), "transactions": []map[string]any{
		{"date_transacted": "2026-03-15", "date_posted": "2026-03-16", "amount": 12.34, "description": "BOOKS"},
		{"date_transacted": "2026-03-16", "date_posted": "2026-03-16", "amount": -0.5, "description": "CASH BACK"}}})
	r.clock.Advance(time.Second)
	f := r.mustFetch(account, sdk.Date{})
	if len(f.booked) != 2 || f.booked[0].Amount != "12.34" || f.booked[0].Direction != sdk.Out || f.booked[0].Date != day(2026, 3, 16) ||
		f.booked[0].ValueDate != day(2026, 3, 15) || f.booked[1].Amount != "0.50" || f.booked[1].Direction != sdk.In {
		t.Errorf("%v", brief(f.booked))
	}
}

// Each way in which a transaction may be told, and what becomes of it.
func TestRules(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	fetch := func(change map[string]any) (fetched, error) {
		one := map[string]any{"transaction_id": "T1", "account_id": account, "amount": json.Number("10.10"), "iso_currency_code": "USD",
			"date": "2026-03-10", "authorized_date": "2026-03-09", "name": "NAME", "pending": false}
		for name, value := range change {
			one[name] = value
		}
		r.told("/transactions/sync", 200, map[string]any{"added": []any{one}, "next_cursor": "n", "transactions_update_status": "x",
			"accounts": []any{map[string]any{"account_id": account, "balances": map[string]any{"iso_currency_code": "USD"}}}})
		delete(r.cursor, account)
		return r.fetch(account, sdk.Date{}, sdk.Date{})
	}
	for _, test := range []struct {
		change map[string]any
		want   string
	}{
		{nil, "out 10.10 USD 2026-03-10 2026-03-09 NAME  "},
		{map[string]any{"amount": json.Number("-0.1")}, "in 0.1 USD 2026-03-10 2026-03-09 NAME  "},
		{map[string]any{"amount": json.Number("123456789012.345678")}, "out 123456789012.345678 USD 2026-03-10 2026-03-09 NAME  "},
		{map[string]any{"amount": json.Number("1e3")}, "out 1000 USD 2026-03-10 2026-03-09 NAME  "},
		{map[string]any{"iso_currency_code": "EUR"}, "out 10.10 EUR 2026-03-10 2026-03-09 NAME  "}, // the host knows what to say
		{map[string]any{"authorized_date": "2026-03-11"}, "out 10.10 USD 2026-03-10  NAME  "},
		{map[string]any{"authorized_date": nil}, "out 10.10 USD 2026-03-10  NAME  "},
		{map[string]any{"pending": true}, "pending out 10.10 USD 2026-03-10  NAME  "},
		{map[string]any{"original_description": "BANK'S WORDS"}, "out 10.10 USD 2026-03-10 2026-03-09 BANK'S WORDS  "},
		{map[string]any{"merchant_name": "Shop"}, "out 10.10 USD 2026-03-10 2026-03-09 NAME Shop "},
		{map[string]any{"payment_meta": map[string]any{"payee": "Landlord", "payer": "Me"}},
			"out 10.10 USD 2026-03-10 2026-03-09 NAME Landlord "},
		{map[string]any{"amount": json.Number("-5"), "payment_meta": map[string]any{"payee": "Me", "by_order_of": "Client"}},
			"in 5 USD 2026-03-10 2026-03-09 NAME Client "},
		{map[string]any{"counterparties": []any{map[string]any{"name": "Other", "account_numbers": map[string]any{
			"international": map[string]any{"iban": "NL02ABNA0123456789"}, "bacs": nil}}}},
			"out 10.10 USD 2026-03-10 2026-03-09 NAME Other NL02ABNA0123456789"},
		{map[string]any{"account_id": "another"}, ""},
	} {
		f, err := fetch(test.change)
		if err != nil {
			t.Errorf("%v: %v", test.change, err)
			continue
		}
		got := ""
		for i, one := range append(f.booked, f.pending...) {
			if i >= len(f.booked) {
				got += "pending "
			}
			got += fmt.Sprint(one.Direction, " ", one.Amount, " ", one.Currency, " ", one.Date, " ", one.ValueDate, " ", one.Reference, " ",
				one.Counterparty, " ", one.CounterNumber)
		}
		if got != test.want {
			t.Errorf("%v became %q, want %q", test.change, got, test.want)
		}
	}
	for _, change := range []map[string]any{
		{"amount": nil}, {"amount": "much"}, {"date": "yesterday"}, {"date": nil}, {"iso_currency_code": nil},
		{"iso_currency_code": nil, "unofficial_currency_code": "DOGE"}, {"pending": "perhaps"},
	} {
		f, err := fetch(change)
		if e := fails(t, err, sdk.Internal); !strings.Contains(e.Message, "T1") || len(f.booked) != 0 {
			t.Errorf("%v: %v", change, e)
		}
	}
}

// An account with more that is pending than a cursor keeps has none, and is told whole
// each time.
func TestManyPending(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	for n, kept := range map[int]bool{500: true, 501: false} {
		list := []any{}
		for i := range n {
			list = append(list, map[string]any{"transaction_id": fmt.Sprint("P", i), "account_id": account, "amount": 1, "pending": true,
				"iso_currency_code": "USD", "date": "2026-03-16", "name": "x"})
		}
		r.told("/transactions/sync", 200, map[string]any{"added": list, "next_cursor": "n", "transactions_update_status": "x",
			"accounts": []any{map[string]any{"account_id": account, "balances": map[string]any{"iso_currency_code": "USD"}}}})
		f, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		if err != nil || len(f.pending) != n || (f.last.Cursor != nil) != kept {
			t.Errorf("%d pending: %d, a cursor of %d bytes, %v", n, len(f.pending), len(f.last.Cursor), err)
		}
	}
}

// What posts under its own id is booked, not modified; what was pending and is removed is
// told as such; what is in two pages counts as it was told last.
func TestOrderOfPages(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	one := func(id, name string, pending bool, before any) map[string]any {
		return map[string]any{"transaction_id": id, "account_id": account, "amount": 1, "iso_currency_code": "USD", "date": "2026-03-10",
			"name": name, "pending": pending, "pending_transaction_id": before}
	}
	gone := func(id string) map[string]any { return map[string]any{"transaction_id": id, "account_id": account} }
	told := func(more bool, added, modified, removed []any) {
		r.told("/transactions/sync", 200, map[string]any{"added": added, "modified": modified, "removed": removed, "has_more": more,
			"next_cursor": fmt.Sprint("n", len(added), len(modified), len(removed)), "transactions_update_status": "x",
			"accounts": []any{map[string]any{"account_id": account, "balances": map[string]any{"iso_currency_code": "USD"}}}})
	}
	told(false, []any{one("A", "a", true, nil), one("B", "b", true, nil), one("C", "c", false, nil), one("D", "d", true, nil)}, nil, nil)
	f := r.mustFetch(account, sdk.Date{})
	if len(f.pending) != 3 || len(f.booked) != 1 {
		t.Fatalf("%v, pending %v", brief(f.booked), brief(f.pending))
	}
	told(true, []any{one("E", "e", false, nil), one("F", "f", false, nil), one("G", "g", false, "D")},
		[]any{one("A", "a", false, nil), one("C", "c2", false, nil)}, []any{gone("B")})
	told(false, nil, []any{one("E", "e2", false, nil)}, []any{gone("F"), gone("D")})
	f = r.mustFetch(account, sdk.Date{})
	names := func(list []sdk.Transaction) (out []string) {
		for _, t := range list {
			out = append(out, t.Reference)
		}
		slices.Sort(out)
		return out
	}
	if got := fmt.Sprint(names(f.booked), names(f.modified), names(f.pending), f.removed); got != "[a e2 g] [c2] [] [B F]" {
		t.Error(got)
	}
}
