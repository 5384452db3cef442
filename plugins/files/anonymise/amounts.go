package anonymise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// amount is one figure of a file, in millionths. Its way out of or into the
// account is the caller's to know.
type amount struct {
	from, to int    // where it stands
	text     string // as it is written
	old, now int64  // without sign
	decimals int
	mark     statement.Mark
	negative bool // as ParseMoney reads it
	turned   bool // a balance that has the other sign now
	letter   int  // where the letter for its sign stands, if one does
}

// maxUnits bounds the figures that are reckoned with; greater ones only get
// other digits.
const maxUnits = 1e15

const unit = 1_000_000

// amountAt takes the figure of a text for an amount. What is none, or too long to
// be reckoned with, gets other digits and letters, and nil is returned.
func (s *scribe) amountAt(from, to int, mark statement.Mark) *amount {
	a := s.amountOf(from, to, mark)
	if a == nil {
		s.veilAt(from, to)
		return nil
	}
	s.amounts = append(s.amounts, a)
	return a
}

// amountOf is the amount that a text is; nil when it is none.
func (s *scribe) amountOf(from, to int, mark statement.Mark) *amount {
	text := s.source[from:to]
	parsed, err := statement.ParseMoney(text, mark, s.lib.IsDebit)
	if err != nil || len(parsed.Digits) > 15 {
		return nil
	}
	whole, decimals, _ := strings.Cut(parsed.Digits, ".")
	if len(decimals) > 6 {
		return nil
	}
	var n int64
	for _, c := range whole + decimals + strings.Repeat("0", 6-len(decimals)) {
		n = n*10 + int64(c-'0')
	}
	if n > maxUnits {
		return nil
	}
	if statement.Even(text) != text {
		decimals = "" // a dash stands for them
	}
	return &amount{from: from, to: to, text: text, old: n, now: n, decimals: len(decimals), mark: mark, negative: parsed.Negative,
		letter: -1}
}

// draw gives the amount other digits, as many as it has; zeros at its end stay.
// Equal amounts get equal ones.
func (s *scribe) draw(a *amount) {
	if a == nil || a.old == 0 {
		return
	}
	step := int64(1)
	for a.old/step%10 == 0 {
		step *= 10
	}
	step = min(step, unit)
	random := s.veil.random("amount", fmt.Sprint(a.old), 0)
	n := int64(0)
	for i := range len(fmt.Sprint(a.old / step)) {
		d := int64(random(10))
		if i == 0 {
			d = int64(1 + random(9))
		}
		n = n*10 + d
	}
	a.now = n * step
}

// grow moves a balance, whose sign is the one given, by as much as what led to it grew.
func (a *amount) grow(negative bool, by int64) {
	n := a.old
	if negative {
		n = -n
	}
	n += by
	a.turned = n < 0 != negative && n != 0
	a.now = max(n, -n)
}

// balance is one of an account, and by how much what led to it grew.
type balance struct {
	*amount
	negative bool
	grown    int64
}

// candidates is how many beginnings are tried for a chain of balances.
const candidates = 60

// settle moves the balances of an account, all from an invented beginning: of
// several the one with which most keep their sign and their number of digits.
func (s *scribe) settle(list []balance) {
	if len(list) == 0 {
		return
	}
	first := list[0].amount
	random := s.veil.random("balance", first.text, 0)
	best, most := int64(0), -1
	for try := range candidates {
		start := int64(0)
		for range len(fmt.Sprint(first.old)) - 2 + try%3 {
			start = start*10 + int64(1+random(9))
		}
		step := int64(unit)
		for range first.decimals {
			step /= 10
		}
		by := start/step*step - first.old
		if list[0].negative {
			by = -by
		}
		by -= list[0].grown
		if score := kept(list, by); score > most {
			best, most = by, score
		}
	}
	for _, b := range list {
		b.grow(b.negative, b.grown+best)
	}
}

// kept rates a beginning.
func kept(list []balance, by int64) (score int) {
	for _, b := range list {
		n := b.old
		if b.negative {
			n = -n
		}
		n += by + b.grown
		if n < 0 == b.negative && n != 0 {
			score += 3
		}
		if len(fmt.Sprint(max(n, -n)/unit)) == len(fmt.Sprint(b.old/unit)) {
			score++
		}
	}
	return score
}

// changed is by how much the amount grew.
func (a *amount) changed() int64 {
	if a == nil {
		return 0
	}
	return a.now - a.old
}

// written writes the amount's figures as the old ones are written: the same
// marks, thousands set apart where they were, and no fewer decimals.
func (a *amount) written() string {
	first := strings.IndexAny(a.text, "0123456789")
	last := strings.LastIndexAny(a.text, "0123456789")
	if first < 0 {
		return a.text
	}
	whole, fraction := fmt.Sprint(a.now/unit), fmt.Sprintf("%06d", a.now%unit)
	decimals := a.decimals
	for strings.Trim(fraction[decimals:], "0") != "" {
		decimals++
	}
	figure, rest := a.text[first:last+1], a.text[last+1:]
	point := a.point()
	switch {
	case len(figure) <= a.decimals: // nothing stands before the point
		return a.text[:first-1] + whole + point + fraction[:decimals] + rest
	case a.decimals > 0:
		figure = figure[:len(figure)-a.decimals-1]
	case rest != "" && (rest[0] == ',' || rest[0] == '.'):
		point, rest = rest[:1], rest[1:]
	case decimals == 0:
		point = ""
	}
	return a.text[:first] + refill(figure, whole) + point + fraction[:decimals] + rest
}

// point is what stands before decimals.
func (a *amount) point() string {
	if a.decimals > 0 {
		return a.text[strings.LastIndexAny(a.text, "0123456789")-a.decimals:][:1]
	}
	if a.mark == statement.Comma {
		return ","
	}
	return "."
}

// refill puts digits in the place of a figure's own, from the right. What does
// not fit goes in front, set apart as the rest is; places that are left over go.
func refill(figure, digits string) string {
	places := 0
	for i := range len(figure) {
		if figure[i] >= '0' && figure[i] <= '9' {
			places++
		}
	}
	if len(digits) < places && figure[0] == '0' { // a fixed width
		digits = strings.Repeat("0", places-len(digits)) + digits
	}
	var out []byte
	group, run, whole := byte(0), 0, false
	at := len(digits) - 1
	for i := len(figure) - 1; i >= 0 && at >= 0; i-- {
		c := figure[i]
		if c < '0' || c > '9' {
			out = append(out, c)
			if run == 3 && whole {
				group = c
			}
			run, whole = 0, true
			continue
		}
		out = append(out, digits[at])
		at--
		run++
	}
	for ; at >= 0; at-- {
		if run == 3 && group != 0 {
			out = append(out, group)
			run = 0
		}
		out = append(out, digits[at])
		run++
	}
	slices.Reverse(out)
	return string(out)
}
