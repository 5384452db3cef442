package plaid

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Bounds of a fetch.
const (
	syncPage         = 500 // the most that Plaid tells at once
	mostTransactions = 100_000
	mostRestarts     = 3
	signEvery        = 10 // pages
	defaultPageSize  = 1000
	// initialDays is for how many days Plaid has transactions at first.
	initialDays = 30
)

// How far Plaid has got with an item's transactions.
const (
	statusNotReady = "NOT_READY"
	statusInitial  = "INITIAL_UPDATE_COMPLETE"
)

// FetchTransactions implements sdk.Provider. The whole of an answer is taken before
// any of it is passed on: when Plaid's list changes while it is read, everything since
// the cursor of the fetch has to be asked for again.
func (p *Provider) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	s, err := p.open(req.Call)
	if err != nil {
		return err
	}
	f := &fetch{session: s, start: cursorFrom(req.Cursor, s.secret.Item, req.AccountID), first: req.From, last: req.To,
		today: sdk.DateOf(req.Now.UTC()), pageSize: cmp.Or(max(0, req.PageSize), defaultPageSize)}
	if f.last.IsZero() || f.last.After(f.today) {
		f.last = f.today
	}
	if f.heard, err = f.refreshed(ctx); err != nil {
		return err
	}
	f.sign = func() error { return emit(sdk.Batch{HasMore: true, RefreshedAt: f.heard}) }
	t, err := f.collect(ctx)
	if err != nil {
		return f.told(err)
	}
	return f.tell(ctx, t, emit)
}

// fetch is one answer in the making.
type fetch struct {
	*session
	start              cursor // where it begins
	first, last, today sdk.Date
	pageSize           int
	heard              time.Time // when Plaid last heard from the bank
	// sign tells the host nothing but that the answer is being read, which may take
	// minutes. Its error is the fetch's, in refused.
	sign    func() error
	refused error
}

// whole reports whether everything is asked for, and not only what changed.
func (f *fetch) whole() bool { return f.start.Next == "" }

// silence is how long Plaid may not have heard from a bank when it does not say.
const silence = 24 * time.Hour

// refreshed asks when Plaid last heard from the bank, before anything else, so that
// nothing newer is claimed. It fails where the item needs its user.
func (f *fetch) refreshed(ctx context.Context) (time.Time, error) {
	told, _, err := f.state(ctx)
	switch {
	case limited(err):
		return f.call.Now.Add(-silence), nil
	case err != nil:
		return time.Time{}, err
	}
	if err := f.broken(told.Item); err != nil {
		return time.Time{}, err
	}
	at := instant(told.Status.Transactions.Updated)
	if at.IsZero() || at.After(f.call.Now) {
		at = f.call.Now.Add(-silence)
	}
	return at, nil
}

// collect asks until Plaid has told all. Whatever fails on the way, the answer is
// asked for again from where the fetch began, as Plaid demands: nothing of it was
// passed on. A cursor that Plaid does not take any more is given up, once.
func (f *fetch) collect(ctx context.Context) (*tally, error) {
	for restarts := 0; ; {
		t, pages, code, err := f.pages(ctx)
		switch {
		case err == nil:
			return t, nil
		case f.refused != nil:
			return nil, f.refused
		case code == codeField && pages == 0 && !f.whole():
			f.start = cursorFrom(nil, f.start.Item, f.start.Account)
		case restarts < mostRestarts && (code == codeMutation || pages > 0 && sdk.KindOf(err) == sdk.BankUnavailable):
			restarts++
		default:
			return nil, err
		}
	}
}

// pages asks for one page after the other; it tells how many came.
func (f *fetch) pages(ctx context.Context) (t *tally, came int, code string, err error) {
	if t, err = newTally(f.start); err != nil {
		return nil, 0, "", err
	}
	at, count := f.start.Next, 0
	for {
		var p page
		request := rest.Request{Path: "transactions/sync", JSON: f.question(at), Repeatable: came == 0}
		if code, err = f.ask(ctx, request, &p); code == codeNotReady && came == 0 {
			t.status, t.next = statusNotReady, f.start.Next
			return t, came, "", nil
		}
		if err != nil {
			return nil, came, code, err
		}
		came++
		if err := t.add(p); err != nil {
			return nil, came, "", err
		}
		if count += len(p.Added) + len(p.Modified) + len(p.Removed); count > mostTransactions {
			return nil, came, "", sdk.Errorf(sdk.Internal, "%s", sayf(f.call.Language, textTooMuch, mostTransactions))
		}
		if !p.More {
			return t, came, "", nil
		}
		if came%signEvery == 0 {
			if f.refused = f.sign(); f.refused != nil {
				return nil, came, "", f.refused
			}
		}
		if p.Next == "" || p.Next == at || came > mostTransactions/100 {
			return nil, 0, "", sdk.Errorf(sdk.BankUnavailable, "%s", say(f.call.Language, textEndless))
		}
		at = p.Next
	}
}

// question asks for a page from a cursor on; "" is the very beginning.
func (f *fetch) question(at string) any {
	type options struct {
		Original bool   `json:"include_original_description"`
		Account  string `json:"account_id"`
	}
	return struct {
		Access  string  `json:"access_token"`
		Cursor  string  `json:"cursor,omitempty"`
		Count   int     `json:"count"`
		Options options `json:"options"`
	}{f.secret.Access, at, syncPage, options{true, f.start.Account}}
}

// tell passes on what was told, in batches, the oldest first; what is pending, gone
// and the balances with the last.
func (f *fetch) tell(ctx context.Context, t *tally, emit func(sdk.Batch) error) error {
	if t.status == statusNotReady && f.whole() && f.last.Before(f.today) {
		return sdk.Errorf(sdk.BankUnavailable, "%s", say(f.call.Language, textNotReady))
	}
	n, err := f.news(t)
	if err != nil {
		return f.told(err)
	}
	balances, err := f.balances(ctx, t.holder)
	if err != nil {
		return err
	}
	frame := f.frame(t, n)
	for more := true; more; {
		b := frame
		b.Booked = n.booked[:min(len(n.booked), f.pageSize)]
		n.booked = n.booked[len(b.Booked):]
		b.Modified = n.modified[:min(len(n.modified), f.pageSize-len(b.Booked))]
		n.modified = n.modified[len(b.Modified):]
		if more = len(n.booked)+len(n.modified) > 0; more {
			b.HasMore = true
		} else {
			b.Pending, b.Removed, b.Balances, b.Cursor = n.pending, t.gone(), balances, n.cursor
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// news is what a tally says, for a host.
type news struct {
	booked, modified, pending []sdk.Transaction
	cursor                    []byte
}

// news converts a tally. Without a cursor the days that were asked for bound what
// counts, and everything counts as new; with one, what changed is told whatever its
// day, since it is not told again.
func (f *fetch) news(t *tally) (n news, err error) {
	t.settle()
	next := cursor{Item: f.start.Item, Account: f.start.Account, Next: t.next}
	for _, one := range t.list() {
		made, err := one.convert()
		if err != nil {
			return n, unread{id: one.ID, err: err}
		}
		switch {
		case one.Pending:
			n.pending = append(n.pending, made)
			next.Pending = append(next.Pending, one.raw)
		case f.whole() && f.outside(made.Date):
		case f.whole() || one.fresh:
			n.booked = append(n.booked, made)
		default:
			n.modified = append(n.modified, made)
		}
	}
	sdk.OldestFirst(n.booked)
	sdk.OldestFirst(n.modified)
	if !f.last.Before(f.today) || !f.whole() { // else what is newer would never be told
		n.cursor = next.seal()
	}
	return n, nil
}

// outside reports whether a day is none of those that were asked for. What a bank
// posts ahead of today is taken, since a cursor passes over it.
func (f *fetch) outside(day sdk.Date) bool {
	return !f.first.IsZero() && day.Before(f.first) || f.last.Before(f.today) && day.After(f.last)
}

// frame is what every batch says. An answer with what changed alone covers no days of
// itself.
func (f *fetch) frame(t *tally, n news) sdk.Batch {
	b := sdk.Batch{RefreshedAt: f.heard}
	if !f.whole() {
		return b
	}
	b.From, b.To = f.first, f.last
	history := f.secret.history()
	if !f.first.IsZero() && f.first.Before(history) {
		b.HistoryFrom = history
	}
	reaches := f.last // the first day that Plaid surely has
	if len(n.booked) > 0 {
		reaches = n.booked[0].Date
	}
	switch {
	case t.status == statusNotReady: // it says nothing of any day
		b.From = f.last
	case t.status == statusInitial:
		if since := f.today.AddDays(1 - initialDays); reaches.Before(since) {
			reaches = since
		}
		if b.From.Before(reaches) {
			b.From = reaches
		}
	case f.first.IsZero(), !f.first.After(history):
		b.From = reaches
	}
	if b.From.After(b.To) {
		b.From = b.To
	}
	return b
}

// balances are the account's, as Plaid has them. They are less than the transactions
// that are already there: that they cannot be had is for the log alone. An account
// in a currency of no country is an error.
func (f *fetch) balances(ctx context.Context, holder *account) ([]sdk.Balance, error) {
	if holder == nil {
		told, err := f.holdings(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		i := slices.IndexFunc(told.Accounts, func(a account) bool { return a.ID == f.start.Account })
		switch {
		case err != nil:
			slog.LogAttrs(ctx, slog.LevelWarn, "Plaid does not tell balances", slog.String("error", err.Error()))
			return nil, nil
		case i < 0:
			return nil, sdk.FieldErrorf("account_id", "%s", say(f.call.Language, textNotShared))
		}
		holder = &told.Accounts[i]
	}
	if holder.currency() == "" {
		return nil, sdk.Errorf(sdk.NotSupported, "%s", sayf(f.call.Language, textNoCurrency,
			tidy(or(holder.Balances.Unofficial, or(holder.Balances.ISO, "?")))))
	}
	return holder.balances(sdk.DateOf(f.heard)), nil
}

// told is an error as one of the sdk's. An entry that cannot be read spoils the
// answer: leaving it out in silence would leave it out of the books.
func (f *fetch) told(err error) error {
	var bad unread
	if errors.As(err, &bad) {
		return sdk.Errorf(sdk.Internal, "%s", sayf(f.call.Language, textBadEntry, tidy(bad.id), rest.Text(bad.Error(), 200)))
	}
	return err
}
