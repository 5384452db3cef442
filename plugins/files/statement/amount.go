package statement

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// maxDigits bounds an amount's length; no bank writes longer ones.
const maxDigits = 36

var errNoAmount = errors.New("amount is empty")

// Amount is a decimal as a transaction carries it: digits with "." and no
// sign, no leading zeros, decimals as the file wrote them.
type Amount struct {
	Digits   string
	Negative bool
}

// ParseAmount reads a decimal with "." or "," before the decimals. When both
// occur, or one occurs several times, the others must part groups of three.
// Exponents, spaces inside, and anything longer than 36 digits are errors.
func ParseAmount(s string) (Amount, error) {
	text := strings.TrimSpace(s)
	var a Amount
	if text != "" && (text[0] == '-' || text[0] == '+') {
		a.Negative = text[0] == '-'
		text = text[1:]
	}
	if text == "" {
		return Amount{}, errNoAmount
	}
	whole, decimals, err := splitDecimal(text)
	if err != nil {
		return Amount{}, fmt.Errorf("amount %q: %w", Clip(s, 40), err)
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if len(whole)+len(decimals) > maxDigits {
		return Amount{}, fmt.Errorf("amount %q: more than %d digits", Clip(s, 40), maxDigits)
	}
	a.Digits = whole
	if decimals != "" {
		a.Digits = whole + "." + decimals
	}
	a.Negative = a.Negative && strings.Trim(a.Digits, "0.") != "" // no minus zero
	return a, nil
}

// splitDecimal parts the digits before the decimal mark from those behind it.
func splitDecimal(text string) (whole, decimals string, err error) {
	mark := strings.LastIndexAny(text, ".,")
	if mark < 0 {
		return text, "", onlyDigits(text)
	}
	whole, decimals = text[:mark], text[mark+1:]
	if strings.IndexByte(whole, text[mark]) >= 0 { // 1,234,567 has no decimals
		whole, decimals = text, ""
	}
	if strings.ContainsAny(whole, ".,") {
		if whole, err = ungroup(whole); err != nil {
			return "", "", err
		}
	}
	if whole == "" && decimals == "" {
		return "", "", errNoAmount
	}
	if err := onlyDigits(whole); err != nil {
		return "", "", err
	}
	return whole, decimals, onlyDigits(decimals)
}

// ungroup removes the marks between groups of digits: of three, or, as in
// India, commas between groups of two before a last one of three (1,50,000).
func ungroup(s string) (string, error) {
	mark := s[strings.IndexAny(s, ".,")]
	groups := strings.Split(s, string(mark))
	last, size := len(groups)-1, 3
	if mark == ',' && last > 1 && len(groups[1]) == 2 {
		size = 2
	}
	for i, g := range groups {
		ok := len(g) == size
		switch i {
		case 0:
			ok = len(g) > 0 && len(g) <= size
		case last:
			ok = len(g) == 3
		}
		if !ok {
			return "", errors.New("digits are not grouped by three")
		}
	}
	return strings.Join(groups, ""), nil
}

func onlyDigits(s string) error {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return fmt.Errorf("%q is not a digit", s[i])
		}
	}
	return nil
}

// Rate returns a rate of exchange as a decimal, "" for anything else.
func Rate(s string) string {
	rate, err := ParseAmount(s)
	if err != nil || rate.Negative {
		return ""
	}
	return rate.Digits
}

// Currency returns an ISO 4217 code in capitals, "" for what cannot be one.
func Currency(s string) string {
	s = strings.TrimSpace(s)
	if len(s) != 3 {
		return ""
	}
	for i := range len(s) {
		if c := s[i] &^ 0x20; c < 'A' || c > 'Z' {
			return ""
		}
	}
	return strings.ToUpper(s)
}

// String returns the amount with its sign.
func (a Amount) String() string {
	if a.Negative {
		return "-" + a.Digits
	}
	return a.Digits
}

// SumsTo reports whether parts add up to total, exactly.
func SumsTo(total Amount, parts []Amount) bool {
	want, ok := new(big.Rat).SetString(total.String())
	if !ok {
		return false
	}
	sum, part := new(big.Rat), new(big.Rat)
	for _, p := range parts {
		if _, ok := part.SetString(p.String()); !ok {
			return false
		}
		sum.Add(sum, part)
	}
	return sum.Cmp(want) == 0
}
