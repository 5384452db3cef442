package importing

import (
	"strconv"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// matchIDs takes entries for the rows that have their id, an alias of it, or
// the id that they had while pending.
func (d *decider) matchIDs(booked []*Entry, found []*Known, why []Reason) {
	source := d.told.Source
	for i, e := range booked {
		if e.ID != "" {
			if k := d.byIdent[Ident{source, e.ID}]; k != nil && d.free(k) && d.sameTransaction(k, e) {
				found[i], why[i] = k, SameID
				d.claim(k, e)
				continue
			}
			if !d.told.StableIDs {
				if k := d.byIdent[Ident{source, sharedID(e)}]; k != nil && d.free(k) {
					found[i], why[i] = k, SameID
					d.claim(k, e)
					continue
				}
			}
		}
	}
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		for _, id := range e.Aliases {
			if k := d.byIdent[Ident{source, id}]; k != nil && d.free(k) {
				found[i], why[i] = k, SameID
				d.claim(k, e)
				break
			}
		}
		if found[i] != nil || e.PendingID == "" {
			continue
		}
		if k := d.byIdent[Ident{source, e.PendingID}]; k != nil && d.free(k) {
			found[i], why[i] = k, SamePendingID
			d.claim(k, e)
		}
	}
}

// sameTransaction guards against ids that are no ids, such as a reference that
// several payments share: where ids are not stable, one with another amount or
// of another week is another transaction, unless the provider says "modified".
func (d *decider) sameTransaction(k *Known, e *Entry) bool {
	if d.told.StableIDs || d.modified[e] || k.Status == Pending {
		return true
	}
	return k.Amount == e.Amount && near(k.Date, e.Date, 10)
}

func near(a, b schema.Date, days int) bool {
	return a.AddDays(-days) <= b && b <= a.AddDays(days)
}

// sharedID is the id under which the second of several transactions with one
// provider id is kept.
func sharedID(e *Entry) string { return e.ID + "~" + Fingerprint(e) }

// matchPrints takes what is left for rows that say the same: the n-th equal
// entry of a day for the n-th equal row.
func (d *decider) matchPrints(booked []*Entry, found []*Known, why []Reason) {
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		for _, k := range d.byPrint[Fingerprint(e)] {
			if d.free(k) && d.mayStandFor(k, e) {
				found[i], why[i] = k, SameFingerprint
				d.claim(k, e)
				break
			}
		}
	}
}

// mayStandFor says whether an entry without a known id may be the row k that
// says the same. Two ids of one source are two transactions, unless the
// provider took the first back, or gives new ids and does not tell the old one
// although it tells the whole day.
func (d *decider) mayStandFor(k *Known, e *Entry) bool {
	if e.ID == "" {
		return true
	}
	if k.Status == Pending {
		return !d.stillPending(k)
	}
	return d.idIsGone(k)
}

// idIsGone reports whether k is without an id of this source, or its id will
// not be told again: it was taken back, or the day was told whole without it
// by a source that gives new ids. k must be free.
func (d *decider) idIsGone(k *Known) bool {
	old, has := d.idOf(k)
	return !has || d.removed[old] || !d.told.StableIDs && d.told.covers(k.Date)
}

// idOf returns the id by which the source that is told names k now.
func (d *decider) idOf(k *Known) (string, bool) {
	for i := len(k.Aliases) - 1; i >= 0; i-- {
		if a := k.Aliases[i]; a.Source == d.told.Source && !a.Retired {
			return a.ID, true
		}
	}
	if k.Ident.ID != "" && k.Source == d.told.Source {
		return k.Ident.ID, true
	}
	return "", false
}

// stillPending reports whether the pending row k is told as pending again.
func (d *decider) stillPending(k *Known) bool {
	for i := range d.told.Pending {
		e := &d.told.Pending[i]
		if e.ID != "" && d.byIdent[Ident{d.told.Source, e.ID}] == k {
			return true
		}
	}
	return false
}

// matchPendingPosted takes what is left for pending rows of the same amount of
// the last days that are pending no more. A pending row has no line, so that a
// wrong guess costs no more than a wrong note on how it was matched.
func (d *decider) matchPendingPosted(booked []*Entry, found []*Known, why []Reason) {
	byAmount := map[decimal.Decimal][]*Known{}
	for _, k := range d.known {
		if k.Status == Pending && d.free(k) && k.Source == d.told.Source {
			byAmount[k.Amount] = append(byAmount[k.Amount], k)
		}
	}
	if len(byAmount) == 0 {
		return
	}
	for i := range d.told.Pending { // told by fingerprint alone: still pending
		e := &d.told.Pending[i]
		if e.ID == "" {
			if k := d.freePending(Fingerprint(e)); k != nil {
				byAmount[e.Amount] = without(byAmount[e.Amount], k)
			}
		}
	}
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		var best *Known
		for _, k := range byAmount[e.Amount] {
			if d.free(k) && k.Date <= e.Date.AddDays(1) && e.Date <= k.Date.AddDays(pendingDays) && closer(k, best, e) {
				best = k
			}
		}
		if best != nil {
			found[i], why[i] = best, PendingPosted
			d.claim(best, e)
		}
	}
}

// closer reports whether k resembles e more than best does.
func closer(k, best *Known, e *Entry) bool {
	if best == nil {
		return true
	}
	if a, b := resembles(k, e), resembles(best, e); a != b {
		return a
	}
	return k.Date > best.Date
}

func resembles(k *Known, e *Entry) bool {
	return (k.Text != "" && SameText(k.Text, e.Text)) || (k.Partner != "" && SameText(k.Partner, e.Partner)) ||
		(k.Counter != "" && SameText(k.Counter, e.Counter))
}

func without(list []*Known, k *Known) []*Known {
	for i, other := range list {
		if other == k {
			return append(append([]*Known(nil), list[:i]...), list[i+1:]...)
		}
	}
	return list
}

// leftOver says whether a row that nothing took may be an entry of the same day
// and amount that found none, however differently they are worded: other
// sources see the same account, and of a day that was told whole by a source
// with changing ids, or without any, the row must be among what was told.
func (d *decider) leftOver(k *Known) bool {
	switch {
	case !stands(k) || !d.free(k):
		return false
	case k.Source != d.told.Source:
		return d.idIsGone(k)
	}
	return k.Status == Posted && !d.told.StableIDs && d.told.covers(k.Date)
}

// stands reports whether a row has its line, or had one that a user deleted: to
// take an entry for it makes no line.
func stands(k *Known) bool { return k.Status == Posted || k.Line != 0 || k.Deleted }

// leftOverReason is why a left-over row was taken.
func (d *decider) leftOverReason(k *Known) Reason {
	if k.Source == d.told.Source {
		return SameDay
	}
	return OtherSource
}

// matchLeftOvers takes the n-th entry that is left of one amount on a day for
// the n-th row that is left.
// An entry that was taken for a row without a line, such as a pending one, is
// among what is left: another source may have told it as booked before.
func (d *decider) matchLeftOvers(booked []*Entry, found []*Known, why []Reason) {
	type key struct {
		day    schema.Date
		amount decimal.Decimal
	}
	others := map[key][]*Known{}
	for _, k := range d.known {
		if d.leftOver(k) {
			at := key{k.Date, k.Amount}
			others[at] = append(others[at], k)
		}
	}
	if len(others) == 0 {
		return
	}
	take := func(want func(*Known, *Entry) bool) {
		for i, e := range booked {
			if found[i] != nil && stands(found[i]) {
				continue
			}
			for _, k := range others[key{e.Date, e.Amount}] {
				if d.free(k) && want(k, e) {
					if found[i] != nil && found[i].Status == Pending {
						d.plan.Drops = append(d.plan.Drops, found[i])
					}
					found[i], why[i] = k, d.leftOverReason(k)
					d.claim(k, e)
					break
				}
			}
		}
	}
	take(resembles)
	take(func(*Known, *Entry) bool { return true })
	d.matchNearDays(booked, found, why)
}

// nearDays is how far two sources' booking dates of one movement may differ.
const nearDays = 2

// matchNearDays takes what is left for rows of other sources that resemble it
// and lie a day or two apart: sources book differently around nights and
// weekends. The row's own day was told whole, so its movement is among what is left.
func (d *decider) matchNearDays(booked []*Entry, found []*Known, why []Reason) {
	others := map[decimal.Decimal][]*Known{}
	for _, k := range d.known {
		if k.Source != d.told.Source && k.Status == Posted && d.leftOver(k) && d.told.covers(k.Date) {
			others[k.Amount] = append(others[k.Amount], k)
		}
	}
	if len(others) == 0 {
		return
	}
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		for _, k := range others[e.Amount] {
			if d.free(k) && near(k.Date, e.Date, nearDays) && resembles(k, e) {
				found[i], why[i] = k, OtherSource
				d.claim(k, e)
				break
			}
		}
	}
}

// printAlias is the "id" under which a pending transaction without one is
// remembered after it posted, so that its ghost is not taken for a new one.
func printAlias(k *Known) string {
	return "fp:" + k.Fingerprint + "#" + strconv.Itoa(k.Occurrence)
}
