package worldtest

import (
	"fmt"
	"strings"
	"time"
)

// Movement is one transaction as it really is. Instants are hours since the
// world began; days are counted from that day.
type Movement struct {
	ID    int
	Seen  int // when the bank first tells it, as pending
	Known int // when the bank books it; Seen == Known was never pending
	Day   int // its booking date
	Hour  int // of the day, which cut answers go by
	Cents int64
	// Pending is the amount while it is pending.
	Pending int64
	Payee   string
	// Never: it is pending and goes at Known without being booked.
	Never  bool
	Change Change
	Gone   int // when the bank takes it back; 0 never
}

// Change is what a bank corrects of a booked movement.
type Change struct {
	At    int // 0 for none
	Cents int64
	Days  int    // added to the booking date
	Text  string // other words; "" for the same
}

// IDs is how a provider names transactions.
type IDs string

// Ways to name transactions.
const (
	StableIDs  IDs = "stable"
	PerConsent IDs = "per consent"       // every consent names all anew
	ClaimedIDs IDs = "said to be stable" // and yet every consent names all anew
	NoIDs      IDs = "none"
	SharedIDs  IDs = "shared" // a reference that payments to one payee share
)

// Provider is the manner of one provider.
type Provider struct {
	Name        string
	Delta       bool // tells differences since a cursor, else whole windows
	IDs         IDs
	Linked      bool // booked ones name their pending id
	Pendings    bool
	NewestFirst bool
	PageSize    int
	Late        bool // dates every third movement a day later than the bank
	IgnoresFrom bool // tells older ones than it was asked for
	Lag         int  // hours that its answers are old
	History     int  // days that it tells at most; 0 all
	Bare        bool // words without the other party's name
	Shuffled    bool // pages in any order
}

// Verb is what happens in a step.
type Verb string

// Verbs.
const (
	Connect    Verb = "connect"
	Disconnect Verb = "disconnect"
	Sync       Verb = "synchronise"
	Renew      Verb = "renew the consent of"
	Reissue    Verb = "give new ids and words at"
	Zone       Verb = "change the time zone of"
	File       Verb = "import a file"
	Delete     Verb = "delete the line of movement"
	Lock       Verb = "lock the books"
)

// Step is one thing that happens.
type Step struct {
	Wait     int // hours before it
	Do       Verb
	Provider int // of connect, disconnect, synchronise, renew, reissue, zone

	Crash   int // the host dies after so many pieces of work; 0 never
	Refetch bool
	Behind  int // hours that the host's clock is behind
	Repeat  int // one page is told twice: which one, from 1; 0 none
	// Movement is the one whose line is deleted.
	Movement int
	// Back is, for a file, how many days it holds; for a lock, how many days ago.
	Back int
	// CutStart and CutEnd leave out half of a file's first or last day.
	CutStart, CutEnd bool
}

// Script is a world and its history.
type Script struct {
	Seed      uint64
	Providers []Provider
	Movements []Movement
	Steps     []Step
}

// Began is the first instant of a world.
var began = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// Instant is an hour of the world.
func Instant(hour int) time.Time { return began.Add(time.Duration(hour) * time.Hour) }

// Date is a day of the world, as YYYY-MM-DD.
func Date(day int) string { return began.AddDate(0, 0, day).Format(time.DateOnly) }

func clock(hour int) string { return Instant(hour).Format("01-02 15:04") }

// String tells a script as steps to follow.
func (s *Script) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "history %d\n", s.Seed)
	for i, f := range s.Providers {
		fmt.Fprintf(&b, "  provider %d is %s\n", i, f.String())
	}
	for _, m := range s.Movements {
		fmt.Fprintf(&b, "  movement %s\n", m.String())
	}
	now := 0
	for i, step := range s.Steps {
		now += step.Wait
		fmt.Fprintf(&b, "  %2d. %s %s\n", i+1, clock(now), step.String())
	}
	return b.String()
}

// String describes a provider.
func (f *Provider) String() string {
	words := []string{f.Name, "ids " + string(f.IDs), fmt.Sprint("pages of ", f.PageSize)}
	for _, w := range []struct {
		is   bool
		word string
	}{{f.Delta, "differences"}, {!f.Delta, "windows"}, {f.Linked, "links pending ids"}, {f.Pendings, "pending"},
		{f.NewestFirst, "newest first"},
		{f.Late, "dates some a day later"}, {f.IgnoresFrom, "ignores from"}, {f.Bare, "bare words"}, {f.Shuffled, "shuffled pages"}} {
		if w.is {
			words = append(words, w.word)
		}
	}
	if f.Lag > 0 {
		words = append(words, fmt.Sprint(f.Lag, " h old"))
	}
	if f.History > 0 {
		words = append(words, fmt.Sprint(f.History, " days of history"))
	}
	return strings.Join(words, ", ")
}

// String describes a movement.
func (m *Movement) String() string {
	out := fmt.Sprintf("%d: %s dated %s, %s", m.ID, money(m.Cents), Date(m.Day), m.Payee)
	switch {
	case m.Never:
		out += fmt.Sprintf(", pending %s to %s and never booked", clock(m.Seen), clock(m.Known))
	case m.Seen < m.Known:
		out += fmt.Sprintf(", pending from %s, booked %s", clock(m.Seen), clock(m.Known))
	default:
		out += ", booked " + clock(m.Known)
	}
	if m.Pending != m.Cents {
		out += ", as pending " + money(m.Pending)
	}
	if c := m.Change; c.At > 0 {
		out += fmt.Sprintf(", corrected %s to %s, %d days later, %q", clock(c.At), money(c.Cents), c.Days, c.Text)
	}
	if m.Gone > 0 {
		out += ", taken back " + clock(m.Gone)
	}
	return out
}

// String tells what happens.
func (s *Step) String() string {
	out := string(s.Do)
	switch s.Do {
	case Delete:
		return fmt.Sprint(out, " ", s.Movement)
	case Lock:
		return fmt.Sprint(out, " up to ", s.Back, " days ago")
	case File:
		out += fmt.Sprint(" of ", s.Back, " days")
		if s.CutStart {
			out += ", its first day cut"
		}
		if s.CutEnd {
			out += ", its last day cut"
		}
	default:
		out += fmt.Sprint(" provider ", s.Provider)
	}
	if s.Behind > 0 {
		out += fmt.Sprint(", the clock ", s.Behind, " h behind")
	}
	if s.Repeat > 0 {
		out += fmt.Sprint(", page ", s.Repeat, " twice")
	}
	if s.Crash > 0 {
		out += fmt.Sprint(", the host dies at ", s.Crash)
		if s.Refetch {
			out += " and asks again"
		}
	}
	return out
}

func money(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
