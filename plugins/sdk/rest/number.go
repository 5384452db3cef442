package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of a Number: digits before and behind the point.
const (
	MaxWhole    = 30
	MaxFraction = 18
)

// maxNumber bounds the text of a number, in bytes.
const maxNumber = 200

// Number is an exact decimal as a service tells it: a number or a text in JSON
// becomes a plain decimal such as "-12.30", with an optional "-", at least one
// digit before the point and, if there is one, behind it. Zeros at the end stay,
// those in front go; 1.5e3 becomes 1500. No float is ever involved.
//
// "" is a number that is not there: JSON's null, or an empty text.
type Number string

// ParseNumber reads a decimal in the forms that services use: with a sign of
// either kind, without a digit before the point, with an exponent. Anything else
// is an error, such as separators of thousands, and what has more digits than
// MaxWhole and MaxFraction allow. Blanks around it are left out.
func ParseNumber(s string) (Number, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		return "", nil
	}
	if len(text) > maxNumber {
		return "", fmt.Errorf("a number of %d characters", len(text))
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return "", notANumber(s)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !digits(whole) || !digits(fraction) || whole == "" && fraction == "" {
		return "", notANumber(s)
	}
	whole, fraction = shift(whole, fraction, exponent)
	whole = strings.TrimLeft(whole, "0")
	if len(fraction) > MaxFraction {
		fraction = fraction[:MaxFraction] + strings.TrimRight(fraction[MaxFraction:], "0")
	}
	if len(whole) > MaxWhole || len(fraction) > MaxFraction {
		return "", fmt.Errorf("the number %.40q has more digits than are taken", s)
	}
	if whole == "" {
		whole = "0"
	}
	plain := whole
	if fraction != "" {
		plain += "." + fraction
	}
	if negative && strings.Trim(plain, "0.") != "" {
		plain = "-" + plain
	}
	return Number(plain), nil
}

func notANumber(s string) error { return fmt.Errorf("%.40q is no number", s) }

// maxExponent bounds an exponent: what lies beyond it has no place in a Number,
// whatever its digits.
const maxExponent = maxNumber + MaxWhole

// splitExponent parts 1.5e3 into 1.5 and 3.
func splitExponent(text string) (mantissa string, exponent int, err error) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, nil
	}
	exponent, err = strconv.Atoi(text[at+1:])
	if err != nil || exponent > maxExponent || exponent < -maxExponent {
		return "", 0, fmt.Errorf("exponent %.20q", text[at+1:])
	}
	return text[:at], exponent, nil
}

// shift moves the point by the exponent.
func shift(whole, fraction string, exponent int) (string, string) {
	if exponent >= 0 {
		fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
		return whole + fraction[:exponent], fraction[exponent:]
	}
	whole = strings.Repeat("0", max(0, -exponent-len(whole))) + whole
	cut := len(whole) + exponent
	return whole[:cut], whole[cut:] + fraction
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// UnmarshalJSON takes a number, a text with one, or null.
func (n *Number) UnmarshalJSON(b []byte) error {
	text := string(bytes.TrimSpace(b))
	switch {
	case text == "null":
		text = ""
	case strings.HasPrefix(text, `"`):
		if len(text) > 6*maxNumber { // each character may be written as \u0030
			return fmt.Errorf("a number of %d characters", len(text))
		}
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	read, err := ParseNumber(text)
	if err == nil {
		*n = read
	}
	return err
}

// MarshalJSON writes a text, so that nobody takes it for a float; null for "".
func (n Number) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(n))
}

// String is the decimal.
func (n Number) String() string { return string(n) }

// Sign is -1, 0 or 1; 0 also for a number that is not there.
func (n Number) Sign() int {
	switch {
	case strings.Trim(string(n), "-0.") == "":
		return 0
	case n[0] == '-':
		return -1
	}
	return 1
}
