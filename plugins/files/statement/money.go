package statement

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is the sign before an amount's decimals; NoMark leaves it to the amount.
type Mark byte

// The decimal marks.
const (
	NoMark Mark = 0
	Point  Mark = '.'
	Comma  Mark = ','
)

// ParseMark reads a user's choice.
func ParseMark(s string) (Mark, error) {
	switch strings.ToLower(s) {
	case "":
		return NoMark, nil
	case ".", "point":
		return Point, nil
	case ",", "comma":
		return Comma, nil
	}
	return NoMark, fmt.Errorf("decimal separator %q: want . or ,", Clip(s, 40))
}

var errUnsureMark = errors.New("its only separator may stand before decimals or between thousands")

// DebitWord reports whether a folded word beside an amount says that it is a debit.
type DebitWord func(word string) bool

// ParseMoney reads an amount as people write it: a currency's sign or code
// around it; a sign before or behind, brackets, or a debit's word for a negative
// one; and thousands set apart by a point, comma, space or apostrophe. Without
// debit no word turns an amount. An amount such as 1,000 is an error when mark is
// NoMark.
func ParseMoney(s string, mark Mark, debit DebitWord) (Amount, error) {
	if a, ok := plainMoney(s, mark); ok {
		return a, nil
	}
	digits, negative, err := bare(s, debit)
	if err == errNoAmount && strings.TrimSpace(s) != "" {
		err = fmt.Errorf("amount %q: not an amount", Clip(s, 40))
	}
	if err != nil {
		return Amount{}, err
	}
	if mark == NoMark {
		switch markOf(digits) {
		case unsure:
			return Amount{}, fmt.Errorf("amount %q: %w", Clip(s, 40), errUnsureMark)
		case comma:
			mark = Comma
		default:
			mark = Point
		}
	}
	whole, decimals, _ := strings.Cut(digits, string(rune(mark)))
	other := string(rune(Point + Comma - mark))
	if strings.Contains(decimals, other) || strings.Contains(decimals, string(rune(mark))) {
		return Amount{}, fmt.Errorf("amount %q: not a number with %q before its decimals", Clip(s, 40), rune(mark))
	}
	if strings.Contains(whole, other) {
		if whole, err = ungroup(whole); err != nil {
			return Amount{}, fmt.Errorf("amount %q: %w", Clip(s, 40), err)
		}
	}
	text := whole
	if decimals != "" {
		text += "." + decimals
	}
	a, err := parsePlain(text)
	if err != nil {
		return Amount{}, fmt.Errorf("amount %q: %w", Clip(s, 40), err)
	}
	a.Negative = negative && strings.Trim(a.Digits, "0.") != ""
	return a, nil
}

// Even writes an amount whose decimals are a dash ("64,-", "64.–") with zeros: the
// dash is no minus.
func Even(s string) string {
	mark := strings.LastIndexAny(s, ".,")
	if mark < 1 || s[mark-1] < '0' || s[mark-1] > '9' {
		return s
	}
	behind := strings.TrimLeft(s[mark+1:], "-–—")
	if behind == s[mark+1:] || strings.ContainsAny(behind, "0123456789+-−–—") {
		return s
	}
	return s[:mark+1] + "00" + behind
}

// plainMoney reads what most amounts are: a minus or none, digits, and perhaps the
// mark and further digits.
func plainMoney(s string, mark Mark) (Amount, bool) {
	digits := strings.TrimPrefix(s, "-")
	point := -1
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case c >= '0' && c <= '9':
		case rune(c) == rune(mark) && point < 0:
			point = i
		default:
			return Amount{}, false
		}
	}
	if len(digits) == 0 || len(digits) > 20 || point == 0 || point == len(digits)-1 || digits[0] == '0' && point != 1 {
		return Amount{}, false
	}
	if point > 0 && mark != Point {
		digits = digits[:point] + "." + digits[point+1:]
	}
	a := Amount{Digits: digits}
	a.Negative = len(s) > len(digits) && strings.Trim(digits, "0.") != ""
	return a, true
}

// parsePlain reads digits with a point before the decimals.
func parsePlain(text string) (Amount, error) {
	whole, decimals, _ := strings.Cut(text, ".")
	if whole == "" && decimals == "" {
		return Amount{}, errNoAmount
	}
	if err := onlyDigits(whole); err != nil {
		return Amount{}, err
	}
	if err := onlyDigits(decimals); err != nil {
		return Amount{}, err
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if len(whole)+len(decimals) > maxDigits {
		return Amount{}, fmt.Errorf("more than %d digits", maxDigits)
	}
	if decimals == "" {
		return Amount{Digits: whole}, nil
	}
	return Amount{Digits: whole + "." + decimals}, nil
}

// bare takes the sign, the currency and the blanks off an amount.
func bare(s string, debit DebitWord) (digits string, negative bool, err error) {
	text := Even(strings.TrimSpace(Clip(s, 128)))
	if inside, ok := unbracket(text); ok {
		negative, text = true, inside
	}
	var b strings.Builder
	signs := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '.', r == ',':
			b.WriteRune(r)
		case r == '-', r == '−', r == '–':
			negative = true
			signs++
		case r == '+':
			signs++
		case r == '\'', r == '’', unicode.IsSpace(r), unicode.Is(unicode.Sc, r), unicode.IsLetter(r):
		default:
			return "", false, fmt.Errorf("amount %q: %q is not a digit", Clip(s, 40), r)
		}
	}
	digits = b.String()
	negative = negative || debit != nil && saysDebit(text, debit)
	// A currency's letters may end in a point ("Kč.", "Fr. 5.00").
	digits = strings.TrimRight(digits, ".,")
	if strings.Trim(digits, ".,") == "" {
		return "", false, errNoAmount
	}
	if signs > 1 || lettersInside(text) {
		return "", false, fmt.Errorf("amount %q: not an amount", Clip(s, 40))
	}
	return digits, negative, nil
}

// unbracket takes the brackets of a negative amount away, wherever its currency
// stands: (4.50), $(4.50), ($4.50), (4.50) EUR.
func unbracket(text string) (string, bool) {
	from, to := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if from < 0 || to < from || strings.ContainsAny(text[:from]+text[to+1:], "0123456789-+−–.,") {
		return text, false
	}
	return text[:from] + " " + text[from+1:to] + " " + text[to+1:], true
}

// saysDebit reports whether one of the words before or behind an amount's digits is
// that of a debit. Letters before the sign of a currency are a part of it (S$).
func saysDebit(text string, debit DebitWord) bool {
	first, last := strings.IndexAny(text, figures), strings.LastIndexAny(text, figures)
	if first < 0 || first == 0 && last == len(text)-1 {
		return false
	}
	for _, side := range [...]string{text[:first], text[last+1:]} {
		if side = strings.TrimSpace(side); side == "" {
			continue
		}
		if debit(Fold(side)) && !strings.ContainsFunc(side, isCurrencySign) {
			return true
		}
		for side != "" {
			side = strings.TrimLeftFunc(side, func(r rune) bool { return !unicode.IsLetter(r) })
			end := strings.IndexFunc(side, func(r rune) bool { return !unicode.IsLetter(r) })
			if end < 0 {
				end = len(side)
			}
			behind, _ := utf8.DecodeRuneInString(side[end:])
			if end > 0 && !isCurrencySign(behind) && debit(Fold(side[:end])) {
				return true
			}
			side = side[end:]
		}
	}
	return false
}

// figures are those of an amount.
const figures = "0123456789"

func isCurrencySign(r rune) bool { return unicode.Is(unicode.Sc, r) }

// lettersInside reports whether letters or signs stand between digits, as in
// "1e5" or "12-3": that is no amount.
func lettersInside(text string) bool {
	first := strings.IndexAny(text, figures)
	last := strings.LastIndexAny(text, figures)
	return first >= 0 && strings.ContainsFunc(text[first:last+1], func(r rune) bool {
		return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) || strings.ContainsRune("-−–+", r)
	})
}

// What the separators of one amount tell.
type markHint int

const (
	nothing markHint = iota // no separators
	point
	comma
	unsure // one separator, three digits behind it
)

func markOf(digits string) markHint {
	last := strings.LastIndexAny(digits, ".,")
	if last < 0 {
		return nothing
	}
	sure, other := point, comma
	if digits[last] == ',' {
		sure, other = comma, point
	}
	before, behind := digits[:last], digits[last+1:]
	switch {
	case strings.IndexByte(before, digits[last]) >= 0: // 1,234,567
		return other
	case strings.ContainsAny(before, ".,"):
		return sure
	case len(behind) != 3, len(before) > 3, strings.HasPrefix(before, "0"), before == "":
		return sure
	}
	return unsure
}

// Marks gathers what a file's amounts tell of their decimal mark.
type Marks struct {
	points, commas, unsure int
	Doubtful               string // the first amount that could be read both ways
}

// Add takes an amount into account; what is none is passed over.
func (m *Marks) Add(s string) {
	digits, _, err := bare(s, nil)
	if err != nil {
		return
	}
	switch markOf(digits) {
	case point:
		m.points++
	case comma:
		m.commas++
	case unsure:
		if m.unsure++; m.unsure == 1 {
			m.Doubtful = Clip(s, 40)
		}
	}
}

// Mark returns the decimal mark that the amounts show. It is not ok when they
// contradict each other, or when one could be read both ways and no other helps.
func (m *Marks) Mark() (mark Mark, ok bool) {
	switch {
	case m.points > 0 && m.commas > 0:
		return NoMark, m.unsure == 0
	case m.points > 0:
		return Point, true
	case m.commas > 0:
		return Comma, true
	}
	return NoMark, m.unsure == 0
}
