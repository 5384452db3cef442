package demo_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/plugins/sdk"
)

// someInstant is any second of some years.
func someInstant(t *rapid.T, label string) time.Time {
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	return first.Add(time.Duration(rapid.Int64Range(0, 4*365*86400).Draw(t, label)) * time.Second)
}

func someConnection(rt *rapid.T, t *testing.T, now time.Time) (*connection, string) {
	institution := rapid.SampledFrom([]string{"demo-checking", "demo-daily", "demo-big-777", "jp-1-2", "kw-0-3", "de-3-40", "hu-2-5",
		"us-4-9"}).Draw(rt, "institution")
	seed := fmt.Sprint(rapid.IntRange(1, 5).Draw(rt, "seed"))
	c := connect(t, institution, now, map[string]string{"seed": seed})
	account := rapid.SampledFrom(c.done.Accounts).Draw(rt, "account")
	return c, account.ID
}

// The truth at an instant is what any sequence of fetches before it adds up to.
func TestIncrementsAddUpToTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := someInstant(rt, "begin")
		c, account := someConnection(rt, t, now)
		var kept books
		// Most begin with little history: it is what happens next that counts.
		batches, err := c.fetch(sdk.FetchRequest{Call: c.call(now), AccountID: account,
			From: sdk.DateOf(now).AddDays(-rapid.SampledFrom([]int{0, 1, 9, 40, 900}).Draw(rt, "history"))})
		if err != nil {
			rt.Fatal(err)
		}
		kept.take(t, batches)
		for range rapid.IntRange(1, 6).Draw(rt, "fetches") {
			kept.take(t, c.mustFetch(account, now, kept.cursor, rapid.IntRange(1, 700).Draw(rt, "page")))
			now = now.Add(time.Duration(rapid.Int64Range(0, 18*86400).Draw(rt, "pass")) * time.Second)
			if rapid.Bool().Draw(rt, "refresh") {
				if _, err := c.refresh(now); err != nil && sdk.KindOf(err) != sdk.RateLimited && sdk.KindOf(err) != sdk.ConsentExpired {
					rt.Fatal(err)
				}
			}
			if !now.Before(c.done.ConsentUntil) || rapid.Bool().Draw(rt, "renew") {
				account = c.renew(now, account)
			}
		}
		kept.take(t, c.mustFetch(account, now, kept.cursor, 0))

		var truth books
		batches, err = c.fetch(sdk.FetchRequest{Call: c.call(now), AccountID: account, From: kept.last.From})
		if err != nil {
			rt.Fatal(err)
		}
		truth.take(t, batches)
		// What the bank's history no longer reaches is kept, and never changes.
		for id, x := range kept.Booked {
			if x.Date.Before(truth.last.From) {
				delete(kept.Booked, id)
			}
		}
		if diff := differ(truth.Booked, kept.Booked); diff != "" {
			rt.Fatalf("booked (-truth +accumulated):\n%s", diff)
		}
		if diff := differ(truth.Pending, kept.Pending); diff != "" {
			rt.Fatalf("pending (-truth +accumulated):\n%s", diff)
		}
	})
}

// Windows that end before today, grow at both ends and overlap come to the
// same too.
func TestGrowingWindowsAddUpToTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := someInstant(rt, "begin")
		c, account := someConnection(rt, t, now)
		someDay := func(label string) sdk.Date {
			if rapid.Bool().Draw(rt, label+" set") {
				return sdk.DateOf(now).AddDays(-rapid.IntRange(0, 80).Draw(rt, label))
			}
			return sdk.Date{}
		}
		var kept books
		for range rapid.IntRange(1, 6).Draw(rt, "fetches") {
			from, to := someDay("from"), someDay("to")
			if !from.IsZero() && !to.IsZero() && to.Before(from) {
				from, to = to, from
			}
			batches, err := c.fetch(sdk.FetchRequest{Call: c.call(now), AccountID: account, Cursor: kept.cursor, From: from, To: to,
				PageSize: 50})
			if err != nil {
				rt.Fatal(err)
			}
			kept.take(t, batches)
			now = now.Add(time.Duration(rapid.Int64Range(0, 3*86400).Draw(rt, "pass")) * time.Second)
		}
		if kept.last.To.IsZero() {
			return // nothing was ever covered
		}
		at := kept.last.RefreshedAt
		var truth books
		batches, err := c.fetch(sdk.FetchRequest{Call: c.call(at), AccountID: account, From: kept.last.From, To: kept.last.To})
		if err != nil {
			rt.Fatal(err)
		}
		truth.take(t, batches)
		for id, x := range kept.Booked {
			if x.Date.Before(truth.last.From) {
				delete(kept.Booked, id)
			}
		}
		if diff := differ(truth.Booked, kept.Booked); diff != "" {
			rt.Fatalf("booked (-truth +accumulated):\n%s", diff)
		}
	})
}

func TestBalancesAgreeWithTransactions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := someInstant(rt, "now")
		c, account := someConnection(rt, t, now)
		req := sdk.FetchRequest{Call: c.call(now), AccountID: account}
		if rapid.Bool().Draw(rt, "bounded") {
			req.To = sdk.DateOf(now).AddDays(-rapid.IntRange(0, 60).Draw(rt, "to"))
			req.From = req.To.AddDays(-rapid.IntRange(0, 300).Draw(rt, "long"))
		}
		batches, err := c.fetch(req)
		if err != nil {
			rt.Fatal(err)
		}
		var b books
		b.take(t, batches)
		if b.last.To.IsZero() {
			return
		}
		opening := balance(t, b.last.Balances, sdk.Opening)
		if opening.Date != b.last.From {
			rt.Fatalf("the opening balance is of %s, the window begins on %s", opening.Date, b.last.From)
		}
		for _, told := range b.last.Balances {
			sum := minor(t, opening.Amount)
			for _, x := range b.Booked {
				if !x.Date.After(told.Date) {
					sum += signed(t, x)
				}
			}
			if told.Kind == sdk.Available {
				for _, x := range b.Pending {
					sum += signed(t, x)
				}
			}
			// Closing of the day before the window is the opening balance again.
			if told.Kind != sdk.Opening && sum != minor(t, told.Amount) {
				rt.Fatalf("%s of %s is %s, opening and transactions make %d", told.Kind, told.Date, told.Amount, sum)
			}
		}
	})
}

func TestAnswersArePure(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := someInstant(rt, "now")
		c, account := someConnection(rt, t, now)
		again := connect(t, c.bank, now, c.config)
		if diff := differ(c.done, again.done); diff != "" {
			rt.Fatalf("the same connection twice:\n%s", diff)
		}
		later := now.Add(time.Hour)
		answer := func(c *connection) string {
			batches, err := c.fetch(sdk.FetchRequest{Call: c.call(later), AccountID: account, From: sdk.DateOf(now).AddDays(-60),
				PageSize: 100})
			if err != nil {
				rt.Fatal(err)
			}
			return toJSON(t, batches)
		}
		if answer(c) != answer(again) {
			rt.Fatal("the same fetch gave other bytes")
		}
	})
}

func TestPageSizeChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := someInstant(rt, "now")
		c, account := someConnection(rt, t, now)
		size := rapid.IntRange(1, 900).Draw(rt, "size")
		paged, whole := c.mustFetch(account, now, nil, size), c.mustFetch(account, now, nil, 5000)
		for _, b := range paged {
			if n := len(b.Booked) + len(b.Pending) + len(b.Modified) + len(b.Removed); n > size {
				rt.Fatalf("a page of %d holds %d", size, n)
			}
		}
		if diff := differ(joined(whole), joined(paged)); diff != "" {
			rt.Fatalf("pages of %d:\n%s", size, diff)
		}
	})
}

// differ is cmp.Diff, but quick for what is the same.
func differ(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

func joined(batches []sdk.Batch) sdk.Batch {
	all := batches[len(batches)-1]
	all.Booked, all.Pending = nil, nil
	for _, b := range batches {
		all.Booked = append(all.Booked, b.Booked...)
		all.Pending = append(all.Pending, b.Pending...)
	}
	return all
}

// Each kind of trouble that banks make is really in nine months of one account.
func TestMonthsHoldEveryTrouble(t *testing.T) {
	seen := map[string]int{}
	for _, seed := range []string{"1", "2", "3"} {
		troubles(t, connect(t, "demo-checking", noon, map[string]string{"seed": seed}), seen)
	}
	t.Log(seen)
	for _, kind := range []string{"modified", "corrected", "vanished", "removed", "posted", "late", "foreign", "twins"} {
		if seen[kind] < 3 {
			t.Errorf("%d %s in three times five months", seen[kind], kind)
		}
	}
}

// troubles follows a checking account for five months and counts what a host
// has to cope with.
func troubles(t *testing.T, c *connection, seen map[string]int) {
	account := c.done.Accounts[0].ID
	var kept books
	wasPending := map[string]bool{}
	for at := noon; at.Before(noon.AddDate(0, 5, 0)); at = at.Add(8 * time.Hour) {
		batches := c.mustFetch(account, at, kept.cursor, 0)
		first := kept.cursor == nil
		for _, b := range batches {
			for _, x := range b.Modified {
				if kept.Booked[x.ID].Amount != x.Amount {
					seen["corrected"]++
				}
			}
		}
		kept.take(t, batches)
		nowPending := map[string]bool{}
		for _, b := range batches {
			for _, x := range b.Pending {
				nowPending[x.ID] = true
			}
			seen["modified"] += len(b.Modified)
			for _, id := range b.Removed {
				if wasPending[id] {
					seen["vanished"]++
				} else {
					seen["removed"]++
				}
			}
			for _, x := range b.Booked {
				if first {
					continue
				}
				if wasPending[x.PendingID] {
					seen["posted"]++
				}
				if sdk.DateOf(at).DaysSince(x.Date) >= 2 {
					seen["late"]++
				}
				if x.OriginalCurrency != "" {
					seen["foreign"]++
				}
			}
		}
		wasPending = nowPending
	}
	type sameness struct {
		date                sdk.Date
		amount, party, text string
	}
	same := map[sameness]int{}
	for _, x := range kept.Booked {
		k := sameness{x.Date, x.Amount, x.Counterparty, x.Reference}
		if same[k]++; same[k] == 2 {
			seen["twins"]++
		}
		if w := x.Date.String(); !x.Date.Valid() || w == "" {
			t.Errorf("%s has no date", x.ID)
		}
		if day := time.Date(x.Date.Year, x.Date.Month, x.Date.Day, 0, 0, 0, 0, time.UTC).Weekday(); day == time.Saturday ||
			day == time.Sunday {
			t.Errorf("%s is booked on a %s", x.ID, day)
		}
		if !json.Valid(x.Raw) {
			t.Errorf("%s: raw is no JSON: %s", x.ID, x.Raw)
		}
	}
}

func TestBulkHasExactlyItsNumber(t *testing.T) {
	for _, n := range []int{1, 777, 20_000} {
		c := connect(t, fmt.Sprintf("demo-big-%d", n), noon, nil)
		for _, days := range []int{0, 1, 100, 365, 900} {
			at := noon.AddDate(0, 0, days)
			c.flow(at, sdk.FlowUpdate, "")
			var b books
			b.take(t, c.mustFetch(c.done.Accounts[0].ID, at, nil, 5000))
			if len(b.Booked) != n || b.last.Of != n {
				t.Errorf("demo-big-%d after %d days has %d, Of %d", n, days, len(b.Booked), b.last.Of)
			}
		}
	}
}

// What leaves one of the holder's accounts arrives on another, and what was
// paid abroad times the rate is what was booked.
func TestOwnAccountsAgree(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	byNumber := map[string]map[string]int64{} // account, then reference and date, to amount
	for _, a := range c.done.Accounts {
		of := map[string]int64{}
		for _, b := range c.mustFetch(a.ID, noon, nil, 5000) {
			for _, x := range b.Booked {
				of[x.CounterNumber+x.Reference+x.ValueDate.String()] += signed(t, x)
				if x.OriginalAmount != "" {
					wantExchanged(t, x)
				}
			}
		}
		byNumber[a.Number] = of
	}
	first := c.done.Accounts[0].Number
	met := 0
	for _, other := range c.done.Accounts[1:] {
		if other.Currency != "EUR" {
			continue
		}
		for key, amount := range byNumber[other.Number] {
			if reference, own := strings.CutPrefix(key, first); own {
				met++
				if got := byNumber[first][other.Number+reference]; got != -amount {
					t.Errorf("%s: %d on %s, %d on the checking account", reference, amount, other.Name, got)
				}
			}
		}
	}
	if met < 40 {
		t.Errorf("only %d movements between own accounts", met)
	}
}

func wantExchanged(t *testing.T, x sdk.Transaction) {
	t.Helper()
	paid, _ := new(big.Rat).SetString(x.OriginalAmount)
	rate, _ := new(big.Rat).SetString(x.Rate)
	if got := paid.Mul(paid, rate).FloatString(2); got != x.Amount {
		t.Errorf("%s %s at %s is %s, booked %s", x.OriginalAmount, x.OriginalCurrency, x.Rate, got, x.Amount)
	}
}
