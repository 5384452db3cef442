package fetch

import (
	"context"
	"fmt"

	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"

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

// Request is a fetch of one account.
type Request struct {
	Provider sdk.Provider
	Call     sdk.Call
	Account  *record.Account
	Cursor   []byte // where to go on; nil to ask for the whole window
	Window   importing.Window
	// Take, if given, is handed each page as it comes, and how many transactions
	// the provider expects in all, 0 if it does not say. Its error ends the fetch.
	Take func(p *Page, of int64) error
}

// Ask fetches the window of an account, page by page. No transaction may be open
// meanwhile. An error of Take is returned as it is; every other one is the
// provider's.
func Ask(ctx context.Context, plugins *provider.Plugins, r Request) (*Pages, error) {
	ctx, watch := plugins.Watch(ctx)
	got := &Pages{cursored: r.Cursor != nil}
	var own error // the host's trouble, which must not be blamed on the provider
	entries := 0
	err := r.Provider.FetchTransactions(ctx, sdk.FetchRequest{
		Call: r.Call, AccountID: r.Account.Key, Cursor: r.Cursor, From: record.SDKDate(r.Window.From), To: record.SDKDate(r.Window.To),
		PageSize: pageSize,
	}, func(b sdk.Batch) error {
		watch.Pause()
		defer watch.Resume()
		if got.Complete() {
			return sdk.Errorf(sdk.Internal, "a batch after the last one")
		}
		entries += len(b.Booked) + len(b.Pending) + len(b.Modified)
		if len(got.list) >= maxPages || entries > maxEntries {
			return sdk.Errorf(sdk.Internal, "more than %d batches or %d transactions in one fetch", maxPages, maxEntries)
		}
		next := pageOf(&b, r.Account)
		next.Asked = r.Window
		if r.Take != nil {
			if own = r.Take(&next, int64(b.Of)); own != nil {
				return own
			}
		}
		got.list = append(got.list, next)
		return nil
	})
	err = watch.End(err)
	switch {
	case own != nil:
		return nil, own
	case err != nil:
		return nil, err
	case !got.Complete():
		return nil, sdk.Errorf(sdk.Internal, "the fetch ended without its last batch")
	}
	return got, nil
}

// pageOf checks a batch. An entry that cannot be read is left out and named;
// the rest of the page is good.
func pageOf(b *sdk.Batch, account *record.Account) Page {
	p := Page{Balances: b.Balances, Cursor: b.Cursor, Last: !b.HasMore, Page: importing.Page{Removed: b.Removed, Refreshed: b.RefreshedAt,
		From: record.Date(b.From), To: record.Date(b.To), HistoryFrom: record.Date(b.HistoryFrom)}}
	p.Booked = p.check(b.Booked, account)
	p.Pending = p.check(b.Pending, account)
	p.Modified = p.check(b.Modified, account)
	return p
}

func (p *Page) check(list []sdk.Transaction, account *record.Account) []importing.Entry {
	if len(list) == 0 {
		return nil
	}
	out := make([]importing.Entry, 0, len(list))
	for i := range list {
		e, err := importing.Check(list[i], account.Currency, account.Invert)
		if err != nil {
			p.Bad = append(p.Bad, fmt.Sprintf("%s %.40s: %v", list[i].Date, list[i].ID, err))
			continue
		}
		account.Holder.LeaveOut(&e)
		out = append(out, e)
	}
	return out
}
