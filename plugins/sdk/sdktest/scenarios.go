package sdktest

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/girosync/girosync/plugins/sdk"
)

// Expected is a transaction that a fetch must bring.
type Expected struct {
	Account   string `toml:"account" json:"account"` // the account's id; "" for any
	Text      string `toml:"text" json:"text"`       // its id, or what its reference holds
	Date      string `toml:"date" json:"date"`       // YYYY-MM-DD
	Amount    string `toml:"amount" json:"amount"`   // without sign
	Direction string `toml:"direction" json:"direction"`
}

// pages: the size of a page is a wish, and changes nothing about what comes.
func (r *run) pages() {
	r.skip(nothingBooked)
	for _, a := range r.found {
		first := r.fetched[a.ID]
		if len(first.booked) == 0 {
			continue
		}
		r.skip("")
		sizes := []int{1, 7, 100_000}
		if len(first.booked) > 100 {
			sizes = []int{97, 100_000} // one by one would take long and tell no more
		}
		for _, size := range sizes {
			req := r.fetchRequest(a, nil)
			req.PageSize = size
			got, err := r.fetchWith(a, req)
			if err != nil || !slices.Equal(sorted(first.booked), sorted(got.booked)) {
				r.problem("account %q: in pages of %d come %d transactions, in pages of 100 %d (%v)",
					a.ID, size, len(got.booked), len(first.booked), err)
			}
		}
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// window: what is asked for bounds what comes.
func (r *run) window() {
	r.skip(nothingBooked)
	for _, a := range r.found {
		dates := r.fetched[a.ID].dates
		if len(dates) == 0 {
			continue
		}
		r.skip("")
		last := dates[len(dates)-1]
		if tomorrow := sdk.DateOf(r.suite.Now).AddDays(1); last.After(tomorrow) {
			r.problem("account %q: a booked transaction of %s, when the host's clock says %s: Call.Now is the clock",
				a.ID, last, sdk.DateOf(r.suite.Now))
		}
		req := r.fetchRequest(a, nil)
		req.From, req.To = dates[len(dates)/3], dates[len(dates)*2/3]
		got, err := r.fetchWith(a, req)
		if err != nil {
			r.problem("account %q: from %s to %s: %v", a.ID, req.From, req.To, err)
		}
		var want []string
		for _, t := range r.fetched[a.ID].transactions {
			if !t.Date.Before(req.From) && !t.Date.After(req.To) {
				want = append(want, told(t))
			}
		}
		for _, d := range got.dates {
			if d.Before(req.From) || d.After(req.To) {
				r.problem("account %q: asked from %s to %s, a transaction of %s comes", a.ID, req.From, req.To, d)
				break
			}
		}
		if err == nil && !slices.Equal(sorted(want), sorted(got.booked)) {
			r.problem("account %q: from %s to %s come %d transactions, which are not the %d of these days that come without a window: "+
				"ids and all else stay the same", a.ID, req.From, req.To, len(got.booked), len(want))
		}
	}
}

// balanced compares closing balances with what was booked between them.
func (r *run) balanced() {
	r.skip("no account tells two closing balances, or an opening and a closing one")
	for _, a := range r.found {
		got := r.fetched[a.ID]
		days := slices.SortedFunc(maps.Keys(got.closing), sdk.Date.Compare)
		for i := 1; i < len(days); i++ {
			r.skip("")
			from, to := days[i-1], days[i]
			want, sum := new(big.Rat).Sub(got.closing[to], got.closing[from]), new(big.Rat)
			for day, moved := range got.moved {
				if day.After(from) && !day.After(to) {
					sum.Add(sum, moved)
				}
			}
			if want.Cmp(sum) != 0 {
				r.problem("account %q: from %s to %s the balance moves by %s, the transactions by %s: a sign is wrong, or some are missing",
					a.ID, from, to, want.FloatString(2), sum.FloatString(2))
				break
			}
		}
	}
}

// expected looks for the suite's own transactions.
func (r *run) expected() {
	if len(r.suite.Expect) == 0 {
		r.skip("the suite expects no transactions by name")
		return
	}
	for _, want := range r.suite.Expect {
		found := false
		for _, a := range r.found {
			if want.Account == "" || want.Account == a.ID {
				found = found || r.fetched[a.ID].has(want)
			}
		}
		if !found {
			r.problem("%s %s %s %q does not come", want.Date, want.Direction, want.Amount, want.Text)
		}
	}
}

// sideBySide makes several calls at once.
func (r *run) sideBySide() {
	r.skip(noConnection)
	if len(r.fetched) == 0 {
		return
	}
	r.skip("")
	var mu sync.Mutex
	var calls sync.WaitGroup
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		r.problem(format, args...)
	}
	for range 4 {
		for id, first := range r.fetched {
			calls.Go(func() {
				n := 0
				err := r.provider.FetchTransactions(r.ctx, r.fetchRequest(sdk.Account{ID: id}, nil),
					func(b sdk.Batch) error { n += len(b.Booked); return nil })
				if err != nil || n != len(first.booked) {
					note("account %q: beside other calls %d transactions come, alone %d (%v)", id, n, len(first.booked), err)
				}
			})
		}
		calls.Go(func() {
			list, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()})
			if err != nil || len(list.Accounts) != len(r.found) {
				note("beside other calls %d accounts are listed, alone %d (%v)", len(list.Accounts), len(r.found), err)
			}
		})
	}
	calls.Wait()
}

// restart: a provider keeps no state between calls.
func (r *run) restart() {
	if r.suite.Restart == nil || r.connection == nil {
		r.skip("there is no process that could be begun anew, or no connection")
		return
	}
	if !r.anew() {
		return
	}
	list, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()})
	if err != nil || !slices.EqualFunc(r.found, list.Accounts, sameAccount) {
		r.problem("after a restart other accounts come (%v): what a connection needs belongs into its secret", err)
	}
	for _, a := range r.found {
		first, ok := r.fetched[a.ID]
		if !ok {
			continue
		}
		if first.cursor != nil {
			if _, err := r.fetchOne(a, first.cursor); err != nil {
				r.problem("account %q: after a restart its cursor is refused: %v", a.ID, err)
			}
		}
		if got, err := r.fetchOne(a, nil); err != nil || !slices.Equal(sorted(first.booked), sorted(got.booked)) {
			r.problem("account %q: after a restart %d transactions come, before it %d (%v)", a.ID, len(got.booked), len(first.booked), err)
		}
	}
}

// interrupted: what a host has not taken to the end counts as not told.
func (r *run) interrupted() {
	r.skip(nothingBooked)
	for _, a := range r.found {
		first := r.fetched[a.ID]
		if len(first.booked) == 0 {
			continue
		}
		r.skip("")
		ctx, cancel := context.WithCancel(r.ctx)
		_ = r.provider.FetchTransactions(ctx, r.fetchRequest(a, nil), func(sdk.Batch) error {
			cancel()
			return ctx.Err()
		}) // that it fails is the business of another check
		cancel()
		if got, err := r.fetchOne(a, nil); err != nil || !slices.Equal(sorted(first.booked), sorted(got.booked)) {
			r.problem("account %q: after a fetch that was broken off %d transactions come, before it %d (%v)",
				a.ID, len(got.booked), len(first.booked), err)
		}
	}
}

// told is what tells a transaction from others.
func told(t sdk.Transaction) string {
	return fmt.Sprint(t.ID, " ", t.Date, " ", t.Direction, " ", t.Amount, " ", t.Reference)
}

// note keeps what a batch told.
func (f *fetched) note(b sdk.Batch) {
	for _, t := range b.Booked {
		f.booked = append(f.booked, told(t))
		f.transactions = append(f.transactions, t)
		f.dates = append(f.dates, t.Date)
		if amount, ok := new(big.Rat).SetString(t.Amount); ok && unsigned.MatchString(t.Amount) {
			if t.Direction == sdk.Out {
				amount.Neg(amount)
			}
			if f.moved[t.Date] == nil {
				f.moved[t.Date] = new(big.Rat)
			}
			f.moved[t.Date].Add(f.moved[t.Date], amount)
		}
	}
	slices.SortFunc(f.dates, sdk.Date.Compare)
	for _, balance := range b.Balances {
		amount, ok := new(big.Rat).SetString(balance.Amount)
		if !ok || !signed.MatchString(balance.Amount) || !balance.Date.Valid() {
			continue
		}
		switch balance.Kind {
		case sdk.Closing:
			f.closing[balance.Date] = amount
		case sdk.Opening:
			f.closing[balance.Date.AddDays(-1)] = amount
		}
	}
	f.cursor = b.Cursor
}

// has reports whether an expected transaction came.
func (f fetched) has(want Expected) bool {
	return slices.ContainsFunc(f.transactions, func(t sdk.Transaction) bool {
		return t.Date.String() == want.Date && sameAmount(t.Amount, want.Amount) && string(t.Direction) == want.Direction &&
			(t.ID == want.Text || strings.Contains(t.Reference, want.Text))
	})
}

// sameAmount compares decimals: 2.5 is 2.50.
func sameAmount(a, b string) bool {
	x, ok := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok && ok2 && x.Cmp(y) == 0
}
