package demo

import (
	"context"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

const (
	defaultPageSize = 500
	maxPageSize     = 5000
)

// FetchTransactions implements sdk.Provider. Without a cursor it tells the
// whole window; with one, what is different from the view that the cursor
// stands for: added, changed and removed. What is pending is told in full each
// time; Removed names pending ones only when they vanished, not when they were
// booked (the booked one has their id as PendingID).
func (p *Provider) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	s, err := open(req.Call)
	if err != nil {
		return err
	}
	if err := s.attended(); err != nil {
		return err
	}
	if err := s.reachable(); err != nil {
		return err
	}
	h := s.holder()
	a := h.find(req.AccountID)
	if a == nil {
		return sdk.FieldErrorf("account_id", "this consent has no account %q", req.AccountID)
	}
	if s.bank.trait == partly && a.role == savings {
		return sdk.Errorf(sdk.BankUnavailable, "%s", say(req.Language, textAccountSilent))
	}
	if err := s.count(a); err != nil {
		return err
	}
	emit = s.misbehaving(ctx, emit)
	f, err := s.fetchOf(req, h, a)
	if err != nil {
		return err
	}
	return f.run(ctx, emit)
}

// fetch is one answer in the making.
type fetch struct {
	ledger      ledger
	teller      *teller
	account     *account
	known, next view
	historyFrom day
	incremental bool
	pageSize    int
	delay       time.Duration

	pending []movement
	told    int // transactions, for Batch.Of
	left    int // items, removed ones too, that are still to be emitted
	page    sdk.Batch
	size    int
}

func (s session) fetchOf(req sdk.FetchRequest, h *holder, a *account) (*fetch, error) {
	known, err := viewFrom(req.Cursor, a, s.seenAt())
	if err != nil {
		return nil, err
	}
	next, historyFrom, err := known.extended(s.seenAt(), req, s.bank.history())
	if err != nil {
		return nil, err
	}
	f := &fetch{
		ledger:      newHousehold(h).ledger(a),
		teller:      newTeller(h, a),
		account:     a,
		known:       known,
		next:        next,
		historyFrom: historyFrom,
		incremental: len(req.Cursor) > 0,
		pageSize:    min(req.PageSize, maxPageSize),
	}
	if req.PageSize <= 0 {
		f.pageSize = defaultPageSize
	}
	if s.bank.trait == slow {
		f.delay = time.Duration(s.secret.DelayMillis) * time.Millisecond
	}
	return f, nil
}

// run counts, then tells: what is booked, changed or removed day by day, and
// what is pending at the end.
func (f *fetch) run(ctx context.Context, emit func(sdk.Batch) error) error {
	f.count()
	f.begin()
	var failed error
	put := func(m *movement, ph phase, removed string) {
		if failed == nil {
			f.put(m, ph, removed)
			failed = f.flush(ctx, emit)
		}
	}
	f.changes(func(m *movement, was, is phase) {
		switch {
		case is == pending:
		case is == gone:
			put(m, is, removedID(m, was))
		default:
			put(m, is, "")
		}
	})
	for i := range f.pending {
		put(&f.pending[i], pending, "")
	}
	if failed != nil {
		return failed
	}
	return f.finish(ctx, emit)
}

// changes yields every movement that the known view does not show as the next
// does, and every pending one.
func (f *fetch) changes(yield func(m *movement, was, is phase)) {
	first, last := f.known.scan(f.next)
	f.ledger.each(first, last, func(m *movement) {
		was, is := f.known.shows(m), f.next.shows(m)
		if is == pending || is != was && is != unborn && !(was == unborn && is == gone) {
			yield(m, was, is)
		}
	})
}

func (f *fetch) count() {
	f.changes(func(m *movement, was, is phase) {
		f.left++
		if is != gone {
			f.told++
		}
		if is == pending {
			f.pending = append(f.pending, *m)
		}
	})
}

func removedID(m *movement, was phase) string {
	if was == pending {
		return pendingID(m)
	}
	return bookedID(m)
}

func (f *fetch) put(m *movement, ph phase, removed string) {
	f.size++
	f.left--
	switch {
	case removed != "":
		f.page.Removed = append(f.page.Removed, removed)
	case ph == pending:
		f.page.Pending = append(f.page.Pending, f.teller.transaction(m, ph))
	case f.toldBefore(m):
		f.page.Modified = append(f.page.Modified, f.teller.transaction(m, ph))
	default:
		if f.page.Booked == nil {
			f.page.Booked = make([]sdk.Transaction, 0, min(f.pageSize, f.left+1))
		}
		f.page.Booked = append(f.page.Booked, f.teller.transaction(m, ph))
	}
}

// toldBefore reports whether the host has m as booked.
func (f *fetch) toldBefore(m *movement) bool { return f.known.shows(m) == booked }

// begin starts a page with what every batch says.
func (f *fetch) begin() {
	f.size = 0
	f.page = sdk.Batch{Of: f.told, RefreshedAt: time.Unix(f.next.AsOf, 0).UTC()}
	if !f.next.isEmpty() {
		f.page.From, f.page.To = f.next.From.date(), f.next.To.date()
	}
	if f.historyFrom != 0 {
		f.page.HistoryFrom = f.historyFrom.date()
	}
}

// flush emits a full page, unless it is the last.
func (f *fetch) flush(ctx context.Context, emit func(sdk.Batch) error) error {
	if f.size < f.pageSize || f.left == 0 {
		return nil
	}
	f.page.HasMore = true
	return f.emit(ctx, emit)
}

func (f *fetch) finish(ctx context.Context, emit func(sdk.Batch) error) error {
	cursor, err := f.next.cursor()
	if err != nil {
		return sdk.Errorf(sdk.Internal, "writing the cursor: %w", err)
	}
	f.page.Cursor = cursor
	f.page.Balances = f.balances()
	return f.emit(ctx, emit)
}

func (f *fetch) emit(ctx context.Context, emit func(sdk.Batch) error) error {
	if err := wait(ctx, f.delay); err != nil {
		return err
	}
	full := f.page
	f.begin()
	return emit(full)
}

// balances tells where a full window begins, and where any window ends.
func (f *fetch) balances() []sdk.Balance {
	if f.next.isEmpty() {
		return nil
	}
	var told []sdk.Balance
	if !f.incremental {
		told = append(told, sdk.Balance{
			Kind:     sdk.Opening,
			Amount:   f.account.money.decimal(f.ledger.balance(f.next.From-1, f.next.AsOf)),
			Currency: f.account.money.code,
			Date:     f.next.From.date(),
		})
	}
	return append(told, balancesAt(f.ledger, f.account, f.next.To, f.next.AsOf)...)
}

// wait lets time pass, unless the call ends first.
func wait(ctx context.Context, long time.Duration) error {
	if long <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
