package sdktest

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

var (
	unsigned = regexp.MustCompile(`^\d{1,30}(\.\d{1,18})?$`)
	signed   = regexp.MustCompile(`^-?\d{1,30}(\.\d{1,18})?$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
)

// fetched is what one account's fetch brought.
type fetched struct {
	booked       []string // what tells each transaction from others
	transactions []sdk.Transaction
	dates        []sdk.Date // of the booked ones, ascending
	cursor       []byte
	moved        map[sdk.Date]*big.Rat // what was booked on each day
	closing      map[sdk.Date]*big.Rat // booked balances after each day, as told
}

// accountKinds are the kinds that there are.
func accountKinds() []sdk.AccountKind {
	return []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan, sdk.Investment, sdk.OtherKind}
}

func (r *run) accountKinds(who string, kinds []sdk.AccountKind) {
	for _, kind := range kinds {
		if !slices.Contains(accountKinds(), kind) {
			r.problem("%s names the account kind %q", who, kind)
		}
	}
}

func (r *run) accountList(accounts []sdk.Account) {
	seen := map[string]bool{}
	for _, a := range accounts {
		if a.ID == "" || seen[a.ID] {
			r.problem("account id %q: one is needed, once", a.ID)
		}
		seen[a.ID] = true
		if !currency.MatchString(a.Currency) {
			r.problem("account %q is in currency %q", a.ID, a.Currency)
		}
		if !slices.Contains(accountKinds(), a.Kind) {
			r.problem("account %q is of kind %q", a.ID, a.Kind)
		}
		if told := r.description.AccountKinds; len(told) > 0 && !slices.Contains(told, a.Kind) {
			r.problem("account %q is of kind %q, which the description does not name", a.ID, a.Kind)
		}
		r.balances(a.Balances)
		r.look("an account", strings.Join([]string{a.ID, a.StableID, a.Name, a.Number, a.Owner}, "\n"))
	}
}

func (r *run) balances(balances []sdk.Balance) {
	for _, b := range balances {
		if !slices.Contains([]sdk.BalanceKind{sdk.Opening, sdk.Closing, sdk.Interim, sdk.Available}, b.Kind) {
			r.problem("a balance of kind %q", b.Kind)
		}
		if !signed.MatchString(b.Amount) {
			r.problem("balance %q: want a decimal", b.Amount)
		}
		if b.Currency != "" && !currency.MatchString(b.Currency) {
			r.problem("a balance in currency %q", b.Currency)
		}
		if !b.Date.IsZero() && !b.Date.Valid() {
			r.problem("a balance on %s", b.Date)
		}
	}
}

// transactions checks the form of each; the sign convention above all: the
// amount has none, the direction says which way.
func (r *run) transactions(what string, list []sdk.Transaction) {
	r.lookAt(list)
	for _, t := range list {
		if !t.Date.Valid() {
			r.problem("%s transaction %q is on %q", what, t.ID, t.Date)
		}
		if !t.ValueDate.IsZero() && !t.ValueDate.Valid() {
			r.problem("%s transaction %q has value date %q", what, t.ID, t.ValueDate)
		}
		if !unsigned.MatchString(t.Amount) {
			r.problem("%s transaction %q: amount %q: want a decimal without sign", what, t.ID, t.Amount)
		}
		if t.Direction != sdk.In && t.Direction != sdk.Out {
			r.problem("%s transaction %q goes %q: want in or out", what, t.ID, t.Direction)
		}
		if t.Currency != "" && !currency.MatchString(t.Currency) {
			r.problem("%s transaction %q is in currency %q", what, t.ID, t.Currency)
		}
		if (t.OriginalAmount == "") != (t.OriginalCurrency == "") {
			r.problem("%s transaction %q: original amount and currency come together", what, t.ID)
		}
	}
}

// ofAccount holds an account's transactions against it and each other: a host takes
// none in another currency, and an alias names one of them.
func (r *run) ofAccount(a sdk.Account, b sdk.Batch, aliases map[string]string) {
	for _, list := range [][]sdk.Transaction{b.Booked, b.Pending} {
		for _, t := range list {
			if t.Currency != "" && t.Currency != a.Currency {
				r.problem("transaction %q is in %s on account %q in %s: what was paid in another currency is OriginalAmount", t.ID, t.Currency,
					a.ID, a.Currency)
			}
			for _, alias := range t.Aliases {
				if other, taken := aliases[alias]; taken && other != t.ID {
					r.problem("transactions %q and %q have the same alias %q: it is an id, of one of them", other, t.ID, alias)
				}
				aliases[alias] = t.ID
			}
		}
	}
}

func (r *run) fetch() {
	r.fetched = map[string]fetched{}
	if len(r.found) == 0 {
		r.skip(noConnection)
	}
	for _, a := range r.found {
		got, err := r.fetchOne(a, nil)
		if err != nil {
			r.failed(err)
			r.problem("account %q: %v", a.ID, err)
			continue
		}
		r.fetched[a.ID] = got
	}
}

// fetchOne fetches an account to its end and checks every batch.
func (r *run) fetchOne(a sdk.Account, cursor []byte) (got fetched, err error) {
	return r.fetchWith(a, r.fetchRequest(a, cursor))
}

func (r *run) fetchWith(a sdk.Account, req sdk.FetchRequest) (got fetched, err error) {
	got.moved, got.closing = map[sdk.Date]*big.Rat{}, map[sdk.Date]*big.Rat{}
	more := true
	ids, aliases := map[string]bool{}, map[string]string{}
	err = r.provider.FetchTransactions(r.ctx, req, func(b sdk.Batch) error {
		if !more {
			r.problem("account %q: a batch comes after the last one", a.ID)
		}
		more = b.HasMore
		r.transactions("booked", b.Booked)
		r.transactions("pending", b.Pending)
		r.transactions("modified", b.Modified)
		r.ofAccount(a, b, aliases)
		r.balances(b.Balances)
		if len(b.Pending) > 0 && !r.description.ReportsPending {
			r.problem("account %q: pending transactions, which the description does not announce", a.ID)
		}
		for _, p := range b.Pending {
			if p.ID != "" && ids[p.ID] {
				r.problem("account %q: %q is pending and booked in one answer", a.ID, p.ID)
			}
		}
		early := !b.From.IsZero() && !req.From.IsZero() && b.From.Before(req.From)
		if early || b.To.After(req.To) && !b.To.IsZero() {
			r.problem("account %q: it says that it covers %s to %s completely, when it was asked from %s to %s",
				a.ID, b.From, b.To, req.From, req.To)
		}
		if len(b.Modified)+len(b.Removed) > 0 && !r.description.ReportsChanges {
			r.problem("account %q: modified or removed transactions, which the description does not announce", a.ID)
		}
		for _, t := range b.Booked {
			if r.description.StableIDs && (t.ID == "" || ids[t.ID]) {
				r.problem("account %q: transaction id %q: with stable ids each has one of its own", a.ID, t.ID)
			}
			ids[t.ID] = true
		}
		got.note(b)
		return nil
	})
	if err == nil && more {
		r.problem("account %q: the fetch ends without a last batch", a.ID)
	}
	return got, err
}

func (r *run) fetchRequest(a sdk.Account, cursor []byte) sdk.FetchRequest {
	return sdk.FetchRequest{
		Call:      r.call(),
		AccountID: a.ID,
		Cursor:    cursor,
		To:        sdk.DateOf(r.suite.Now),
		PageSize:  100,
	}
}

// fetchAgain: the same question gets the same answer, and the cursor that was
// left is good for the next.
func (r *run) fetchAgain() {
	if len(r.fetched) == 0 {
		r.skip(noConnection)
	}
	for _, a := range r.found {
		first, ok := r.fetched[a.ID]
		if !ok {
			continue
		}
		second, err := r.fetchOne(a, nil)
		if err != nil || !slices.Equal(first.booked, second.booked) {
			r.problem("account %q: the same fetch brings %d transactions, then %d others (%v)",
				a.ID, len(first.booked), len(second.booked), err)
		}
		if first.cursor == nil {
			continue
		}
		third, err := r.fetchOne(a, first.cursor)
		if err != nil {
			r.problem("account %q: its own cursor is refused: %v", a.ID, err)
		}
		known := map[string]bool{}
		for _, t := range first.booked {
			known[t] = true
		}
		for _, t := range third.booked {
			if !known[t] {
				r.problem("account %q: with the clock unmoved, the cursor brings what was not there: %s", a.ID, t)
			}
		}
	}
}

// stop: when emit fails, nothing more is emitted and its error comes back.
func (r *run) stop() {
	full := errors.New("the host is full")
	r.skip(nothingBooked)
	for _, a := range r.found {
		if len(r.fetched[a.ID].booked) == 0 {
			continue
		}
		r.skip("")
		calls := 0
		err := r.provider.FetchTransactions(r.ctx, r.fetchRequest(a, nil), func(sdk.Batch) error {
			calls++
			return full
		})
		if !errors.Is(err, full) {
			r.problem("account %q: emit failed, but the fetch says %v", a.ID, err)
		}
		if calls > 1 {
			r.problem("account %q: emit failed and was called %d times more", a.ID, calls-1)
		}
		return
	}
}
