package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestHistoryIsCutAndSaidSo(t *testing.T) {
	c := connect(t, "demo-daily", noon, nil) // 90 days
	account, today := c.done.Accounts[0].ID, sdk.DateOf(noon)
	for _, v := range []struct {
		name        string
		from        sdk.Date
		begins, cut sdk.Date
	}{
		{"all", sdk.Date{}, today.AddDays(-90), today.AddDays(-90)},
		{"a year", today.AddDays(-365), today.AddDays(-90), today.AddDays(-90)},
		{"a week", today.AddDays(-7), today.AddDays(-7), sdk.Date{}},
	} {
		batches, err := c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: account, From: v.from})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			if b.From != v.begins || b.To != today || b.HistoryFrom != v.cut {
				t.Errorf("%s: %s to %s, history from %s", v.name, b.From, b.To, b.HistoryFrom)
			}
			for _, x := range b.Booked {
				if x.Date.Before(b.From) || x.Date.After(b.To) {
					t.Errorf("%s: %s is booked %s", v.name, x.ID, x.Date)
				}
			}
		}
	}
}

func TestWindowsWithNothing(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	today := sdk.DateOf(noon)
	for _, window := range [][2]sdk.Date{
		{today.AddDays(5), today.AddDays(9)},
		{{Year: 1990, Month: 1, Day: 1}, {Year: 1990, Month: 2, Day: 1}},
		{{}, {Year: 1990, Month: 2, Day: 1}},
	} {
		batches, err := c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, From: window[0], To: window[1]})
		if err != nil || len(batches) != 1 || len(batches[0].Booked) != 0 || !batches[0].From.IsZero() || len(batches[0].Cursor) == 0 {
			t.Errorf("%s: %+v, %v", window, batches, err)
		}
	}
	_, err := c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, From: today, To: today.AddDays(-1)})
	wantError(t, err, sdk.BadRequest, "to")
}

func TestForeignCursorsAreRefused(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	other := c.mustFetch(c.done.Accounts[1].ID, noon, nil, 5000)
	mine := c.mustFetch(c.done.Accounts[0].ID, noon, nil, 5000)
	last := string(mine[len(mine)-1].Cursor)
	for _, cursor := range []string{
		"x", "null", "{}",
		string(other[len(other)-1].Cursor),
		strings.Replace(last, `"as_of":`, `"as_of":-`, 1),
		strings.Replace(last, `"to":`, `"to":2000`, 1),
	} {
		_, err := c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, Cursor: []byte(cursor)})
		wantError(t, err, sdk.BadRequest, "cursor")
	}
}

func TestAClockSetBackTakesNothingBack(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	account := c.done.Accounts[0].ID
	batches := c.mustFetch(account, noon, nil, 5000)
	for _, b := range c.mustFetch(account, noon.AddDate(0, -1, 0), batches[len(batches)-1].Cursor, 5000) {
		if len(b.Booked)+len(b.Modified)+len(b.Removed) != 0 || !b.RefreshedAt.Equal(noon) {
			t.Errorf("a month earlier the bank tells %d new, %d removed, as of %s", len(b.Booked), len(b.Removed), b.RefreshedAt)
		}
	}
}

func TestFetchStopsWhenTold(t *testing.T) {
	enough := errors.New("enough")
	c := connect(t, "demo-big-20000", noon, nil)
	calls := 0
	err := c.provider.FetchTransactions(context.Background(), sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID},
		func(sdk.Batch) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("after %d batches: %v", calls, err)
	}
}

func TestSlowBankHeedsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // its clock shows what is waited for, nothing else
		c := connect(t, "demo-slow", noon, nil) // 5 ms before each page
		ctx, cancel := context.WithTimeout(context.Background(), 12*time.Millisecond)
		defer cancel()
		began, pages := time.Now(), 0
		err := c.provider.FetchTransactions(ctx, sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, PageSize: 1},
			func(sdk.Batch) error { pages++; return nil })
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || pages != 2 || took != 12*time.Millisecond {
			t.Errorf("after %s and %d pages: %v", took, pages, err)
		}
	})
}

// What a host stores of a transaction is what ISO and the contract say.
func TestTransactionsAreWellFormed(t *testing.T) {
	for _, institution := range []string{"demo-checking", "de-0-0", "fr-0-0", "jp-0-1", "kw-1-1", "us-0-0", "demo-big-777"} {
		c := connect(t, institution, noon, nil)
		for _, a := range c.done.Accounts {
			seen := map[string]bool{}
			for _, b := range c.mustFetch(a.ID, noon, nil, 5000) {
				for _, x := range b.Booked {
					day := time.Date(x.Date.Year, x.Date.Month, x.Date.Day, 0, 0, 0, 0, time.UTC)
					if w := day.Weekday(); institution != "demo-big-777" && (w == time.Saturday || w == time.Sunday) {
						t.Errorf("%s: %s is booked on a %s", a.Name, x.ID, w)
					}
				}
				for _, x := range append(b.Booked, b.Pending...) {
					if seen[x.ID] || x.ID == "" || x.ID == x.PendingID {
						t.Errorf("%s: id %q is not unique", a.Name, x.ID)
					}
					seen[x.ID] = true
					if !x.Date.Valid() || x.ValueDate.After(x.Date) {
						t.Errorf("%s: %s is dated %s, of value %s", a.Name, x.ID, x.Date, x.ValueDate)
					}
					if x.Direction != sdk.In && x.Direction != sdk.Out || x.Currency != a.Currency || x.Reference == "" || x.Code == "" {
						t.Errorf("%s: %+v", a.Name, x)
					}
					if signed(t, x) == 0 || strings.HasPrefix(x.Amount, "-") || decimals(x.Amount) != decimalsOf(a.Currency) {
						t.Errorf("%s: amount %s %s", a.Name, x.Amount, x.Currency)
					}
					if x.Raw != nil && !json.Valid(x.Raw) {
						t.Errorf("%s: raw %s", a.Name, x.Raw)
					}
					if x.OriginalCurrency != "" &&
						(x.OriginalCurrency == x.Currency || decimals(x.OriginalAmount) != decimalsOf(x.OriginalCurrency)) {
						t.Errorf("%s: original %s %s", a.Name, x.OriginalAmount, x.OriginalCurrency)
					}
					if strings.HasPrefix(x.CounterNumber, "BE") && !validIBAN(x.CounterNumber) {
						t.Errorf("%s: counter number %s", a.Name, x.CounterNumber)
					}
				}
			}
		}
	}
}

func decimals(amount string) int {
	_, rest, _ := strings.Cut(amount, ".")
	return len(rest)
}

func decimalsOf(code string) int {
	switch code {
	case "JPY", "ISK":
		return 0
	case "KWD", "BHD":
		return 3
	}
	return 2
}
