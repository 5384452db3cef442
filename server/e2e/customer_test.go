package e2e

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	demobank "github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// customer is one of the demo bank's, as the bank knows them.
type customer struct {
	world    *demobank.Provider
	call     sdk.Call
	accounts []sdk.Account
}

const customerBank = "demo-checking"

// newCustomer asks the demo world in this process for a customer's accounts.
func newCustomer(t testing.TB, user string, at time.Time) *customer {
	t.Helper()
	c := &customer{world: demobank.New(), call: sdk.Call{Now: at, SaveSecret: func([]byte) error { return nil }}}
	step, err := c.world.StartConnect(t.Context(), sdk.StartConnectRequest{Call: c.call, InstitutionID: customerBank})
	for _, values := range []map[string]string{{"user": user, "password": "demo"}, {"accounts": ""}} {
		if err != nil {
			t.Fatal(err)
		}
		step, err = c.world.ContinueConnect(t.Context(), sdk.ContinueConnectRequest{Call: c.call, InstitutionID: customerBank,
			FlowState: step.FlowState, Values: values})
	}
	if err != nil || step.Done == nil {
		t.Fatalf("the demo bank's customer %s: %+v, %v", user, step, err)
	}
	c.call.Secret, c.accounts = step.Done.Secret, step.Done.Accounts
	return c
}

// tell is all that the bank tells of an account at an instant, of what is new
// since a cursor; from the first day on that it still knows without one.
func (c *customer) tell(t testing.TB, a sdk.Account, at time.Time, from sdk.Date, cursor []byte) (all sdk.Batch) {
	t.Helper()
	call := c.call
	call.Now = at
	err := c.world.FetchTransactions(t.Context(), sdk.FetchRequest{Call: call, AccountID: a.ID, From: from, Cursor: cursor},
		func(b sdk.Batch) error {
			b.Booked, b.Pending = slices.Concat(all.Booked, b.Booked), slices.Concat(all.Pending, b.Pending)
			b.Modified, b.Removed = slices.Concat(all.Modified, b.Modified), slices.Concat(all.Removed, b.Removed)
			all = b
			return nil
		})
	if err != nil {
		t.Fatalf("account %s on %s: %v", a.Name, at, err)
	}
	return all
}

// truth is an account as it is, told anew.
func (c *customer) truth(t testing.TB, a sdk.Account) standin.Account {
	t.Helper()
	all := c.tell(t, a, c.call.Now, sdk.Date{}, nil)
	told := standin.Account{ID: a.StableID, Currency: a.Currency, From: all.From.String(), Posted: asLines(all.Booked),
		Pending: asLines(all.Pending)}
	for _, b := range all.Balances {
		if b.Kind == sdk.Interim {
			told.Balance = b.Amount
		}
	}
	return told
}

func asLines(list []sdk.Transaction) []standin.Line {
	lines := make([]standin.Line, 0, len(list))
	for _, x := range list {
		sign := ""
		if x.Direction == sdk.Out {
			sign = "-"
		}
		lines = append(lines, standin.Line{ID: x.ID, PendingID: x.PendingID, Day: x.Date.String(), Amount: sign + x.Amount,
			Text: x.Reference})
	}
	return lines
}

// life is a customer to whose accounts all happens that can, and when.
type life struct {
	user                                    string
	begins, posts, amends, removes, informs time.Time
}

// eventful finds a customer for whom, in the fifty days before noon, what was
// pending posts, then a posted amount changes, then a posted line is taken back, of
// the accounts that are chosen.
var eventful struct {
	mu   sync.Mutex
	life *life
}

func eventfulLife(t *testing.T) *life {
	t.Helper()
	eventful.mu.Lock()
	defer eventful.mu.Unlock()
	for n := 0; eventful.life == nil; n++ { // one in eight has such a life
		if n == 300 {
			t.Fatal("nothing happens at the demo bank")
		}
		eventful.life = lifeOf(t, fmt.Sprintf("ann-%d", n), yesterdaysNoon())
	}
	return eventful.life
}

// lifeOf looks at a customer day by day; nil when too little happens.
func lifeOf(t *testing.T, user string, noon time.Time) *life {
	l := &life{user: user, begins: noon.AddDate(0, 0, -50)}
	l.posts = l.begins.AddDate(0, 0, 5)
	c := newCustomer(t, user, l.begins)
	cursors, amounts, waited, posted := map[string][]byte{}, map[string]string{}, map[string]bool{}, false
	const workdays = 4 // in so many days there are some, on which banks post
	for at := l.begins; !at.After(noon.AddDate(0, 0, -workdays)); at = at.AddDate(0, 0, 1) {
		amended, removed := false, false
		for i, a := range c.accounts {
			if !chosen(i) {
				continue
			}
			b := c.tell(t, a, at, sdk.DateOf(l.begins).AddDays(-30), cursors[a.ID])
			cursors[a.ID] = b.Cursor
			amended = amended || slices.ContainsFunc(b.Modified, func(x sdk.Transaction) bool { return amounts[x.ID] != x.Amount })
			removed = removed || slices.ContainsFunc(b.Removed, func(id string) bool { return amounts[id] != "" })
			for _, x := range slices.Concat(b.Booked, b.Modified) {
				posted = posted || waited[x.PendingID]
				amounts[x.ID] = x.Amount
			}
			for _, x := range b.Pending {
				waited[x.ID] = waited[x.ID] || at.Equal(l.begins)
			}
		}
		switch {
		case at.Equal(l.posts) && !posted:
			return nil
		case !at.After(l.posts):
		case l.amends.IsZero() && amended:
			l.amends = at
		case !l.amends.IsZero() && removed:
			l.removes, l.informs = at, at.AddDate(0, 0, workdays)
			return l
		}
	}
	return nil
}
