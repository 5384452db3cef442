package importing

import (
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/orm/schema"
)

// Page is one batch of a fetch, checked.
type Page struct {
	Booked      []Entry     `json:"b,omitempty"`
	Pending     []Entry     `json:"p,omitempty"`
	Modified    []Entry     `json:"m,omitempty"`
	Removed     []string    `json:"r,omitempty"`
	From        schema.Date `json:"f,omitempty"`
	To          schema.Date `json:"t,omitempty"`
	HistoryFrom schema.Date `json:"h,omitempty"` // the oldest day the bank gives, when it cut the request
	Refreshed   time.Time   `json:"at,omitzero"` // when the provider last heard from the bank
}

// Manner is how a fetch was made and what its provider promises.
type Manner struct {
	Source         string
	StableIDs      bool
	ReportsPending bool
	// Cursored: the fetch went on from a cursor and tells differences alone.
	Cursored bool
	Anew     bool // see Told
	Window   Window
	Now      time.Time // of the host, when it asked
}

// Join makes the pages of a complete fetch into what Decide takes. Nothing may
// be concluded from one page alone: equal payments of a day may lie on two.
func Join(pages []Page, m Manner) *Told {
	t := &Told{Source: m.Source, StableIDs: m.StableIDs, PendingComplete: m.ReportsPending, Floor: m.Window.Floor,
		Differences: m.Cursored, Anew: m.Anew, Asked: m.Window.From}
	count := 0
	for i := range pages {
		count += len(pages[i].Booked)
	}
	t.Booked = make([]Entry, 0, count)
	back, again := backwards(pages), repeated(pages, m)
	t.Shared = shared(pages, m)
	if back {
		for i := len(pages) - 1; i >= 0; i-- {
			for k := len(pages[i].Booked) - 1; k >= 0 && !again[i]; k-- {
				t.Booked = append(t.Booked, pages[i].Booked[k])
			}
		}
	}
	heard := m.Now
	cut := schema.Date("")
	for i := range pages {
		p := &pages[i]
		if !back && !again[i] {
			t.Booked = append(t.Booked, p.Booked...)
		}
		t.Pending = append(t.Pending, p.Pending...)
		t.Modified = append(t.Modified, p.Modified...)
		t.Removed = append(t.Removed, p.Removed...)
		if p.To != "" {
			if t.To == "" || p.From < t.From {
				t.From = p.From
			}
			t.To = max(t.To, p.To)
		}
		cut = max(cut, p.HistoryFrom)
		if !p.Refreshed.IsZero() && p.Refreshed.Before(heard) {
			heard = p.Refreshed
		}
	}
	if t.To == "" && !m.Cursored {
		t.From, t.To = m.Window.From, m.Window.To
	}
	if cut != "" { // of the day where the bank's memory ends, only a part may be left
		t.From = max(t.From, cut.AddDays(1))
	}
	t.Over = lastDayOver(heard)
	dropSharedAliases(t)
	return t
}

// dropSharedAliases takes off the aliases that several transactions of an answer
// have: they name none of them, like a reference that says "not provided".
func dropSharedAliases(t *Told) {
	lists := [][]Entry{t.Booked, t.Pending}
	holders := map[string]int{}
	for _, list := range lists {
		for i := range list {
			for _, alias := range list[i].Aliases {
				holders[alias]++
			}
		}
	}
	isShared := func(alias string) bool { return holders[alias] > 1 }
	for _, list := range lists {
		for i := range list {
			if slices.ContainsFunc(list[i].Aliases, isShared) {
				list[i].Aliases = slices.DeleteFunc(slices.Clone(list[i].Aliases), isShared)
			}
		}
	}
}

// lastDayOver is the last civil day that is over in every time zone: in the
// westernmost, a day ends 12 hours after it does in UTC.
func lastDayOver(at time.Time) schema.Date {
	return schema.DateOf(at.UTC().Add(-36 * time.Hour))
}

// backwards reports whether the provider told the newest first, so that the
// order within a day must be turned round.
func backwards(pages []Page) bool {
	var first, last schema.Date
	for i := range pages {
		if b := pages[i].Booked; len(b) > 0 {
			if first == "" {
				first = b[0].Date
			}
			last = b[len(b)-1].Date
		}
	}
	return first > last
}

// repeated marks the pages that a provider told twice. Where ids are missing or
// shared, an equal entry is another payment, and so each is compared whole. A
// page whose entries are all equal may be just that, and is kept.
func repeated(pages []Page, m Manner) []bool {
	again := make([]bool, len(pages))
	if m.StableIDs || len(pages) < 2 {
		return again
	}
	seen := map[string]bool{}
	for i := range pages {
		key := pageKey(pages[i].Booked)
		again[i] = key != "" && seen[key]
		seen[key] = true
	}
	return again
}

// pageKey is equal for equal pages; "" where that says nothing.
func pageKey(booked []Entry) string {
	var b strings.Builder
	distinct := false
	first := ""
	for i := range booked {
		key := entryKey(&booked[i])
		if i == 0 {
			first = key
		}
		distinct = distinct || key != first
		b.WriteString(key)
		b.WriteByte(0)
	}
	if !distinct {
		return ""
	}
	return b.String()
}

// shared finds the ids that several transactions share: one page holds two that
// say the same, or two say different things. No provider tells a transaction
// twice in one page.
func shared(pages []Page, m Manner) map[string]bool {
	if m.StableIDs {
		return nil
	}
	var out map[string]bool
	prints := map[string]string{}
	for i := range pages {
		seen := make(map[string]bool, len(pages[i].Booked))
		for k := range pages[i].Booked {
			e := &pages[i].Booked[k]
			if e.ID == "" {
				continue
			}
			print := Fingerprint(e)
			if first, told := prints[e.ID]; seen[e.ID] || told && first != print {
				if out == nil {
					out = map[string]bool{}
				}
				out[e.ID] = true
			}
			seen[e.ID], prints[e.ID] = true, print
		}
	}
	return out
}

// Advance is the coverage of an account once what was told is committed.
func (t *Told) Advance(known Coverage, w Window) Coverage {
	from, to := t.From, min(t.To, w.To)
	if t.To == "" { // differences since the cursor: complete until now
		from, to = known.Confirmed(""), w.To
	}
	to = min(to, t.Over)
	if from == "" {
		from = to
		if first := t.Earliest(); first != "" {
			from = min(first, to)
		}
	}
	return known.Add(Interval{From: from, To: to})
}

// Incomplete notes that something of the answer could not be read: what it leaves
// out says nothing, of a day as of what is pending.
func (t *Told) Incomplete() { t.From, t.To, t.PendingComplete = "", "", false }
