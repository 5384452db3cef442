package emulator

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// How the world goes by.
const (
	postsAfter  = 2 * days
	amendsAfter = days     // after a movement has posted
	goesAfter   = 2 * days // likewise
	initial     = 30 * days
)

// movement is one that happened on an account.
type movement struct {
	key        string
	at, posted time.Time
	seen       time.Time // when the service has it at the earliest
	cents      int64
	text       string
	party      string
	code       string
	amended    time.Time // zero: never
	gone       time.Time // zero: never
}

// record is a movement as the service had it at an instant.
type record struct {
	id      string // "" for none
	pending bool
	before  string // the id that it had while pending
	cents   int64
	text    string
}

// change is what a record became between two instants.
type change struct {
	when    time.Time
	what    string // added, modified, removed
	account *account
	of      *movement
	record  record
}

// movements are all of an account that the item may know, as of an instant.
func (s *Server) movements(i *item, a *account, asOf time.Time) []movement {
	var list []movement
	first := i.Created.AddDate(0, 0, -i.Days).Truncate(days)
	epoch := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	ready, complete := s.ready(i), s.complete(i)
	for day := first; day.Before(asOf); day = day.AddDate(0, 0, 1) {
		number := int(day.Sub(epoch) / days)
		for n, h := range a.habits {
			if (number+int(standin.Dice(int64(h.every), a.place(), n)))%h.every != 0 {
				continue
			}
			m := movement{text: h.text, party: h.party, code: h.code,
				cents: h.cents + standin.Dice(h.spread+1, a.place(), number, n) - h.spread/2,
				at:    day.Add(time.Duration(6*60+standin.Dice(5*60, a.place(), number, n, 1)) * time.Minute)}
			m.key = fmt.Sprintf("%015x%05d%02d", standin.Dice(1<<60, a.id, number, n), number, n)
			if m.posted = m.at; h.pends {
				m.posted = m.at.Add(postsAfter)
				switch standin.Dice(12, a.place(), number, n, 3) {
				case 0:
					m.amended = m.posted.Add(amendsAfter)
				case 1:
					m.gone = m.posted.Add(goesAfter)
				}
			}
			if m.seen = later(m.at, ready); m.at.Before(i.Created.Add(-initial)) {
				m.seen = later(m.seen, complete)
			}
			if m.seen.Before(asOf) || m.seen.Equal(asOf) {
				list = append(list, m)
			}
		}
	}
	for _, made := range i.Made {
		if made.Account == a.id && !made.At.After(asOf) {
			list = append(list, made.movement())
		}
	}
	return list
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// as is what the service has of a movement at an instant.
func (m *movement) as(t time.Time) record {
	switch {
	case t.Before(m.seen), !m.gone.IsZero() && !t.Before(m.gone):
		return record{}
	case t.Before(m.posted):
		return record{id: "P" + m.key, pending: true, cents: m.cents, text: m.text}
	}
	r := record{id: "B" + m.key, cents: m.cents, text: m.text}
	if m.posted.After(m.seen) {
		r.before = "P" + m.key
	}
	if !m.amended.IsZero() && !t.Before(m.amended) {
		r.cents, r.text = m.cents-100, m.text+" TIP"
	}
	return r
}

// changed is when the last change before an instant, or at it, came.
func (m *movement) changed(t time.Time) time.Time {
	last := m.seen
	for _, at := range []time.Time{m.posted, m.amended, m.gone} {
		if !at.After(t) && at.After(last) {
			last = at
		}
	}
	return last
}

// changes are what became different between two instants, in the order in which it
// did; from zero is the beginning. Only one account counts, unless that is "".
func (s *Server) changes(i *item, of string, from, to time.Time) (list []change) {
	for _, a := range i.accounts() {
		if of != "" && a.id != of || a.kind == "investment" {
			continue
		}
		for _, m := range s.movements(i, a, to) {
			before, now := m.as(from), m.as(to)
			if from.IsZero() {
				before = record{}
			}
			if before == now {
				continue
			}
			add := func(what string, r record) { list = append(list, change{m.changed(to), what, a, &m, r}) }
			switch {
			case before.id == "":
				add("added", now)
			case now.id == before.id:
				add("modified", now)
			default:
				add("removed", before)
				if now.id != "" {
					add("added", now)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b change) int {
		return cmp.Or(a.when.Compare(b.when), strings.Compare(a.of.key, b.of.key))
	})
	return list
}

// token makes an id that follows from what it is about.
func token(length int, id string, about ...int) string {
	const letters = "ABDEGJKLMNPQRVWXZabdegjklmnpqrvwxyz0123456789"
	b := make([]byte, length)
	for n := range b {
		b[n] = letters[standin.Dice(int64(len(letters)), id, append(about, n)...)]
	}
	return string(b)
}

// uuid makes an id of version 4.
func uuid() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// decimal writes cents as an amount.
func decimal(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
