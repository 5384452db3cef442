package onlinesync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/plugins/sdk"
)

// What one fetch of one account may bring. More than that is a provider out of
// control, and its own failure.
const (
	maxPages   = 100_000
	maxEntries = 2_000_000
	pageSize   = 1000
)

// errSilent ends a fetch whose provider gave no sign for too long.
var errSilent = &sdk.Error{Kind: sdk.BankUnavailable, Message: "The provider gave no sign for too long."}

// fetch asks the provider for the window and stages every page that comes. No
// transaction is open while the provider works.
func (s *syncing) fetch(ctx context.Context, p sdk.Provider, account *accountFacts, window importing.Window) (*fetched, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(s.a.opt.PluginTimeout, func() { cancel(errSilent) })
	defer watchdog.Stop()

	got := &fetched{cursored: account.cursor != nil}
	var own error // the host's trouble, which must not be blamed on the provider
	entries, ended := 0, false
	stage := &stager{s: s, account: account.id}
	err := p.FetchTransactions(ctx, sdk.FetchRequest{
		Call:      s.a.linkCall(ctx, s.db, s.link, s.began, s.present()),
		AccountID: account.key, Cursor: account.cursor, From: sdkDate(window.From), To: sdkDate(window.To), PageSize: pageSize,
	}, func(b sdk.Batch) error {
		watchdog.Stop()
		defer watchdog.Reset(s.a.opt.PluginTimeout)
		if ended {
			return sdk.Errorf(sdk.Internal, "a batch after the last one")
		}
		entries += len(b.Booked) + len(b.Pending) + len(b.Modified)
		if len(got.pages) >= maxPages || entries > maxEntries {
			return sdk.Errorf(sdk.Internal, "more than %d batches or %d transactions in one fetch", maxPages, maxEntries)
		}
		s.a.hit("sync.page.fetched")
		s.of = max(s.of, int64(b.Of))
		next := pageOf(&b, account)
		next.Asked = window
		if !s.dry {
			if own = stage.put(ctx, &next); own != nil {
				return own
			}
		}
		got.pages = append(got.pages, next)
		ended = next.Last
		s.a.hit("sync.page.staged")
		return nil
	})
	switch {
	case own != nil:
		return nil, own
	case errors.Is(context.Cause(ctx), errSilent):
		return nil, errSilent
	case err != nil:
		return nil, err
	case !ended:
		return nil, sdk.Errorf(sdk.Internal, "the fetch ended without its last batch")
	}
	return got, nil
}

// pageOf checks a batch. An entry that cannot be read is left out and named;
// the rest of the page is good.
func pageOf(b *sdk.Batch, account *accountFacts) page {
	p := page{Balances: b.Balances, Cursor: b.Cursor, Last: !b.HasMore, Page: importing.Page{Removed: b.Removed, Refreshed: b.RefreshedAt,
		From: dateOf(b.From), To: dateOf(b.To), HistoryFrom: dateOf(b.HistoryFrom)}}
	p.Booked = p.check(b.Booked, account)
	p.Pending = p.check(b.Pending, account)
	p.Modified = p.check(b.Modified, account)
	return p
}

func (p *page) check(list []sdk.Transaction, account *accountFacts) []importing.Entry {
	if len(list) == 0 {
		return nil
	}
	out := make([]importing.Entry, 0, len(list))
	for i := range list {
		e, err := importing.Check(list[i], account.currency, account.invert)
		if err != nil {
			p.Bad = append(p.Bad, fmt.Sprintf("%s %.40s: %v", list[i].Date, list[i].ID, err))
			continue
		}
		account.holder.LeaveOut(&e)
		out = append(out, e)
	}
	return out
}
