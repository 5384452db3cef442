package enablebanking

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Bounds of a fetch.
const (
	mostPages       = 500 // of one answer
	mostEmpty       = 20  // empty pages in a row, each with a key
	defaultPageSize = 1000
)

// FetchTransactions implements sdk.Provider. Banks tell the newest first, so that
// the whole answer is taken before any of it is passed on. There is no cursor:
// continuation keys are good within one answer alone.
func (p *Provider) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	s, err := p.open(req.Call)
	if err != nil {
		return err
	}
	k := s.secret.find(req.AccountID)
	switch {
	case k == nil:
		return sdk.FieldErrorf("account_id", "%s", say(req.Language, textNotShared))
	case k.UID == "":
		return sdk.FieldErrorf("account_id", "%s", say(req.Language, textNotReadable))
	}
	f := &fetch{session: s, account: k, first: req.From, last: req.To, today: sdk.DateOf(req.Now.UTC()),
		pageSize: cmp.Or(max(0, req.PageSize), defaultPageSize)}
	if f.last.IsZero() || f.last.After(f.today) {
		f.last = f.today
	}
	f.longest = f.first.IsZero()
	if f.first.After(f.last) {
		f.first = f.last
	}
	list, err := f.all(ctx)
	if err != nil {
		return err
	}
	return f.tell(ctx, list, emit)
}

// fetch is one answer in the making.
type fetch struct {
	*session
	account            *kept
	first, last, today sdk.Date
	longest            bool // all that the bank gives
	cut                bool // the bank gives less than was asked for
	pageSize           int
}

// all asks until the bank has told all. A period that it does not take is made
// shorter; a key that it does not take any more makes it begin again, once.
func (f *fetch) all(ctx context.Context) ([]json.RawMessage, error) {
	for again := false; ; {
		list, told, err := f.pages(ctx)
		switch code := told.Error; {
		case err == nil:
			return list, nil
		case code == codeContinuation && !again:
			again = true
		case code == codePeriod || f.longest && code == codeParameters:
			if !f.shorten(told) {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// shorten moves the first day: to the one that the bank names, else to the next
// of those that banks are known to take. It reports whether there is one.
func (f *fetch) shorten(told words) bool {
	f.cut = true
	if day := told.day(); !f.longest && day.After(f.first) && !day.After(f.last) {
		f.first = day
		return true
	}
	for _, days := range []int{729, 364, 179, 89, 59, 29, 13, 6} {
		first := f.today.AddDays(-days)
		if f.longest && days > 179 || !f.longest && !first.After(f.first) || first.After(f.last) {
			continue
		}
		f.first, f.longest = first, false
		return true
	}
	return false
}

// pages asks for one page after the other. A key is good for the same question
// alone.
func (f *fetch) pages(ctx context.Context) (list []json.RawMessage, told words, err error) {
	path := rest.Path("accounts", f.account.UID, "transactions")
	seen := map[string]bool{}
	var before []json.RawMessage
	key, empty := "", 0
	for range mostPages {
		query := f.query()
		if key != "" {
			query.Set("continuation_key", key)
		}
		var p page
		if told, err = f.get(ctx, rest.Request{Path: path, Query: query}, &p); err != nil {
			return nil, told, err
		}
		repeats := seen[p.Key] && same(p.Transactions, before)
		if !repeats {
			list = append(list, p.Transactions...)
		}
		if empty++; len(p.Transactions) > 0 {
			empty = 0
		}
		// A key that comes again is an end, unless the page had something new:
		// some banks keep the place themselves, behind one key.
		if p.Key == "" || repeats || seen[p.Key] && len(p.Transactions) == 0 {
			return list, told, nil
		}
		if empty >= mostEmpty {
			break
		}
		seen[p.Key], key, before = true, p.Key, p.Transactions
	}
	return nil, told, sdk.Errorf(sdk.BankUnavailable, "%s", say(f.call.Language, textEndless))
}

func (f *fetch) query() url.Values {
	if f.longest {
		return url.Values{"strategy": {"longest"}}
	}
	return url.Values{"date_from": {f.first.String()}, "date_to": {f.last.String()}}
}

// same reports whether two pages say the same.
func same(a, b []json.RawMessage) bool {
	return len(a) > 0 && slices.EqualFunc(a, b, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) })
}

// tell passes on what was told, in batches, the oldest first, and then balances.
func (f *fetch) tell(ctx context.Context, list []json.RawMessage, emit func(sdk.Batch) error) error {
	booked, pending, err := f.read(list)
	if err != nil {
		return err
	}
	balances, err := f.balances(ctx, f.account)
	if err != nil {
		return err
	}
	from, to := f.first, f.last
	if f.longest {
		if from = f.last; len(booked) > 0 {
			from = booked[0].Date
		}
	}
	for more := true; more; {
		b := sdk.Batch{From: from, To: to, RefreshedAt: f.call.Now, Booked: booked[:min(len(booked), f.pageSize)]}
		if f.cut {
			b.HistoryFrom = from
		}
		booked = booked[len(b.Booked):]
		if more = len(booked) > 0; more {
			b.HasMore = true
		} else {
			b.Pending, b.Balances = pending, balances
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// read converts transactions. One that cannot be read spoils the answer: leaving
// it out in silence would leave it out of the books.
func (f *fetch) read(list []json.RawMessage) (booked, pending []sdk.Transaction, err error) {
	for _, raw := range list {
		t, fate, err := f.convert(raw)
		if err != nil {
			return nil, nil, f.unreadable(raw, err)
		}
		switch {
		case fate == waits:
			pending = append(pending, t)
		case fate == counts && !t.Date.After(f.last) && (f.longest || !t.Date.Before(f.first)):
			booked = append(booked, t) // some banks pass over the days that they were asked for
		}
	}
	sdk.OldestFirst(booked)
	return booked, pending, nil
}

func (f *fetch) unreadable(raw json.RawMessage, err error) error {
	var told struct {
		Reference string `json:"entry_reference"`
	}
	_ = json.Unmarshal(raw, &told) // without one it is named by its error alone
	return sdk.Errorf(sdk.Internal, "%s", sayf(f.call.Language, textBadEntry, tidy(told.Reference), rest.Text(err.Error(), 200)))
}
