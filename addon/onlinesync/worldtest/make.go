package worldtest

import "math/rand/v2"

// dice throws.
type dice struct{ *rand.Rand }

func (d dice) percent(n int) bool { return d.IntN(100) < n }

func (d dice) between(a, b int) int { return a + d.IntN(b-a+1) }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// Days that a history lasts at most.
const lastDay = 30

// Make makes the script of a number: the same for the same number.
func Make(seed uint64) *Script {
	d := dice{rand.New(rand.NewPCG(seed, 0x6769726f))}
	s := &Script{Seed: seed}
	s.Providers = append(s.Providers, d.provider("north"))
	two := d.percent(45)
	if two {
		s.Providers = append(s.Providers, d.provider("south"))
	}
	if d.percent(8) {
		s.Steps = append(s.Steps, Step{Do: File, Back: d.between(2, 12), CutStart: d.percent(20)})
		s.Providers[0].Late = false
	}
	s.Steps = d.steps(s.Steps, s.Providers, two)
	s.Movements = apart(d.movements(s), s)
	d.deletions(s)
	return s
}

func (d dice) provider(name string) Provider {
	f := Provider{Name: name, Delta: d.percent(40), PageSize: d.between(3, 8), Pendings: d.percent(65), NewestFirst: d.percent(30)}
	f.IDs = pick(d, StableIDs, StableIDs, PerConsent, PerConsent, NoIDs)
	if f.Delta {
		f.IDs = pick(d, StableIDs, StableIDs, StableIDs, ClaimedIDs, PerConsent)
	} else if d.percent(14) {
		f.IDs, f.PageSize = SharedIDs, 50 // where a page ends between equal payments, nobody could tell them from a page that begins again
	}
	if f.IDs == NoIDs {
		f.PageSize = d.between(2, 4)
	}
	f.Linked = f.Pendings && f.IDs != NoIDs && f.IDs != SharedIDs && d.percent(60)
	f.IgnoresFrom = !f.Delta && d.percent(18)
	f.Shuffled = d.percent(15)
	f.Bare = d.percent(12)
	if d.percent(25) {
		f.Lag = d.between(1, 20)
	}
	if d.percent(25) {
		f.History = pick(d, 20, 30)
	}
	f.Late = name == "south" && !f.Bare && d.percent(32)
	return f
}

// steps is a life of about a month.
func (d dice) steps(out []Step, providers []Provider, two bool) []Step {
	hour := 24 * d.between(1, 10)
	start := hour
	out = append(out, Step{Wait: hour, Do: Connect})
	filed := len(out) > 1
	if filed {
		out[0].Wait, out[1].Wait = hour-6, 6
	}
	live := []int{0}
	other, off := 0, 0 // hours at which the second comes and the first goes
	if two {
		other = start + 24*d.between(3, 12)
		if d.percent(55) {
			off = other + pick(d, -20, 0, 0, 30)
		}
	}
	downtime := 0
	if d.percent(30) {
		downtime = start + 24*d.between(2, 12)
	}
	for hour < 24*lastDay {
		wait := pick(d, 1, 5, 12, 12, 12, 24, 30, 50)
		if downtime > 0 && hour > downtime {
			wait, downtime = 24*d.between(4, 8), 0
		}
		hour += wait
		if off > 0 && hour >= off && len(live) > 0 && live[0] == 0 {
			out = append(out, Step{Wait: wait, Do: Disconnect})
			live, wait = live[1:], 0
		}
		if other > 0 && hour >= other && (len(live) == 0 || live[len(live)-1] != 1) {
			out = append(out, Step{Wait: wait, Do: Connect, Provider: 1})
			live, wait = append(live, 1), 0
		}
		if len(live) == 0 {
			out = append(out, Step{Wait: wait, Do: Sync})
			continue
		}
		provider := pick(d, live...)
		out = append(out, d.step(wait, provider, &providers[provider], !filed && !two))
	}
	return out
}

func (d dice) step(wait, provider int, f *Provider, zones bool) Step {
	s := Step{Wait: wait, Do: Sync, Provider: provider}
	switch n := d.IntN(1000); {
	case n < 35:
		s.Do = Renew
	case n < 60 && !f.Delta && f.IDs == PerConsent, n < 50 && !f.Delta && f.IDs == NoIDs:
		s.Do = Reissue
	case n < 80 && zones && f.IDs == StableIDs:
		s.Do = Zone
	case n < 110:
		s.Do, s.Back, s.CutStart, s.CutEnd = File, d.between(0, 12), d.percent(25), d.percent(25)
	case n < 118:
		s.Do, s.Back = Lock, d.between(2, 9)
	case n < 240:
		s.Crash, s.Refetch = d.between(1, 12), d.percent(40)
	case n < 265:
		s.Behind = d.between(1, 40)
	case n < 330:
		s.Repeat = d.between(1, 4)
	}
	return s
}

var payees = []string{"Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"}

func (d dice) movements(s *Script) []Movement {
	var out []Movement
	equal := d.percent(45)
	for range d.between(4, 26) {
		m := Movement{ID: len(out) + 1, Day: d.between(0, lastDay), Hour: d.IntN(24), Payee: pick(d, payees...)}
		m.Cents = -int64(d.between(1, 40)) * 125
		if d.percent(20) {
			m.Cents = -m.Cents * 3
		}
		d.when(&m)
		d.fate(&m, s)
		out = append(out, m)
		if equal && d.percent(30) {
			twin := m
			twin.ID, twin.Hour = len(out)+1, d.IntN(24)
			twin.Change, twin.Gone, twin.Never = Change{}, 0, false
			d.when(&twin)
			twin.Pending = twin.Cents
			out = append(out, twin)
		}
	}
	return out
}

// apart leaves out what nobody could tell apart: of movements of one amount
// within days of each other, told by several sources, which one was corrected or
// taken back, and which one a source dates otherwise.
func apart(list []Movement, s *Script) []Movement {
	several, late := len(s.Providers) > 1, false
	for _, f := range s.Providers {
		late = late || f.Late
	}
	for _, step := range s.Steps {
		several = several || step.Do == File
	}
	out := make([]Movement, 0, len(list))
	for i := range list {
		m := &list[i]
		alone, distinct := true, true
		for k := range list {
			o := &list[k]
			if days := m.Day - o.Day; i != k && m.Cents == o.Cents && -3 <= days && days <= 3 {
				alone = false
				distinct = distinct && (days == 0 || k > i)
			}
		}
		if several && !alone {
			m.Change, m.Gone = Change{}, 0
		}
		if distinct || !late {
			out = append(out, *m)
		}
	}
	return out
}

// when chooses when the bank tells a movement.
func (d dice) when(m *Movement) {
	m.Known = 24*m.Day + m.Hour
	if d.percent(12) { // booked late
		m.Known += 24 * d.between(2, 5)
	}
	m.Seen = m.Known
	if d.percent(35) {
		m.Seen = max(0, 24*m.Day+m.Hour-d.between(2, 90))
	}
	m.Pending = m.Cents
}

// fate chooses what becomes of it. Where no provider would say so, corrections
// and removals are rare: nobody could know them.
func (d dice) fate(m *Movement, s *Script) {
	told, named := true, true
	for _, f := range s.Providers {
		told = told && f.Delta
		named = named && (f.IDs == StableIDs || f.Delta)
	}
	if m.Seen < m.Known && d.percent(10) {
		m.Pending += m.Pending / 5 // a tip that was not taken, another rate
	}
	if m.Seen < m.Known && d.percent(14) {
		m.Never = true
		return
	}
	gone, change := m.Known+d.between(1, 24*10), m.Known+d.between(1, 24*3)
	switch {
	case told && d.percent(20) && s.settled(m.Known, gone):
		m.Gone = gone
	case !told && d.IntN(1000) < 1:
		m.Gone = m.Known + d.between(1, 24*3)
	case named && d.percent(20) && s.settled(m.Known, change), d.IntN(1000) < 2:
		m.Change = Change{At: change, Cents: m.Cents, Text: pick(d, "", "Corrected")}
		switch {
		case d.percent(60):
			m.Change.Cents += pick[int64](d, -25, 25)
		case d.percent(60) && m.Day < lastDay:
			m.Change.Days = 1
		}
	}
}

// settled reports whether every provider told of a movement before an hour in
// which it changed, and says so soon after it, before a file does: what nobody
// tells, nobody knows.
func (s *Script) settled(known, changed int) bool {
	for provider, f := range s.Providers {
		now, before, after := 0, false, false
		for _, step := range s.Steps {
			now += step.Wait
			mine := step.Do == Sync && step.Provider == provider
			before = before || mine && known+f.Lag+step.Behind < now && now < changed
			after = after || mine && now > changed+f.Lag+step.Behind
			switch step.Do {
			case Renew, Connect, Disconnect:
				if changed-72 <= now && now <= changed+72 {
					return false
				}
			case File:
				if now >= changed && !after {
					return false
				}
			}
		}
		if !before {
			return false
		}
	}
	return true
}

// deletions lets the user delete lines of movements that stay as they are and
// that are like no other.
func (d dice) deletions(s *Script) {
	if !d.percent(18) {
		return
	}
	m := pick(d, s.Movements...)
	if m.Gone > 0 || m.Never || m.Change.At > 0 {
		return
	}
	for _, o := range s.Movements {
		if o.ID != m.ID && o.Payee == m.Payee && o.Cents == m.Cents {
			return
		}
	}
	at := d.IntN(len(s.Steps)) + 1
	steps := append([]Step(nil), s.Steps[:at]...)
	steps = append(steps, Step{Do: Delete, Movement: m.ID})
	s.Steps = append(steps, s.Steps[at:]...)
}
