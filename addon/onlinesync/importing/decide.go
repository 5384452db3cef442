package importing

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/orm/schema"
)

// How far a pending transaction and its posted one may lie apart when nothing
// but the amount says that they are the same.
const pendingDays = MostApart

// MostApart is how many days two tellings of one transaction may lie apart in
// any step: who cuts what was told must look so far beyond the cut.
const MostApart = 8

// Decide says what to do with what was told.
//
// known must hold every ledger row of the account that (a) has one of the
// ids told, under the same source, (b) has a booking date within Told.Days,
// (c) is pending, or (d) stands for one of these. Decide changes nothing of
// its arguments but the order of entries: they are sorted by booking date.
//
// Deciding again after a part of the plan was carried out gives the rest of
// it: an interrupted import may be started over from what was told.
func Decide(told *Told, known []*Known) *Plan {
	d := &decider{
		told: told, plan: &Plan{},
		byID:      make(map[int64]*Known, len(known)),
		byIdent:   make(map[Ident]*Known, len(known)),
		byPrint:   make(map[string][]*Known, len(known)),
		claimed:   make(map[*Known]*Entry, len(known)),
		top:       make(map[string]int, max(len(known), len(told.Booked))),
		removed:   make(map[string]bool, len(told.Removed)),
		newIdents: make(map[Ident]bool, max(0, len(told.Booked)-len(known))),
		doubted:   make(map[*Known]bool),
		days:      make(map[schema.Date]bool),
	}
	d.index(known)
	for _, id := range told.Removed {
		d.removed[id] = true
	}
	booked := d.bookedEntries()
	for _, e := range booked {
		d.days[e.Date] = true
	}
	if len(booked) > 0 {
		d.first, d.last = booked[0].Date, max(booked[len(booked)-1].Date, told.Through)
	}
	found := make([]*Known, len(booked))
	why := make([]Reason, len(booked))
	d.matchIDs(booked, found, why)
	pendings, pendingFound := d.matchPendingIDs()
	d.matchPrints(booked, found, why, false)
	d.matchPendingPosted(booked, found, why)
	d.matchLeftOvers(booked, found, why)
	doubts := d.doubtNew(booked, found)
	for i, e := range booked {
		if found[i] == nil {
			d.addBooked(e, doubts[e])
			continue
		}
		d.meet(found[i], e, why[i], doubts[e])
	}
	d.decidePendings(pendings, pendingFound)
	d.decideRemoved()
	d.decideVanished()
	d.doubtUntold()
	return d.plan
}

// Days are the first and the last day of which Decide must know the ledger's
// rows; "" for none. They reach beyond what was told, as two sources may date
// one transaction differently.
func (t *Told) Days() (from, to schema.Date) {
	from, to = t.Earliest(), t.Latest()
	if from != "" {
		from, to = from.AddDays(-doubtDays), to.AddDays(doubtDays)
	}
	first := max(t.From, t.Asked)
	if last := min(t.To, t.Over); !t.Differences && first != "" && first <= last {
		if from == "" {
			from = first
		}
		from, to = min(from, first), max(to, last)
	}
	return from, to
}

// Earliest is the first day that something was told of; "" for none.
func (t *Told) Earliest() schema.Date {
	var first schema.Date
	for e := range t.entries {
		if first == "" || e.Date < first {
			first = e.Date
		}
	}
	return first
}

// Latest is the last day that something was told of; "" for none.
func (t *Told) Latest() schema.Date {
	var last schema.Date
	for e := range t.entries {
		last = max(last, e.Date)
	}
	return last
}

// IDs lists every id told, without repetition, in no order.
func (t *Told) IDs() []string {
	seen := make(map[string]bool)
	for _, id := range t.Removed {
		seen[id] = true
	}
	for e := range t.entries {
		seen[e.ID], seen[e.PendingID] = true, true
		for _, id := range e.Aliases {
			seen[id] = true
		}
		if !t.StableIDs && e.ID != "" {
			seen[sharedID(e)] = true
		}
	}
	delete(seen, "")
	out := make([]string, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	return out
}

// entries yields every entry told.
func (t *Told) entries(yield func(*Entry) bool) {
	for _, list := range [][]Entry{t.Booked, t.Modified, t.Pending} {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// covers reports whether every booked transaction that the bank knows of a day
// was told; the day may not be over yet.
func (t *Told) covers(day schema.Date) bool {
	return t.To != "" && t.From <= day && day <= t.To
}

// elsewhere reports whether another part of the file tells of a day.
func (t *Told) elsewhere(day schema.Date) bool {
	return t.Part.From != "" && day < t.Part.From || t.Part.To != "" && day > t.Part.To
}

// closes reports whether every booked transaction of a day was told, and none
// can come but one that the bank books late.
func (t *Told) closes(day schema.Date) bool { return t.covers(day) && day <= t.Over }

type decider struct {
	told      *Told
	plan      *Plan
	byID      map[int64]*Known
	byIdent   map[Ident]*Known
	byPrint   map[string][]*Known // posted before pending before removed, then by occurrence
	claimed   map[*Known]*Entry
	known     []*Known
	top       map[string]int // highest occurrence per fingerprint
	removed   map[string]bool
	newIdents map[Ident]bool
	modified  map[*Entry]bool
	days      map[schema.Date]bool // of which something was told as booked
	first     schema.Date          // the earliest of these
	last      schema.Date          // the latest
	doubted   map[*Known]bool      // rows that a question is about already
}

func (d *decider) index(known []*Known) {
	for _, k := range known {
		if d.byID[k.ID] != nil {
			continue
		}
		d.byID[k.ID] = k
		d.known = append(d.known, k)
		if k.Ident.ID != "" {
			d.byIdent[k.Ident] = k
		}
		for _, a := range k.Aliases {
			if _, taken := d.byIdent[a.Ident]; !taken {
				d.byIdent[a.Ident] = k
			}
		}
		d.byPrint[k.Fingerprint] = append(d.byPrint[k.Fingerprint], k)
		d.top[k.Fingerprint] = max(d.top[k.Fingerprint], k.Occurrence)
	}
	rank := map[Status]int{Posted: 0, Pending: 1, Removed: 2}
	for _, list := range d.byPrint {
		if len(list) > 1 {
			slices.SortFunc(list, func(a, b *Known) int {
				if c := rank[a.Status] - rank[b.Status]; c != 0 {
					return c
				}
				return a.Occurrence - b.Occurrence
			})
		}
	}
}

// bookedEntries joins booked and modified ones, by date; an id that is told
// twice counts once, as it was told last, and one that is also told as removed
// not at all.
func (d *decider) bookedEntries() []*Entry {
	t := d.told
	d.modified = make(map[*Entry]bool, len(t.Modified))
	all := make([]*Entry, 0, len(t.Booked)+len(t.Modified))
	for i := range t.Booked {
		all = append(all, &t.Booked[i])
	}
	for i := range t.Modified {
		all = append(all, &t.Modified[i])
		d.modified[&t.Modified[i]] = true
	}
	at := make(map[string]int, len(all))
	kept := all[:0:len(all)]
	for _, e := range all {
		if e.ID == "" {
			kept = append(kept, e)
			continue
		}
		if d.removed[e.ID] {
			continue
		}
		key := e.ID
		if !t.StableIDs && !d.modified[e] {
			key = entryKey(e)
		}
		if t.Shared[e.ID] {
			kept = append(kept, e)
			continue
		}
		if i, twice := at[key]; twice {
			kept[i] = e
			continue
		}
		at[key] = len(kept)
		kept = append(kept, e)
	}
	slices.SortStableFunc(kept, func(a, b *Entry) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return kept
}

// claim takes k for e. A row that turned out to be another's stands for it too.
func (d *decider) claim(k *Known, e *Entry) {
	d.claimed[k] = e
	if of := d.byID[k.Into]; of != nil && k.Status == Posted && d.free(of) {
		d.claimed[of] = e
	}
}

// entryKey tells entries apart where an id is no proof that they are one.
func entryKey(e *Entry) string { return e.ID + "\x00" + Fingerprint(e) }

func (d *decider) free(k *Known) bool { return d.claimed[k] == nil }

// nextOccurrence reserves the next occurrence of a fingerprint.
func (d *decider) nextOccurrence(print string) int {
	d.top[print]++
	return d.top[print]
}
