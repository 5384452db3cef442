package worldtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Bank tells of a world's movements as its providers do.
type Bank struct {
	Script *Script
	// Now is the hour.
	Now       int
	providers []providerState
	// byFile and byProvider are the movements that were told as booked.
	byFile, byProvider map[int]bool
	// missed are those that a provider said to be gone, or left out of their day.
	missed map[int]bool
}

// providerState is what became of a provider since the world began.
type providerState struct {
	consent int
	words   int // how often words changed
	zone    int // hours by which days are shifted
}

// NewBank is a bank at the beginning of a script.
func NewBank(s *Script) *Bank {
	return &Bank{Script: s, providers: make([]providerState, len(s.Providers)), byFile: map[int]bool{}, byProvider: map[int]bool{},
		missed: map[int]bool{}}
}

// Account is the account as a provider offers it now.
func (b *Bank) Account(provider int) sdk.Account {
	f := b.Script.Providers[provider]
	return sdk.Account{ID: fmt.Sprint(f.Name, "-", b.providers[provider].consent), Name: "World", Currency: "EUR", Kind: sdk.Checking,
		Number: Number(b.Script.Seed)}
}

// Number is the IBAN of a world's account.
func Number(seed uint64) string {
	bban := fmt.Sprintf("%018d", seed%1_000_000_000_000)
	rest := 0
	for _, c := range bban + "131400" { // D, E, 00
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("DE%02d%s", 98-rest, bban)
}

// Describe is what a provider says of itself.
func (b *Bank) Describe(provider int) sdk.Description {
	f := b.Script.Providers[provider]
	return sdk.Description{Name: f.Name, DisplayName: f.Name, Version: "1.0.0", StableIDs: f.IDs == StableIDs || f.IDs == ClaimedIDs,
		ReportsPending: f.Pendings && !f.Delta}
}

type state int

const (
	unseen state = iota
	pending
	booked
	gone
)

// at is what a movement is at an hour.
func (m *Movement) at(hour int) state {
	switch {
	case hour < m.Seen:
		return unseen
	case m.Gone > 0 && hour >= m.Gone, m.Never && hour >= m.Known:
		return gone
	case hour < m.Known:
		return pending
	}
	return booked
}

func (m *Movement) changed(hour int) bool { return m.Change.At > 0 && hour >= m.Change.At }

// cents is the booked amount at an hour.
func (m *Movement) cents(hour int) int64 {
	if m.changed(hour) {
		return m.Change.Cents
	}
	return m.Cents
}

// day is the booking date at an hour.
func (m *Movement) day(hour int) int {
	if m.changed(hour) {
		return m.Day + m.Change.Days
	}
	return m.Day
}

// cursor is where a provider of differences went on from.
type cursor struct {
	Hour, Zone, Words int
}

// Fetch answers a request at a step.
func (b *Bank) Fetch(provider int, req sdk.FetchRequest, step *Step) []sdk.Batch {
	f := &b.Script.Providers[provider]
	hour := max(b.Now-f.Lag, 0)
	all := sdk.Batch{RefreshedAt: Instant(hour)}
	oldest := -1 << 20
	if f.History > 0 {
		oldest = hour/24 - f.History
	}
	if f.Delta {
		b.differences(provider, req, hour, oldest, &all)
	} else {
		b.window(provider, req, hour, oldest, &all)
	}
	if oldest > -1<<20 && (!req.From.IsZero() && Date(oldest) > req.From.String() || req.From.IsZero() && len(req.Cursor) == 0) {
		all.HistoryFrom = date(oldest)
	}
	return b.pages(f, all, step)
}

func (b *Bank) window(provider int, req sdk.FetchRequest, hour, oldest int, all *sdk.Batch) {
	f := &b.Script.Providers[provider]
	all.From, all.To = req.From, req.To
	for i := range b.Script.Movements {
		m := &b.Script.Movements[i]
		switch m.at(hour) {
		case booked:
			t := b.booked(provider, m, hour)
			if t.Date.After(req.To) && !f.IgnoresFrom || !f.IgnoresFrom && t.Date.Before(req.From) || cutOff(m, hour, oldest) {
				continue
			}
			all.Booked = append(all.Booked, t)
		case gone:
			b.missed[m.ID] = b.missed[m.ID] || m.Day > oldest && Date(m.Day-1) >= req.From.String()
		case pending:
			if f.Pendings {
				all.Pending = append(all.Pending, b.pending(provider, m))
			}
		}
	}
}

// cutOff reports whether a movement is older than a provider's history goes
// back, to the hour.
func cutOff(m *Movement, hour, oldest int) bool {
	return m.Day < oldest || m.Day == oldest && m.Hour < hour%24
}

func (b *Bank) differences(provider int, req sdk.FetchRequest, hour, oldest int, all *sdk.Batch) {
	f := &b.Script.Providers[provider]
	since := cursor{Hour: -1}
	if len(req.Cursor) > 0 {
		if err := json.Unmarshal(req.Cursor, &since); err != nil {
			panic("a cursor that this provider never gave")
		}
	}
	hour = max(hour, since.Hour)
	if f.Pendings { // it also says of which days all is told by now
		all.From, all.To = req.From, req.To
	}
	now := cursor{hour, b.providers[provider].zone, b.providers[provider].words}
	for i := range b.Script.Movements {
		m := &b.Script.Movements[i]
		was, is := unseen, m.at(hour)
		if since.Hour >= 0 {
			was = m.at(since.Hour)
		}
		if since.Hour < 0 && is == booked && cutOff(m, hour, oldest) {
			continue
		}
		switch {
		case is == pending && was == unseen:
			if f.Pendings {
				all.Pending = append(all.Pending, b.pending(provider, m))
			}
		case is == booked && was != booked:
			all.Booked = append(all.Booked, b.booked(provider, m, hour))
			if was == pending && f.Pendings {
				all.Removed = append(all.Removed, b.id(provider, m, true))
			}
		case is == booked && (m.changed(hour) != m.changed(since.Hour) || now.Words != since.Words || now.Zone != since.Zone):
			all.Modified = append(all.Modified, b.booked(provider, m, hour))
		case is == gone && was == booked:
			b.missed[m.ID] = true
			all.Removed = append(all.Removed, b.id(provider, m, false))
		case is == gone && was == pending && f.Pendings:
			all.Removed = append(all.Removed, b.id(provider, m, true))
		}
	}
	text, err := json.Marshal(now)
	if err != nil {
		panic(err)
	}
	all.Cursor = text
}

// id is how a provider names a movement now.
func (b *Bank) id(provider int, m *Movement, pending bool) string {
	kind := "b"
	if pending {
		kind = "p"
	}
	switch f := b.Script.Providers[provider]; f.IDs {
	case StableIDs:
		return fmt.Sprint(kind, m.ID)
	case PerConsent, ClaimedIDs:
		return fmt.Sprint(kind, m.ID, "/", b.providers[provider].consent, ".", b.providers[provider].words)
	case SharedIDs:
		if !pending {
			return "REF " + m.Payee
		}
	}
	return ""
}

func (b *Bank) booked(provider int, m *Movement, hour int) sdk.Transaction {
	f := &b.Script.Providers[provider]
	b.byProvider[m.ID] = true
	t := b.transaction(m, m.cents(hour))
	t.Date = date(b.tellsDay(provider, m, hour))
	t.ID = b.id(provider, m, false)
	if f.Linked && m.Seen < m.Known {
		t.PendingID = b.id(provider, m, true)
	}
	t.Counterparty = m.Payee
	t.Reference = "Payment to " + m.Payee
	if m.changed(hour) && m.Change.Text != "" {
		t.Reference = m.Change.Text + " " + m.Payee
	}
	if f.Bare {
		t.Counterparty, t.Reference = "", strings.ToUpper(m.Payee)+" POS 0012"
	}
	if n := b.providers[provider].words; n > 0 {
		t.Reference = fmt.Sprint("NEW", n, " ", t.Reference)
	}
	return t
}

// tellsDay is the date by which a provider books a movement at an hour.
func (b *Bank) tellsDay(provider int, m *Movement, hour int) int {
	day := m.day(hour)
	if b.Script.Providers[provider].Late && m.ID%3 == 0 && m.Day > 3 {
		day++
	}
	if m.Hour+b.providers[provider].zone >= 24 {
		day++
	}
	return day
}

func (b *Bank) pending(provider int, m *Movement) sdk.Transaction {
	t := b.transaction(m, m.Pending)
	t.Date = date(m.Seen / 24)
	t.ID = b.id(provider, m, true)
	t.Counterparty, t.Reference = m.Payee, m.Payee
	return t
}

func (b *Bank) transaction(m *Movement, cents int64) sdk.Transaction {
	t := sdk.Transaction{Amount: money(max(cents, -cents)), Direction: sdk.In, Raw: fmt.Append(nil, "m", m.ID)}
	if cents < 0 {
		t.Direction = sdk.Out
	}
	return t
}

// pages cuts an answer into batches, in the order that the provider likes.
func (b *Bank) pages(f *Provider, all sdk.Batch, step *Step) []sdk.Batch {
	slices.SortStableFunc(all.Booked, func(x, y sdk.Transaction) int { return strings.Compare(x.Date.String(), y.Date.String()) })
	if f.NewestFirst {
		slices.Reverse(all.Booked)
	}
	var out []sdk.Batch
	for chunk := range slices.Chunk(all.Booked, f.PageSize) {
		out = append(out, sdk.Batch{Booked: chunk, From: all.From, To: all.To})
	}
	if n := len(out); step != nil && step.Repeat > 0 && n > 0 && plain(f, out[(step.Repeat-1)%n].Booked) {
		at := (step.Repeat - 1) % n
		out = slices.Insert(out, at+1, out[at])
	}
	if f.Shuffled && len(out) > 2 {
		out[0], out[len(out)-1] = out[len(out)-1], out[0]
	}
	last := sdk.Batch{Pending: all.Pending, Modified: all.Modified, Removed: all.Removed, From: all.From, To: all.To}
	out = append(out, last)
	for i := range out {
		out[i].HasMore, out[i].RefreshedAt, out[i].HistoryFrom = i < len(out)-1, all.RefreshedAt, all.HistoryFrom
	}
	out[len(out)-1].Cursor = all.Cursor
	return out
}

// plain reports whether a page that comes twice can be told from equal
// payments: it has ids, or not all its entries are equal.
func plain(f *Provider, page []sdk.Transaction) bool {
	for _, t := range page {
		if f.IDs != NoIDs && f.IDs != SharedIDs || t.Reference != page[0].Reference || t.Amount != page[0].Amount ||
			t.Date != page[0].Date {
			return true
		}
	}
	return false
}

// Statement is a file of the last days, with the bank's own words.
func (b *Bank) Statement(step *Step) []sdk.Transaction {
	var out []sdk.Transaction
	today := b.Now / 24
	for i := range b.Script.Movements {
		m := &b.Script.Movements[i]
		day := m.day(b.Now)
		if m.at(b.Now) != booked || day < today-step.Back || day > today {
			continue
		}
		if step.CutStart && day == today-step.Back && m.Hour < 12 || step.CutEnd && day == today && m.Hour >= 12 {
			continue
		}
		b.byFile[m.ID] = true
		t := b.transaction(m, m.cents(b.Now))
		t.Date, t.Reference = date(day), "STMT "+strings.ToUpper(m.Payee)
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(x, y sdk.Transaction) int { return strings.Compare(x.Date.String(), y.Date.String()) })
	return out
}

func date(day int) sdk.Date { return sdk.DateOf(began.AddDate(0, 0, day)) }
