package sdktest

import (
	"errors"
	"slices"
	"sync"

	"github.com/girosync/girosync/plugins/sdk"
)

// twice makes two connections whose flows overlap, and asks both at once. Nothing
// of one may show in the other.
func (r *run) twice() {
	if r.connection == nil {
		r.skip(noConnection)
		return
	}
	first, second := walk{host: &kept{}}, walk{host: &kept{}, answers: r.suite.Other}
	a, b, ok := r.bothWays(first, second)
	if !ok {
		return
	}
	ofA, ok := r.listOf(a, "the first of two connections")
	ofB, ok2 := r.listOf(b, "the second of two connections")
	if !ok || !ok2 {
		return
	}
	if r.suite.Other == nil {
		r.sameUser(ofA, ofB)
	} else {
		r.otherUser(a, b, ofA, ofB)
	}
	var asked sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		for _, one := range []struct {
			host *kept
			own  []sdk.Account
		}{{a, ofA}, {b, ofB}} {
			asked.Go(func() {
				list, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.callOf(one.host)})
				if err == nil && slices.EqualFunc(one.own, list.Accounts, sameAccount) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				r.problem("two connections asked at once: %d accounts come that are not those of the secret that was given (%v): "+
					"take nothing from another call", len(list.Accounts), err)
			})
		}
	}
	asked.Wait()
}

// bothWays goes through two flows step by step in turn.
func (r *run) bothWays(first, second walk) (a, b *kept, ok bool) {
	flows := []*flow{}
	for _, w := range []walk{first, second} {
		f, err := r.begin(w)
		if err != nil {
			r.overlapping(err)
			return nil, nil, false
		}
		flows = append(flows, f)
	}
	for going := true; going; {
		going = false
		for _, f := range flows {
			if f.answer.Done != nil {
				continue
			}
			if err := f.next(); err != nil {
				r.overlapping(err)
				return nil, nil, false
			}
			going = true
		}
	}
	return first.host, second.host, true
}

func (r *run) overlapping(err error) {
	if errors.Is(err, errNoted) {
		return
	}
	r.problem("of two flows at the same time one fails, which alone succeeds: %v: what a flow needs to remember belongs into its FlowState",
		err)
}

func (r *run) listOf(host *kept, who string) ([]sdk.Account, bool) {
	list, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.callOf(host)})
	if err != nil {
		r.problem("the accounts of %s cannot be listed: %v", who, err)
	}
	return list.Accounts, err == nil
}

// sameUser: two connections of one user reach the same accounts, and say so where
// they name them for good.
func (r *run) sameUser(a, b []sdk.Account) {
	if one, other := stableIDs(a), stableIDs(b); !slices.Equal(one, other) {
		r.problem("two connections with the same answers tell accounts of the StableIDs %q and %q: "+
			"a StableID is the same across consents, or empty when there is none", one, other)
	}
}

func stableIDs(accounts []sdk.Account) []string {
	ids := []string{}
	for _, a := range accounts {
		if a.StableID != "" {
			ids = append(ids, a.StableID)
		}
	}
	slices.Sort(ids)
	return ids
}

// otherUser: with another user's secret come that user's accounts alone.
func (r *run) otherUser(a, b *kept, ofA, ofB []sdk.Account) {
	if slices.EqualFunc(ofA, ofB, sameAccount) {
		r.problem("with the secret of another user the same accounts come: what is remembered of one connection is told to another " +
			"(or the suite's other user has the same ones)")
		return
	}
	if list, ok := r.listOf(a, "the first of two connections, asked again"); ok && !slices.EqualFunc(ofA, list, sameAccount) {
		r.problem("once a second user has connected, other accounts come for the first one")
	}
	for _, account := range ofA {
		if slices.ContainsFunc(ofB, func(own sdk.Account) bool { return own.ID == account.ID }) {
			continue
		}
		req := r.fetchRequest(account, nil)
		req.Call = r.callOf(b)
		if err := r.provider.FetchTransactions(r.ctx, req, func(sdk.Batch) error { return nil }); err == nil {
			r.problem("account %q of one user is fetched with the secret of another", account.ID)
		}
		return
	}
}

// between: a process may end between two steps of a flow.
func (r *run) between() {
	if r.suite.Restart == nil || r.connection == nil {
		r.skip("there is no process that could be begun anew, or no connection")
		return
	}
	if _, err := r.flow(walk{anew: true}); err != nil {
		r.problem("a flow whose process is begun anew between the steps ends with: %v: what a flow needs to remember belongs into its FlowState",
			err)
	}
}
