package sdktest

import (
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// later are the times, after the first, at which a connection is asked again:
// tokens end within an hour, or within a week.
func later() []time.Duration {
	return []time.Duration{2 * time.Hour, 8 * 24 * time.Hour}
}

// clock moves the time on: what a bank gives anew must be saved, since the process
// may end, and a host that cannot save it at once must not lose anything by it.
func (r *run) clock() {
	if r.connection == nil || len(r.fetched) == 0 {
		r.skip(noConnection)
		return
	}
	began := r.suite.Now
	defer func() { r.at(began) }()
	for _, on := range later() {
		now := began.Add(on)
		if until := r.connection.ConsentUntil; !until.IsZero() && now.Add(time.Hour).After(until) {
			if on == later()[0] {
				r.skip("the consent ends within hours")
			}
			return
		}
		if !r.at(now) || !r.notSaved(on) {
			return
		}
		all, ok := r.saved(on)
		if !ok || !r.keepsUp(on, all) {
			return
		}
	}
}

// at moves the clock of the host, and of the service where the suite can.
func (r *run) at(now time.Time) bool {
	r.suite.Now = now
	if r.suite.Clock == nil {
		return true
	}
	if err := r.suite.Clock(now); err != nil {
		r.problem("the suite's clock cannot be moved: %v", err)
		return false
	}
	return true
}

// one is an account that was fetched; the clock is tried with it alone.
func (r *run) one() sdk.Account {
	for _, a := range r.found {
		if len(r.fetched[a.ID].booked) > 0 {
			return a
		}
	}
	return r.found[slices.IndexFunc(r.found, func(a sdk.Account) bool { _, ok := r.fetched[a.ID]; return ok })]
}

// works lists accounts and fetches.
func (r *run) works() (fetched, error) {
	if _, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()}); err != nil {
		return fetched{}, err
	}
	return r.fetchOne(r.one(), nil)
}

// ends reports whether an error at a later time is none of the provider's: consents
// end, and a service whose clock did not go along may take nothing that is of later.
func (r *run) ends(err error) bool {
	if !slices.Contains(sdk.Kinds(), sdk.KindOf(err)) {
		return false
	}
	if r.suite.Clock == nil {
		return true
	}
	mine := []sdk.Kind{sdk.Internal, sdk.BadCredentials, sdk.BadRequest, sdk.NotSupported}
	return !slices.Contains(mine, sdk.KindOf(err))
}

// notSaved lets the saving of a secret fail once. The call may fail, or go on;
// whatever it does, the next one works, with the old secret or with the new one,
// and brings everything. It returns false when nothing more can be asked.
func (r *run) notSaved(on time.Duration) bool {
	r.host.fails(1)
	first, failed := r.works()
	lost := r.host.missed()
	r.host.fails(0)
	if len(lost) == 0 {
		return r.goesOn(on, failed)
	}
	then, err := r.works()
	if err != nil {
		r.host.begins(lost[len(lost)-1])
		then, err = r.works()
	}
	if err != nil {
		r.problem("%s later SaveSecret fails once, and then neither the old secret nor the new one works: %v: "+
			"hand the same secret to SaveSecret again, and do not go on as if it were saved", on, err)
		return false
	}
	before := first.booked
	if failed != nil && sdk.DateOf(r.suite.Now) == sdk.DateOf(r.suite.Now.Add(-on)) {
		before = r.fetched[r.one().ID].booked
	}
	for _, row := range before {
		if !slices.Contains(then.booked, row) {
			r.problem("%s later SaveSecret fails once, and the next fetch skips what came before: %s: "+
				"what was not saved was not told either", on, row)
			break
		}
	}
	return true
}

// saved: after a call the process may end; what it needs later is in the secret. It
// returns what is fetched at that time.
func (r *run) saved(on time.Duration) (fetched, bool) {
	before, err := r.works()
	if err != nil {
		return before, r.goesOn(on, err)
	}
	if r.suite.Restart == nil {
		return before, true
	}
	if !r.anew() {
		return before, false
	}
	after, err := r.works()
	if err != nil {
		r.problem("%s later it works, but no longer once its process is begun anew: %v: "+
			"what the bank gives anew, such as a token, goes to SaveSecret before it is used", on, err)
		return before, false
	}
	if !slices.Equal(sorted(before.booked), sorted(after.booked)) {
		r.problem("%s later %d transactions come, and %d once its process is begun anew", on, len(before.booked), len(after.booked))
	}
	return before, true
}

// keepsUp: the cursor of the first fetch leads to what was booked since; all is what
// comes without a cursor.
func (r *run) keepsUp(on time.Duration, all fetched) bool {
	a := r.one()
	first := r.fetched[a.ID]
	if first.cursor == nil || len(first.dates) == 0 {
		return true
	}
	since, err := r.fetchOne(a, first.cursor)
	if err != nil {
		return r.goesOn(on, err)
	}
	last := first.dates[len(first.dates)-1]
	for _, t := range all.transactions {
		if t.Date.After(last) && !slices.Contains(since.booked, told(t)) {
			r.problem("account %q: %s later its cursor passes over what was booked since: %s: a cursor leads to all that is new", a.ID, on, told(t))
			break
		}
	}
	return true
}

// goesOn notes an error at a later time, unless time itself is its reason.
func (r *run) goesOn(on time.Duration, err error) bool {
	if err == nil {
		return true
	}
	r.failed(err)
	switch {
	case !r.ends(err):
		r.problem("%s later, by the clock of the host and of the service, it fails: %v", on, err)
	case on == later()[0]:
		r.skip("%s later it takes nothing, maybe since its service's clock does not go along: %v", on, err)
	}
	return false
}
