package worldtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Line is a statement line of the host. Movement is the one that the line's
// evidence names; only answers to questions use it, never the count.
type Line struct {
	Date     string
	Cents    int64
	Words    string
	Movement int
}

// Question is what a host asks its user: whether Of and New are one; for New 0,
// whether the bank took Of back.
type Question struct {
	ID      int64
	Of, New int
	Lines   []Line // of both
}

// Host is what is tested.
type Host interface {
	Connect(provider int) error
	Disconnect(provider int) error
	// Sync synchronises. When the step says that the host dies, it dies, and is
	// started again to end the work.
	Sync(provider int, step *Step) error
	Import(step *Step) error
	Delete(line Line) error
	Lock(day string) error
	Lines() ([]Line, error)
	Questions() ([]Question, error)
	Answer(id int64, yes bool) error
}

// Verdict is how a history ended.
type Verdict struct {
	Syncs, Crashes, Lines int
	// Asked: questions are open, although the lines are right.
	Asked bool
	// Undecided: the lines became right by answers alone.
	Undecided bool
}

// play is one history being played.
type play struct {
	bank      *Bank
	host      Host
	verdict   Verdict
	connected []bool
	began     bool
	deleted   map[int]bool
	optional  map[int]bool
	lock      string
	frozen    []Line
	surplus   []Line // that the last count found too many
}

// Clock is the host's clock while a script is played.
func (b *Bank) Clock(step *Step) time.Time {
	behind := 0
	if step != nil {
		behind = step.Behind
	}
	return Instant(max(b.Now-behind, 0))
}

// Play carries a script out on a host and compares its lines with the truth.
// The error says which movement is wrong.
func Play(bank *Bank, host Host) (Verdict, error) {
	p := &play{bank: bank, host: host, connected: make([]bool, len(bank.Script.Providers)), deleted: map[int]bool{},
		optional: map[int]bool{}}
	for i := range bank.Script.Steps {
		step := &bank.Script.Steps[i]
		bank.Now += step.Wait
		if err := p.step(step); err != nil {
			return p.verdict, fmt.Errorf("step %d, %s: %w", i+1, step, err)
		}
	}
	if err := p.settle(); err != nil {
		return p.verdict, err
	}
	return p.verdict, p.judge()
}

func (p *play) step(step *Step) error {
	switch step.Do {
	case Connect:
		if p.connected[step.Provider] {
			return nil
		}
		p.connected[step.Provider] = true
		return p.host.Connect(step.Provider)
	case Disconnect:
		if !p.connected[step.Provider] {
			return nil
		}
		p.connected[step.Provider] = false
		return p.host.Disconnect(step.Provider)
	case Renew:
		p.bank.providers[step.Provider].consent++
		if !p.connected[step.Provider] {
			return nil
		}
		return p.host.Connect(step.Provider)
	case Reissue:
		p.bank.providers[step.Provider].words++
		return nil
	case Zone:
		p.bank.providers[step.Provider].zone = 2 - p.bank.providers[step.Provider].zone
		return nil
	case File:
		return p.host.Import(step)
	case Delete:
		return p.delete(step.Movement)
	case Lock:
		return p.lockBooks(step)
	}
	return p.sync(step)
}

func (p *play) sync(step *Step) error {
	if !p.connected[step.Provider] {
		return nil
	}
	if err := p.first(step); err != nil {
		return err
	}
	p.verdict.Syncs++
	if step.Crash > 0 {
		p.verdict.Crashes++
	}
	return p.host.Sync(step.Provider, step)
}

// first notes what the first synchronisation cannot bring: what lies before the
// journal's last line, and what is older than the bank's memory.
func (p *play) first(step *Step) error {
	if p.began {
		return nil
	}
	p.began = true
	lines, err := p.host.Lines()
	if err != nil {
		return err
	}
	last := ""
	for _, l := range lines {
		last = max(last, l.Date)
	}
	f := p.bank.Script.Providers[step.Provider]
	for i := range p.bank.Script.Movements {
		m := &p.bank.Script.Movements[i]
		for _, d := range p.dates(m) {
			if d <= last || f.History > 0 && d <= Date((p.bank.Now-f.Lag)/24-f.History+2) {
				p.optional[m.ID] = true
			}
		}
	}
	return nil
}

// delete removes the line of a movement, as its user.
func (p *play) delete(id int) error {
	m := p.movement(id)
	lines, err := p.host.Lines()
	if err != nil || m == nil {
		return err
	}
	var of []Line
	for _, l := range lines {
		if l.Movement == id {
			of = append(of, l)
		}
	}
	if len(of) != 1 || !p.is(of[0], m) || of[0].Date <= p.lock {
		return nil // of two, which one the user deletes says which one to keep
	}
	p.deleted[id] = true
	return p.host.Delete(of[0])
}

// lockBooks answers what is open, as accountants do, and freezes what is there.
func (p *play) lockBooks(step *Step) error {
	if _, err := p.answer(); err != nil {
		return err
	}
	day := Date(p.bank.Now/24 - step.Back)
	if day <= p.lock {
		return nil
	}
	p.lock = day
	lines, err := p.host.Lines()
	if err != nil {
		return err
	}
	p.frozen = p.frozen[:0]
	for _, l := range lines {
		if l.Date <= day {
			p.frozen = append(p.frozen, l)
		}
	}
	for i := range p.bank.Script.Movements {
		m := &p.bank.Script.Movements[i]
		if slices.ContainsFunc(p.dates(m), func(d string) bool { return d <= day }) {
			p.optional[m.ID] = true
		}
	}
	return p.host.Lock(day)
}

func (p *play) movement(id int) *Movement {
	for i := range p.bank.Script.Movements {
		if p.bank.Script.Movements[i].ID == id {
			return &p.bank.Script.Movements[i]
		}
	}
	return nil
}

// settle lets the days end, and synchronises each provider undisturbed.
func (p *play) settle() error {
	if !slices.Contains(p.connected, true) { // a switch that lost its second half
		if err := p.step(&Step{Do: Connect}); err != nil {
			return err
		}
	}
	for i := range p.bank.Script.Movements {
		m := &p.bank.Script.Movements[i]
		p.bank.Now = max(p.bank.Now, m.Known+24, m.Gone+24, m.Change.At+24)
	}
	for range 2 {
		p.bank.Now += 60
		for provider := range p.connected {
			if err := p.step(&Step{Do: Sync, Provider: provider}); err != nil {
				return fmt.Errorf("in the end: %w", err)
			}
		}
	}
	return nil
}

// judge counts; where that is wrong, and something is asked, it answers and
// counts again.
func (p *play) judge() error {
	open, err := p.host.Questions()
	if err != nil {
		return err
	}
	wrong := p.count()
	if wrong == nil {
		p.verdict.Asked = len(open) > 0
		return nil
	}
	for range 3 {
		answered, err := p.answer()
		if err != nil {
			return err
		}
		if answered == 0 {
			return wrong
		}
		p.verdict.Undecided = true
		if err := p.settle(); err != nil {
			return err
		}
		if wrong = p.count(); wrong == nil {
			return nil
		}
	}
	return wrong
}

// answer answers every open question by the truth.
func (p *play) answer() (int, error) {
	open, err := p.host.Questions()
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(open, func(a, b Question) int { return rank(a.Of == a.New) - rank(b.Of == b.New) }) // the plain ones first
	for _, q := range open {
		_ = p.count() // for what is too many now
		if err := p.host.Answer(q.ID, p.yes(q)); err != nil {
			return 0, fmt.Errorf("answer: %w", err)
		}
	}
	return len(open), nil
}

// yes is the true answer. Two lines are one movement if one of them is too
// many; a line was taken back if it is. What has no line is what it says it is.
func (p *play) yes(q Question) bool {
	if q.New != 0 && len(q.Lines) < 2 {
		return q.New == q.Of
	}
	of, other := p.movement(q.Of), p.movement(q.New)
	if q.New != q.Of && of != nil && other != nil && (of.Payee != other.Payee || of.Cents != other.Cents) {
		return false
	}
	return slices.ContainsFunc(q.Lines, func(l Line) bool {
		return slices.ContainsFunc(p.surplus, func(s Line) bool {
			return s.Cents == l.Cents && (s.Date == l.Date || s.Movement == l.Movement || of != nil && says(s.Words, of.Payee) &&
				says(l.Words, of.Payee))
		})
	})
}

func says(words, payee string) bool {
	return strings.Contains(strings.ToLower(words), strings.ToLower(payee))
}
