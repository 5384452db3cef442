package simplefin

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds of a fetch.
const (
	// mostWindows is how many requests one fetch makes at most: half of a day's.
	mostWindows = 12
	// shortestWindow is how many days a server has to take, at least.
	shortestWindow  = 14
	defaultPageSize = 1000
)

// FetchTransactions implements sdk.Provider. It asks in windows of days, the
// oldest first, and for fewer days where the server takes no more. There is no
// cursor: servers know none.
func (p *Provider) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	s, err := p.open(req.Call)
	if err != nil {
		return err
	}
	f, err := s.fetchOf(req)
	if err != nil {
		return err
	}
	return f.run(ctx, emit)
}

// fetch is one answer in the making.
type fetch struct {
	*session
	account     string
	first, last sdk.Date
	days        int // of one window
	cut         bool
	pageSize    int
	page        *sdk.Batch // the last one, which waits until it is known whether more follows
}

func (s *session) fetchOf(req sdk.FetchRequest) (*fetch, error) {
	now := s.call.Now
	today := sdk.DateOf(now.UTC())
	if local := sdk.DateOf(now.In(s.config.zone)); local.After(today) {
		today = local
	}
	f := &fetch{session: s, account: req.AccountID, first: req.From, last: req.To, pageSize: cmp.Or(max(0, req.PageSize), defaultPageSize),
		// Days begin at different moments by the two clocks that day goes by: a day is
		// kept free for that, so that no request is about more than what is set.
		days: s.config.windowDays - 1}
	if f.last.IsZero() || f.last.After(today) {
		f.last = today
	}
	if f.first.IsZero() {
		f.first, f.cut = f.last.AddDays(1-s.config.historyDays), true
	}
	if f.first.After(f.last) {
		return nil, sdk.FieldErrorf("to", "%s", say(s.call.Language, textBackwards))
	}
	return f, nil
}

// run asks window by window.
func (f *fetch) run(ctx context.Context, emit func(sdk.Batch) error) error {
	asked := 0
	for from := f.first; !from.After(f.last); {
		if oldest := f.last.AddDays(1 - f.days*(mostWindows-asked)); from.Before(oldest) {
			if f.page != nil || asked == mostWindows {
				return sdk.Errorf(sdk.Internal, "%s", say(f.call.Language, textTooManyWindows))
			}
			from, f.first, f.cut = oldest, oldest, true
		}
		to := from.AddDays(f.days - 1)
		if to.After(f.last) {
			to = f.last
		}
		set, fewer, err := f.window(ctx, from, to)
		asked++
		switch {
		case err != nil:
			return err
		case fewer > 0:
			f.days = fewer
			continue
		}
		if err := f.tell(ctx, set, from, to, emit); err != nil {
			return err
		}
		if f.warned() && to != f.last { // the rest has to wait, and the whole answer with it
			return quiet(f.call, f.secret)
		}
		from = to.AddDays(1)
	}
	return emit(*f.page)
}

// window asks for some days. When the server says that they are too many, or
// tells fewer than it was asked for, fewer is how many to try.
func (f *fetch) window(ctx context.Context, from, to sdk.Date) (set accountSet, fewer int, err error) {
	start, end := f.config.span(from, to)
	set, answer, err := f.ask(ctx, query{account: serverID(f.account), from: start, to: end, pending: to == f.last})
	told := set.told
	if err != nil {
		if !refused(answer.Status) {
			return set, 0, err
		}
		var body accountSet
		_ = json.Unmarshal(answer.Body, &body) // it may be a mere text
		told = body.problems()
	}
	asked := to.DaysSince(from) + 1
	most, long := 0, err != nil
	for _, p := range told {
		if n, ok := p.tooLong(); ok {
			most, long = n, true
		}
	}
	switch {
	case !long, err == nil && most > asked: // it only reminds of its limit
		return set, 0, nil
	case asked <= shortestWindow:
		return set, 0, err
	case most > shortestWindow && most <= asked:
		return set, most - 1, nil
	}
	return set, shorter(asked), nil
}

// shorter is the next number of days that servers are known to take.
func shorter(days int) int {
	for _, fewer := range []int{89, 59, 44, 29} {
		if fewer < days {
			return fewer
		}
	}
	return shortestWindow
}

// tell puts a window's transactions into batches.
func (f *fetch) tell(ctx context.Context, set accountSet, from, to sdk.Date, emit func(sdk.Batch) error) error {
	a := set.find(f.account)
	if err := f.judge(&set, a); err != nil {
		return err
	}
	f.note(ctx, set.told)
	booked, pending, err := f.read(a, from, to)
	if err != nil {
		return err
	}
	var refreshed time.Time
	if at := a.BalanceDate.time(); !at.After(f.call.Now) {
		refreshed = at
	}
	page := func() *sdk.Batch {
		b := &sdk.Batch{From: f.first, To: f.last, RefreshedAt: refreshed}
		if f.cut {
			b.HistoryFrom = f.first
		}
		return b
	}
	for more := true; more; {
		if f.page != nil {
			f.page.HasMore = true
			if err := emit(*f.page); err != nil {
				return err
			}
		}
		f.page = page()
		f.page.Booked = booked[:min(len(booked), f.pageSize)]
		booked = booked[len(f.page.Booked):]
		more = len(booked) > 0
	}
	f.page.Pending = pending
	if to == f.last {
		f.page.Balances = f.balances(a, currencyOf(a.Currency))
	}
	return nil
}

// judge says whether an answer is good for an account: what the server tells
// beside it may mean that something is missing, and then nothing is taken, since
// what is missing would count as known.
func (f *fetch) judge(set *accountSet, a *account) error {
	fails := func(kind sdk.Kind, t text, p *problem) error {
		words := ""
		if p != nil {
			words = p.text
		}
		return sdk.Errorf(kind, "%s", withWords(f.call.Language, t, words))
	}
	var about *problem // the log-in at the bank
	for i := range set.told {
		p := &set.told[i]
		switch ours := p.account == "" || p.account == serverID(f.account); {
		case ours && (p.is("act.failed") || p.is("act.missingdata")), ours && a == nil && p.is("act."):
			return fails(sdk.BankUnavailable, textIncomplete, p)
		case p.is("con.") && (a == nil || p.connection == "" || p.connection == string(a.Connection)):
			if about == nil || p.is("con.auth") {
				about = p
			}
		}
	}
	switch {
	case about != nil && about.is("con.auth"):
		return fails(sdk.BankUnavailable, textBankLogin, about)
	case a == nil && about != nil:
		return fails(sdk.BankUnavailable, textIncomplete, about)
	case a == nil:
		return sdk.FieldErrorf("account_id", "%s", say(f.call.Language, textNotShared))
	case currencyOf(a.Currency) == "":
		return fails(sdk.NotSupported, textNoCurrency, nil)
	}
	return nil
}

// read converts an account's transactions: the booked ones of some days, oldest
// first, and all pending ones. One that cannot be read spoils the answer: leaving
// it out in silence would leave it out of the books.
func (f *fetch) read(a *account, from, to sdk.Date) (booked, pending []sdk.Transaction, err error) {
	for _, raw := range a.Transactions {
		t, waits, err := f.convert(raw)
		if err != nil {
			return nil, nil, f.unreadable(raw, err)
		}
		switch {
		case waits:
			pending = append(pending, t)
		case !t.Date.Before(from) && !t.Date.After(to):
			booked = append(booked, t)
		}
	}
	sdk.OldestFirst(booked)
	return booked, pending, nil
}

func (f *fetch) unreadable(raw json.RawMessage, err error) error {
	var told struct {
		ID word `json:"id"`
	}
	_ = json.Unmarshal(raw, &told) // without an id it is named by its error alone
	return sdk.Errorf(sdk.Internal, say(f.call.Language, textBadEntry), f.clean.Clean(tidy(told.ID)), f.clean.Clean(err.Error()))
}
