package worldtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// dates are the days on which a movement's line may stand: what any of its
// sources called its booking date.
func (p *play) dates(m *Movement) []string {
	late := slices.ContainsFunc(p.bank.Script.Providers, func(f Provider) bool { return f.Late }) && m.ID%3 == 0
	zone := m.Hour >= 22 && slices.ContainsFunc(p.bank.Script.Steps, func(s Step) bool { return s.Do == Zone })
	days := []int{m.Day}
	if m.Change.At > 0 {
		days = append(days, m.Day+m.Change.Days)
	}
	out := []string{}
	for _, d := range days {
		out = append(out, Date(d))
		if late || zone {
			out = append(out, Date(d+1))
		}
		if late && zone {
			out = append(out, Date(d+2))
		}
	}
	return out
}

// is reports whether a line may be a movement's.
func (p *play) is(l Line, m *Movement) bool {
	if !says(l.Words, m.Payee) || !slices.Contains(p.dates(m), l.Date) {
		return false
	}
	if l.Date <= p.lock || p.optional[m.ID] { // as it was when that was decided
		return l.Cents == m.Cents || m.Change.At > 0 && l.Cents == m.Change.Cents
	}
	return l.Cents == m.cents(p.bank.Now)
}

// needed reports whether a movement must have a line; barred whether it must not.
func (p *play) needed(m *Movement) bool {
	return m.at(p.bank.Now) == booked && !p.deleted[m.ID] && !p.optional[m.ID]
}

func (p *play) barred(m *Movement) bool {
	if m.at(p.bank.Now) == gone && (p.bank.byFile[m.ID] && !p.bank.byProvider[m.ID] || p.bank.byProvider[m.ID] && !p.bank.missed[m.ID]) {
		return p.deleted[m.ID] // nobody ever said that it is gone
	}
	return p.deleted[m.ID] || m.at(p.bank.Now) != booked && !p.optional[m.ID]
}

// count compares the host's lines with the movements, one by one.
func (p *play) count() error {
	lines, err := p.host.Lines()
	if err != nil {
		return err
	}
	p.verdict.Lines = len(lines)
	if err := p.unfrozen(lines); err != nil {
		return err
	}
	var movements []*Movement
	for i := range p.bank.Script.Movements {
		if m := &p.bank.Script.Movements[i]; !p.barred(m) {
			movements = append(movements, m)
		}
	}
	slices.SortStableFunc(movements, func(a, b *Movement) int { // those that must have one choose first
		return rank(p.needed(a)) - rank(p.needed(b))
	})
	of := p.pair(lines, movements)
	var wrong []error
	p.surplus = nil
	taken := map[int]bool{}
	for i, m := range movements {
		if of[i] >= 0 {
			taken[of[i]] = true
		} else if p.needed(m) {
			wrong = append(wrong, fmt.Errorf("no line for movement %s", m))
		}
	}
	for i, l := range lines {
		if !taken[i] {
			p.surplus = append(p.surplus, l)
			wrong = append(wrong, fmt.Errorf("no movement for the line %s %s %s (told as movement %d)", l.Date, money(l.Cents), l.Words,
				l.Movement))
		}
	}
	return errors.Join(wrong...)
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// pair gives each movement a line of its own, as many as can be: the index of
// the line, or -1. An augmenting path never takes a line away for good, so that
// the movements that come first get theirs.
func (p *play) pair(lines []Line, movements []*Movement) []int {
	of, by := make([]int, len(movements)), make([]int, len(lines))
	for i := range of {
		of[i] = -1
	}
	for i := range by {
		by[i] = -1
	}
	var seek func(m int, seen map[int]bool) bool
	seek = func(m int, seen map[int]bool) bool {
		for i, l := range lines {
			if seen[i] || !p.is(l, movements[m]) {
				continue
			}
			seen[i] = true
			if by[i] < 0 || seek(by[i], seen) {
				by[i], of[m] = m, i
				return true
			}
		}
		return false
	}
	for m := range movements {
		seek(m, map[int]bool{})
	}
	return of
}

// unfrozen says what happened to lines of locked days.
func (p *play) unfrozen(lines []Line) error {
	if p.lock == "" {
		return nil
	}
	text := func(list []Line) []string {
		var out []string
		for _, l := range list {
			if l.Date <= p.lock {
				out = append(out, fmt.Sprint(l.Date, " ", money(l.Cents)))
			}
		}
		slices.Sort(out)
		return out
	}
	was, is := text(p.frozen), text(lines)
	if !slices.Equal(was, is) {
		return fmt.Errorf("the books are locked up to %s, and yet %s became %s", p.lock, strings.Join(was, ", "), strings.Join(is, ", "))
	}
	return nil
}
