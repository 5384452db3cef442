package importing

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// matchIDs takes entries for the rows that have their id, an alias of it, or
// the id that they had while pending.
func (d *decider) matchIDs(booked []*Entry, found []*Known, why []Reason) {
	source := d.told.Source
	if !d.told.StableIDs {
		d.matchSharedIDs(booked, found, why)
	}
	for i, e := range booked {
		if found[i] != nil || e.ID == "" {
			continue
		}
		if k := d.byIdent[Ident{source, e.ID}]; k != nil && d.free(k) && d.sameTransaction(k, e) {
			found[i], why[i] = k, SameID
			d.claim(k, e)
		}
	}
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		for _, id := range e.Aliases {
			if k := d.byIdent[Ident{source, id}]; k != nil && d.free(k) && d.mayBeAlias(k, e) {
				found[i], why[i] = k, SameID
				d.claim(k, e)
				break
			}
		}
		if found[i] != nil || e.PendingID == "" {
			continue
		}
		if k := d.standIn(d.byIdent[Ident{source, e.PendingID}]); k != nil && d.free(k) && d.mayBecome(k, e) {
			found[i], why[i] = k, SamePendingID
			d.claim(k, e)
		}
	}
}

// mayBeAlias guards against an alias that names several transactions one after the
// other: where both have ids that never change, another amount or another time
// makes two of them, unless the provider says "modified".
func (d *decider) mayBeAlias(k *Known, e *Entry) bool {
	current, has := d.idOf(k)
	if !d.told.StableIDs || d.modified[e] || k.Status == Pending || e.ID == "" || !has || current == e.ID {
		return true
	}
	return k.Amount == e.Amount && near(k.Date, e.Date, nearDays)
}

// matchSharedIDs takes entries first for rows that have their id and also their
// day and amount: several payments may share an id that is not stable.
func (d *decider) matchSharedIDs(booked []*Entry, found []*Known, why []Reason) {
	for i, e := range booked {
		if e.ID == "" {
			continue
		}
		for _, id := range []string{sharedID(e), e.ID} {
			k := d.byIdent[Ident{d.told.Source, id}]
			if k != nil && d.free(k) && (id != e.ID || k.Date == e.Date && d.sameTransaction(k, e)) {
				found[i], why[i] = k, SameID
				d.claim(k, e)
				break
			}
		}
	}
}

// standIn is the row that stands for the transaction of k: k itself, unless it
// turned out to be another one's.
func (d *decider) standIn(k *Known) *Known {
	if k == nil || k.Into == 0 {
		return k
	}
	return d.byID[k.Into]
}

// mayBecome reports whether the row k, which has the id that e names as its
// pending one, can be e: not when it posted under an id that is still valid.
func (d *decider) mayBecome(k *Known, e *Entry) bool {
	if k.Status != Posted {
		return true
	}
	current, has := d.idOf(k)
	return !has || current == e.PendingID || d.idIsGone(k)
}

// sameTransaction guards against ids that are no ids, such as a reference that
// several payments share: where ids are not stable, one with another amount, or
// of another day while the known one's was not told, is another transaction,
// unless the provider says "modified".
func (d *decider) sameTransaction(k *Known, e *Entry) bool {
	if d.told.StableIDs || d.modified[e] || k.Status == Pending {
		return true
	}
	return k.Amount == e.Amount && (k.Date == e.Date || (d.days[k.Date] || d.told.covers(k.Date)) && near(k.Date, e.Date, 10) ||
		k.Source != d.told.Source && near(k.Date, e.Date, nearDays)) // another source dates otherwise
}

func near(a, b schema.Date, days int) bool {
	return a.AddDays(-days) <= b && b <= a.AddDays(days)
}

// sharedID is the id under which the second of several transactions with one
// provider id is kept.
func sharedID(e *Entry) string { return e.ID + "~" + Fingerprint(e) }

// matchPrints takes what is left for rows that say the same: the n-th equal
// entry of a day for the n-th equal row. An entry with a new id may be a row
// whose old id is gone, but rather one that another source told: renamed takes
// those that are left after that.
func (d *decider) matchPrints(booked []*Entry, found []*Known, why []Reason, renamed bool) {
	if len(d.byPrint) == 0 {
		return
	}
	for i, e := range booked {
		if found[i] != nil {
			continue
		}
		for _, k := range d.byPrint[Fingerprint(e)] {
			if d.free(k) && d.isRenamed(k, e) == renamed && d.mayStandFor(k, e) {
				found[i], why[i] = k, SameFingerprint
				d.claim(k, e)
				break
			}
		}
	}
}

// isRenamed reports whether e, if it is k, has another id than k had.
func (d *decider) isRenamed(k *Known, e *Entry) bool {
	if e.ID == "" || k.Status == Pending {
		return false
	}
	return !d.unnamed(k)
}

// mayStandFor says whether an entry without a known id may be the row k that
// says the same. Two ids of one source are two transactions, unless the
// provider took the first back, or does not tell the old one although it tells
// the whole day.
func (d *decider) mayStandFor(k *Known, e *Entry) bool {
	if e.ID == "" {
		return true
	}
	if k.Status == Pending {
		return !d.stillPending(k)
	}
	return d.idIsGone(k) || !d.told.Differences && d.told.covers(k.Date) // free, so its id was not told
}

// idIsGone reports whether k is without an id of this source, or its id will
// not be told again: it was taken back, or what the bank knows of the day was
// told again without it by a source that gives new ids. k must be free.
func (d *decider) idIsGone(k *Known) bool {
	old, has := d.idOf(k)
	return !has || d.removed[old] || d.newIDs() && d.retold(k.Date)
}

// newIDs reports whether the source may name a transaction anew.
func (d *decider) newIDs() bool { return !d.told.StableIDs || d.told.Anew }

// retold reports whether what the bank knows of a day was told again: it lies
// in the window, or was told although it does not, or all was told anew.
func (d *decider) retold(day schema.Date) bool {
	return d.told.Anew || d.told.To != "" && !d.told.Differences && (d.days[day] || d.spans(day))
}

// idOf returns the id by which the source that is told names k now.
func (d *decider) idOf(k *Known) (string, bool) {
	for i := len(k.Aliases) - 1; i >= 0; i-- {
		if a := k.Aliases[i]; a.Source == d.told.Source && !a.Retired {
			return a.ID, true
		}
	}
	if k.Ident.ID != "" && k.Source == d.told.Source && !retired(k, k.Ident) {
		return k.Ident.ID, true
	}
	return "", false
}

// retired reports whether an id of k says nothing any more.
func retired(k *Known, id Ident) bool {
	for _, a := range k.Aliases {
		if a.Ident == id {
			return a.Retired
		}
	}
	return false
}

// toldByOthers reports whether another source has an id for k that it has not
// taken back.
func (d *decider) toldByOthers(k *Known) bool {
	if k.Ident.ID != "" && k.Source != d.told.Source && !retired(k, k.Ident) {
		return true
	}
	for _, a := range k.Aliases {
		if a.Source != d.told.Source && !a.Retired {
			return true
		}
	}
	return false
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
		if k.Status == Pending && d.free(k) && k.Source == d.told.Source && d.pendingNoMore(k) {
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
		if found[i] != nil || e.PendingID != "" { // one that names another is another
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

// pendingNoMore reports whether a pending row that was not told as booked was
// not told as pending either, or was taken back.
func (d *decider) pendingNoMore(k *Known) bool {
	id, has := d.idOf(k)
	return d.told.PendingComplete || !has || d.removed[id]
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

// resembles reports whether two say one thing: the same text, or one names the
// other's party.
func resembles(k *Known, e *Entry) bool {
	if k.Counter != "" && SameText(k.Counter, e.Counter) || names(k.Text, k.Partner, e.Partner) || names(e.Text, e.Partner, k.Partner) {
		return true
	}
	a, b := string(appendFolded(nil, k.Text)), string(appendFolded(nil, e.Text))
	if a == b || min(len(a), len(b)) < shortestText {
		return a != "" && a == b
	}
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// shareWord reports whether two have a word in common: weak, but of several
// payments of one amount it tells which is which.
func shareWord(k *Known, e *Entry) bool {
	mine := strings.FieldsFunc(strings.ToLower(k.Text+" "+k.Partner), noLetter)
	for _, word := range strings.FieldsFunc(strings.ToLower(e.Text+" "+e.Partner), noLetter) {
		if len(word) >= shortestName && slices.Contains(mine, word) {
			return true
		}
	}
	return false
}

func noLetter(r rune) bool { return !unicode.IsLetter(r) }

// How many letters a name, or a text, needs to be looked for in another.
const (
	shortestName = 3
	shortestText = 6
)

// names reports whether a text or a party's name holds the name of another.
func names(text, partner, name string) bool {
	if name == "" {
		return false
	}
	want := string(appendFolded(nil, name))
	return len(want) >= shortestName && (strings.Contains(string(appendFolded(nil, text)), want) ||
		strings.Contains(string(appendFolded(nil, partner)), want))
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
	case !stands(k) || !d.free(k) || k.Into != 0:
		return false
	case k.Source != d.told.Source:
		return d.idIsGone(k)
	}
	return k.Status == Posted && d.newIDs() && d.retold(k.Date)
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
// the n-th row that is left: first what only others told and what resembles,
// also a day apart, then what has another id, then whatever has the
// amount. A row with an open question comes last.
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
	take := func(want func(*Known, *Entry) bool) {
		for i, e := range booked {
			if found[i] != nil && stands(found[i]) {
				continue
			}
			for _, k := range others[key{e.Date, e.Amount}] {
				if d.free(k) && want(k, e) {
					d.instead(found[i], k)
					found[i], why[i] = k, d.leftOverReason(k)
					d.claim(k, e)
					break
				}
			}
		}
	}
	if len(others) > 0 {
		take(func(k *Known, e *Entry) bool { return !k.Asked && d.unnamed(k) && resembles(k, e) })
	}
	d.matchNearDays(booked, found, why, true)
	d.matchPrints(booked, found, why, true)
	if len(others) > 0 {
		take(func(k *Known, e *Entry) bool { return !k.Asked && resembles(k, e) })
	}
	d.matchNearDays(booked, found, why, false)
	if len(others) > 0 {
		take(func(k *Known, e *Entry) bool { return !k.Asked && shareWord(k, e) })
		take(func(k *Known, _ *Entry) bool { return !k.Asked })
		take(resembles)
	}
}

// unnamed reports whether the source that is told has no id for k.
func (d *decider) unnamed(k *Known) bool {
	_, has := d.idOf(k)
	return !has
}

// instead ends the pending row of which an entry was taken for k after all.
func (d *decider) instead(pending, k *Known) {
	if pending != nil && pending.Status == Pending {
		d.plan.Drops = append(d.plan.Drops, Drop{pending, PostedElsewhere, k})
	}
}

// nearDays is how far two sources' booking dates of one movement may differ.
const nearDays = 1

// matchNearDays takes what is left for rows of other sources that resemble it
// and lie a day apart: sources book differently around midnight. The row's own
// day was told, so its movement is among what is left. More days, or other
// words, are a question.
func (d *decider) matchNearDays(booked []*Entry, found []*Known, why []Reason, unnamed bool) {
	others := map[decimal.Decimal][]*Known{}
	for _, k := range d.known {
		if k.Source != d.told.Source && k.Status == Posted && k.Into == 0 && !k.Asked && d.free(k) && d.unnamed(k) == unnamed &&
			d.nearGone(k) {
			others[k.Amount] = append(others[k.Amount], k)
		}
	}
	if len(others) == 0 {
		return
	}
	for i, e := range booked {
		if found[i] != nil && stands(found[i]) {
			continue
		}
		for _, k := range others[e.Amount] {
			if d.free(k) && near(k.Date, e.Date, nearDays) && resembles(k, e) {
				d.instead(found[i], k)
				found[i], why[i] = k, OtherSource
				d.claim(k, e)
				break
			}
		}
	}
}

// nearGone reports whether the free row k of another source may be among what
// was told of about its day: the day was told, and k has no id here, or one that
// would have been told. Under its old id, it may have been told a day later.
func (d *decider) nearGone(k *Known) bool {
	id, has := d.idOf(k)
	switch {
	case !has || d.removed[id]:
		return d.spans(k.Date)
	case d.newIDs():
		return d.retold(k.Date) || d.retold(k.Date.AddDays(nearDays))
	}
	return false
}

// spans reports whether a day lies among those of which the source tells: in
// the window or just after its end, or after the first day of one that goes
// further back. A source of differences has told of all days before, a file
// tells of those between its first and its last.
func (d *decider) spans(day schema.Date) bool {
	switch {
	case d.told.Differences:
		return true
	case d.told.To == "":
		return d.first <= day && day <= d.last
	}
	return d.told.covers(min(day, d.told.To)) && day <= d.told.To.AddDays(nearDays) || d.first != "" && d.first < day && day <= d.told.To
}

// printAlias is the "id" under which a pending transaction without one is
// remembered after it posted, so that its ghost is not taken for a new one.
func printAlias(k *Known) string {
	return "fp:" + k.Fingerprint + "#" + strconv.Itoa(k.Occurrence)
}
